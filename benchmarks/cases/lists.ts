import type { INode } from 'n8n-workflow';

import { compareTimes } from '../harness/sampling';
import { count, milliseconds, ratio } from '../harness/statistics';
import { measuredNode } from '../harness/environment';
import type { Benchmark } from '../harness/benchmark';
import { NAMES } from '../harness/workflows';

const LATENCY_MS = 30;
const DAY_MS = 86_400_000;
const COMPARED = ['sahut', 'httpRequest'] as const;

interface List {
	title: string;
	/** The number of messages in the conversation. `spacingMs`: the time between two of them. */
	messages: number;
	spacingMs?: number;
	parameters: INode['parameters'];
	/** The expected number of messages. Default: all. */
	wanted?: number;
	/** The goal: a maximum of requests, or of the share of HTTP Request's time. */
	most: { requests: number } | { share: number };
	samples?: number;
}

/** Creates a benchmark that reads a long conversation. HTTP Request always reads all of it. */
function list(
	name: string,
	{ title, samples = 1, spacingMs, parameters, most, ...how }: List,
): Benchmark {
	return {
		name,
		async run({ sandbox, workflows, execute, quick }) {
			const messages = quick ? how.messages / 10 : how.messages;
			await sandbox.open({ latencyMs: LATENCY_MS });
			const conversation = await sandbox.addThread(messages, spacingMs);
			const { taken, times, share } = await compareTimes(
				COMPARED,
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
			const isComplete = Math.abs(items - (how.wanted ?? messages)) <= 1;
			return {
				title: `${title} of ${count(messages)}, ${LATENCY_MS} ms per request`,
				text: 'HTTP Request reads all pages. Its items are pages: users need further nodes to split, filter or sort the messages.',
				head: ['node', 'time', 'requests', 'concurrent', 'items'],
				rows: COMPARED.map((contestant) => [
					NAMES[contestant],
					milliseconds(times(contestant)),
					...[
						taken[contestant][0]!.requests,
						taken[contestant][0]!.maxInFlight,
						taken[contestant][0]!.items,
					].map(count),
				]),
				verdicts: [
					{
						task: `${title} of ${count(messages)}`,
						...('share' in most
							? {
									goal: `at most ${ratio(most.share)} of the time of HTTP Request`,
									measured: ratio(ours),
									met: ours <= most.share && isComplete,
								}
							: {
									goal: `at most ${most.requests} requests`,
									measured: `${requests}, for ${items} messages (HTTP Request: ${count(theirs.requests)})`,
									met: requests <= most.requests && isComplete,
								}),
					},
				],
			};
		},
	};
}

export const returnAll = list('return-all', {
	title: 'Return All',
	messages: 10_000,
	parameters: { returnAll: true },
	most: { share: 0.15 },
	samples: 5,
});

export const newest = list('newest', {
	title: 'The newest 50',
	messages: 10_000,
	spacingMs: 60_000,
	parameters: { returnAll: false, limit: 50, options: { order: 'newestFirst' } },
	wanted: 50,
	most: { requests: 3 },
});

/** A message every ten minutes: 144 a day, for nearly two years. */
export const sinceYesterday = list('since-yesterday', {
	title: 'The messages since yesterday',
	messages: 100_000,
	spacingMs: 600_000,
	parameters: {
		returnAll: true,
		filters: { createdAfter: new Date(Date.now() - DAY_MS).toISOString() },
	},
	wanted: 144,
	most: { requests: 15 },
});
