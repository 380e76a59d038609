import type { INode } from 'n8n-workflow';

import { byId } from '../../test/support/locator';
import { count, median, ratio } from '../harness/figures';
import type { Person } from '../harness/sandboxProcess';
import { measured, type Stage } from '../harness/stage';
import type { Findings, Work } from '../harness/work';
import { toPhone } from './toPhone';

const MOST_GROWTH = 1.25;
const CONCURRENCY = 20;

const conversationId = byId('={{ $json.conversation }}');
const contactId = byId('={{ $json.contact }}');
const channelId = byId('={{ $json.channel }}');

interface Task {
	name: string;
	resource: string;
	operation: string;
	/** For rows with the IDs of a {@link Person}, and a `mark` that no other row ever has. */
	parameters: INode['parameters'];
	/** How many customers there are, whom the items take by turns; else as many as there can be items. */
	customers?: number;
	/** For one that puts out all records of a list: makes a list of so many, and the row for it. */
	fill?: (sandbox: Stage['sandbox'], records: number) => Promise<object>;
	/** How many times as many items it is given. Default 1. */
	times?: number;
}

function task(
	resource: string,
	operation: string,
	parameters: INode['parameters'],
	more: Partial<Task> = {},
): Task {
	return { name: `${resource}: ${operation}`, resource, operation, parameters, ...more };
}

const all = (
	resource: string,
	fill: NonNullable<Task['fill']>,
	parameters: INode['parameters'] = {},
	times = 1,
) => task(resource, 'list', { returnAll: true, ...parameters }, { fill, times });

/** Among few, since the sandbox looks at all of them for each request. */
const oneByOne = (resource: string, parameters: INode['parameters']) =>
	task(resource, 'list', parameters, {
		name: `${resource}: list, once for each item`,
		customers: 100,
	});

const addPeople = async (sandbox: Stage['sandbox'], records: number) =>
	(await sandbox.addPeople(records))[0]!;

const addThread = async (sandbox: Stage['sandbox'], records: number) => ({
	conversation: await sandbox.addThread(records),
});

/** Every operation, so that each item does something. */
const TASKS: Task[] = [
	all('message', addThread, { conversationId }, 10),
	task('message', 'send', {
		conversationId,
		messageType: 'template',
		templateId: 'tmpl_follow_up',
		templateVariables: { variable: [{ name: 'customer_name', value: '={{ $json.mark }}' }] },
	}),
	task('message', 'sendToPhone', toPhone),
	all('conversation', addPeople),
	oneByOne('conversation', { limit: 1 }),
	task('conversation', 'get', { conversationId }),
	task('conversation', 'create', { contactId, channelId }),
	task('conversation', 'update', {
		conversationId,
		updateFields: { labels: ['={{ $json.mark }}'] },
	}),
	all('contact', addPeople),
	oneByOne('contact', { filters: { query: '={{ $json.phone }}' } }),
	task('contact', 'get', { contactId }),
	task('contact', 'create', { name: '={{ $json.mark }}' }),
	task('contact', 'update', { contactId, updateFields: { company: '={{ $json.mark }}' } }),
	task('contact', 'upsert', {
		matchBy: 'phone',
		phone: '={{ $json.phone }}',
		additionalFields: { company: '={{ $json.mark }}' },
	}),
];

/** @returns takes the time of one item of so many, in milliseconds */
async function prepare(
	{ sandbox, workflows, execute }: Stage,
	{ name, resource, operation, parameters, customers, fill }: Task,
	most: number,
): Promise<(size: number) => Promise<number>> {
	const workflow = workflows.operation(`operations ${name}`.replace(/\W+/g, '-'), {
		resource,
		operation,
		...parameters,
		options: { concurrency: CONCURRENCY },
	});
	let marks = 0;
	await sandbox.open({ latencyMs: 0 });
	// As many whatever the size: what the sandbox takes for a request must not be what grows.
	const people: Person[] = fill ? [] : await sandbox.addPeople(customers ?? most);

	return async (size) => {
		if (fill) await sandbox.open({ latencyMs: 0 });
		const rows = fill
			? [await fill(sandbox, size)]
			: Array.from({ length: size }, (_, index) => ({
					...people[index % people.length],
					mark: `Catatan ${++marks}`,
				}));
		const { ms, items } = measured(await execute(workflow, { rows }));
		if (items !== size) throw new Error(`${name}: ${items} items of ${size}`);
		return ms / size;
	};
}

/** Whether an item costs as much among many as among few, for every operation. */
export const operations: Work = {
	name: 'operations',
	async run(stage): Promise<Findings> {
		const sizes = stage.quick ? [100, 500] : [1_000, 10_000];
		const rows: string[][] = [];
		const growths: Array<{ name: string; growth: number }> = [];
		for (const { times = 1, ...each } of TASKS) {
			const [few, many] = sizes.map((size) => size * times) as [number, number];
			const take = await prepare(stage, each, many);
			await take(few);
			// The larger in the middle, so that what else the machine does meets both.
			const [before, ofMany, after] = [await take(few), await take(many), await take(few)];
			const ofFew = median([before, after]);
			growths.push({ name: each.name, growth: ofMany / ofFew });
			rows.push([
				each.name,
				`${ofFew.toFixed(3)} ms (of ${count(few)})`,
				`${ofMany.toFixed(3)} ms (of ${count(many)})`,
				ratio(ofMany / ofFew),
			]);
		}
		const worst = growths.reduce((a, b) => (a.growth > b.growth ? a : b));
		return {
			title: 'The time of one item, by their number, for every operation',
			text: `Without latency, ${CONCURRENCY} at once. An item of a list is a record of it; for all others, and in the rows *once for each item*, it is an input item. What the sandbox holds beside that is the same for all numbers of items.`,
			head: ['operation', 'of few', 'of many', 'growth'],
			rows,
			verdicts: [
				{
					work: 'To ten times as many items, every operation',
					goal: `time per item within ${ratio(MOST_GROWTH)}`,
					measured: `at most ${ratio(worst.growth)} (${worst.name})`,
					met: worst.growth <= MOST_GROWTH,
				},
			],
		};
	},
};
