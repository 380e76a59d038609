import type { INode } from 'n8n-workflow';

import { compareTimes } from '../harness/sampling';
import { formatCount, formatMilliseconds, formatRatio } from '../harness/statistics';
import { measuredNode } from '../harness/environment';
import type { Benchmark } from '../harness/benchmark';
import { NODE_NAMES } from '../harness/workflows';

const LATENCY_MS = 30;
const DAY_MS = 86_400_000;
const COMPARED_NODES = ['sahut', 'httpRequest'] as const;

interface ListBenchmark {
	title: string;
	/** The number of messages in the conversation. `spacingMs`: the time between two of them. */
	messages: number;
	spacingMs?: number;
	parameters: INode['parameters'];
	/** The expected number of messages. Default: all. */
	expectedCount?: number;
	/** The goal: a maximum of requests, or of the share of HTTP Request's time. */
	goal: { requests: number } | { share: number };
	samples?: number;
}

/** Creates a benchmark that reads a long conversation. HTTP Request always reads all of it. */
function createListBenchmark(
	name: string,
	{ title, samples = 1, spacingMs, parameters, goal, ...size }: ListBenchmark,
): Benchmark {
	return {
		name,
		async run({ sandbox, workflows, execute, quick }) {
			const messages = quick ? size.messages / 10 : size.messages;
			await sandbox.open({ latencyMs: LATENCY_MS });
			const conversation = await sandbox.addThread(messages, spacingMs);
			const { taken, times, share } = await compareTimes(
				COMPARED_NODES,
				quick ? 1 : samples,
				async (contestant) => {
					await sandbox.clearTraffic();
					const workflow = workflows.list(contestant, `${name}-${contestant}`, parameters);
					const { ms, items } = measuredNode(await execute(workflow, { conversation }));
					return { ms, items, ...(await sandbox.traffic()) };
				},
			);
			const [{ items, requests }, theirs] = [taken.sahut[0]!, taken.httpRequest[0]!];
			const ours = share('sahut', 'httpRequest');
			// One message may enter or leave the time filter during the measurement.
			const isComplete = Math.abs(items - (size.expectedCount ?? messages)) <= 1;
			return {
				title: `${title} of ${formatCount(messages)}, ${LATENCY_MS} ms per request`,
				text: 'HTTP Request reads all pages. Its items are pages: users need further nodes to split, filter or sort the messages.',
				head: ['node', 'time', 'requests', 'concurrent', 'items'],
				rows: COMPARED_NODES.map((contestant) => [
					NODE_NAMES[contestant],
					formatMilliseconds(times(contestant)),
					...[
						taken[contestant][0]!.requests,
						taken[contestant][0]!.maxInFlight,
						taken[contestant][0]!.items,
					].map(formatCount),
				]),
				verdicts: [
					{
						task: `${title} of ${formatCount(messages)}`,
						...('share' in goal
							? {
									goal: `at most ${formatRatio(goal.share)} of the time of HTTP Request`,
									measured: formatRatio(ours),
									met: ours <= goal.share && isComplete,
								}
							: {
									goal: `at most ${goal.requests} requests`,
									measured: `${requests}, for ${items} messages (HTTP Request: ${formatCount(theirs.requests)})`,
									met: requests <= goal.requests && isComplete,
								}),
					},
				],
			};
		},
	};
}

export const returnAll = createListBenchmark('return-all', {
	title: 'Return All',
	messages: 10_000,
	parameters: { returnAll: true },
	goal: { share: 0.15 },
	samples: 5,
});

export const newest = createListBenchmark('newest', {
	title: 'The newest 50',
	messages: 10_000,
	spacingMs: 60_000,
	parameters: { returnAll: false, limit: 50, options: { order: 'newestFirst' } },
	expectedCount: 50,
	goal: { requests: 3 },
});

/** A message every ten minutes: 144 a day, for nearly two years. */
export const sinceYesterday = createListBenchmark('since-yesterday', {
	title: 'The messages since yesterday',
	messages: 100_000,
	spacingMs: 600_000,
	parameters: {
		returnAll: true,
		filters: { createdAfter: new Date(Date.now() - DAY_MS).toISOString() },
	},
	expectedCount: 144,
	goal: { requests: 15 },
});
