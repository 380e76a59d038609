import type { IDataObject, INode } from 'n8n-workflow';
import { connect, createServer } from 'node:net';

import { closedOrigin } from '../../../support/localServer';
import { byId } from '../../../support/locator';
import { crashedExecution, retry } from '../../../support/retryData';
import { useRealWaits, overrideTransport } from '../../../support/transport';
import {
	allSent,
	contactsOf,
	openConversation,
	openWorkspace,
	sendText,
	until,
} from '../../../support/workspace';
import { addOutgoing } from '../outgoingMessages';
import { sendTextOnce, skipReasonsOf } from '../acrossExecutions/skipHelpers';
import { now } from '../../../support/testClock';

/** Message: Send of the template without variables that each item names. */
const sendWithoutVariables: INode['parameters'] = {
	...sendText,
	messageType: 'template',
	templateId: '={{ $json.template }}',
};

describe('a message of another execution', () => {
	it.each([
		['the same text', sendText, { text: 'Pesanan 12 sudah dikirim' }],
		['a template without values', sendWithoutVariables, { template: 'tmpl_greeting' }],
	])(
		'does not match %s with a message that another execution has sent just before',
		async (_, parameters, row) => {
			const { workspace, conversation } = await openConversation();
			const { store, faults } = workspace.sandbox;
			store.addTemplate({ id: 'tmpl_greeting', body: 'Halo Kak, ada kabar baik' });
			await workspace.run(parameters, [{ conversation, ...row }]);
			faults.add({ kind: 'dropBefore', method: 'POST' });

			const { error } = await workspace.run(parameters, [{ conversation, ...row }]);

			expect(error?.context).toMatchObject({ mayHaveArrived: true });
			expect(allSent(workspace)).toHaveLength(1);
		},
	);

	it('does not resend a lost message in a retry when another execution has sent the same text since', async () => {
		const { workspace, conversation } = await openConversation();
		const rows = [{ conversation, text: 'Pesanan 12 sudah dikirim' }];
		workspace.sandbox.faults.add({ kind: 'dropBefore', method: 'POST' });
		const failed = await workspace.run(sendText, rows);
		await workspace.run(sendText, rows);

		const again = await retry(workspace, failed, sendText);

		expect(again.error?.message).toMatch(/^The outcome of an earlier request to .* is unknown/);
		expect(allSent(workspace)).toHaveLength(1);
	});

	it('does not match another template without variables in a retry after the process has died', async () => {
		const { workspace, conversation } = await openConversation();
		const { store } = workspace.sandbox;
		store.addTemplate({ id: 'tmpl_paid', body: 'Terima kasih, sudah lunas' });
		store.addTemplate({ id: 'tmpl_greeting', body: 'Halo Kak, ada kabar baik' });
		await workspace.run(sendWithoutVariables, [{ conversation, template: 'tmpl_paid' }]);

		const row = { conversation, template: 'tmpl_greeting' };
		const died = crashedExecution(workspace, sendWithoutVariables, [row]);
		await died.retry();
		await died.retry();

		expect(allSent(workspace)).toEqual(['Terima kasih, sudah lunas', 'Halo Kak, ada kabar baik']);
	});

	it('does not count one stored message for the lost responses of two executions', async () => {
		const { workspace, conversation } = await openConversation();
		const { store, faults } = workspace.sandbox;
		const rows = [{ conversation, text: 'Pesanan 12 sudah dikirim' }];
		// Sahut stores the first message late, after the node has stopped searching for it.
		faults.add({ kind: 'dropBefore', method: 'POST', times: 2 });
		const first = await workspace.run(sendText, rows);
		expect(first.status).toBe('error');
		store.send(conversation, { content: 'Pesanan 12 sudah dikirim' });
		const second = await workspace.run(sendText, rows);
		const again = await retry(workspace, first, sendText);
		expect(allSent(workspace)).toHaveLength(1);
		expect([second.status, again.status].filter((s) => s === 'success')).toHaveLength(1);
	});

	it('waits with Skip If Sent Within until 60 s after another execution has lost the response to the same message, and sends it if it cannot be found', async () => {
		const { workspace, conversation } = await openConversation();
		const { faults } = workspace.sandbox;
		const row = { conversation, text: 'Halo' };
		faults.add({ kind: 'dropBefore', method: 'POST' });

		const sentAt = now();
		const lost = await workspace.run(sendTextOnce, [row]);
		const again = await workspace.run(sendTextOnce, [row]);

		expect(lost.error?.description).toContain('Sahut may have processed this request');
		expect(skipReasonsOf(again)).toEqual(['sent']);
		expect(now() - sentAt).toBeGreaterThanOrEqual(60_000);
		expect(workspace.sent(conversation)).toEqual(['Halo']);
	});

	it('skips a message with Skip If Sent Within as soon as it can be found after another execution has lost the response to it', async () => {
		const { workspace, conversation } = await openConversation();
		const { faults, store } = workspace.sandbox;
		const row = { conversation, text: 'Halo' };
		faults.add({ kind: 'dropBefore', method: 'POST' });
		await workspace.run(sendTextOnce, [row]);
		const lostAt = now();
		store.send(conversation, { content: 'Halo' });

		const again = await workspace.run(sendTextOnce, [row]);

		expect(skipReasonsOf(again)).toEqual(['sent_before']);
		expect(now() - lostAt).toBeLessThan(30_000);
		expect(workspace.sent(conversation)).toEqual(['Halo']);
	});

	it('does not match a lost template with what the owner of the API key wrote by hand', async () => {
		const { workspace, conversation } = await openConversation({ deviations: ['sent-by-agent'] });
		const { store, faults } = workspace.sandbox;
		store.addTemplate({ id: 'tmpl_greeting', body: 'Halo Kak, ada kabar baik' });
		await workspace.run(sendText, [{ conversation, text: 'Halo' }]);
		const sender = store.messages(conversation).at(-1)!.sender!;
		addOutgoing(workspace, conversation, 'Sebentar ya, saya cek dulu', {
			sender,
			at: new Date(now() + 1000),
		});
		faults.add({ kind: 'dropBefore', method: 'POST' });
		const { status } = await workspace.run(sendWithoutVariables, [
			{ conversation, template: 'tmpl_greeting' },
		]);
		expect(status).toBe('error');
	});
});

describe('the search for a lost message', () => {
	it('searches for some seconds for a message whose response was lost', async () => {
		// Sahut has stored it, but lists show it two seconds later.
		const { workspace, conversation } = await openConversation({ deviations: ['late-lists'] });
		workspace.sandbox.faults.add({ kind: 'dropAfter', method: 'POST' });

		const { status, output } = await workspace.run(sendText, [{ conversation, text: 'Halo' }]);

		expect(status).toBe('success');
		expect(output('Sahut')[0]!.json).toMatchObject({ content: 'Halo' });
		expect(workspace.sent(conversation)).toEqual(['Halo']);
	});

	it('does not delay other conversations while it searches for a lost message', async () => {
		const workspace = await openWorkspace();
		const { faults, journal } = workspace.sandbox;
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

		const paths = journal.entries.map(({ method, path }) => `${method} ${path}`);
		const sentToOther = paths.indexOf(`POST /conversations/${other}/messages`);
		expect(paths.lastIndexOf(`GET /conversations/${lost}/messages`)).toBeGreaterThan(sentToOther);
		expect(workspace.sent(other!)).toEqual(['Halo']);
	});

	it('stops the search for a lost message at once when the execution is cancelled', async () => {
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
	store.notices.on('event', ({ name }) => {
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
	'counts a %s update as done after a lost response when Sahut shows an empty list as null',
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

it('sends a message once when the connection is refused at first', async () => {
	const { workspace, conversation } = await openConversation();
	const origin = await closedOrigin();
	const sandboxPort = Number(new URL(workspace.sandbox.url).port);
	const gateway = createServer((socket) => {
		socket.pipe(connect(sandboxPort, '127.0.0.1')).pipe(socket);
	});
	setTimeout(() => gateway.listen(Number(new URL(origin).port), '127.0.0.1'), 200);
	workspace.credentials.sahutApi!.baseUrl = `${origin}/v1`;

	// The four waits add up to 7.5 seconds and take a quarter of that.
	useRealWaits(4);
	overrideTransport({ random: () => 0.5 });
	await workspace.run(sendText, [{ conversation, text: 'Ya, Kak?' }]);
	gateway.close();

	expect(workspace.sent(conversation)).toEqual(['Ya, Kak?']);
	expect(workspace.requests()).toHaveLength(1);
});
