import type { INode } from 'n8n-workflow';

import { byId } from '../../scripts/demo/example';
import { count, ratio } from '../harness/figures';
import { measured } from '../harness/stage';
import type { Work } from '../harness/work';
import { toPhone } from './requestsPerMessage';

const MOST_GROWTH = 1.25;
const PEOPLE = 8_000;

const about = {
	conversationId: byId('={{ $json.conversation }}'),
	contactId: byId('={{ $json.contact }}'),
	channelId: byId('={{ $json.channel }}'),
	limit: 1,
	options: { concurrency: 20 },
};

/** Every operation, so that each item does something; `round` makes each change a new one. */
const OPERATIONS: Record<string, INode['parameters']> = {
	'message list': {},
	'message send': {
		messageType: 'template',
		templateId: 'tmpl_opening_hours',
	},
	'message sendToPhone': toPhone,
	'conversation list': {},
	'conversation get': {},
	'conversation create': {},
	'conversation update': { updateFields: { labels: ['={{ $json.round }}'] } },
	'contact list': {},
	'contact get': {},
	'contact create': { name: '={{ $json.round }}' },
	'contact update': { updateFields: { company: '={{ $json.round }}' } },
	'contact upsert': {
		matchBy: 'phone',
		phone: '={{ $json.phone }}',
		additionalFields: { company: '={{ $json.round }}' },
	},
};

/** Whether an item costs as much among many as among few, for every operation. */
export const operations: Work = {
	name: 'operations',
	async run({ sandbox, workflows, execute, quick }) {
		const sizes = quick ? [50, 100] : [1_000, PEOPLE];
		const rows: string[][] = [];
		let worst = 0;
		for (const [name, parameters] of Object.entries(OPERATIONS)) {
			const [resource, operation] = name.split(' ');
			// As many people whatever the size: the sandbox's own searching must not be what grows.
			await sandbox.open({ latencyMs: 0 });
			const people = await sandbox.addPeople(PEOPLE);
			const workflow = workflows.operation(`operations-${name.replace(' ', '-')}`, {
				resource,
				operation,
				...about,
				...parameters,
			} as INode['parameters']);
			let round = 0;
			const take = async (size: number) => {
				round += 1;
				const body = {
					rows: people.slice(0, size).map((each) => ({ ...each, round: `${round}` })),
				};
				return measured(await execute(workflow, body)).ms / size;
			};
			await take(sizes[0]!);
			const perItem: number[] = [];
			for (const size of sizes) perItem.push(await take(size));
			const growth = perItem.at(-1)! / perItem.at(-2)!;
			worst = Math.max(worst, growth);
			rows.push([name, ...perItem.map((ms) => `${ms.toFixed(2)} ms`), ratio(growth)]);
		}
		return {
			title: 'The time of one item, by their number, for every operation',
			text: `One sample each, without latency, 20 at once, in a workspace of ${count(PEOPLE)} customers. The last column is that of ${count(sizes.at(-1)!)} to that of ${count(sizes.at(-2)!)}.`,
			head: ['operation', ...sizes.map((size) => `${count(size)} items`), 'growth'],
			rows,
			verdicts: [
				{
					work: `From ${count(sizes.at(-2)!)} to ${count(sizes.at(-1)!)} items, every operation`,
					goal: `time per item within ${ratio(MOST_GROWTH)}`,
					measured: `at most ${ratio(worst)}`,
					met: worst <= MOST_GROWTH,
				},
			],
		};
	},
};
