import { dataForRetry, crashedExecution, ageRecords, retry } from '../../support/retryData';
import {
	allSent,
	contactsOf,
	conversationsOf,
	openWorkspace,
	toPhone,
	until,
	type Workspace,
} from '../../support/workspace';

const RETRY_ON_FAIL = { retryOnFail: true, maxTries: 2, waitBetweenTries: 1 };

const HOURS_AGO = new Date(Date.now() - 5 * 3_600_000).toISOString().replace(/\.\d+/, '');

const BUDI = { phone: '0812-3456-7890', name: 'Budi Santoso' };

describe('a phone number that Sahut does not know', () => {
	it('gets a contact, a conversation and the message', async () => {
		const workspace = await openWorkspace();

		const { output } = await workspace.run(toPhone(workspace), [BUDI]);

		const [contact] = contactsOf(workspace);
		const [conversation] = conversationsOf(workspace);
		expect(contact).toMatchObject({ name: 'Budi Santoso', phone: '+6281234567890' });
		expect(conversation).toMatchObject({ contact: { id: contact!.id }, status: 'open' });
		expect(output('Sahut')).toEqual([
			{
				json: expect.objectContaining({
					id: workspace.sandbox.store.messages(conversation!.id)[0]!.id,
					content: expect.stringContaining('Halo Kak Budi Santoso'),
					contact_id: contact!.id,
					conversation_id: conversation!.id,
					contact_created: true,
					conversation_created: true,
				}),
				pairedItem: { item: 0 },
			},
		]);
	});

	it.each([
		[
			'is the name of the contact when none is given',
			{ contactName: '' },
			{ name: '+6281234567890' },
		],
		[
			'has another country code in place of its 0',
			{ defaultCountryCode: '60' },
			{ phone: '+6081234567890' },
		],
	])('%s', async (_, options, contact) => {
		const workspace = await openWorkspace();
		await workspace.run(toPhone(workspace, options), [BUDI]);
		expect(contactsOf(workspace)).toMatchObject([contact]);
	});

	it('shares what it gets with the other rows of the same number, in their order', async () => {
		const workspace = await openWorkspace({ latencyMs: 5 });
		const rows = Array.from({ length: 12 }, (_, index) => ({
			phone: [
				['0812 3456 7890', '+62 812 3456 7890'],
				['0813 1111 2222', '6281311112222'],
			][index % 2]![index % 4 < 2 ? 0 : 1],
			name: `Pelanggan ${index}`,
		}));

		const { output } = await workspace.run(toPhone(workspace, { concurrency: 20 }), rows);

		expect(contactsOf(workspace)).toHaveLength(2);
		expect(conversationsOf(workspace)).toHaveLength(2);
		for (const { id } of conversationsOf(workspace)) {
			const numbers = workspace.sent(id).map((text) => Number(/Pelanggan (\d+)/.exec(text)![1]));
			expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
			expect(numbers).toHaveLength(6);
		}
		expect(output('Sahut').filter(({ json }) => json.contact_created)).toHaveLength(2);
	});
});

describe('a phone number that Sahut knows', () => {
	async function withBudi(status: 'open' | 'pending' | 'resolved' | 'snoozed') {
		const workspace = await openWorkspace();
		const { store } = workspace.sandbox;
		store.addContact({ name: 'Budi', phone: '+62812345678901' });
		const contact = store.addContact({ name: 'Budi', phone: '+6281234567890' });
		store.addConversation({ contact, channel: store.channelOfType('email') });
		const conversation = store.addConversation({ contact, status });
		return { ...workspace, contact, conversation };
	}

	it.each([
		['is reached in its', 'open', 1],
		['is reached in its', 'pending', 1],
		['is reached in its', 'snoozed', 1],
		['gets a new one beside its', 'resolved', 0],
	] as const)('%s %s conversation', async (_, status, sent) => {
		const workspace = await withBudi(status);
		const { contact, conversation } = workspace;

		const { output } = await workspace.run(toPhone(workspace), [BUDI]);

		expect(workspace.sent(conversation.id)).toHaveLength(sent);
		expect(output('Sahut')[0]!.json).toMatchObject({
			contact_id: contact.id,
			conversation_id: conversationsOf(workspace)[sent ? 1 : 2]!.id,
			contact_created: false,
			conversation_created: !sent,
		});
	});

	it('gets a new one when that is wanted, with its assignee', async () => {
		const workspace = await withBudi('open');
		const [agent] = [...workspace.sandbox.store.agents.values()];

		await workspace.run(
			toPhone(workspace, { reuseOpenConversation: false, assigneeId: agent!.id }),
			[BUDI],
		);

		expect(workspace.sent(workspace.conversation.id)).toEqual([]);
		expect(conversationsOf(workspace).at(-1)).toMatchObject({ assignee: { id: agent!.id } });
	});

	it('is reached in the conversation with the latest activity, of several', async () => {
		const workspace = await withBudi('open');
		const { store } = workspace.sandbox;
		const { id } = store.addConversation({ contact: workspace.contact, status: 'pending' });
		store.addIncoming(id, 'Halo', new Date(Date.now() + 5_000));

		await workspace.run(toPhone(workspace), [BUDI]);

		expect(workspace.sent(id)).toHaveLength(1);
	});
});

/** Twenty customers. */
const rows = Array.from({ length: 20 }, (_, index) => ({
	phone: `+62812000000${10 + index}`,
	name: `Pelanggan ${index}`,
}));

/** The contact, by its number in two forms; then contact, conversation and message. */
const NEW_CUSTOMER = 5;

describe('the open conversations of a channel', () => {
	const PAGES = 3;

	/** A channel with that many pages of open conversations, in which nothing has happened for hours. */
	async function openChannel() {
		const workspace = await openWorkspace();
		const { store } = workspace.sandbox;
		for (let index = 0; index < 100 * PAGES; index++) {
			store.addConversation({ created_at: HOURS_AGO });
		}
		const lists = () =>
			workspace.requests().filter((request) => request === 'GET /conversations').length;
		return { ...workspace, lists };
	}
	it('are not read for customers who are new to Sahut', async () => {
		const workspace = await openChannel();

		await workspace.run(toPhone(workspace), rows);

		expect(workspace.requests()).toHaveLength(NEW_CUSTOMER * rows.length);
		expect(allSent(workspace)).toHaveLength(20);
	});

	it('are read whole once, and then as far as something has changed', async () => {
		const workspace = await openChannel();
		const { store } = workspace.sandbox;
		for (const { phone, name } of rows) store.addContact({ phone, name });

		// The first page of all, the open ones, and the pending and snoozed ones, of which there are none.
		await workspace.run(toPhone(workspace), rows.slice(0, 1));
		expect(workspace.lists()).toBe(1 + PAGES + 2);
		for (const row of rows.slice(1, 5)) await workspace.run(toPhone(workspace), [row]);

		expect(workspace.lists()).toBe(1 + PAGES + 2 + 4);
		expect(allSent(workspace)).toHaveLength(5);
	});

	it('are not read again for customers whose conversation is known', async () => {
		const workspace = await openChannel();
		await workspace.run(toPhone(workspace), rows);
		workspace.sandbox.journal.clear();

		for (const row of rows) await workspace.run(toPhone(workspace), [row]);

		// The contact, the conversation, the message.
		expect(workspace.requests()).toHaveLength(3 * rows.length);
		expect(conversationsOf(workspace)).toHaveLength(100 * PAGES + rows.length);
	});
});

describe('a failure half-way', () => {
	it('is taken up from there, and it still counts as made what was made before', async () => {
		const workspace = await openWorkspace();
		workspace.sandbox.faults.add({
			kind: 'status',
			status: 403,
			method: 'POST',
			path: /messages$/,
		});

		const { output } = await workspace.run(toPhone(workspace), [BUDI], RETRY_ON_FAIL);

		const made = { contact_created: true, conversation_created: true };
		expect(output('Sahut')[0]!.json).toMatchObject(made);
		expect(allSent(workspace)).toHaveLength(1);
	});

	it.each<[string, unknown]>([
		['/contacts', { contact: { id: 'ct_1' } }],
		['/contacts', [{ id: 'ct_1' }]],
		['/conversations', { conversation: { id: 'conv_1' } }],
		['/conversations', {}],
	])('by an answer to POST %s without an ID (%j) makes nothing twice', async (path, data) => {
		const workspace = await openWorkspace();
		const body = { data };
		workspace.sandbox.faults.add({ kind: 'body', method: 'POST', path, body });

		const { output } = await workspace.run(toPhone(workspace), [BUDI]);

		const [contact, ...otherContacts] = contactsOf(workspace);
		const [conversation, ...otherConversations] = conversationsOf(workspace);
		expect(output('Sahut')[0]!.json).toMatchObject({
			contact_id: contact!.id,
			conversation_id: conversation!.id,
		});
		expect([...otherContacts, ...otherConversations]).toEqual([]);
		expect(allSent(workspace)).toHaveLength(1);
		expect(workspace.requests().join()).not.toContain('undefined');
	});

	it('sends once although Reuse Open Conversation is switched off before Retry', async () => {
		const workspace = await openWorkspace();
		const { store, faults } = workspace.sandbox;
		const contact = store.addContact({ phone: '+6281234567890' });
		const { id } = store.addConversation({ contact });
		ageRecords(workspace, 60);
		faults.add({ kind: 'status', status: 403, method: 'POST', path: '/contacts' });
		const rows = [BUDI, { phone: '0813 1111 2222', name: 'Siti' }];
		const failed = await workspace.run(toPhone(workspace, { concurrency: 1 }), rows);
		expect(failed.status).toBe('error');
		const parameters = toPhone(workspace, { concurrency: 1, reuseOpenConversation: false });
		const executionData = dataForRetry(failed);
		executionData.executionData!.nodeExecutionStack[0]!.node.parameters = parameters;

		await workspace.run(parameters, [], {}, { mode: 'retry', executionData });

		expect(workspace.sent(id)).toHaveLength(1);
		expect(allSent(workspace)).toHaveLength(2);
	});

	it('keeps to its conversation when that is resolved before the node runs again', async () => {
		const workspace = await openWorkspace();
		const { store, faults } = workspace.sandbox;
		const contact = store.addContact({ name: 'Budi', phone: '+6281234567890' });
		const conversation = store.addConversation({ contact });
		store.addContact({ name: 'Siti', phone: '+6281311112222' });
		faults.add({ kind: 'status', status: 403, method: 'GET', path: /^\/contacts$/, skip: 1 });
		const running = workspace.run(
			toPhone(workspace, { concurrency: 1 }),
			[BUDI, { phone: '0813 1111 2222', name: 'Siti' }],
			{ ...RETRY_ON_FAIL, waitBetweenTries: 200 },
		);
		await until(() => workspace.sent(conversation.id).length > 0);
		conversation.status = 'resolved';
		await running;

		expect(workspace.sent(conversation.id)).toHaveLength(1);
		expect(allSent(workspace)).toHaveLength(2);
	});
});

describe('Dry Run', () => {
	it('looks up what is there, shows what would be sent, and changes nothing', async () => {
		const workspace = await openWorkspace();

		const { output } = await workspace.run(toPhone(workspace, { dryRun: true }), [BUDI]);

		const [whatsapp] = [...workspace.sandbox.store.channels.values()];
		expect(output('Sahut')[0]!.json).toMatchObject({
			dryRun: true,
			phone: '+6281234567890',
			contact_id: null,
			conversation_id: null,
			requests: [
				{ method: 'POST', body: { name: 'Budi Santoso', phone: '+6281234567890' } },
				{ method: 'POST', body: { contact_id: 'NEW_CONTACT', channel_id: whatsapp!.id } },
				{ method: 'POST', body: { template_id: 'tmpl_follow_up' } },
			],
		});
		expect(workspace.requests().filter((request) => !request.startsWith('GET'))).toEqual([]);
	});
});

/** Something that happens to a conversation. */
type Happening = (workspace: Workspace, conversation: string) => void;
const resolve: Happening = ({ sandbox: { store } }, id) =>
	store.updateConversation(store.conversations.get(id)!, { status: 'resolved' });
const remove: Happening = ({ sandbox: { store } }, id) => store.conversations.delete(id);

describe('an open conversation that was read when the batch began', () => {
	/** Two rows, of which something happens to the second one's conversation while the first is sent. */
	async function whileTheFirstIsSent(happens: Happening) {
		const workspace = await openWorkspace();
		const { store, faults } = workspace.sandbox;
		const rows = [1, 2].map((index) => {
			const phone = `+62812000000${index}`;
			return {
				phone,
				name: `Pelanggan ${index}`,
				id: store.addConversation({ contact: store.addContact({ phone }) }).id,
			};
		});
		const [first, second] = rows;
		faults.add({
			kind: 'slow',
			delayMs: 300,
			method: 'POST',
			path: `/conversations/${first!.id}/messages`,
		});
		const running = workspace.run(toPhone(workspace, { concurrency: 1 }), rows);
		await until(() => workspace.requests().some((request) => request.startsWith('POST')));
		happens(workspace, second!.id);
		const { output } = await running;
		return { workspace, conversation: second!.id, last: output('Sahut')[1]!.json };
	}

	it.each<[string, Happening]>([
		['was resolved meanwhile', resolve],
		[
			'was given to another contact',
			({ sandbox: { store } }, id) => {
				store.conversations.get(id)!.contact = store.addContact();
			},
		],
	])('and %s is not written into', async (_, happens) => {
		const { workspace, conversation, last } = await whileTheFirstIsSent(happens);
		expect(last).toMatchObject({ conversation_created: true, contact_created: false });
		expect(workspace.requests()).not.toContain(`POST /conversations/${conversation}/messages`);
	});

	it('and is pending by now is written into', async () => {
		const { conversation, last } = await whileTheFirstIsSent(({ sandbox: { store } }, id) =>
			store.updateConversation(store.conversations.get(id)!, { status: 'pending' }),
		);
		expect(last).toMatchObject({ conversation_id: conversation, conversation_created: false });
	});
});

it.each([
	['resolved', resolve],
	['deleted', remove],
])('a conversation that was %s before Retry is not written into', async (_, happens) => {
	const workspace = await openWorkspace();
	const { store, faults } = workspace.sandbox;
	const contact = store.addContact({ phone: '+6281234567890' });
	const { id } = store.addConversation({ contact });
	faults.add({ kind: 'status', status: 422, method: 'POST' });
	const failed = await workspace.run(toPhone(workspace), [BUDI]);
	happens(workspace, id);

	const { output } = await retry(workspace, failed, toPhone(workspace));

	const json = { contact_id: contact.id, conversation_created: true };
	expect(output('Sahut')[0]!.json).toMatchObject(json);
});

describe('several contacts with one number', () => {
	const PHONE = '+6281234567890';

	it('share the open conversation of any of them', async () => {
		const workspace = await openWorkspace();
		const { store } = workspace.sandbox;
		store.addContact({ phone: PHONE, created_at: '2024-03-15T08:30:00Z' });
		const newer = store.addContact({ phone: PHONE });
		const { id } = store.addConversation({ contact: newer });

		const { output } = await workspace.run(toPhone(workspace), [BUDI]);

		expect(output('Sahut')[0]!.json).toMatchObject({
			contact_id: newer.id,
			contact_created: false,
			conversation_id: id,
			conversation_created: false,
		});
	});

	it('without one, the oldest gets it', async () => {
		const workspace = await openWorkspace();
		const { store } = workspace.sandbox;
		store.channelOfType('whatsapp');
		store.addContact({ phone: PHONE });
		const oldest = store.addContact({ phone: PHONE, created_at: '2024-03-15T08:30:00Z' });

		const { output } = await workspace.run(toPhone(workspace), [BUDI]);

		expect(output('Sahut')[0]!.json).toMatchObject({
			contact_id: oldest.id,
			conversation_created: true,
		});
	});
});

describe('a retry on a channel with many conversations', () => {
	async function retried(prepare: (workspace: Workspace) => void = () => {}) {
		const workspace = await openWorkspace();
		const { store } = workspace.sandbox;
		for (let index = 0; index < 500; index++) {
			store.addConversation({ status: 'resolved', created_at: HOURS_AGO });
		}
		prepare(workspace);
		await crashedExecution(workspace, toPhone(workspace, { concurrency: 1 }), rows).retry();
		expect(allSent(workspace)).toHaveLength(rows.length);
		return workspace.requests().filter((request) => request === 'GET /conversations').length;
	}
	it('does not search for conversations of contacts that it has just created', async () => {
		expect(await retried()).toBe(0);
	});

	it('reads former pages once for all items whose contacts exist', async () => {
		const lists = await retried(({ sandbox: { store } }) => {
			for (const { phone, name } of rows) store.addContact({ phone, name });
			// An old conversation on top shows that the list is ordered by activity.
			const { id } = store.addConversation({ created_at: '2024-03-01T08:00:00Z' });
			store.addIncoming(id, 'Halo');
		});
		// At most once per item, to see who has an open conversation by now; and the five pages once.
		expect(lists).toBeLessThanOrEqual(5 + 2 + rows.length);
	});
});
