import { count, milliseconds, ratio } from '../harness/figures';
import { measured, type Stage } from '../harness/stage';
import type { Work } from '../harness/work';
import { NAMES, type Contestant } from '../harness/workflows';
import { rowsFor } from './rows';

const LATENCY_MS = 30;
const LIMIT = 300;
const LEAST_OF_CEILING = 0.9;
const CONVERSATIONS = 250;

/** Sends in several executions at once, and looks what became of them. */
async function sendAll(
	{ sandbox, workflows, executeAll, quick }: Stage,
	who: Contestant,
	{ executions, sends, concurrency }: { executions: number; sends: number; concurrency?: number },
) {
	const windowMs = quick ? 4_000 : 15_000;
	await sandbox.open({ latencyMs: LATENCY_MS, rateLimit: { requests: LIMIT, windowMs } });
	const conversations = await sandbox.addConversations(CONVERSATIONS);
	const bodies = Array.from({ length: executions }, (_, index) => ({
		rows: rowsFor(conversations, sends, index * sends),
	}));
	const workflow = workflows.send(who, `sends-${executions}-${who}`, concurrency);
	const nodes = (await executeAll(workflow, bodies)).map(measured);
	const began = Math.min(...nodes.map(({ startedAt }) => startedAt));
	const ends = nodes.map(({ ms, startedAt }) => startedAt + ms - began).sort((a, b) => a - b);
	const total = executions * sends;
	// All windows but the last have to pass; what is left goes in no time.
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

/** Each message once, and as fast as the limit lets through. */
const verdict = (work: string, { total, share, arrived, twice }: Outcome, more: string) => ({
	work,
	goal: `each sent exactly once, at least ${ratio(LEAST_OF_CEILING)} of the limit's ceiling`,
	measured: `${count(arrived)} of ${count(total)}, ${twice} twice, ${ratio(share)} (${more})`,
	met: arrived === total && twice === 0 && share >= LEAST_OF_CEILING,
});

/** Many more messages than one window of the plan lets through. */
export const sendsUnderLimit: Work = {
	name: 'sends-under-limit',
	async run(stage) {
		const how = { executions: 1, sends: stage.quick ? 400 : 1_000, concurrency: 20 };
		const ours = await sendAll(stage, 'sahut', how);
		const theirs = await sendAll(stage, 'httpRequest', how);
		const { total, limit, ceilingMs } = ours;
		const rowOf = (who: Contestant, { ends, arrived, twice, ...seen }: Outcome) => [
			NAMES[who],
			milliseconds(ends),
			...[arrived, total - arrived, twice, seen.outOfOrder, seen.requests, seen.turnedBack].map(
				count,
			),
		];
		return {
			title: `${count(total)} sends to ${CONVERSATIONS} conversations, ${limit}`,
			text: [
				`A minute of the plan is scaled down; \`Retry-After\` is in whole seconds all the same, which costs up to a second for each window. The ceiling is ${count(ceilingMs)} ms: all full windows.`,
				'HTTP Request has its defaults and On Error: Continue. Retry On Fail would not help it: it sends all items again.',
			].join('\n\n'),
			head: [
				...['node', 'time', 'delivered', 'lost', 'twice'],
				...['threads out of order', 'requests', 'turned back'],
			],
			rows: [rowOf('sahut', ours), rowOf('httpRequest', theirs)],
			verdicts: [
				verdict(
					`${count(total)} sends, ${limit}`,
					ours,
					`HTTP Request: ${count(theirs.arrived)} delivered, ${count(total - theirs.arrived)} lost`,
				),
			],
		};
	},
};

/** Executions that know nothing of one another, at once in one n8n on one key. */
export const tenExecutions: Work = {
	name: 'ten-executions',
	async run(stage) {
		const how = { executions: 10, sends: stage.quick ? 40 : 90 };
		const outcome = await sendAll(stage, 'sahut', how);
		const { total, limit, ends, share, arrived, twice, turnedBack, maxInFlight } = outcome;
		return {
			title: `${how.executions} executions at once on one key: ${how.sends} sends each, ${limit}`,
			text: 'Each with the default concurrency.',
			head: ['what', 'figure'],
			rows: [
				['delivered', `${count(arrived)} of ${count(total)}, ${twice} twice`],
				['turned back', count(turnedBack)],
				['most requests at once', count(maxInFlight)],
				['end of each execution', `${ends.map(count).join(', ')} ms`],
				['of the ceiling', ratio(share)],
			],
			verdicts: [
				verdict(
					`${how.executions} executions on one key`,
					outcome,
					`the last one after ${ratio(ends.at(-1)! / ends[0]!)} times the first`,
				),
			],
		};
	},
};
