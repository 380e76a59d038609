import { race } from '../harness/alternate';
import { count, milliseconds, ratio } from '../harness/figures';
import { measured } from '../harness/stage';
import type { Work } from '../harness/work';
import { CONTESTANTS, NAMES } from '../harness/workflows';
import { rowsFor } from './rows';

const LATENCY_MS = 30;
const CONCURRENCY = 20;
const MOST_OF_FLOOR = 1.1;

/** What the node itself costs, where nothing holds it back. */
export const sendsUnlimited: Work = {
	name: 'sends-unlimited',
	async run({ sandbox, workflows, execute, quick }) {
		const sends = quick ? 200 : 1_000;
		const { taken, times, share } = await race(CONTESTANTS, quick ? 1 : 5, async (who) => {
			await sandbox.open({ latencyMs: LATENCY_MS });
			const rows = rowsFor(await sandbox.addConversations(250), sends);
			const workflow = workflows.send(who, `sends-unlimited-${who}`, CONCURRENCY);
			const { ms } = measured(await execute(workflow, { rows }));
			return { ms, ...(await sandbox.traffic()), ...(await sandbox.deliveries()) };
		});
		return {
			title: `${count(sends)} sends to 250 conversations without a limit, ${LATENCY_MS} ms a request, ${CONCURRENCY} at once`,
			text: 'HTTP Request has its defaults: it sends all at once and keeps no order. *On the wire* is the time from the first request to the last answer; what comes before it is n8n, which resolves two expressions for each item.',
			head: ['node', 'time', 'of the floor', 'on the wire', 'at once', 'threads out of order'],
			rows: CONTESTANTS.map((who) => [
				NAMES[who],
				milliseconds(times(who)),
				ratio(share(who, 'floor')),
				milliseconds(taken[who].map(({ spanMs }) => spanMs)),
				count(Math.max(...taken[who].map(({ maxInFlight }) => maxInFlight))),
				count(Math.max(...taken[who].map(({ outOfOrder }) => outOfOrder))),
			]),
			verdicts: [
				{
					work: `${count(sends)} sends without a limit, ${CONCURRENCY} at once`,
					goal: `at most ${ratio(MOST_OF_FLOOR)} of the floor`,
					measured: ratio(share('sahut', 'floor')),
					met: share('sahut', 'floor') <= MOST_OF_FLOOR,
				},
			],
		};
	},
};
