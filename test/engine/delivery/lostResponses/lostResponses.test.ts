import type { IDataObject, INode } from 'n8n-workflow';
import { connect, createServer } from 'node:net';

import { MINUTE_MS, SECOND_MS } from '../../../../sandbox/clock';
import { findClosedOrigin } from '../../../support/localServer';
import { byId } from '../../../support/locator';
import { createCrashedExecution, retry } from '../../../support/retryData';
import { now, useRealWaits } from '../../../support/testClock';
import { overrideTransport } from '../../../support/transport';
import {
	allSentTexts,
	contactsOf,
	openConversation,
	openWorkspace,
	sendText,
	until,
} from '../../../support/workspace';
import { addOutgoing } from '../outgoingMessages';
import { sendTextOnce, skipReasonsOf } from '../acrossExecutions/skipHelpers';

/** Message: Send of a template without variables, with the template's ID from each item. */
const sendWithoutVariables: INode['parameters'] = {
	...sendText,
	messageType: 'template',
	templateId: '={{ $json.template }}',
};

describe('a message of another execution with the same content', () => {
	it.each([
		['text', sendText, { text: 'Pesanan 12 sudah dikirim' }],
		['template without variables', sendWithoutVariables, { template: 'tmpl_greeting' }],
	])('is not matched with a lost %s if it was sent before', async (_, parameters, row) => {
		const { workspace, conversation } = await openConversation();
		const { store, faults } = workspace.sandbox;
		store.addTemplate({ id: 'tmpl_greeting', body: 'Halo Kak, ada kabar baik' });
		await workspace.run(parameters, [{ conversation, ...row }]);
		faults.add({ kind: 'dropBefore', method: 'POST' });

		const { error } = await workspace.run(parameters, [{ conversation, ...row }]);

		expect(error?.context).toMatchObject({ mayHaveArrived: true });
		expect(allSentTexts(workspace)).toHaveLength(1);
	});

	it('makes the outcome of a Retry unknown if it was sent after the lost message', async () => {
		const { workspace, conversation } = await openConversation();
		const rows = [{ conversation, text: 'Pesanan 12 sudah dikirim' }];
		workspace.sandbox.faults.add({ kind: 'dropBefore', method: 'POST' });
		const failed = await workspace.run(sendText, rows);
		await workspace.run(sendText, rows);

		const again = await retry(workspace, failed, sendText);

		expect(again.error?.context).toMatchObject({ reason: 'unknown_outcome' });
		expect(allSentTexts(workspace)).toHaveLength(1);
	});

	it('is not matched with another template without variables by a Retry of a crashed execution', async () => {
		const { workspace, conversation } = await openConversation();
		const { store } = workspace.sandbox;
		store.addTemplate({ id: 'tmpl_paid', body: 'Terima kasih, sudah lunas' });
		store.addTemplate({ id: 'tmpl_greeting', body: 'Halo Kak, ada kabar baik' });
		await workspace.run(sendWithoutVariables, [{ conversation, template: 'tmpl_paid' }]);

		const row = { conversation, template: 'tmpl_greeting' };
		const execution = createCrashedExecution(workspace, sendWithoutVariables, [row]);

		await execution.retry();
		await execution.retry();

		expect(allSentTexts(workspace)).toEqual([
			'Terima kasih, sudah lunas',
			'Halo Kak, ada kabar baik',
		]);
	});

	it('is matched with only one of two lost messages', async () => {
		const { workspace, conversation } = await openConversation();
		const { store, faults } = workspace.sandbox;
		const rows = [{ conversation, text: 'Pesanan 12 sudah dikirim' }];
		// Sahut stores the first message after the node has stopped searching for it.
		faults.add({ kind: 'dropBefore', method: 'POST', times: 2 });
		const first = await workspace.run(sendText, rows);
		expect(first.status).toBe('error');
		store.send(conversation, { content: 'Pesanan 12 sudah dikirim' });

		const second = await workspace.run(sendText, rows);
		const again = await retry(workspace, first, sendText);

		expect(allSentTexts(workspace)).toHaveLength(1);
		expect([second.status, again.status]).toEqual(['success', 'error']);
	});

	it('is sent with Skip If Sent Within 60 s after its response was lost, if it cannot be found until then', async () => {
		const { workspace, conversation } = await openConversation();
		const { faults } = workspace.sandbox;
		const row = { conversation, text: 'Halo' };
		faults.add({ kind: 'dropBefore', method: 'POST' });

		const lostAt = now();
		const lost = await workspace.run(sendTextOnce, [row]);
		const again = await workspace.run(sendTextOnce, [row]);

		expect(lost.error?.description).toContain('Sahut may have processed this request');
		expect(skipReasonsOf(again)).toEqual(['sent']);
		expect(now() - lostAt).toBeGreaterThanOrEqual(MINUTE_MS);
		expect(workspace.sent(conversation)).toEqual(['Halo']);
	});

	it('is skipped with Skip If Sent Within as soon as it can be found after its response was lost', async () => {
		const { workspace, conversation } = await openConversation();
		const { faults, store } = workspace.sandbox;
		const row = { conversation, text: 'Halo' };
		faults.add({ kind: 'dropBefore', method: 'POST' });
		await workspace.run(sendTextOnce, [row]);
		store.send(conversation, { content: 'Halo' });
		workspace.sandbox.journal.clear();

		const again = await workspace.run(sendTextOnce, [row]);

		expect(skipReasonsOf(again)).toEqual(['sent_before']);
		expect(workspace.requests()).toEqual([`GET /conversations/${conversation}/messages`]);
		expect(workspace.sent(conversation)).toEqual(['Halo']);
	});

	it('is not matched with a lost template if the owner of the API key wrote another text by hand', async () => {
		const { workspace, conversation } = await openConversation({ deviations: ['sent-by-agent'] });
		const { store, faults } = workspace.sandbox;
		store.addTemplate({ id: 'tmpl_greeting', body: 'Halo Kak, ada kabar baik' });
		await workspace.run(sendText, [{ conversation, text: 'Halo' }]);
		const sender = store.messages(conversation).at(-1)!.sender!;
		addOutgoing(workspace, conversation, 'Sebentar ya, saya cek dulu', {
			sender,
			at: new Date(now() + SECOND_MS),
		});
		faults.add({ kind: 'dropBefore', method: 'POST' });
		const row = { conversation, template: 'tmpl_greeting' };

		const { error } = await workspace.run(sendWithoutVariables, [row]);

		expect(error?.context).toMatchObject({ mayHaveArrived: true });
	});
});

describe('the search for a message whose response was lost', () => {
	it('continues until a delayed list shows the message', async () => {
		// Sahut has stored the message, but lists show it two seconds later.
		const { workspace, conversation } = await openConversation({ deviations: ['late-lists'] });
		workspace.sandbox.faults.add({ kind: 'dropAfter', method: 'POST' });

		const { status, output } = await workspace.run(sendText, [{ conversation, text: 'Halo' }]);

		expect(status).toBe('success');
		expect(output('Sahut')[0]!.json).toMatchObject({ content: 'Halo' });
		expect(workspace.sent(conversation)).toEqual(['Halo']);
	});

	it('does not delay other conversations', async () => {
		const workspace = await openWorkspace();
		const { faults } = workspace.sandbox;
		const [lost, other] = workspace.addConversations(2);
		faults.add({ kind: 'dropBefore', method: 'POST', path: new RegExp(lost!) });

		await workspace.run(
			{ ...sendText, options: { concurrency: 1 } },
			[
				{ conversation: lost, text: 'Halo' },
				{ conversation: other, text: 'Halo' },
			],
			{ onError: 'continueRegularOutput' },
		);

		const requests = workspace.requests();
		const sentToOther = requests.indexOf(`POST /conversations/${other}/messages`);
		const lastSearch = requests.lastIndexOf(`GET /conversations/${lost}/messages`);
		expect(lastSearch).toBeGreaterThan(sentToOther);
		expect(workspace.sent(other!)).toEqual(['Halo']);
	});

	it('stops at once when the execution is canceled', async () => {
		const { workspace, conversation } = await openConversation();
		const { faults } = workspace.sandbox;
		faults.add({ kind: 'dropBefore', method: 'POST' });
		useRealWaits();
		const searches = () => workspace.requests().filter((request) => request.startsWith('GET'));

		const { status } = await workspace.run(
			sendText,
			[{ conversation, text: 'Halo' }],
			{},
			{ cancelWhen: until(() => searches().length > 0) },
		);

		expect(status).toBe('canceled');
		expect(searches()).toHaveLength(1);
	});
});

it('finds a created contact after a lost response when Sahut stores an empty email instead of null', async () => {
	const workspace = await openWorkspace();
	const { store, faults } = workspace.sandbox;
	faults.add({ kind: 'dropAfter', method: 'POST' });
	store.emitter.on('event', ({ name }) => {
		if (name !== 'contact.created') return;
		for (const contact of store.contacts.values()) contact.email = '' as never;
	});

	const { status } = await workspace.run({
		resource: 'contact',
		operation: 'create',
		name: 'Sari Dewi',
		additionalFields: { phone: '0813-9876-5432' },
	});

	expect([status, contactsOf(workspace).length]).toEqual(['success', 1]);
});

it.each([
	['contact', { tags: [] }, 'tags'],
	['conversation', { labels: [] }, 'labels'],
] as const)(
	'recognizes a %s update after a lost response when Sahut shows an empty list as null',
	async (resource, change, field) => {
		const workspace = await openWorkspace();
		const { store, faults } = workspace.sandbox;
		const contact = store.addContact();
		const record = resource === 'contact' ? contact : store.addConversation({ contact });
		faults.add({ kind: 'statusAfterStore', method: 'PUT', status: 500 });
		const body = { data: { ...record, [field]: null } };
		faults.add({ kind: 'body', method: 'GET', path: `/${resource}s/${record.id}`, times: 9, body });

		const { status } = await workspace.run({
			resource,
			operation: 'update',
			[`${resource}Id`]: byId(record.id),
			updateFields: change as unknown as IDataObject,
		} as INode['parameters']);

		expect(status).toBe('success');
	},
);

it('sends a message once when the first connections are refused', async () => {
	const { workspace, conversation } = await openConversation();
	const origin = await findClosedOrigin();
	const sandboxPort = Number(new URL(workspace.sandbox.url).port);
	const gateway = createServer((socket) => {
		socket.pipe(connect(sandboxPort, '127.0.0.1')).pipe(socket);
	});
	workspace.credentials.sahutApi!.baseUrl = `${origin}/v1`;
	let refusals = 0;
	// The node chooses a jitter after each refused connection.
	overrideTransport({
		random: () => {
			refusals += 1;
			if (refusals === 2) gateway.listen(Number(new URL(origin).port), '127.0.0.1');
			return 0.5;
		},
	});

	await workspace.run(sendText, [{ conversation, text: 'Ya, Kak?' }]);
	gateway.close();

	expect(refusals).toBeGreaterThanOrEqual(2);
	expect(workspace.sent(conversation)).toEqual(['Ya, Kak?']);
	expect(workspace.requests()).toHaveLength(1);
});
