import type { INode } from 'n8n-workflow';

import { count, milliseconds } from '../harness/figures';
import { measured } from '../harness/stage';
import type { Work } from '../harness/work';
import type { Contestant } from '../harness/workflows';

const LATENCY_MS = 30;
const DAY_MS = 86_400_000;

interface Part {
	title: string;
	messages: number;
	spacingMs: number;
	parameters: INode['parameters'];
	wanted: number;
	mostRequests: number;
}

const NEWEST: Part = {
	title: 'The newest 50',
	messages: 10_000,
	spacingMs: 60_000,
	parameters: { returnAll: false, limit: 50, options: { order: 'newestFirst' } },
	wanted: 50,
	mostRequests: 3,
};

/** A message every ten minutes: 144 a day, for nearly two years. */
const SINCE_YESTERDAY: Part = {
	title: 'The messages since yesterday',
	messages: 100_000,
	spacingMs: 600_000,
	parameters: {
		returnAll: true,
		filters: { createdAfter: new Date(Date.now() - DAY_MS).toISOString() },
	},
	wanted: 144,
	mostRequests: 15,
};

/** Parts of a long conversation, of which the HTTP Request node has to read all. */
function part(name: string, { title, parameters, ...part }: Part): Work {
	return {
		name,
		async run({ sandbox, workflows, execute, quick }) {
			const messages = quick ? part.messages / 10 : part.messages;
			await sandbox.open({ latencyMs: LATENCY_MS });
			const conversation = await sandbox.addThread(messages, part.spacingMs);
			const take = async (who: Contestant) => {
				await sandbox.clearTraffic();
				const workflow = workflows.list(who, `${name}-${who}`, parameters);
				const { ms, items } = measured(await execute(workflow, { conversation }));
				return { ms, items, requests: (await sandbox.traffic()).requests };
			};
			const [ours, theirs] = [await take('sahut'), await take('httpRequest')];
			// A message is written or falls out of the day while we measure.
			const isComplete = Math.abs(ours.items - part.wanted) <= 1;
			return {
				title: `${title} of ${count(messages)}, ${LATENCY_MS} ms a request`,
				text: 'HTTP Request reads all pages, and the user filters or sorts them behind it; its items are pages.',
				head: ['node', 'requests', 'time', 'items'],
				rows: [
					['Sahut', count(ours.requests), milliseconds([ours.ms]), count(ours.items)],
					['HTTP Request', count(theirs.requests), milliseconds([theirs.ms]), count(theirs.items)],
				],
				verdicts: [
					{
						work: `${title} of ${count(messages)}`,
						goal: `at most ${part.mostRequests} requests`,
						measured: `${ours.requests}, for ${ours.items} messages (HTTP Request: ${count(theirs.requests)})`,
						met: ours.requests <= part.mostRequests && isComplete,
					},
				],
			};
		},
	};
}

export const newest = part('newest', NEWEST);
export const sinceYesterday = part('since-yesterday', SINCE_YESTERDAY);
