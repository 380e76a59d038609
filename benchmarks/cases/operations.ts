import type { INode } from 'n8n-workflow';

import { byId } from '../../test/support/locator';
import { count, median, ratio } from '../harness/statistics';
import type { Customer } from '../harness/sandboxProcess';
import { measuredNode, type BenchmarkEnvironment } from '../harness/environment';
import type { Findings, Benchmark } from '../harness/benchmark';
import { templateToPhone } from './templateToPhone';

const MAX_GROWTH = 1.25;
const CONCURRENCY = 20;

const conversationId = byId('={{ $json.conversation }}');
const contactId = byId('={{ $json.contact }}');
const channelId = byId('={{ $json.channel }}');

interface Task {
	name: string;
	resource: string;
	operation: string;
	/** Expressions for rows with the fields of a {@link Customer} and a unique `mark`. */
	parameters: INode['parameters'];
	/** The number of customers, which the items use in rotation. Default: the maximum number of items. */
	customers?: number;
	/** For an operation that outputs a list: creates a list of this many records. @returns the row for it */
	fill?: (sandbox: BenchmarkEnvironment['sandbox'], records: number) => Promise<object>;
	/** The factor for the number of items. Default 1. */
	times?: number;
}

function task(
	resource: string,
	operation: string,
	parameters: INode['parameters'],
	overrides: Partial<Task> = {},
): Task {
	return { name: `${resource}: ${operation}`, resource, operation, parameters, ...overrides };
}

const all = (
	resource: string,
	fill: NonNullable<Task['fill']>,
	parameters: INode['parameters'] = {},
	times = 1,
) => task(resource, 'list', { returnAll: true, ...parameters }, { fill, times });

/** With few customers, since the sandbox scans all of them for each request. */
const oncePerItem = (resource: string, parameters: INode['parameters']) =>
	task(resource, 'list', parameters, {
		name: `${resource}: list, once for each item`,
		customers: 100,
	});

const addCustomers = async (sandbox: BenchmarkEnvironment['sandbox'], records: number) =>
	(await sandbox.addCustomers(records))[0]!;

const addThread = async (sandbox: BenchmarkEnvironment['sandbox'], records: number) => ({
	conversation: await sandbox.addThread(records),
});

/** All operations. Each item changes or reads something. */
const TASKS: Task[] = [
	all('message', addThread, { conversationId }, 10),
	task('message', 'send', {
		conversationId,
		messageType: 'template',
		templateId: 'tmpl_follow_up',
		templateVariables: { variable: [{ name: 'customer_name', value: '={{ $json.mark }}' }] },
	}),
	task('message', 'sendToPhone', templateToPhone),
	all('conversation', addCustomers),
	oncePerItem('conversation', { limit: 1 }),
	task('conversation', 'get', { conversationId }),
	task('conversation', 'create', { contactId, channelId }),
	task('conversation', 'update', {
		conversationId,
		updateFields: { labels: ['={{ $json.mark }}'] },
	}),
	all('contact', addCustomers),
	oncePerItem('contact', { filters: { query: '={{ $json.phone }}' } }),
	task('contact', 'get', { contactId }),
	task('contact', 'create', { name: '={{ $json.mark }}' }),
	task('contact', 'update', { contactId, updateFields: { company: '={{ $json.mark }}' } }),
	task('contact', 'upsert', {
		matchBy: 'phone',
		phone: '={{ $json.phone }}',
		additionalFields: { company: '={{ $json.mark }}' },
	}),
];

/** Prepares a task. @returns a function that measures the time per item in milliseconds, given the number of items */
async function prepare(
	{ sandbox, workflows, execute }: BenchmarkEnvironment,
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
	// The number of customers is constant, so that the sandbox takes the same time per request.
	const people: Customer[] = fill ? [] : await sandbox.addCustomers(customers ?? most);

	return async (size) => {
		if (fill) await sandbox.open({ latencyMs: 0 });
		const rows = fill
			? [await fill(sandbox, size)]
			: Array.from({ length: size }, (_, index) => ({
					...people[index % people.length],
					mark: `Catatan ${++marks}`,
				}));
		const { ms, items } = measuredNode(await execute(workflow, { rows }));
		if (items !== size) throw new Error(`${name} output ${items} of ${size} items`);
		return ms / size;
	};
}

/** Measures whether the time per item grows with the number of items, for every operation. */
export const operations: Benchmark = {
	name: 'operations',
	async run(environment): Promise<Findings> {
		const sizes = environment.quick ? [100, 500] : [1_000, 10_000];
		const rows: string[][] = [];
		const growths: Array<{ name: string; growth: number }> = [];
		for (const { times = 1, ...each } of TASKS) {
			const [few, many] = sizes.map((size) => size * times) as [number, number];
			const take = await prepare(environment, each, many);
			await take(few);
			// The larger size in the middle, so that other load of the machine affects both.
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
			title: 'Time per item by number of items, for every operation',
			text: `No latency, concurrency ${CONCURRENCY}. For lists, an item is a record of the list. For all other operations, and in the rows *once for each item*, it is an input item. The other data of the sandbox are the same for all numbers of items.`,
			head: ['operation', 'few items', 'many items', 'growth'],
			rows,
			verdicts: [
				{
					task: 'Ten times as many items, every operation',
					goal: `time per item within ${ratio(MAX_GROWTH)}`,
					measured: `at most ${ratio(worst.growth)} (${worst.name})`,
					met: worst.growth <= MAX_GROWTH,
				},
			],
		};
	},
};
