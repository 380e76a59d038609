import type { SandboxOptions } from '../../../../sandbox';
import { HOUR_MS, MINUTE_MS, timestamp } from '../../../../sandbox/clock';
import type { ConversationStatus } from '../../../../sandbox/records';
import { resolveOnEachMessage } from '../../../support/automation';
import { byId } from '../../../support/locator';
import { writesOf } from '../../../support/requests';
import { advanceClock } from '../../../support/transport';
import {
	allSent,
	contactsOf,
	conversationsOf,
	openWorkspace,
	type Workspace,
} from '../../../support/workspace';
import {
	addConversation,
	BUDI,
	createConversation,
	hideConversations,
	jsonsOf,
	LONG_AGO,
	openWithContact,
	runItem,
	SITI,
	SITI_E164,
	templateToPhone,
	textOrTemplateToPhone,
	textToPhone,
} from '../deliveryFixture';

const DAY_MS = 24 * HOUR_MS;
const CLOSED: ConversationStatus[] = ['snoozed', 'resolved'];

/** Sahut's own sender sends a text into a conversation, from another process. */
function sendFromElsewhere({ sandbox: { store } }: Workspace, id: string, minutesAgo: number) {
	return store.addMessage(id, {
		type: 'outgoing',
		content: BUDI.text,
		sender: store.bot,
		attachments: [],
		created_at: timestamp(new Date(store.now().getTime() - minutesAgo * MINUTE_MS)),
	});
}

describe('Skip If Sent Within', () => {
	it.each(CLOSED)(
		'skips a message of an hour ago whose conversation was %s since',
		async (status) => {
			const workspace = await openWorkspace();
			const parameters = templateToPhone(workspace, { skipIfSentWithin: 24 });
			await runItem(workspace, parameters);
			const [conversation] = conversationsOf(workspace);
			advanceClock(5 * MINUTE_MS);
			workspace.sandbox.store.updateConversation(conversation!, { status });
			advanceClock(56 * MINUTE_MS);

			expect(await runItem(workspace, parameters)).toMatchObject({
				skipped: true,
				skip_reason: 'sent_before',
				conversation_id: conversation!.id,
			});
			expect(allSent(workspace)).toHaveLength(1);
			expect(conversationsOf(workspace)).toHaveLength(1);
		},
	);

	it.each(
		CLOSED.flatMap((status) => [
			[status, 'text', textToPhone] as const,
			[status, 'textOrTemplate', textOrTemplateToPhone] as const,
		]),
	)(
		'skips a message that another process sent into a conversation that is %s (%s)',
		async (status, _, toPhone) => {
			const { workspace, contact } = await openWithContact();
			const { id } = addConversation(workspace, contact, { status, hoursAgo: 1 });
			sendFromElsewhere(workspace, id, 30);

			expect(await runItem(workspace, toPhone(workspace, { skipIfSentWithin: 24 }))).toMatchObject({
				skipped: true,
				skip_reason: 'sent_before',
				conversation_id: id,
			});
			expect(allSent(workspace)).toEqual([BUDI.text]);
			expect(conversationsOf(workspace)).toHaveLength(1);
		},
	);
});

describe('a customer without an open conversation', () => {
	it.each(
		CLOSED.flatMap((status) => [
			[status, 'text', textToPhone] as const,
			[status, 'textOrTemplate', textOrTemplateToPhone] as const,
		]),
	)(
		'who wrote an hour ago gets the text in the %s conversation (%s)',
		async (status, messageType, toPhone) => {
			const { workspace, contact } = await openWithContact();
			const { id } = addConversation(workspace, contact, { status, hoursAgo: 1 });

			const json = await runItem(workspace, toPhone(workspace));

			expect(json).toMatchObject({
				content: BUDI.text,
				conversation_id: id,
				conversation_created: false,
				...(messageType === 'textOrTemplate' && { sent_as: 'text' }),
			});
			expect(workspace.sent(id)).toEqual([BUDI.text]);
			// Neither reopened nor assigned.
			expect(conversationsOf(workspace)).toMatchObject([{ id, status, assignee: null }]);
			expect(writesOf(workspace)).toEqual([`POST /conversations/${id}/messages`]);
		},
	);

	it('gets a template in the snoozed conversation', async () => {
		const { workspace, contact } = await openWithContact();
		const { id } = addConversation(workspace, contact, { status: 'snoozed', hoursAgo: 100 });

		expect(await runItem(workspace, templateToPhone(workspace))).toMatchObject({
			conversation_id: id,
			conversation_created: false,
		});
		expect(conversationsOf(workspace)).toMatchObject([{ status: 'snoozed' }]);
	});

	it('gets a template in the snoozed conversation with the latest activity', async () => {
		const { workspace, contact } = await openWithContact();
		const [older, latest, oldest] = [80, 60, 100].map((hoursAgo) =>
			addConversation(workspace, contact, { status: 'snoozed', hoursAgo }),
		);

		const { conversation_id } = await runItem(workspace, templateToPhone(workspace));

		expect([older!.id, latest!.id, oldest!.id].indexOf(String(conversation_id))).toBe(1);
	});

	it('gets a text in the resolved conversation in which the window is open, not in a newer one', async () => {
		const { workspace, contact } = await openWithContact();
		const written = addConversation(workspace, contact, { status: 'resolved', hoursAgo: 2 });
		const newer = addConversation(workspace, contact, { status: 'resolved', hoursAgo: 30 });
		sendFromElsewhere(workspace, newer.id, 60);

		const row = { ...BUDI, text: 'Ada yang bisa dibantu?' };
		expect(await runItem(workspace, textToPhone(workspace), row)).toMatchObject({
			conversation_id: written.id,
		});
	});
});

describe('a workspace that rejects messages into closed conversations', () => {
	it.each(CLOSED)(
		'gets the template in a new conversation instead of the text in the %s one',
		async (status) => {
			const { workspace, contact } = await openWithContact({ deviations: ['open-only'] });
			const { id } = addConversation(workspace, contact, { status, hoursAgo: 1 });

			const json = await runItem(workspace, textOrTemplateToPhone(workspace));

			expect(json).toMatchObject({ sent_as: 'template', conversation_created: true });
			expect(json.conversation_id).not.toBe(id);
			expect(allSent(workspace)).toHaveLength(1);
			expect(writesOf(workspace)).toEqual([
				`POST /conversations/${id}/messages`,
				'POST /conversations',
				`POST /conversations/${String(json.conversation_id)}/messages`,
			]);
		},
	);

	it('gets a template in a new conversation instead of the snoozed one', async () => {
		const { workspace, contact } = await openWithContact({ deviations: ['open-only'] });
		const { id } = addConversation(workspace, contact, { status: 'snoozed', hoursAgo: 1 });

		expect(await runItem(workspace, templateToPhone(workspace))).toMatchObject({
			conversation_created: true,
		});
		expect(writesOf(workspace)).toHaveLength(3);
		expect(writesOf(workspace)[0]).toBe(`POST /conversations/${id}/messages`);
	});

	it.each(CLOSED)(
		'fails a text for a customer whose conversation is %s with Sahut’s reason',
		async (status) => {
			const { workspace, contact } = await openWithContact({ deviations: ['open-only'] });
			addConversation(workspace, contact, { status, hoursAgo: 1 });

			const { error } = await runItem(workspace, textToPhone(workspace));

			expect(`${error?.message} ${error?.advice}`).toContain(`The conversation is ${status}`);
			expect(error).not.toHaveProperty('mayHaveArrived');
			expect(conversationsOf(workspace)).toHaveLength(1);
			expect(allSent(workspace)).toEqual([]);
		},
	);
});

describe('Reuse If Resolved Within (Days)', () => {
	/** Sends a follow-up each week; an agent resolves its conversation an hour later. */
	async function sendWeekly(workspace: Workspace, reuseResolvedWithin: number) {
		const parameters = templateToPhone(workspace, { reuseResolvedWithin });
		const sent = [];
		for (const order of ['ORD-1', 'ORD-2', 'ORD-3']) {
			const json = await runItem(workspace, parameters, { ...BUDI, order });
			sent.push(json.conversation_created);
			advanceClock(HOUR_MS);
			const { conversations } = workspace.sandbox.store;
			const conversation = conversations.get(String(json.conversation_id))!;
			workspace.sandbox.store.updateConversation(conversation, { status: 'resolved' });
			advanceClock(7 * DAY_MS - HOUR_MS);
		}
		return sent;
	}

	it('sends weekly follow-ups into one conversation, which stays resolved', async () => {
		const workspace = await openWorkspace();

		expect(await sendWeekly(workspace, 8)).toEqual([true, false, false]);
		expect(conversationsOf(workspace)).toMatchObject([{ status: 'resolved' }]);
		expect(allSent(workspace)).toHaveLength(3);
	});

	it('creates a conversation if the last one was resolved earlier', async () => {
		const workspace = await openWorkspace();

		expect(await sendWeekly(workspace, 6)).toEqual([true, true, true]);
	});

	it('chooses the resolved conversation with the latest activity', async () => {
		const { workspace, contact } = await openWithContact();
		const [latest] = [50, 90].map((hoursAgo) =>
			addConversation(workspace, contact, { status: 'resolved', hoursAgo }),
		);

		expect(
			await runItem(workspace, templateToPhone(workspace, { reuseResolvedWithin: 30 })),
		).toMatchObject({ conversation_id: latest!.id });
	});

	it('is rejected before the first request if Reuse Open Conversation is off', async () => {
		const workspace = await openWorkspace();
		const options = { reuseOpenConversation: false, reuseResolvedWithin: 7 };

		const { error } = await runItem(workspace, templateToPhone(workspace, options));

		expect(error).toMatchObject({ reason: 'invalid_input' });
		expect(workspace.requests()).toEqual([]);
	});
});

it.each(['a new number', 'a known contact', 'a customer with an open conversation'])(
	'sends three rows with the number of %s into one conversation, although a rule resolves it',
	async (whose) => {
		const { workspace, contact } =
			whose === 'a new number'
				? { workspace: await openWorkspace(), contact: undefined }
				: await openWithContact();
		if (contact && whose.includes('open')) addConversation(workspace, contact, { hoursAgo: 30 });
		resolveOnEachMessage(workspace);
		const rows = ['ORD-1', 'ORD-2', 'ORD-3'].map((order) => ({ ...BUDI, order }));

		const run = await workspace.run(templateToPhone(workspace), rows);

		expect(run.error?.message).toBeUndefined();
		const ids = new Set(jsonsOf(run).map(({ conversation_id }) => conversation_id));
		expect([ids.size, conversationsOf(workspace).length]).toEqual([1, 1]);
		expect(allSent(workspace)).toHaveLength(3);
	},
);

describe('POST /conversations that returns an existing conversation', () => {
	/** The customer has a conversation that no list shows. */
	async function openWithHidden(hoursAgo: number, status: ConversationStatus = 'open') {
		const { workspace, contact } = await openWithContact({
			deviations: ['existing-conversations'],
		});
		const { id } = addConversation(workspace, contact, { status, hoursAgo });
		hideConversations(workspace);
		return { ...workspace, workspace, id };
	}

	it('is not reported as a new conversation', async () => {
		const { workspace, id } = await openWithHidden(30, 'resolved');

		expect(await runItem(workspace, templateToPhone(workspace))).toMatchObject({
			conversation_id: id,
			conversation_created: false,
		});
	});

	it('gets the text if the customer wrote in it an hour ago', async () => {
		const { workspace, id } = await openWithHidden(1);

		expect(await runItem(workspace, textOrTemplateToPhone(workspace))).toMatchObject({
			sent_as: 'text',
			conversation_id: id,
		});
		expect(workspace.sent(id)).toEqual([BUDI.text]);
	});

	it('does not get a message again that it already has', async () => {
		const { workspace, id } = await openWithHidden(1);
		sendFromElsewhere(workspace, id, 30);
		const parameters = textOrTemplateToPhone(workspace, { skipIfSentWithin: 24 });

		expect(await runItem(workspace, parameters)).toMatchObject({
			skip_reason: 'sent_before',
			conversation_id: id,
			conversation_created: false,
		});
		expect(allSent(workspace)).toEqual([BUDI.text]);
	});
});

describe('Send to Phone Number uses the conversation', () => {
	/** The process has read the channel's conversations, of which there are two pages. */
	async function openAndRead(options: SandboxOptions) {
		const { workspace, contact } = await openWithContact(options);
		const { store } = workspace.sandbox;
		const until = new Date(store.now().getTime() - DAY_MS);
		const closed = store.addConversation({
			contact,
			status: 'resolved',
			created_at: LONG_AGO,
		});
		store.addConversations(150, { until });
		store.addContact({ phone: SITI_E164, created_at: LONG_AGO });
		expect(await runItem(workspace, templateToPhone(workspace), SITI)).toMatchObject({
			conversation_created: true,
		});
		advanceClock(3_000);
		return { workspace, contact, closed, channel: store.channelOfType('whatsapp').id };
	}

	it.each<[string, SandboxOptions]>([
		['show it late', { deviations: ['late-lists'] }],
		['are not sorted by activity', { deviations: ['oldest-first'], conversationOrder: 'created' }],
	])('that Conversation: Create made a moment ago, if lists %s', async (_, options) => {
		const { workspace, contact, channel } = await openAndRead(options);
		const { id } = await runItem(workspace, createConversation(contact, channel));
		const before = conversationsOf(workspace).length;

		expect(await runItem(workspace, templateToPhone(workspace))).toMatchObject({
			conversation_id: id,
			conversation_created: false,
		});
		expect(conversationsOf(workspace)).toHaveLength(before);
	});

	it.each<[string, SandboxOptions]>([
		['show the change late', { deviations: ['stale-lists'] }],
		['are not sorted by activity', { conversationOrder: 'created' }],
	])('that Conversation: Update reopened a moment ago, if lists %s', async (_, options) => {
		const { workspace, closed } = await openAndRead(options);
		const before = conversationsOf(workspace).length;
		await runItem(workspace, {
			resource: 'conversation',
			operation: 'update',
			conversationId: byId(closed.id),
			updateFields: { status: 'open' },
		});

		expect(await runItem(workspace, templateToPhone(workspace))).toMatchObject({
			conversation_id: closed.id,
			conversation_created: false,
		});
		expect(conversationsOf(workspace)).toHaveLength(before);
	});
});

it.each([false, true])(
	'rejects a text on a WhatsApp channel without any conversation before it creates anything (contact exists: %s)',
	async (isKnown) => {
		const { workspace } = isKnown ? await openWithContact() : { workspace: await openWorkspace() };

		const { error } = await runItem(workspace, textToPhone(workspace));

		expect(error?.message).toEqual(expect.any(String));
		expect(writesOf(workspace)).toEqual([]);
		expect(contactsOf(workspace)).toHaveLength(isKnown ? 1 : 0);
	},
);

it('fails if POST /conversations returns an existing conversation on another channel', async () => {
	const { workspace, contact } = await openWithContact();
	const { store, faults } = workspace.sandbox;
	const channel = store.channelOfType('email');
	const data = { ...store.addConversation({ contact, channel }), created_at: LONG_AGO };
	hideConversations(workspace);
	faults.add({ kind: 'body', method: 'POST', path: '/conversations', status: 200, body: { data } });

	const { error } = await runItem(workspace, templateToPhone(workspace));

	expect(error?.message).toContain('cannot be used');
	expect(allSent(workspace)).toEqual([]);
	expect(workspace.requests().length).toBeLessThan(20);
});
