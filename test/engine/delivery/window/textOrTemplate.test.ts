import type { INode } from 'n8n-workflow';

import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../../../sandbox/clock';
import { byId } from '../../../support/locator';
import { writeRequestsOf } from '../../../support/requests';
import { useRealWaits } from '../../../support/testClock';
import { overrideTransport, createClockAheadBy } from '../../../support/transport';
import {
	contactsOf,
	openWorkspace,
	toPhone,
	until,
	type Workspace,
} from '../../../support/workspace';
import {
	addConversation as addOldConversation,
	BUDI,
	openWithContact,
	textOrTemplateToPhone,
} from '../deliveryFixture';
import { addOutgoing } from '../outgoingMessages';
import {
	addConversation,
	timeAgo,
	textOrTemplateFields,
	sendTextOrTemplate,
	TEMPLATE_TEXT,
} from './windowHelpers';

describe('Text, or Template After 24 Hours to a conversation', () => {
	it.each([
		['an hour ago', HOUR_MS, 'text', 2],
		['23 hours and 43 minutes ago', 24 * HOUR_MS - 17 * MINUTE_MS, 'text', 2],
		// In the last 15 minutes, the window may close during a wait for the rate limit, so the node also
		// reads the type of the channel.
		['23 hours and 58 minutes ago', 24 * HOUR_MS - 2 * MINUTE_MS, 'text', 3],
		['23 hours, 59 minutes and 50 seconds ago', 24 * HOUR_MS - 10 * SECOND_MS, 'template', 3],
		['25 hours ago', 25 * HOUR_MS, 'template', 3],
		['never', undefined, 'template', 3],
	])('depends on when the customer last wrote: %s', async (_, wroteAgoMs, sentAs, requests) => {
		const workspace = await openWorkspace();
		const conversation = addConversation(workspace, wroteAgoMs);

		const { output } = await workspace.run(sendTextOrTemplate, [{ conversation }]);

		expect(output('Sahut')[0]!.json).toMatchObject({ type: 'outgoing', sent_as: sentAs });
		expect(workspace.sent(conversation)).toEqual([
			sentAs === 'text' ? 'Pesanan sudah dikirim' : expect.stringMatching(TEMPLATE_TEXT),
		]);
		expect(workspace.requests()).toHaveLength(requests);
	});

	it('sends the text on other channels than WhatsApp at any time', async () => {
		const workspace = await openWorkspace();
		const old = addConversation(workspace, 25 * HOUR_MS, 'email');
		const recent = addConversation(workspace, HOUR_MS, 'email');

		const { output } = await workspace.run(sendTextOrTemplate, [
			{ conversation: old },
			{ conversation: recent },
		]);

		expect(output('Sahut').map(({ json }) => json.sent_as)).toEqual(['text', 'text']);
		// The conversation, which shows the channel type, is read only if the window is closed, or closes soon.
		expect(workspace.requests()).not.toContain(`GET /conversations/${recent}`);
	});

	it('ignores messages of agents when it searches for the last message of the customer', async () => {
		const workspace = await openWorkspace();
		const conversation = addConversation(workspace, 2 * HOUR_MS);
		addOutgoing(workspace, conversation, 'Siap Kak', { at: timeAgo(workspace, HOUR_MS) });

		const { output } = await workspace.run(sendTextOrTemplate, [{ conversation }]);

		expect(output('Sahut')[0]!.json.sent_as).toBe('text');
	});

	it.each([
		['10,000 minutes', MINUTE_MS],
		['an hour', HOUR_MS / 10_000],
	])(
		'makes at most 5 requests in a conversation with 10,000 messages in %s',
		async (_, spacingMs) => {
			const workspace = await openWorkspace();
			const conversation = addConversation(workspace);
			workspace.sandbox.store.addMessages(conversation, 10_000, { spacingMs });

			const { output } = await workspace.run(sendTextOrTemplate, [{ conversation }]);

			expect(output('Sahut')[0]!.json.sent_as).toBe('text');
			expect(workspace.requests().length).toBeLessThanOrEqual(5);
		},
	);

	it('sends the template when 10,000 messages have followed the last message of the customer', async () => {
		const workspace = await openWorkspace();
		const conversation = addConversation(workspace, 20 * HOUR_MS);
		const at = timeAgo(workspace, HOUR_MS);
		for (let count = 0; count < 10_000; count++) {
			addOutgoing(workspace, conversation, `Info ${count}`, { at });
		}

		const { output } = await workspace.run(sendTextOrTemplate, [{ conversation }]);

		expect(output('Sahut')[0]!.json.sent_as).toBe('template');
		expect(workspace.requests()).toHaveLength(5);
	});

	it.each([
		['an hour ahead', HOUR_MS],
		['an hour behind', -HOUR_MS],
	])('uses the clock of Sahut when the clock of n8n is %s', async (_, wrongByMs) => {
		const workspace = await openWorkspace();
		const open = addConversation(workspace, 24 * HOUR_MS - 30 * MINUTE_MS);
		const closed = addConversation(workspace, 24 * HOUR_MS + 30 * MINUTE_MS);

		overrideTransport({ clock: createClockAheadBy(wrongByMs) });

		const { output } = await workspace.run(sendTextOrTemplate, [
			{ conversation: open },
			{ conversation: closed },
		]);

		expect(output('Sahut').map(({ json }) => json.sent_as)).toEqual(['text', 'template']);
	});

	it('checks the text and the template before the first request', async () => {
		const workspace = await openWorkspace();
		const conversation = addConversation(workspace, HOUR_MS);

		const noText = await workspace.run({ ...sendTextOrTemplate, content: '={{ " " }}' }, [
			{ conversation },
		]);
		const noTemplate = await workspace.run({ ...sendTextOrTemplate, templateId: '={{ "" }}' }, [
			{ conversation },
		]);

		expect(noText.error?.message).toContain('Text is empty');
		expect(noTemplate.error?.message).toContain('Template ID is empty');
		expect(workspace.requests()).toEqual([]);
	});

	it('shows in a Dry Run which form would be sent, and sends nothing', async () => {
		const workspace = await openWorkspace();
		const open = addConversation(workspace, HOUR_MS);
		const closed = addConversation(workspace, 25 * HOUR_MS);

		const { output } = await workspace.run({ ...sendTextOrTemplate, options: { dryRun: true } }, [
			{ conversation: open },
			{ conversation: closed },
		]);

		expect(output('Sahut').map(({ json }) => json)).toMatchObject([
			{ dryRun: true, sent_as: 'text', request: { body: { content: 'Pesanan sudah dikirim' } } },
			{ dryRun: true, sent_as: 'template', request: { body: { template_id: 'tmpl_follow_up' } } },
		]);
		expect(workspace.sandbox.journal.entries.map(({ method }) => method)).not.toContain('POST');
	});

	it('reports that nothing was sent when the messages cannot be read', async () => {
		const workspace = await openWorkspace();
		const conversation = addConversation(workspace, 25 * HOUR_MS);
		workspace.sandbox.faults.add({ kind: 'status', status: 403, method: 'GET' });

		const { error } = await workspace.run(sendTextOrTemplate, [{ conversation }]);

		expect(error?.description).toContain(
			'Nothing was sent, because the node could not check whether the customer has written within 24 hours.',
		);
		expect(workspace.sent(conversation)).toEqual([]);
	});

	it('sends the template without further reads when the window closes while the text waits for the rate limit', async () => {
		const workspace = await openWorkspace();
		const conversation = addConversation(workspace, 24 * HOUR_MS - MINUTE_MS - 20 * SECOND_MS);
		workspace.sandbox.faults.add({
			kind: 'status',
			status: 429,
			retryAfter: 30,
			method: 'POST',
		});

		const { output } = await workspace.run(sendTextOrTemplate, [{ conversation }]);

		expect(output('Sahut')[0]!.json.sent_as).toBe('template');
		expect(workspace.sandbox.journal.entries.map(({ method, body }) => [method, body])).toEqual([
			['GET', undefined],
			['GET', undefined],
			['POST', { content: 'Pesanan sudah dikirim' }],
			['POST', expect.objectContaining({ template_id: 'tmpl_follow_up' })],
		]);
	});

	it('sends the template when the window closes during the wait for the rate limit, even if the customer writes meanwhile', async () => {
		const workspace = await openWorkspace();
		const { store, faults } = workspace.sandbox;
		const conversation = addConversation(workspace, 24 * HOUR_MS - MINUTE_MS - 20 * SECOND_MS);
		faults.add({ kind: 'status', status: 429, retryAfter: 30, method: 'POST' });
		// A real wait of three seconds.
		useRealWaits(10);

		const running = workspace.run(sendTextOrTemplate, [{ conversation }]);
		await until(() => writeRequestsOf(workspace).length === 1);
		store.addIncoming(conversation, 'Halo?');
		const { output } = await running;

		expect(output('Sahut')[0]!.json.sent_as).toBe('template');
		expect(store.messages(conversation).map(({ type }) => type)).toEqual([
			'incoming',
			'incoming',
			'outgoing',
		]);
	});
});

describe('Text, or Template After 24 Hours to a phone number', () => {
	/** Returns the parameters of *Message: Send to Phone Number* on the channel of this type. */
	const toNumber = (
		workspace: Workspace,
		options: INode['parameters'] = {},
		type = 'whatsapp',
	) => ({
		...toPhone(workspace, options),
		...textOrTemplateFields,
		channelId: byId(workspace.sandbox.store.channelOfType(type).id),
		phone: '+6281234567890',
	});

	it('sends the template to a new customer on WhatsApp without an additional request', async () => {
		const workspace = await openWorkspace();

		const { output } = await workspace.run(toNumber(workspace));

		expect(output('Sahut')[0]!.json).toMatchObject({
			sent_as: 'template',
			conversation_created: true,
		});
		expect(workspace.requests()).toHaveLength(5);
	});

	it('sends the text to a new customer on another channel', async () => {
		const workspace = await openWorkspace();

		const { output } = await workspace.run(toNumber(workspace, {}, 'telegram'));

		expect(output('Sahut')[0]!.json.sent_as).toBe('text');
		expect(workspace.requests()).toHaveLength(5);
	});

	it('sends the text into an open conversation in which the customer has just written', async () => {
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
	])('shows in a Dry Run which form a new customer on %s would receive', async (type, sentAs) => {
		const workspace = await openWorkspace();
		const { store } = workspace.sandbox;
		store.addConversation({ channel: store.channelOfType(type) });

		const { output } = await workspace.run(toNumber(workspace, { dryRun: true }, type));

		expect(output('Sahut')[0]!.json).toMatchObject({ dryRun: true, sent_as: sentAs });
		expect(contactsOf(workspace)).toHaveLength(1);
	});

	it('makes the same number of requests for each item of a phone number with Reuse Open Conversation off', async () => {
		const { workspace, contact } = await openWithContact();
		addOldConversation(workspace, contact, { hoursAgo: 72 });
		const rows = (count: number) =>
			Array.from({ length: count }, (_, index) => ({
				...BUDI,
				text: `Teks ${index}`,
				order: `ORD-${index}`,
			}));
		const parameters = textOrTemplateToPhone(workspace, { reuseOpenConversation: false });
		const countRequests = async (items: number) => {
			workspace.sandbox.journal.clear();
			await workspace.run(parameters, rows(items));
			return workspace.requests().length;
		};
		await countRequests(1);

		const five = await countRequests(5);
		const twenty = await countRequests(20);

		expect(twenty / 20).toBeLessThanOrEqual(five / 5 + 1);
	});
});
