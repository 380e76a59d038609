import type { INode } from 'n8n-workflow';

import { HOUR_MS, MINUTE_MS } from '../../sandbox/clock';
import { executionThatDied, retry } from '../support/retryData';
import { byId } from '../support/locator';
import {
	contactsOf,
	conversationsOf,
	openWorkspace,
	sendText,
	toPhone,
	type Workspace,
} from '../support/workspace';
import { withTransport, wrongBy } from '../support/transport';

const SECOND_MS = 1_000;
const TEMPLATE = /^Halo Kak Budi, terima kasih/;

const forms: INode['parameters'] = {
	messageType: 'textOrTemplate',
	content: 'Pesanan sudah dikirim',
	templateId: 'tmpl_follow_up',
	templateVariables: { variable: [{ name: 'customer_name', value: 'Budi' }] },
};
const sendEither: INode['parameters'] = { ...sendText, ...forms };

const ago = ({ sandbox }: Workspace, ms: number) => new Date(sandbox.store.now().getTime() - ms);

/** A conversation on a channel of this type in which the customer wrote so long ago. */
function conversationWith(workspace: Workspace, wroteAgoMs?: number, type = 'whatsapp'): string {
	const { store } = workspace.sandbox;
	const { id } = store.addConversation({ channel: store.channelOfType(type) });
	if (wroteAgoMs !== undefined) store.addIncoming(id, 'Halo', ago(workspace, wroteAgoMs));
	return id;
}

const agent = { type: 'agent', id: 'usr_dewi', name: 'Dewi Lestari' } as const;

describe('Text, or Template After 24 Hours', () => {
	it.each([
		['an hour ago', HOUR_MS, 'text'],
		['23 hours and 58 minutes ago', 24 * HOUR_MS - 2 * MINUTE_MS, 'text'],
		['23 hours, 59 minutes and 50 seconds ago', 24 * HOUR_MS - 10 * SECOND_MS, 'template'],
		['25 hours ago', 25 * HOUR_MS, 'template'],
		['never', undefined, 'template'],
	])('to a customer who has written %s', async (_, wroteAgoMs, sentAs) => {
		const workspace = await openWorkspace();
		const conversation = conversationWith(workspace, wroteAgoMs);

		const { output } = await workspace.run(sendEither, [{ conversation }]);

		expect(output('Sahut')[0]!.json).toMatchObject({ type: 'outgoing', sent_as: sentAs });
		expect(workspace.sent(conversation)).toEqual([
			sentAs === 'text' ? 'Pesanan sudah dikirim' : expect.stringMatching(TEMPLATE),
		]);
		expect(workspace.requests()).toHaveLength(sentAs === 'text' ? 2 : 3);
	});

	it('is the text on a channel that is not WhatsApp, at any hour', async () => {
		const workspace = await openWorkspace();
		const old = conversationWith(workspace, 25 * HOUR_MS, 'email');
		const recent = conversationWith(workspace, HOUR_MS, 'email');

		const { output } = await workspace.run(sendEither, [
			{ conversation: old },
			{ conversation: recent },
		]);

		expect(output('Sahut').map(({ json }) => json.sent_as)).toEqual(['text', 'text']);
		// The record, which has the type, is asked for only where the window is closed.
		expect(workspace.requests()).not.toContain(`GET /conversations/${recent}`);
	});

	it('looks past the messages of agents to the last one of the customer', async () => {
		const workspace = await openWorkspace();
		const conversation = conversationWith(workspace, 2 * HOUR_MS);
		workspace.sandbox.store.addMessage(conversation, {
			type: 'outgoing',
			content: 'Siap Kak',
			sender: agent,
			attachments: [],
			created_at: new Date(Date.now() - HOUR_MS).toISOString(),
		});

		const { output } = await workspace.run(sendEither, [{ conversation }]);

		expect(output('Sahut')[0]!.json.sent_as).toBe('text');
	});

	it.each([
		['10,000 messages in 10,000 minutes', MINUTE_MS, 'text'],
		['10,000 messages of an hour', 360, 'text'],
	])('takes 5 requests at most in a conversation of %s', async (_, spacingMs, sentAs) => {
		const workspace = await openWorkspace();
		const conversation = conversationWith(workspace);
		workspace.sandbox.store.addMessages(conversation, 10_000, { spacingMs });

		const { output } = await workspace.run(sendEither, [{ conversation }]);

		expect(output('Sahut')[0]!.json.sent_as).toBe(sentAs);
		expect(workspace.requests().length).toBeLessThanOrEqual(5);
	});

	it('is the template where 10,000 others have followed on the last message of the customer', async () => {
		const workspace = await openWorkspace();
		const { store } = workspace.sandbox;
		const conversation = conversationWith(workspace, 20 * HOUR_MS);
		const created_at = new Date(Date.now() - HOUR_MS).toISOString();
		for (let count = 0; count < 10_000; count++) {
			store.addMessage(conversation, {
				type: 'outgoing',
				content: `Info ${count}`,
				sender: agent,
				attachments: [],
				created_at,
			});
		}

		const { output } = await workspace.run(sendEither, [{ conversation }]);

		expect(output('Sahut')[0]!.json.sent_as).toBe('template');
		expect(workspace.requests()).toHaveLength(5);
	});

	it.each([
		['an hour ahead', HOUR_MS],
		['an hour behind', -HOUR_MS],
	])('goes by the clock of Sahut, should that of n8n be %s', async (_, wrongByMs) => {
		const workspace = await openWorkspace();
		const open = conversationWith(workspace, 24 * HOUR_MS - 30 * MINUTE_MS);
		const closed = conversationWith(workspace, 24 * HOUR_MS + 30 * MINUTE_MS);

		withTransport({ clock: wrongBy(wrongByMs) });

		const { output } = await workspace.run(sendEither, [
			{ conversation: open },
			{ conversation: closed },
		]);

		expect(output('Sahut').map(({ json }) => json.sent_as)).toEqual(['text', 'template']);
	});

	it('checks both before the first request', async () => {
		const workspace = await openWorkspace();
		const conversation = conversationWith(workspace, HOUR_MS);

		const noText = await workspace.run({ ...sendEither, content: '={{ " " }}' }, [
			{ conversation },
		]);
		const noTemplate = await workspace.run({ ...sendEither, templateId: '={{ "" }}' }, [
			{ conversation },
		]);

		expect(noText.error?.message).toContain('Text is empty');
		expect(noTemplate.error?.message).toContain('Template ID is empty');
		expect(workspace.requests()).toEqual([]);
	});

	it('says in a Dry Run which it would be, and sends nothing', async () => {
		const workspace = await openWorkspace();
		const open = conversationWith(workspace, HOUR_MS);
		const closed = conversationWith(workspace, 25 * HOUR_MS);

		const { output } = await workspace.run({ ...sendEither, options: { dryRun: true } }, [
			{ conversation: open },
			{ conversation: closed },
		]);

		expect(output('Sahut').map(({ json }) => json)).toMatchObject([
			{ dryRun: true, sent_as: 'text', request: { body: { content: 'Pesanan sudah dikirim' } } },
			{ dryRun: true, sent_as: 'template', request: { body: { template_id: 'tmpl_follow_up' } } },
		]);
		expect(workspace.sandbox.journal.entries.map(({ method }) => method)).not.toContain('POST');
	});

	it('sends nothing when it cannot be found out, and says so', async () => {
		const workspace = await openWorkspace();
		const conversation = conversationWith(workspace, 25 * HOUR_MS);
		workspace.sandbox.faults.add({ kind: 'status', status: 403, method: 'GET' });

		const { error } = await workspace.run(sendEither, [{ conversation }]);

		expect(error?.description).toContain(
			'It is not known whether the customer has written within 24 hours: nothing was sent.',
		);
		expect(workspace.sent(conversation)).toEqual([]);
	});

	it('goes the same way again after a lost answer, although the window has closed', async () => {
		const workspace = await openWorkspace();
		const { store } = workspace.sandbox;
		const conversation = conversationWith(workspace, 25 * HOUR_MS);
		const refused = conversationWith(workspace, 25 * HOUR_MS);
		workspace.refuse(refused);

		const rows = [{ conversation }, { conversation: refused }];
		const failed = await workspace.run(sendEither, rows, { onError: 'stopWorkflow' });
		store.addIncoming(conversation, 'Halo lagi');
		const { output } = await retry(workspace, failed, sendEither);

		expect(output('Sahut').map(({ json }) => json.sent_as)).toEqual(['template', 'template']);
		expect(workspace.sent(conversation)).toEqual([expect.stringMatching(TEMPLATE)]);
	});

	it('is the template when the window has closed between a text that was refused and the retry', async () => {
		const workspace = await openWorkspace();
		const { store, faults } = workspace.sandbox;
		const conversation = conversationWith(workspace, HOUR_MS);
		faults.add({ kind: 'status', status: 403, method: 'POST' });

		const failed = await workspace.run(sendEither, [{ conversation }]);
		for (const message of store.messages(conversation)) {
			message.created_at = ago(workspace, 25 * HOUR_MS).toISOString();
		}
		const { output } = await retry(workspace, failed, sendEither);

		expect(output('Sahut')[0]!.json.sent_as).toBe('template');
		expect(workspace.sent(conversation)).toEqual([expect.stringMatching(TEMPLATE)]);
	});
});

describe('Text, or Template After 24 Hours, that is held up', () => {
	it('is the template when the window closes while it waits for the rate limit', async () => {
		const workspace = await openWorkspace();
		const conversation = conversationWith(workspace, 24 * HOUR_MS - MINUTE_MS - 2 * SECOND_MS);
		workspace.sandbox.faults.add({
			kind: 'status',
			status: 429,
			retryAfter: 3,
			method: 'POST',
		});

		const { output } = await workspace.run(sendEither, [{ conversation }]);

		expect(output('Sahut')[0]!.json.sent_as).toBe('template');
		expect(workspace.sandbox.journal.entries.map(({ method, body }) => [method, body])).toEqual([
			['GET', undefined],
			['POST', { content: 'Pesanan sudah dikirim' }],
			['GET', undefined],
			['GET', undefined],
			['POST', expect.objectContaining({ template_id: 'tmpl_follow_up' })],
		]);
	});

	it('is found as the text that it was, in a retry of which n8n has kept nothing', async () => {
		const workspace = await openWorkspace();
		const { store } = workspace.sandbox;
		const conversation = conversationWith(workspace, HOUR_MS);
		const died = executionThatDied(workspace, sendEither, [{ conversation }]);

		await died.run();
		for (const message of store.messages(conversation)) {
			if (message.type === 'incoming') {
				message.created_at = ago(workspace, 25 * HOUR_MS).toISOString();
			}
		}
		const { output } = await died.retry();

		expect(output('Sahut')[0]!.json.sent_as).toBe('text');
		expect(workspace.sent(conversation)).toEqual(['Pesanan sudah dikirim']);
	});
});

describe('Text, or Template After 24 Hours, to a phone number', () => {
	const toNumber = (
		workspace: Workspace,
		options: INode['parameters'] = {},
		type = 'whatsapp',
	) => ({
		...toPhone(workspace, options),
		...forms,
		channelId: byId(workspace.sandbox.store.channelOfType(type).id),
		phone: '+6281234567890',
	});

	it('is the template for a customer who is new, on WhatsApp, without a request more', async () => {
		const workspace = await openWorkspace();

		const { output } = await workspace.run(toNumber(workspace));

		expect(output('Sahut')[0]!.json).toMatchObject({
			sent_as: 'template',
			conversation_created: true,
		});
		expect(workspace.requests()).toHaveLength(5);
	});

	it('is the text for a customer who is new, on another channel', async () => {
		const workspace = await openWorkspace();

		const { output } = await workspace.run(toNumber(workspace, {}, 'telegram'));

		expect(output('Sahut')[0]!.json.sent_as).toBe('text');
		expect(workspace.requests()).toHaveLength(5);
	});

	it('is the text in an open conversation in which the customer has just written', async () => {
		const workspace = await openWorkspace();
		const { store } = workspace.sandbox;
		const contact = store.addContact({ phone: '+6281234567890' });
		const { id } = store.addConversation({ contact });
		store.addIncoming(id, 'Halo');

		const dry = await workspace.run(toNumber(workspace, { dryRun: true }));
		const { output } = await workspace.run(toNumber(workspace));

		expect(dry.output('Sahut')[0]!.json).toMatchObject({ sent_as: 'text', conversation_id: id });
		expect(output('Sahut')[0]!.json).toMatchObject({ sent_as: 'text', conversation_id: id });
		expect(workspace.sent(id)).toEqual(['Pesanan sudah dikirim']);
	});

	it.each([
		['whatsapp', 'template'],
		['telegram', 'text'],
	])('says in a Dry Run what a new customer on %s would get', async (type, sentAs) => {
		const workspace = await openWorkspace();
		const { store } = workspace.sandbox;
		store.addConversation({ channel: store.channelOfType(type) });

		const { output } = await workspace.run(toNumber(workspace, { dryRun: true }, type));

		expect(output('Sahut')[0]!.json).toMatchObject({ dryRun: true, sent_as: sentAs });
		expect(contactsOf(workspace)).toHaveLength(1);
	});
});

describe('a text that cannot arrive', () => {
	const textTo = (workspace: Workspace, options: INode['parameters'] = {}, type = 'whatsapp') => ({
		...toPhone(workspace, options),
		messageType: 'text',
		content: 'Halo',
		channelId: byId(workspace.sandbox.store.channelOfType(type).id),
		phone: '+6281234567890',
	});
	const count = (workspace: Workspace) => [
		contactsOf(workspace).length,
		conversationsOf(workspace).length,
	];

	it.each([false, true])('creates nothing (Dry Run: %s)', async (dryRun) => {
		const workspace = await openWorkspace();
		workspace.addConversations(1);

		const { error } = await workspace.run(textTo(workspace, { dryRun }));

		expect(error?.message).toContain('A text does not reach +6281234567890');
		expect(error?.description).toContain('Text, or Template After 24 Hours');
		expect(count(workspace)).toEqual([1, 1]);
	});

	it.each([false, true])(
		'to a known contact creates no conversation (reused: %s)',
		async (reused) => {
			const workspace = await openWorkspace();
			const { store } = workspace.sandbox;
			const contact = store.addContact({ phone: '+6281234567890' });
			store.addConversation({ contact, status: 'resolved' });

			const { error } = await workspace.run(textTo(workspace, { reuseOpenConversation: reused }));

			expect(error?.message).toContain('A text does not reach +6281234567890');
			expect(count(workspace)).toEqual([1, 1]);
		},
	);

	it('is refused without a further request once the kind of channel is known', async () => {
		const workspace = await openWorkspace();
		workspace.addConversations(1);
		await workspace.run(textTo(workspace));
		workspace.sandbox.journal.clear();

		await workspace.run(textTo(workspace));

		expect(workspace.requests()).toEqual(['GET /contacts', 'GET /contacts']);
	});

	it('is sent on another channel, and where nothing tells of what kind the channel is', async () => {
		const workspace = await openWorkspace();
		const { store } = workspace.sandbox;
		store.addConversation({ channel: store.channelOfType('telegram') });

		const onTelegram = await workspace.run(textTo(workspace, {}, 'telegram'));
		const onWhatsApp = await workspace.run(textTo(workspace));

		expect(onTelegram.status).toBe('success');
		expect(onWhatsApp.error?.message).toContain('Sahut refused the data');
	});

	it('goes into an open conversation in which the customer has written', async () => {
		const workspace = await openWorkspace();
		const { store } = workspace.sandbox;
		const contact = store.addContact({ phone: '+6281234567890' });
		const { id } = store.addConversation({ contact });
		store.addIncoming(id, 'Halo, apakah barangnya masih ada?');

		await workspace.run(textTo(workspace));

		expect(workspace.sent(id)).toEqual(['Halo']);
	});
});
