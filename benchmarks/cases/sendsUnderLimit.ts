import { formatCount, formatMilliseconds, formatRatio } from '../harness/statistics';
import { measuredNode, type BenchmarkEnvironment } from '../harness/environment';
import type { Benchmark } from '../harness/benchmark';
import { NODE_NAMES, type Contestant } from '../harness/workflows';
import { createRows } from './rows';

const LATENCY_MS = 30;
const LIMIT = 300;
const MIN_SHARE_OF_CEILING = 0.9;
const CONVERSATIONS = 250;

/** Sends in concurrent executions, and evaluates the deliveries. */
async function sendAll(
	{ sandbox, workflows, executeAll, quick }: BenchmarkEnvironment,
	contestant: Contestant,
	{ executions, sends, concurrency }: { executions: number; sends: number; concurrency?: number },
) {
	const windowMs = quick ? 4_000 : 15_000;
	await sandbox.open({ latencyMs: LATENCY_MS, rateLimit: { requests: LIMIT, windowMs } });
	const conversations = await sandbox.addConversations(CONVERSATIONS);
	const bodies = Array.from({ length: executions }, (_, index) => ({
		rows: createRows(conversations, sends, index * sends),
	}));
	const workflow = workflows.send(contestant, `sends-${executions}-${contestant}`, concurrency);
	const nodes = (await executeAll(workflow, bodies)).map(measuredNode);
	const began = Math.min(...nodes.map(({ startedAt }) => startedAt));
	const ends = nodes.map(({ ms, startedAt }) => startedAt + ms - began).sort((a, b) => a - b);
	const total = executions * sends;
	// All windows except the last must pass. The last one takes almost no time.
	const ceilingMs = (Math.ceil(total / LIMIT) - 1) * windowMs;
	return {
		total,
		ends,
		ceilingMs,
		limit: `${LIMIT} requests per ${windowMs / 1_000} s`,
		share: ceilingMs / ends.at(-1)!,
		...(await sandbox.traffic()),
		...(await sandbox.deliveries()),
	};
}

type Outcome = Awaited<ReturnType<typeof sendAll>>;

/** The goal: each message exactly once, at nearly the rate of the limit. */
const createVerdict = (
	task: string,
	{ total, share, arrived, duplicates }: Outcome,
	comparison: string,
) => ({
	task,
	goal: `each sent exactly once, at least ${formatRatio(MIN_SHARE_OF_CEILING)} of the limit's ceiling`,
	measured: `${formatCount(arrived)} of ${formatCount(total)}, ${duplicates} twice, ${formatRatio(share)} (${comparison})`,
	met: arrived === total && duplicates === 0 && share >= MIN_SHARE_OF_CEILING,
});

/** Sends many more messages than one window of the rate limit allows. */
export const sendsUnderLimit: Benchmark = {
	name: 'sends-under-limit',
	async run(environment) {
		const options = { executions: 1, sends: environment.quick ? 400 : 1_000, concurrency: 20 };
		const ours = await sendAll(environment, 'sahut', options);
		const theirs = await sendAll(environment, 'httpRequest', options);
		const { total, limit, ceilingMs } = ours;
		const rowOf = (contestant: Contestant, { ends, arrived, duplicates, ...seen }: Outcome) => [
			NODE_NAMES[contestant],
			formatMilliseconds(ends),
			...[arrived, total - arrived, duplicates, seen.outOfOrder, seen.requests, seen.rejected].map(
				formatCount,
			),
		];
		return {
			title: `${formatCount(total)} sends to ${CONVERSATIONS} conversations, ${limit}`,
			text: [
				`The minute of the rate limit is scaled down. \`Retry-After\` is still in whole seconds, which costs up to a second per window. The ceiling is the rate if all sends take ${formatCount(ceilingMs)} ms, the duration of all full windows.`,
				'HTTP Request uses its defaults and On Error: Continue. Retry On Fail would not help, since it sends all items again.',
			].join('\n\n'),
			head: [
				...['node', 'time', 'delivered', 'lost', 'twice'],
				...['conversations out of order', 'requests', 'rejected'],
			],
			rows: [rowOf('sahut', ours), rowOf('httpRequest', theirs)],
			verdicts: [
				createVerdict(
					`${formatCount(total)} sends, ${limit}`,
					ours,
					`HTTP Request: ${formatCount(theirs.arrived)} delivered, ${formatCount(total - theirs.arrived)} lost`,
				),
			],
		};
	},
};

/** Runs ten concurrent executions in one n8n with one key. */
export const tenExecutions: Benchmark = {
	name: 'ten-executions',
	async run(environment) {
		const options = { executions: 10, sends: environment.quick ? 40 : 90 };
		const outcome = await sendAll(environment, 'sahut', options);
		const { total, limit, ends, share, arrived, duplicates, rejected, maxInFlight } = outcome;
		return {
			title: `${options.executions} concurrent executions with one key: ${options.sends} sends each, ${limit}`,
			text: 'Each execution uses the default concurrency.',
			head: ['measure', 'value'],
			rows: [
				['delivered', `${formatCount(arrived)} of ${formatCount(total)}, ${duplicates} twice`],
				['rejected', formatCount(rejected)],
				['maximum of concurrent requests', formatCount(maxInFlight)],
				['end of each execution', `${ends.map(formatCount).join(', ')} ms`],
				['share of the ceiling', formatRatio(share)],
			],
			verdicts: [
				createVerdict(
					`${options.executions} executions with one key`,
					outcome,
					`the last one after ${formatRatio(ends.at(-1)! / ends[0]!)} times the first`,
				),
			],
		};
	},
};
