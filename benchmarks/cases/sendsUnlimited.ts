import { compareTimes } from '../harness/sampling';
import { formatCount, formatMilliseconds, formatRatio } from '../harness/statistics';
import { measuredNode } from '../harness/environment';
import type { Benchmark } from '../harness/benchmark';
import { CONTESTANTS, NODE_NAMES } from '../harness/workflows';
import { createRows } from './rows';

const LATENCY_MS = 30;
const CONCURRENCY = 20;
const MAX_SHARE_OF_FLOOR = 1.1;

/** Measures the overhead of the node without a rate limit. */
export const sendsUnlimited: Benchmark = {
	name: 'sends-unlimited',
	async run({ sandbox, workflows, execute, quick }) {
		const sends = quick ? 200 : 1_000;
		const { taken, times, share } = await compareTimes(
			CONTESTANTS,
			quick ? 1 : 5,
			async (contestant) => {
				await sandbox.open({ latencyMs: LATENCY_MS });
				const rows = createRows(await sandbox.addConversations(250), sends);
				const workflow = workflows.send(contestant, `sends-unlimited-${contestant}`, CONCURRENCY);
				const { ms } = measuredNode(await execute(workflow, { rows }));
				return { ms, ...(await sandbox.traffic()), ...(await sandbox.deliveries()) };
			},
		);
		return {
			title: `${formatCount(sends)} sends to 250 conversations without a limit, ${LATENCY_MS} ms per request, concurrency ${CONCURRENCY}`,
			text: 'HTTP Request uses its defaults: it sends all items at once, in no order. *Network time* is the time from the first request to the last response. Before it, n8n resolves two expressions for each item.',
			head: [
				...['node', 'time', 'relative to floor', 'network time', 'concurrent'],
				'conversations out of order',
			],
			rows: CONTESTANTS.map((contestant) => [
				NODE_NAMES[contestant],
				formatMilliseconds(times(contestant)),
				formatRatio(share(contestant, 'floor')),
				formatMilliseconds(taken[contestant].map(({ spanMs }) => spanMs)),
				formatCount(Math.max(...taken[contestant].map(({ maxInFlight }) => maxInFlight))),
				formatCount(Math.max(...taken[contestant].map(({ outOfOrder }) => outOfOrder))),
			]),
			verdicts: [
				{
					task: `${formatCount(sends)} sends without a limit, concurrency ${CONCURRENCY}`,
					goal: `at most ${formatRatio(MAX_SHARE_OF_FLOOR)} of the floor`,
					measured: formatRatio(share('sahut', 'floor')),
					met: share('sahut', 'floor') <= MAX_SHARE_OF_FLOOR,
				},
			],
		};
	},
};
