import type { INode, INodePropertyOptions, INodeType } from 'n8n-workflow';
import { setTimeout as wait } from 'node:timers/promises';

import {
	loadPackage,
	runWorkflow,
	sahutWorkflow,
	toItems,
	type WorkflowToRun,
} from '../../support/engine';
import { openServer } from '../../support/localServer';
import { byId } from '../../support/locator';
import { dataForRetry } from '../../support/retryData';
import { now, useRealWaits } from '../../support/testClock';
import { overrideTransport } from '../../support/transport';
import {
	type NodeSettings,
	openWorkspace,
	sendText,
	until,
	type Workspace,
} from '../../support/workspace';

/** Parameters that most operations need. */
const COMMON_PARAMETERS = {
	conversationId: byId('={{ $json.conversation }}'),
	contactId: byId('={{ $json.contact }}'),
	channelId: byId('={{ $json.channel }}'),
	phone: '={{ $json.phone }}',
	name: '={{ $json.phone }}',
	messageType: 'template',
	templateId: 'tmpl_follow_up',
	templateVariables: { variable: [{ name: 'customer_name', value: 'Ani' }] },
	returnAll: true,
};

/** The other parameters of each operation. */
const OPERATIONS: Record<string, INode['parameters']> = {
	'message list': {},
	'message send': {},
	'message sendToPhone': {},
	'conversation list': {},
	'conversation get': {},
	'conversation create': { additionalFields: { firstMessage: 'Halo' } },
	'conversation update': { updateFields: { status: 'resolved' } },
	'contact list': {},
	'contact get': {},
	'contact create': {},
	'contact update': {
		updateFields: { customAttributes: { attribute: [{ name: 'kota', value: 'Bandung' }] } },
	},
	'contact upsert': { matchBy: 'phone' },
};

const MANY = 1_000;
const LATENCY_MS = 15;

/** Opens a workspace with many records, and returns rows for six of its conversations. */
async function openWithManyRecords() {
	const workspace = await openWorkspace({ latencyMs: LATENCY_MS });
	const { store } = workspace.sandbox;
	const { id: channel } = store.addChannel();
	const rows = Array.from({ length: 6 }, (_, index) => {
		const contact = store.addContact({ name: `0812 0000 000${index}` });
		const conversation = store.addConversation({ contact });
		store.addMessages(conversation.id, MANY);
		return {
			conversation: conversation.id,
			contact: contact.id,
			channel,
			phone: `0812 0000 000${index}`,
		};
	});
	for (let index = 0; index < MANY; index++) store.addConversation();
	return { ...workspace, rows };
}

it('This file tests every operation', async () => {
	const { description } = (await loadPackage()).getNode('sahut').type as INodeType;
	const offered = description.properties
		.filter(({ name }) => name === 'operation')
		.flatMap(({ displayOptions, options = [] }) =>
			options.map((option) => {
				const { value } = option as INodePropertyOptions;
				return `${String(displayOptions?.show?.resource?.[0])} ${String(value)}`;
			}),
		);
	expect(Object.keys(OPERATIONS).sort()).toEqual(offered.sort());
});

describe.each(['stopWorkflow', 'continueRegularOutput'] as const)('With On Error %s', (onError) => {
	it.each(
		Object.entries(OPERATIONS).flatMap(([name, parameters]) =>
			[2, 8].map((skip) => [name, skip, parameters] as const),
		),
	)(
		'%s makes no request after its end if Sahut rejects all but %i requests',
		async (name, skip, parameters) => {
			const { sandbox, rows, run } = await openWithManyRecords();
			const [resource, operation] = name.split(' ');
			sandbox.faults.add({ kind: 'status', status: 403, skip, times: Infinity });

			const allParameters = { resource, operation, ...COMMON_PARAMETERS, ...parameters };
			await run(allParameters as INode['parameters'], rows, { onError });

			const atTheEnd = sandbox.journal.entries.length;
			expect(sandbox.journal.entries.filter(({ endedAt }) => endedAt === undefined)).toEqual([]);
			// On Stop, only the requests in flight follow the first rejection.
			if (onError === 'stopWorkflow') expect(atTheEnd).toBeLessThanOrEqual(skip + 25);
			await wait(4 * LATENCY_MS);
			expect(sandbox.journal.entries).toHaveLength(atTheEnd);
		},
	);
});

it('A list of which Sahut rejects a page requests no further pages', async () => {
	const { sandbox, rows, run } = await openWithManyRecords();
	sandbox.store.addMessages(rows[0]!.conversation, 29_000);
	const list = { ...sendText, operation: 'list', returnAll: true };
	sandbox.faults.add({ kind: 'status', status: 403, skip: 2 });

	await run(list, rows.slice(0, 1), { onError: 'continueRegularOutput' });
	await wait(4 * LATENCY_MS);

	expect(sandbox.journal.entries.length).toBeLessThanOrEqual(3 + 15);
});

it('A wait before a retry ends with the item', async () => {
	const { sandbox, rows, run } = await openWithManyRecords();
	const list = { ...sendText, operation: 'list', returnAll: true };
	sandbox.faults.add({ kind: 'status', status: 500, skip: 1, times: 2 });
	sandbox.faults.add({ kind: 'status', status: 403, skip: 1, times: Infinity });
	useRealWaits(5);
	overrideTransport({ random: () => 1 });

	await run(list, rows.slice(0, 1));

	const atTheEnd = sandbox.journal.entries.length;
	await wait(400);
	expect(sandbox.journal.entries).toHaveLength(atTheEnd);
});

it('Downloads of files stop after a failed download', async () => {
	const { sandbox, run } = await openWorkspace();
	let downloads = 0;
	const origin = await openServer((_, response) => {
		const status = downloads++ === 0 ? 410 : 200;
		setTimeout(() => response.writeHead(status).end('gambar'), LATENCY_MS);
	});
	const { id: conversation } = sandbox.store.addConversation();
	for (let index = 0; index < 100; index++) {
		const file = {
			url: `${origin}/${index}`,
			content_type: 'image/png',
			file_name: `${index}.png`,
		};
		sandbox.store.addIncoming(conversation, 'Berkas', new Date(now()), [file]);
	}
	const list = {
		...sendText,
		operation: 'list',
		returnAll: true,
		options: { downloadAttachments: true },
	};

	const { error } = await run(list, [{ conversation }]);

	const atTheEnd = downloads;
	expect(error?.message).toContain('could not be downloaded');
	expect(atTheEnd).toBeLessThanOrEqual(10 + 10);
	await wait(8 * LATENCY_MS);
	expect(downloads).toBe(atTheEnd);
});

const RETRY_ON_FAIL = { retryOnFail: true, maxTries: 3, waitBetweenTries: 1 };
/** Long enough to cancel in the meantime, even on a busy machine. */
const WAIT_BETWEEN_TRIES_MS = 1_500;

const ONE_BY_ONE: INode['parameters'] = { ...sendText, options: { concurrency: 1 } };

const messagesPath = (conversation: string) => `/conversations/${conversation}/messages`;

/** Builds a workflow with the Sahut node and a second one, which sends to `next` for each item. */
function twoNodeWorkflow(
	next: string,
	settings: NodeSettings,
): Pick<WorkflowToRun, 'nodes' | 'connections'> {
	const { nodes, connections } = sahutWorkflow(ONE_BY_ONE, settings);
	const parameters = { ...sendText, conversationId: byId(next), content: 'Selesai' };
	const second = { ...sahutWorkflow(parameters).nodes[1]!, id: 'second', name: 'Second' };
	return {
		nodes: [...nodes, second],
		connections: {
			...connections,
			Sahut: { main: [[{ node: 'Second', type: 'main', index: 0 }]] },
		},
	};
}

/** Waits until the node has received the response to a message. */
async function untilAnswered({ sandbox: { journal } }: Workspace, conversation: string) {
	const path = messagesPath(conversation);
	await until(() => journal.entries.some((entry) => entry.path === path && entry.status));
	await wait(50);
}

/** Runs five items, and cancels the execution while the third one waits for Retry-After. */
async function cancelDuringWait(settings: NodeSettings) {
	const workspace = await openWorkspace();
	const conversations = workspace.addConversations(5);
	const [next] = workspace.addConversations(1);
	const [, , limited] = conversations;
	const limit = { status: 429, retryAfter: 100, method: 'POST', path: messagesPath(limited!) };
	workspace.sandbox.faults.add({ kind: 'status', ...limit });
	const toRun = { ...twoNodeWorkflow(next!, settings), credentials: workspace.credentials };
	useRealWaits();

	const canceled = await runWorkflow({
		...toRun,
		items: toItems(conversations.map((conversation) => ({ conversation, text: 'Halo' }))),
		cancelWhen: untilAnswered(workspace, limited!),
	});

	const sentCounts = () => conversations.map((id) => workspace.sent(id).length);
	return { workspace, conversations, next: next!, toRun, canceled, sentCounts };
}

describe.each([
	['Stop', 'stopWorkflow'],
	['Continue', 'continueRegularOutput'],
	['Continue (using error output)', 'continueErrorOutput'],
] as const)('A canceled execution with On Error: %s', (_, onError) => {
	it.each([
		['off', {}],
		['on', RETRY_ON_FAIL],
	])(
		'ends as canceled and keeps the settings of the node, with Retry On Fail %s',
		async (...row) => {
			const [, retryOnFail] = row;
			const settings = { onError, ...retryOnFail };

			const { workspace, next, canceled, sentCounts } = await cancelDuringWait(settings);

			expect(canceled.status).toBe('canceled');
			expect(canceled.error?.message).toBe('The execution was canceled [item 2]');
			expect(sentCounts()).toEqual([1, 1, 0, 0, 0]);
			expect(workspace.sent(next)).toEqual([]);
			const [waiting] = dataForRetry(canceled).executionData!.nodeExecutionStack;
			expect(waiting!.node).toMatchObject({ name: 'Sahut', onError, ...retryOnFail });
			expect(waiting!.node).not.toHaveProperty('continueOnFail');
		},
	);

	it('sends the remaining messages after Retry, with the same On Error', async () => {
		const { workspace, conversations, toRun, canceled, sentCounts } = await cancelDuringWait({
			onError,
		});
		workspace.refuse(conversations[3]);

		const retried = await runWorkflow({
			...toRun,
			mode: 'retry',
			executionData: dataForRetry(canceled),
		});

		const stops = onError === 'stopWorkflow';
		expect(retried.status).toBe(stops ? 'error' : 'success');
		expect(sentCounts()).toEqual([1, 1, 1, 0, stops ? 0 : 1]);
		const outputs = [0, 1].map((index) => retried.output('Sahut', index).length);
		const expected = {
			stopWorkflow: [0, 0],
			continueRegularOutput: [5, 0],
			continueErrorOutput: [4, 1],
		};
		expect(outputs).toEqual(expected[onError]);
	});
});

it.each(['stopWorkflow', 'continueRegularOutput'] as const)(
	'Nothing is sent after a cancellation between two tries of Retry On Fail, with On Error %s',
	async (onError) => {
		const workspace = await openWorkspace();
		const conversations = workspace.addConversations(2);
		const [refused] = conversations;
		workspace.refuse(refused);

		const { status } = await workspace.run(
			ONE_BY_ONE,
			conversations.map((conversation) => ({ conversation, text: 'Halo' })),
			{ ...RETRY_ON_FAIL, waitBetweenTries: WAIT_BETWEEN_TRIES_MS, onError },
			{ cancelWhen: untilAnswered(workspace, refused!) },
		);

		// Longer than the wait between two tries.
		await wait(WAIT_BETWEEN_TRIES_MS + 200);
		expect(status).toBe('canceled');
		expect(workspace.sent(refused!)).toEqual([]);
	},
);

it.each<[string, INode['parameters']]>([
	['contacts', { resource: 'contact', operation: 'list', returnAll: true }],
	['conversations', { resource: 'conversation', operation: 'list', returnAll: true }],
	['messages', { ...sendText, operation: 'list', returnAll: true }],
])(
	'A canceled list of %s ends as canceled on Continue, and requests no further pages',
	async (...row) => {
		const [, parameters] = row;
		const workspace = await openWorkspace({ latencyMs: 60 });
		const conversations = workspace.addConversations(900);
		const [conversation] = conversations;
		workspace.sandbox.store.addMessages(conversation!, 900);

		const { status } = await workspace.run(
			parameters,
			[{ conversation }],
			{ onError: 'continueRegularOutput' },
			{ cancelWhen: until(() => workspace.requests().length > 1) },
		);

		expect(status).toBe('canceled');
		// Requests in flight may still arrive.
		await wait(500);
		const atTheEnd = workspace.requests().length;
		await wait(200);
		expect(workspace.requests()).toHaveLength(atTheEnd);
	},
);
