import type { INode } from 'n8n-workflow';

import { race } from '../harness/alternate';
import { count, milliseconds, ratio } from '../harness/figures';
import { measured } from '../harness/stage';
import type { Work } from '../harness/work';
import { NAMES } from '../harness/workflows';

const LATENCY_MS = 30;
const DAY_MS = 86_400_000;
const WHO = ['sahut', 'httpRequest'] as const;

interface List {
	title: string;
	/** Of the conversation, and how far apart they are. */
	messages: number;
	spacingMs?: number;
	parameters: INode['parameters'];
	/** How many messages have to come; default: all. */
	wanted?: number;
	/** The goal: so many requests, or this share of the time of HTTP Request. */
	most: { requests: number } | { share: number };
	samples?: number;
}

/** What is read of a long conversation, all of which the HTTP Request node has to read. */
function list(
	name: string,
	{ title, samples = 1, spacingMs, parameters, most, ...how }: List,
): Work {
	return {
		name,
		async run({ sandbox, workflows, execute, quick }) {
			const messages = quick ? how.messages / 10 : how.messages;
			await sandbox.open({ latencyMs: LATENCY_MS });
			const conversation = await sandbox.addThread(messages, spacingMs);
			const { taken, times, share } = await race(WHO, quick ? 1 : samples, async (who) => {
				await sandbox.clearTraffic();
				const workflow = workflows.list(who, `${name}-${who}`, parameters);
				const { ms, items } = measured(await execute(workflow, { conversation }));
				return { ms, items, ...(await sandbox.traffic()) };
			});
			const [{ items, requests }, theirs] = [taken.sahut[0]!, taken.httpRequest[0]!];
			const ours = share('sahut', 'httpRequest');
			// A message is written or falls out of the day while we measure.
			const isComplete = Math.abs(items - (how.wanted ?? messages)) <= 1;
			return {
				title: `${title} of ${count(messages)}, ${LATENCY_MS} ms a request`,
				text: 'HTTP Request reads all pages, and the user splits them into messages, filters or sorts them behind it; its items are pages.',
				head: ['node', 'time', 'requests', 'at once', 'items'],
				rows: WHO.map((who) => [
					NAMES[who],
					milliseconds(times(who)),
					...[taken[who][0]!.requests, taken[who][0]!.maxInFlight, taken[who][0]!.items].map(count),
				]),
				verdicts: [
					{
						work: `${title} of ${count(messages)}`,
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
