import { count, milliseconds, ratio } from '../harness/figures';
import { measured } from '../harness/stage';
import type { Work } from '../harness/work';
import { rowsFor } from './rows';

const EXECUTIONS = 10;
const LATENCY_MS = 30;
const LIMIT = 300;
const LEAST_OF_CEILING = 0.9;

/** Executions that know nothing of one another, at once in one n8n on one key. */
export const tenExecutions: Work = {
	name: 'ten-executions',
	async run({ sandbox, workflows, executeAll, quick }) {
		const windowMs = quick ? 4_000 : 15_000;
		const sends = quick ? 40 : 90;
		const total = EXECUTIONS * sends;
		await sandbox.open({ latencyMs: LATENCY_MS, rateLimit: { requests: LIMIT, windowMs } });
		const conversations = await sandbox.addConversations(250);
		const bodies = Array.from({ length: EXECUTIONS }, (_, index) => ({
			rows: rowsFor(conversations, sends, index * sends),
		}));
		const reports = await executeAll(workflows.send('sahut', 'ten-executions'), bodies);
		const nodes = reports.map(measured);
		const began = Math.min(...nodes.map(({ startedAt }) => startedAt));
		const ends = nodes.map(({ ms, startedAt }) => startedAt + ms - began).sort((a, b) => a - b);
		const { turnedBack, turnedBackAt, maxInFlight } = await sandbox.traffic();
		const { arrived, twice } = await sandbox.deliveries();
		const ceilingMs = (Math.ceil(total / LIMIT) - 1) * windowMs;
		const share = ceilingMs / ends.at(-1)!;
		const spread = ends.at(-1)! / ends[0]!;
		const waves = turnedBackAt.filter((at, index) => at - (turnedBackAt[index - 1] ?? -1e9) > 500);
		return {
			title: `${EXECUTIONS} executions at once on one key: ${sends} sends each, ${LIMIT} requests per ${windowMs / 1_000} s`,
			text: 'Each with the default concurrency. A *wave* is what is turned back together, less than half a second apart: a window that was used up.',
			head: ['what', 'figure'],
			rows: [
				['delivered', `${count(arrived)} of ${count(total)}, ${twice} twice`],
				['turned back', `${count(turnedBack)} requests in ${waves.length} waves`],
				['most requests at once', count(maxInFlight)],
				['end of each execution', ends.map(count).join(', ') + ' ms'],
				['first and last', `${milliseconds([ends[0]!])}, ${milliseconds([ends.at(-1)!])}`],
				['of the ceiling', ratio(share)],
			],
			verdicts: [
				{
					work: `${EXECUTIONS} executions on one key`,
					goal: `all sent once, at least ${ratio(LEAST_OF_CEILING)} of the limit's ceiling`,
					measured: `${count(arrived)} of ${count(total)}, ${ratio(share)}; last after ${ratio(spread)} times the first`,
					met: arrived === total && twice === 0 && share >= LEAST_OF_CEILING,
				},
			],
		};
	},
};
