import type { INode } from 'n8n-workflow';

import { formatCount, formatRatio } from '../harness/statistics';
import { measuredNode, type BenchmarkEnvironment } from '../harness/environment';
import type { Findings, Benchmark } from '../harness/benchmark';
import type { PhoneRow } from '../harness/sandboxProcess';
import { unusedPhones } from './rows';
import { templateToPhone } from './templateToPhone';

const ROWS = 600;
/** The index reads the changes of the last seconds, so their number must be realistic. */
const LATENCY_MS = 100;
const CONVERSATIONS = 1_200;
/** Contacts without a conversation. */
const OTHER_CONTACTS = 300;
/** The HTTP Request node reads the open conversations once per batch. */
const CONVERSATION_PAGES = CONVERSATIONS / 100;

const withOptions = (options: INode['parameters']) => ({ ...templateToPhone, options });

interface Batch {
	label: string;
	parameters: INode['parameters'];
	/** The number of rows. Default: {@link ROWS}. */
	size?: number;
	/** To which contacts. Default: customers with an open conversation. */
	to?: 'new' | 'withoutConversation';
	/** The maximum of requests per row. */
	goal: number;
	/** The requests of HTTP Request nodes: for each row, and once for the batch. */
	byHand: { each: number; once: number };
}

const BATCHES: Batch[] = [
	{
		label: 'a template to known customers',
		parameters: templateToPhone,
		goal: 1.25,
		byHand: { each: 2, once: CONVERSATION_PAGES },
	},
	{
		label: 'Text, or Template After 24 Hours, to customers who have been silent for days',
		parameters: { ...templateToPhone, messageType: 'textOrTemplate', content: 'Halo' },
		goal: 1.35,
		byHand: { each: 3, once: CONVERSATION_PAGES },
	},
	{
		label: 'a template, with Skip Contacts With Tags',
		parameters: withOptions({ skipContactTags: ['stop'] }),
		goal: 2.4,
		byHand: { each: 2, once: CONVERSATION_PAGES },
	},
	{
		label: 'a template, with Skip If Sent Within',
		parameters: withOptions({ skipIfSentWithin: 24 }),
		goal: 2.4,
		byHand: { each: 3, once: CONVERSATION_PAGES },
	},
	{
		label: 'a template to contacts without a conversation',
		parameters: templateToPhone,
		size: OTHER_CONTACTS,
		to: 'withoutConversation',
		goal: 4.1,
		byHand: { each: 3, once: CONVERSATION_PAGES },
	},
	{
		label: 'a template to new customers',
		parameters: templateToPhone,
		to: 'new',
		goal: 4.1,
		byHand: { each: 4, once: 0 },
	},
	{
		label: 'a template to known customers',
		parameters: templateToPhone,
		size: 40,
		goal: 1.5,
		byHand: { each: 2, once: CONVERSATION_PAGES },
	},
	{
		label: 'Contact: Create or Update, without changes',
		parameters: {
			resource: 'contact',
			operation: 'upsert',
			matchBy: 'phone',
			phone: '={{ $json.phone }}',
			name: '={{ $json.phone }}',
		},
		goal: 0.2,
		byHand: { each: 1, once: 0 },
	},
];

/** Runs a batch in a new workspace. @returns the number of requests */
async function countRequests(
	{ sandbox, workflows, execute }: BenchmarkEnvironment,
	{ parameters, size = ROWS, to }: Batch,
	number: number,
): Promise<number> {
	await sandbox.open({ latencyMs: LATENCY_MS });
	const customers = await sandbox.addSilentCustomers(CONVERSATIONS);
	const others = await sandbox.addContacts(OTHER_CONTACTS);
	const { channel } = customers[0]!;
	const toRows = (phones: string[]): PhoneRow[] => phones.map((phone) => ({ phone, channel }));
	const rows = {
		open: customers.slice(0, size),
		withoutConversation: toRows(others.slice(0, size)),
		new: toRows(unusedPhones(8, size)),
	}[to ?? 'open'];
	const workflow = workflows.operation(`requests-per-batch-${number}`, parameters);
	await sandbox.clearTraffic();
	measuredNode(await execute(workflow, { rows }));
	const isMessage = parameters['resource'] === 'message';
	const { sent } = await sandbox.counts();
	if (isMessage && sent !== size) throw new Error(`${sent} of ${size} messages were sent`);
	return (await sandbox.traffic()).requests;
}

/** Counts the requests of batches. The sizes do not depend on `--quick`. */
export const requestsPerBatch: Benchmark = {
	name: 'requests-per-batch',
	async run(environment): Promise<Findings> {
		const counts: number[] = [];
		for (const [index, batch] of BATCHES.entries()) {
			counts.push(await countRequests(environment, batch, index + 1));
		}
		const results = BATCHES.map(({ label, size = ROWS, goal, byHand }, index) => ({
			task: `${formatCount(size)} rows: ${label}`,
			goal,
			requests: counts[index]!,
			each: counts[index]! / size,
			byHand: byHand.each + byHand.once / size,
		}));
		return {
			title: `Requests of a batch, ${formatCount(CONVERSATIONS)} conversations open on the channel, ${formatCount(CONVERSATIONS + OTHER_CONTACTS)} contacts, ${LATENCY_MS} ms per request`,
			text: 'Each batch is one execution in a workspace that the process does not know, without a rate limit. With one, a batch takes one more request per 10 seconds. The requests of *HTTP Request* are calculated, for a workflow that a user could build by hand: for each row a search for the contact, the history if the row needs it, the missing records and the message; once per batch, all open conversations of the channel, 100 per request. It has no retries, waits and checks.',
			head: ['batch', 'requests', 'per row', 'HTTP Request, per row'],
			rows: results.map(({ task, requests, each, byHand }) => [
				task,
				formatCount(requests),
				formatRatio(each),
				formatRatio(byHand),
			]),
			verdicts: results.map(({ task, goal, each, byHand }) => ({
				task: `Requests per row, ${task}`,
				goal: `at most ${formatRatio(goal)}`,
				measured: `${formatRatio(each)} (HTTP Request: ${formatRatio(byHand)})`,
				met: each <= goal,
			})),
		};
	},
};
