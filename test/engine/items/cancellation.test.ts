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
import { useRealWaits, overrideTransport } from '../../support/transport';
import {
	type NodeSettings,
	openWorkspace,
	sendText,
	until,
	type Workspace,
} from '../../support/workspace';
import { now } from '../../support/testClock';

const about = {
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

/** Every operation, with what it needs beside `about`. */
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

async function openFull() {
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

it('every operation is tried', async () => {
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

describe.each(['stopWorkflow', 'continueRegularOutput'] as const)('on %s', (onError) => {
	it.each(
		Object.entries(OPERATIONS).flatMap(([name, parameters]) =>
			[2, 8].map((skip) => [name, skip, parameters] as const),
		),
	)(
		'%s, refused after %i requests, has sent its last request when it ends',
		async (name, skip, parameters) => {
			const { sandbox, rows, run } = await openFull();
			const [resource, operation] = name.split(' ');
			sandbox.faults.add({ kind: 'status', status: 403, skip, times: Infinity });

			await run({ resource, operation, ...about, ...parameters } as INode['parameters'], rows, {
				onError,
			});

			const atTheEnd = sandbox.journal.entries.length;
			expect(sandbox.journal.entries.filter(({ endedAt }) => endedAt === undefined)).toEqual([]);
			// What was on its way when the first was refused; on Continue, the other items are still tried.
			if (onError === 'stopWorkflow') expect(atTheEnd).toBeLessThanOrEqual(skip + 25);
			await wait(4 * LATENCY_MS);
			expect(sandbox.journal.entries).toHaveLength(atTheEnd);
		},
	);
});

it('a list that is refused at a page reads no further page', async () => {
	const { sandbox, rows, run } = await openFull();
	sandbox.store.addMessages(rows[0]!.conversation, 29_000);
	const list = { ...sendText, operation: 'list', returnAll: true };
	sandbox.faults.add({ kind: 'status', status: 403, skip: 2 });

	await run(list, rows.slice(0, 1), { onError: 'continueRegularOutput' });
	await wait(4 * LATENCY_MS);

	expect(sandbox.journal.entries.length).toBeLessThanOrEqual(3 + 15);
});

it('a wait before another try ends with the item', async () => {
	const { sandbox, rows, run } = await openFull();
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

it('files are not fetched any more when one cannot be had', async () => {
	const { sandbox, run } = await openWorkspace();
	let asked = 0;
	const origin = await openServer((_, response) => {
		const status = asked++ === 0 ? 410 : 200;
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

	const atTheEnd = asked;
	expect(error?.message).toContain('could not be fetched');
	expect(atTheEnd).toBeLessThanOrEqual(10 + 10);
	await wait(8 * LATENCY_MS);
	expect(asked).toBe(atTheEnd);
});

const RETRY_ON_FAIL = { retryOnFail: true, maxTries: 3, waitBetweenTries: 1 };
const ONE_BY_ONE: INode['parameters'] = { ...sendText, options: { concurrency: 1 } };

const path = (conversation: string) => `/conversations/${conversation}/messages`;

/** The Sahut node, and behind it another one that sends to `next` once for each item. */
function workflow(
	next: string,
	settings: NodeSettings,
): Pick<WorkflowToRun, 'nodes' | 'connections'> {
	const { nodes, connections } = sahutWorkflow(ONE_BY_ONE, settings);
	const parameters = { ...sendText, conversationId: byId(next), content: 'Selesai' };
	const behind = { ...sahutWorkflow(parameters).nodes[1]!, id: 'behind', name: 'Behind' };
	return {
		nodes: [...nodes, behind],
		connections: {
			...connections,
			Sahut: { main: [[{ node: 'Behind', type: 'main', index: 0 }]] },
		},
	};
}

/** Resolves a moment after a conversation was posted to. */
async function posted({ sandbox: { journal } }: Workspace, conversation: string) {
	await until(() => journal.entries.some((entry) => entry.path === path(conversation)));
	await wait(50);
}

/** Five items, of which the third is told to wait when the execution is cancelled. */
async function cancelInTheWait(settings: NodeSettings) {
	const workspace = await openWorkspace();
	const conversations = workspace.addConversations(5);
	const [next] = workspace.addConversations(1);
	const [, , limited] = conversations;
	const limit = { status: 429, retryAfter: 100, method: 'POST', path: path(limited!) };
	workspace.sandbox.faults.add({ kind: 'status', ...limit });
	const toRun = { ...workflow(next!, settings), credentials: workspace.credentials };
	useRealWaits();

	const cancelled = await runWorkflow({
		...toRun,
		items: toItems(conversations.map((conversation) => ({ conversation, text: 'Halo' }))),
		cancelWhen: posted(workspace, limited!),
	});

	const sent = () => conversations.map((id) => workspace.sent(id).length);
	return { workspace, conversations, next: next!, toRun, cancelled, sent };
}

describe.each([
	['Stop', 'stopWorkflow'],
	['Continue', 'continueRegularOutput'],
	['Continue (using error output)', 'continueErrorOutput'],
] as const)('a cancelled execution, On Error: %s', (_, onError) => {
	it.each([
		['', {}],
		[', with Retry On Fail', RETRY_ON_FAIL],
	])('ends as cancelled, with the node as it was%s', async (__, retryOnFail) => {
		const { workspace, next, cancelled, sent } = await cancelInTheWait({ onError, ...retryOnFail });

		expect(cancelled.status).toBe('canceled');
		expect(cancelled.error?.message).toBe('The execution was canceled [item 2]');
		expect(sent()).toEqual([1, 1, 0, 0, 0]);
		expect(workspace.sent(next)).toEqual([]);
		const [waiting] = dataForRetry(cancelled).executionData!.nodeExecutionStack;
		expect(waiting!.node).toMatchObject({ name: 'Sahut', onError, ...retryOnFail });
		expect(waiting!.node).not.toHaveProperty('continueOnFail');
	});

	it('is retried from the node on, which sends what is missing and keeps its On Error', async () => {
		const { workspace, conversations, toRun, cancelled, sent } = await cancelInTheWait({ onError });
		const refusal = { status: 422, method: 'POST', path: path(conversations[3]!) };
		workspace.sandbox.faults.add({ kind: 'status', ...refusal });

		const retried = await runWorkflow({
			...toRun,
			mode: 'retry',
			executionData: dataForRetry(cancelled),
		});

		const stops = onError === 'stopWorkflow';
		expect(retried.status).toBe(stops ? 'error' : 'success');
		expect(sent()).toEqual([1, 1, 1, 0, stops ? 0 : 1]);
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
	'cancelled between two tries of Retry On Fail (%s), nothing is tried again',
	async (onError) => {
		const workspace = await openWorkspace();
		const conversations = workspace.addConversations(2);
		const [refused] = conversations;
		workspace.sandbox.faults.add({ kind: 'status', status: 422, path: path(refused!) });

		const { status } = await workspace.run(
			ONE_BY_ONE,
			conversations.map((conversation) => ({ conversation, text: 'Halo' })),
			{ ...RETRY_ON_FAIL, waitBetweenTries: 400, onError },
			{ cancelWhen: posted(workspace, refused!) },
		);

		await wait(100);
		expect(status).toBe('canceled');
		expect(workspace.sent(refused!)).toEqual([]);
	},
);

it.each<[string, INode['parameters']]>([
	['contacts', { resource: 'contact', operation: 'list', returnAll: true }],
	['conversations', { resource: 'conversation', operation: 'list', returnAll: true }],
	['messages', { ...sendText, operation: 'list', returnAll: true }],
])(
	'a list of %s that is cancelled on Continue ends as cancelled, and reads no further page',
	async (...row) => {
		const workspace = await openWorkspace({ latencyMs: 60 });
		const conversations = workspace.addConversations(900);
		const [conversation] = conversations;
		workspace.sandbox.store.addMessages(conversation!, 900);

		const { status } = await workspace.run(
			row[1],
			[{ conversation }],
			{ onError: 'continueRegularOutput' },
			{ cancelWhen: until(() => workspace.requests().length > 1) },
		);

		expect(status).toBe('canceled');
		// What was on its way when it was cut off may still arrive.
		await wait(500);
		const atTheEnd = workspace.requests().length;
		await wait(200);
		expect(workspace.requests()).toHaveLength(atTheEnd);
	},
);
