import type { INode } from 'n8n-workflow';

import { byId } from '../../test/support/locator';
import { formatCount, median, formatRatio } from '../harness/statistics';
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
	addRecords?: (sandbox: BenchmarkEnvironment['sandbox'], records: number) => Promise<object>;
	/** The factor for the number of items. Default 1. */
	times?: number;
}

function createTask(
	resource: string,
	operation: string,
	parameters: INode['parameters'],
	overrides: Partial<Task> = {},
): Task {
	return { name: `${resource}: ${operation}`, resource, operation, parameters, ...overrides };
}

/** Creates a task that reads a complete list. */
const createListTask = (
	resource: string,
	addRecords: NonNullable<Task['addRecords']>,
	parameters: INode['parameters'] = {},
	times = 1,
) => createTask(resource, 'list', { returnAll: true, ...parameters }, { addRecords, times });

/** Creates a task that reads a list for each item. Has few customers, since the sandbox scans all of them each time. */
const createListPerItemTask = (resource: string, parameters: INode['parameters']) =>
	createTask(resource, 'list', parameters, {
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
	createListTask('message', addThread, { conversationId }, 10),
	createTask('message', 'send', {
		conversationId,
		messageType: 'template',
		templateId: 'tmpl_follow_up',
		templateVariables: { variable: [{ name: 'customer_name', value: '={{ $json.mark }}' }] },
	}),
	createTask('message', 'sendToPhone', templateToPhone),
	createListTask('conversation', addCustomers),
	createListPerItemTask('conversation', { limit: 1 }),
	createTask('conversation', 'get', { conversationId }),
	createTask('conversation', 'create', { contactId, channelId }),
	createTask('conversation', 'update', {
		conversationId,
		updateFields: { labels: ['={{ $json.mark }}'] },
	}),
	createListTask('contact', addCustomers),
	createListPerItemTask('contact', { filters: { query: '={{ $json.phone }}' } }),
	createTask('contact', 'get', { contactId }),
	createTask('contact', 'create', { name: '={{ $json.mark }}' }),
	createTask('contact', 'update', { contactId, updateFields: { company: '={{ $json.mark }}' } }),
	createTask('contact', 'upsert', {
		matchBy: 'phone',
		phone: '={{ $json.phone }}',
		additionalFields: { company: '={{ $json.mark }}' },
	}),
];

/** Prepares a task. @returns a function that measures the time per item in milliseconds, given the number of items */
async function prepareTask(
	{ sandbox, workflows, execute }: BenchmarkEnvironment,
	{ name, resource, operation, parameters, customers, addRecords }: Task,
	maxItems: number,
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
	const customerRows: Customer[] = addRecords
		? []
		: await sandbox.addCustomers(customers ?? maxItems);

	return async (size) => {
		if (addRecords) await sandbox.open({ latencyMs: 0 });
		const rows = addRecords
			? [await addRecords(sandbox, size)]
			: Array.from({ length: size }, (_, index) => ({
					...customerRows[index % customerRows.length],
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
			const [smallSize, largeSize] = sizes.map((size) => size * times) as [number, number];
			const measureTask = await prepareTask(environment, each, largeSize);
			await measureTask(smallSize);
			// The larger size in the middle, so that other load of the machine affects both.
			const [before, timeOfLarge, after] = [
				await measureTask(smallSize),
				await measureTask(largeSize),
				await measureTask(smallSize),
			];
			const timeOfSmall = median([before, after]);
			growths.push({ name: each.name, growth: timeOfLarge / timeOfSmall });
			rows.push([
				each.name,
				`${timeOfSmall.toFixed(3)} ms (of ${formatCount(smallSize)})`,
				`${timeOfLarge.toFixed(3)} ms (of ${formatCount(largeSize)})`,
				formatRatio(timeOfLarge / timeOfSmall),
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
					goal: `time per item within ${formatRatio(MAX_GROWTH)}`,
					measured: `at most ${formatRatio(worst.growth)} (${worst.name})`,
					met: worst.growth <= MAX_GROWTH,
				},
			],
		};
	},
};
