import type { SandboxOptions } from '../../../../sandbox';
import { HOUR_MS, MINUTE_MS, SECOND_MS, toTimestamp } from '../../../../sandbox/clock';
import type { ConversationStatus } from '../../../../sandbox/records';
import { addResolveRule } from '../../../support/automation';
import { byId } from '../../../support/locator';
import { replaceLists } from '../../../support/replaceLists';
import { writeRequestsOf } from '../../../support/requests';
import { advanceClock } from '../../../support/testClock';
import {
	allSentTexts,
	contactsOf,
	conversationsOf,
	openWorkspace,
	sendText,
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

/** Adds a text from the API's sender, as if another process had sent it. */
function sendFromElsewhere({ sandbox: { store } }: Workspace, id: string, minutesAgo: number) {
	return store.addMessage(id, {
		type: 'outgoing',
		content: BUDI.text,
		sender: store.bot,
		attachments: [],
		created_at: toTimestamp(new Date(store.now().getTime() - minutesAgo * MINUTE_MS)),
	});
}

describe('Skip If Sent Within', () => {
	it.each(CLOSED)(
		'skips a message that was sent an hour ago if its conversation was %s in the meantime',
		async (status) => {
			const workspace = await openWorkspace();
			const parameters = templateToPhone(workspace, { skipIfSentWithin: 24 });
			await runItem(workspace, parameters);
			const [conversation] = conversationsOf(workspace);
			advanceClock(5 * MINUTE_MS);
			workspace.sandbox.store.updateConversation(conversation!, { status });
			advanceClock(56 * MINUTE_MS);

			const json = await runItem(workspace, parameters);

			expect(json).toMatchObject({
				skipped: true,
				skip_reason: 'sent_before',
				conversation_id: conversation!.id,
			});
			expect(allSentTexts(workspace)).toHaveLength(1);
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
		async (status, _, parametersFor) => {
			const { workspace, contact } = await openWithContact();
			const { id } = addConversation(workspace, contact, { status, hoursAgo: 1 });
			sendFromElsewhere(workspace, id, 30);

			const json = await runItem(workspace, parametersFor(workspace, { skipIfSentWithin: 24 }));

			expect(json).toMatchObject({
				skipped: true,
				skip_reason: 'sent_before',
				conversation_id: id,
			});
			expect(allSentTexts(workspace)).toEqual([BUDI.text]);
			expect(conversationsOf(workspace)).toHaveLength(1);
		},
	);
});

it('Skip If Sent Within finds a message in another conversation than the one that was just updated', async () => {
	const { workspace, contact } = await openWithContact();
	const withMessage = addConversation(workspace, contact, { hoursAgo: 2 });
	const updated = addConversation(workspace, contact, { hoursAgo: 1 });
	await workspace.run(sendText, [{ conversation: withMessage.id, text: BUDI.text }]);
	await workspace.run({
		resource: 'conversation',
		operation: 'update',
		conversationId: byId(updated.id),
		updateFields: { labels: ['vip'] },
	});

	const json = await runItem(workspace, textToPhone(workspace, { skipIfSentWithin: 24 }));

	expect(json.skip_reason).toBe('sent_before');
	expect(allSentTexts(workspace)).toHaveLength(1);
});

describe('a customer without an open conversation', () => {
	it.each(
		CLOSED.flatMap((status) => [
			[status, 'text', textToPhone] as const,
			[status, 'textOrTemplate', textOrTemplateToPhone] as const,
		]),
	)(
		'who wrote an hour ago gets the text in the %s conversation (%s)',
		async (status, messageType, parametersFor) => {
			const { workspace, contact } = await openWithContact();
			const { id } = addConversation(workspace, contact, { status, hoursAgo: 1 });

			const json = await runItem(workspace, parametersFor(workspace));

			expect(json).toMatchObject({
				content: BUDI.text,
				conversation_id: id,
				conversation_created: false,
				...(messageType === 'textOrTemplate' && { sent_as: 'text' }),
			});
			expect(workspace.sent(id)).toEqual([BUDI.text]);
			// The node neither reopens nor assigns the conversation.
			expect(conversationsOf(workspace)).toMatchObject([{ id, status, assignee: null }]);
			expect(writeRequestsOf(workspace)).toEqual([`POST /conversations/${id}/messages`]);
		},
	);

	it('gets a template in the snoozed conversation', async () => {
		const { workspace, contact } = await openWithContact();
		const { id } = addConversation(workspace, contact, { status: 'snoozed', hoursAgo: 100 });

		const json = await runItem(workspace, templateToPhone(workspace));

		expect(json).toMatchObject({ conversation_id: id, conversation_created: false });
		expect(conversationsOf(workspace)).toMatchObject([{ status: 'snoozed' }]);
	});

	it('gets a template in the snoozed conversation with the latest activity', async () => {
		const { workspace, contact } = await openWithContact();
		const [, latest] = [80, 60, 100].map((hoursAgo) =>
			addConversation(workspace, contact, { status: 'snoozed', hoursAgo }),
		);

		const json = await runItem(workspace, templateToPhone(workspace));

		expect(json.conversation_id).toBe(latest!.id);
	});

	it('gets a text in the resolved conversation in which they wrote, not in one with later activity', async () => {
		const { workspace, contact } = await openWithContact();
		const withMessage = addConversation(workspace, contact, { status: 'resolved', hoursAgo: 2 });
		const withActivity = addConversation(workspace, contact, { status: 'resolved', hoursAgo: 30 });
		sendFromElsewhere(workspace, withActivity.id, 60);
		const row = { ...BUDI, text: 'Ada yang bisa dibantu?' };

		const json = await runItem(workspace, textToPhone(workspace), row);

		expect(json).toMatchObject({
			conversation_id: withMessage.id,
		});
	});
});

describe('if Sahut rejects messages into closed conversations', () => {
	it.each(CLOSED)(
		'Text, or Template sends the template into a new conversation instead of the text into the %s one',
		async (status) => {
			const { workspace, contact } = await openWithContact({ deviations: ['open-only'] });
			const { id } = addConversation(workspace, contact, { status, hoursAgo: 1 });

			const json = await runItem(workspace, textOrTemplateToPhone(workspace));

			expect(json).toMatchObject({ sent_as: 'template', conversation_created: true });
			expect(json.conversation_id).not.toBe(id);
			expect(allSentTexts(workspace)).toHaveLength(1);
			expect(writeRequestsOf(workspace)).toEqual([
				`POST /conversations/${id}/messages`,
				'POST /conversations',
				`POST /conversations/${String(json.conversation_id)}/messages`,
			]);
		},
	);

	it('a template goes into a new conversation instead of the snoozed one', async () => {
		const { workspace, contact } = await openWithContact({ deviations: ['open-only'] });
		const { id } = addConversation(workspace, contact, { status: 'snoozed', hoursAgo: 1 });

		const json = await runItem(workspace, templateToPhone(workspace));

		expect(json).toMatchObject({ conversation_created: true });
		expect(writeRequestsOf(workspace)).toEqual([
			`POST /conversations/${id}/messages`,
			'POST /conversations',
			`POST /conversations/${String(json.conversation_id)}/messages`,
		]);
	});

	it.each(CLOSED)(
		'a text for a customer whose conversation is %s fails with the reason from Sahut',
		async (status) => {
			const { workspace, contact } = await openWithContact({ deviations: ['open-only'] });
			addConversation(workspace, contact, { status, hoursAgo: 1 });

			const { error } = await runItem(workspace, textToPhone(workspace));

			expect(`${error?.message} ${error?.advice}`).toContain(`The conversation is ${status}`);
			expect(error).not.toHaveProperty('mayHaveArrived');
			expect(conversationsOf(workspace)).toHaveLength(1);
			expect(allSentTexts(workspace)).toEqual([]);
		},
	);
});

describe('Reuse If Resolved Within (Days)', () => {
	/**
	 * Sends a follow-up each week for three weeks. An agent resolves its conversation an hour later.
	 *
	 * @returns the `conversation_created` of each follow-up
	 */
	async function sendWeekly(workspace: Workspace, reuseResolvedWithin: number) {
		const parameters = templateToPhone(workspace, { reuseResolvedWithin });
		const isCreated = [];
		for (const order of ['ORD-1', 'ORD-2', 'ORD-3']) {
			const json = await runItem(workspace, parameters, { ...BUDI, order });
			isCreated.push(json.conversation_created);
			advanceClock(HOUR_MS);
			const { conversations } = workspace.sandbox.store;
			const conversation = conversations.get(String(json.conversation_id))!;
			workspace.sandbox.store.updateConversation(conversation, { status: 'resolved' });
			advanceClock(7 * DAY_MS - HOUR_MS);
		}
		return isCreated;
	}

	it('sends weekly follow-ups into one conversation, which stays resolved', async () => {
		const workspace = await openWorkspace();

		const isCreated = await sendWeekly(workspace, 8);

		expect(isCreated).toEqual([true, false, false]);
		expect(conversationsOf(workspace)).toMatchObject([{ status: 'resolved' }]);
		expect(allSentTexts(workspace)).toHaveLength(3);
	});

	it('creates a conversation if the last one was resolved before that', async () => {
		const workspace = await openWorkspace();

		const isCreated = await sendWeekly(workspace, 6);

		expect(isCreated).toEqual([true, true, true]);
	});

	it('chooses the resolved conversation with the latest activity', async () => {
		const { workspace, contact } = await openWithContact();
		const [latest] = [50, 90].map((hoursAgo) =>
			addConversation(workspace, contact, { status: 'resolved', hoursAgo }),
		);

		const parameters = templateToPhone(workspace, { reuseResolvedWithin: 30 });

		const json = await runItem(workspace, parameters);

		expect(json.conversation_id).toBe(latest!.id);
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
	'sends three items with the number of %s into one conversation, although a rule resolves it',
	async (customer) => {
		const { workspace, contact } =
			customer === 'a new number'
				? { workspace: await openWorkspace(), contact: undefined }
				: await openWithContact();
		if (contact && customer.includes('open')) addConversation(workspace, contact, { hoursAgo: 30 });
		addResolveRule(workspace);
		const rows = ['ORD-1', 'ORD-2', 'ORD-3'].map((order) => ({ ...BUDI, order }));

		const run = await workspace.run(templateToPhone(workspace), rows);

		expect(run.error?.message).toBeUndefined();
		const ids = new Set(jsonsOf(run).map(({ conversation_id }) => conversation_id));
		expect([ids.size, conversationsOf(workspace).length]).toEqual([1, 1]);
		expect(allSentTexts(workspace)).toHaveLength(3);
	},
);

describe('an existing conversation that POST /conversations returns', () => {
	/** Opens a workspace in which the customer has a conversation that no list shows. */
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

		const json = await runItem(workspace, templateToPhone(workspace));

		expect(json).toMatchObject({ conversation_id: id, conversation_created: false });
	});

	it('gets the text if the customer wrote in it an hour ago', async () => {
		const { workspace, id } = await openWithHidden(1);

		const json = await runItem(workspace, textOrTemplateToPhone(workspace));

		expect(json).toMatchObject({ sent_as: 'text', conversation_id: id });
		expect(workspace.sent(id)).toEqual([BUDI.text]);
	});

	it('does not get a message that it already has', async () => {
		const { workspace, id } = await openWithHidden(1);
		sendFromElsewhere(workspace, id, 30);
		const parameters = textOrTemplateToPhone(workspace, { skipIfSentWithin: 24 });

		const json = await runItem(workspace, parameters);

		expect(json).toMatchObject({
			skip_reason: 'sent_before',
			conversation_id: id,
			conversation_created: false,
		});
		expect(allSentTexts(workspace)).toEqual([BUDI.text]);
	});
});

describe('Send to Phone Number uses the conversation', () => {
	/** Opens a workspace whose two pages of conversations this process has read and cached. */
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
		const toSiti = await runItem(workspace, templateToPhone(workspace), SITI);
		expect(toSiti).toMatchObject({ conversation_created: true });
		advanceClock(3 * SECOND_MS);
		return { workspace, contact, closed, channel: store.channelOfType('whatsapp').id };
	}

	it.each<[string, SandboxOptions]>([
		['show it late', { deviations: ['late-lists'] }],
		['are not sorted by activity', { deviations: ['oldest-first'], conversationOrder: 'created' }],
	])('that Conversation: Create has just created, if lists %s', async (_, options) => {
		const { workspace, contact, channel } = await openAndRead(options);
		const { id } = await runItem(workspace, createConversation(contact, channel));
		const before = conversationsOf(workspace).length;

		const json = await runItem(workspace, templateToPhone(workspace));

		expect(json).toMatchObject({ conversation_id: id, conversation_created: false });
		expect(conversationsOf(workspace)).toHaveLength(before);
	});

	it.each<[string, SandboxOptions]>([
		['show the change late', { deviations: ['stale-lists'] }],
		['are not sorted by activity', { conversationOrder: 'created' }],
	])('that Conversation: Update has just reopened, if lists %s', async (_, options) => {
		const { workspace, closed } = await openAndRead(options);
		const before = conversationsOf(workspace).length;
		await runItem(workspace, {
			resource: 'conversation',
			operation: 'update',
			conversationId: byId(closed.id),
			updateFields: { status: 'open' },
		});

		const json = await runItem(workspace, templateToPhone(workspace));

		expect(json).toMatchObject({ conversation_id: closed.id, conversation_created: false });
		expect(conversationsOf(workspace)).toHaveLength(before);
	});
});

it.each([false, true])(
	'rejects a text on a WhatsApp channel without any conversation before it creates anything (contact exists: %s)',
	async (isKnown) => {
		const { workspace } = isKnown ? await openWithContact() : { workspace: await openWorkspace() };

		const { error } = await runItem(workspace, textToPhone(workspace));

		expect(error).toMatchObject({ reason: 'invalid_input' });
		expect(writeRequestsOf(workspace)).toEqual([]);
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

	expect(error?.message).toContain('existing conversation');
	expect(allSentTexts(workspace)).toEqual([]);
	expect(workspace.requests().length).toBeLessThan(20);
});

it('does not use a snoozed conversation that was resolved, although lists show its previous status', async () => {
	const { workspace, contact } = await openWithContact({
		deviations: ['stale-lists'],
		listDelayMs: 20 * SECOND_MS,
	});
	const snoozed = addConversation(workspace, contact, { status: 'snoozed', hoursAgo: 72 });
	advanceClock(MINUTE_MS);
	workspace.sandbox.store.updateConversation(snoozed, { status: 'resolved' });

	const json = await runItem(workspace, templateToPhone(workspace));

	expect(json).toMatchObject({ conversation_created: true });
	expect(json.conversation_id).not.toBe(snoozed.id);
});

it.each([
	['textOrTemplate', textOrTemplateToPhone],
	['text', textToPhone],
])(
	'sends a %s into the one of two open conversations in which the customer has just written',
	async (_, parametersFor) => {
		const { workspace, contact } = await openWithContact();
		const older = addConversation(workspace, contact, { hoursAgo: 80 });
		const newer = addConversation(workspace, contact, { hoursAgo: 72 });
		await runItem(workspace, templateToPhone(workspace));
		expect(workspace.sent(newer.id)).toHaveLength(1);
		advanceClock(HOUR_MS);
		workspace.sandbox.store.addIncoming(older.id, 'Halo');
		advanceClock(MINUTE_MS);
		const row = { ...BUDI, text: 'Ini ORD-13', order: 'ORD-13' };

		const json = await runItem(workspace, parametersFor(workspace), row);

		expect(json.error).toBeUndefined();
		expect(json.conversation_id).toBe(older.id);
	},
);

it('sends to a contact and a conversation that Sahut reports as existing when the node creates them', async () => {
	const { workspace, contact } = await openWithContact({
		deviations: ['unique-phones', 'existing-conversations'],
	});
	const { id } = addConversation(workspace, contact, { status: 'resolved', hoursAgo: 72 });
	replaceLists(workspace, '/contacts', [], 2);

	const json = await runItem(workspace, templateToPhone(workspace));

	expect(json).toMatchObject({ contact_created: false, conversation_id: id });
	expect(allSentTexts(workspace)).toHaveLength(1);
});
