import { HOUR_MS } from '../../../sandbox/clock';
import type { FinishedRun } from '../../support/engine';
import { writeRequestsOf } from '../../support/requests';
import {
	ageRecords,
	createCrashedExecution,
	createRetryData,
	retry,
} from '../../support/retryData';
import {
	allSentTexts,
	contactsOf,
	conversationsOf,
	openWorkspace,
	toPhone,
	until,
	type Workspace,
} from '../../support/workspace';
import { now } from '../../support/testClock';

const RETRY_ON_FAIL = { retryOnFail: true, maxTries: 2, waitBetweenTries: 1 };

const LONG_AGO = '2024-03-15T08:30:00Z';
const HOURS_AGO = new Date(now() - 5 * HOUR_MS).toISOString().replace(/\.\d+/, '');

const PHONE = '+6281234567890';
const BUDI = { phone: '0812-3456-7890', name: 'Budi Santoso' };
const SITI = { phone: '0813 1111 2222', name: 'Siti' };

const TWENTY_CUSTOMERS = Array.from({ length: 20 }, (_, index) => ({
	phone: `+62812000000${10 + index}`,
	name: `Pelanggan ${index}`,
}));

/** Two searches for the contact, by two forms of its number; the contact, conversation and message. */
const REQUESTS_PER_NEW_CUSTOMER = 5;

/** A change of a conversation that another user makes. */
type Change = (workspace: Workspace, conversationId: string) => void;

const resolve: Change = ({ sandbox: { store } }, id) =>
	store.updateConversation(store.conversations.get(id)!, { status: 'resolved' });
const makePending: Change = ({ sandbox: { store } }, id) =>
	store.updateConversation(store.conversations.get(id)!, { status: 'pending' });
const replaceContact: Change = ({ sandbox: { store } }, id) => {
	store.conversations.get(id)!.contact = store.addContact();
};
const remove: Change = ({ sandbox: { store } }, id) => store.conversations.delete(id);

const countConversationLists = (workspace: Workspace) =>
	workspace.requests().filter((request) => request === 'GET /conversations').length;

describe('Send to Phone Number to a number without a contact', () => {
	it('creates a contact and a conversation, and sends the message', async () => {
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
			'names the contact after its number if Contact Name is empty',
			{ contactName: '' },
			{ name: PHONE },
		],
		[
			'replaces the leading 0 with Default Country Code',
			{ defaultCountryCode: '60' },
			{ phone: '+6081234567890' },
		],
	])('%s', async (_, options, contact) => {
		const workspace = await openWorkspace();

		await workspace.run(toPhone(workspace, options), [BUDI]);

		expect(contactsOf(workspace)).toMatchObject([contact]);
	});

	it('creates one contact and one conversation for all items with the number, and sends in item order', async () => {
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

describe('Send to Phone Number to a contact', () => {
	/** Opens a workspace with a contact who has conversations by email and on WhatsApp. */
	async function openWithBudi(status: 'open' | 'pending' | 'resolved' | 'snoozed') {
		const workspace = await openWorkspace();
		const { store } = workspace.sandbox;
		store.addContact({ name: 'Budi', phone: '+62812345678901' });
		const contact = store.addContact({ name: 'Budi', phone: PHONE });
		store.addConversation({ contact, channel: store.channelOfType('email') });
		const conversation = store.addConversation({ contact, status });
		return { ...workspace, contact, conversation };
	}

	it.each(['open', 'pending', 'snoozed'] as const)(
		'reuses a conversation that is %s',
		async (status) => {
			const workspace = await openWithBudi(status);
			const { contact, conversation } = workspace;

			const { output } = await workspace.run(toPhone(workspace), [BUDI]);

			expect(workspace.sent(conversation.id)).toHaveLength(1);
			expect(output('Sahut')[0]!.json).toMatchObject({
				contact_id: contact.id,
				conversation_id: conversation.id,
				contact_created: false,
				conversation_created: false,
			});
		},
	);

	it('creates a conversation if the only one on the channel is resolved', async () => {
		const workspace = await openWithBudi('resolved');
		const { contact, conversation } = workspace;

		const { output } = await workspace.run(toPhone(workspace), [BUDI]);

		expect(workspace.sent(conversation.id)).toEqual([]);
		expect(output('Sahut')[0]!.json).toMatchObject({
			contact_id: contact.id,
			conversation_id: conversationsOf(workspace).at(-1)!.id,
			contact_created: false,
			conversation_created: true,
		});
	});

	it('creates a conversation with the assignee if Reuse Open Conversation is off', async () => {
		const workspace = await openWithBudi('open');
		const [agent] = [...workspace.sandbox.store.agents.values()];

		await workspace.run(
			toPhone(workspace, { reuseOpenConversation: false, assigneeId: agent!.id }),
			[BUDI],
		);

		expect(workspace.sent(workspace.conversation.id)).toEqual([]);
		expect(conversationsOf(workspace).at(-1)).toMatchObject({ assignee: { id: agent!.id } });
	});

	it('reuses the conversation with the latest activity', async () => {
		const workspace = await openWithBudi('open');
		const { store } = workspace.sandbox;
		const { id } = store.addConversation({ contact: workspace.contact, status: 'pending' });
		store.addIncoming(id, 'Halo', new Date(now() + 5_000));

		await workspace.run(toPhone(workspace), [BUDI]);

		expect(workspace.sent(id)).toHaveLength(1);
	});
});

describe('On a channel with several pages of open conversations, Send to Phone Number', () => {
	const PAGES = 3;

	/** Opens a workspace whose open conversations have had no activity for hours. */
	async function openChannel() {
		const workspace = await openWorkspace();
		const { store } = workspace.sandbox;
		for (let index = 0; index < 100 * PAGES; index++) {
			store.addConversation({ created_at: HOURS_AGO });
		}
		return workspace;
	}

	it('does not list conversations for new customers', async () => {
		const workspace = await openChannel();

		await workspace.run(toPhone(workspace), TWENTY_CUSTOMERS);

		expect(workspace.requests().length).toBeLessThanOrEqual(
			REQUESTS_PER_NEW_CUSTOMER * TWENTY_CUSTOMERS.length,
		);
		expect(countConversationLists(workspace)).toBe(0);
		expect(allSentTexts(workspace)).toHaveLength(TWENTY_CUSTOMERS.length);
	});

	it('lists all open conversations once, and then only the first page', async () => {
		const workspace = await openChannel();
		const { store } = workspace.sandbox;
		for (const { phone, name } of TWENTY_CUSTOMERS) store.addContact({ phone, name });
		const [first, ...others] = TWENTY_CUSTOMERS.slice(0, 5);

		await workspace.run(toPhone(workspace), [first!]);
		const firstLists = countConversationLists(workspace);
		for (const row of others) await workspace.run(toPhone(workspace), [row]);

		// The first page of all conversations, all open ones, and one page each of pending and snoozed ones.
		expect(firstLists).toBe(1 + PAGES + 2);
		expect(countConversationLists(workspace)).toBe(firstLists + others.length);
		expect(allSentTexts(workspace)).toHaveLength(5);
	});

	it('does not list conversations for customers whose conversation is cached', async () => {
		const workspace = await openChannel();
		await workspace.run(toPhone(workspace), TWENTY_CUSTOMERS);
		workspace.sandbox.journal.clear();

		for (const row of TWENTY_CUSTOMERS) await workspace.run(toPhone(workspace), [row]);

		// The contact, the conversation and the message of each customer.
		expect(workspace.requests()).toHaveLength(3 * TWENTY_CUSTOMERS.length);
		expect(countConversationLists(workspace)).toBe(0);
		expect(conversationsOf(workspace)).toHaveLength(100 * PAGES + TWENTY_CUSTOMERS.length);
	});
});

describe('If n8n runs the node again, Send to Phone Number', () => {
	it('continues after the created records, and reports them as created', async () => {
		const workspace = await openWorkspace();
		workspace.sandbox.faults.add({
			kind: 'status',
			status: 403,
			method: 'POST',
			path: /messages$/,
		});

		const { output } = await workspace.run(toPhone(workspace), [BUDI], RETRY_ON_FAIL);

		expect(output('Sahut')[0]!.json).toMatchObject({
			contact_created: true,
			conversation_created: true,
		});
		expect(contactsOf(workspace)).toHaveLength(1);
		expect(conversationsOf(workspace)).toHaveLength(1);
		expect(allSentTexts(workspace)).toHaveLength(1);
	});

	it('sends each message once although Reuse Open Conversation is turned off before Retry', async () => {
		const workspace = await openWorkspace();
		const { store, faults } = workspace.sandbox;
		const contact = store.addContact({ phone: PHONE });
		const { id } = store.addConversation({ contact });
		ageRecords(workspace, 60);
		faults.add({ kind: 'status', status: 403, method: 'POST', path: '/contacts' });
		const failed = await workspace.run(toPhone(workspace, { concurrency: 1 }), [BUDI, SITI]);
		expect(failed.status).toBe('error');
		const parameters = toPhone(workspace, { concurrency: 1, reuseOpenConversation: false });
		const executionData = createRetryData(failed);
		executionData.executionData!.nodeExecutionStack[0]!.node.parameters = parameters;

		await workspace.run(parameters, [], {}, { mode: 'retry', executionData });

		expect(workspace.sent(id)).toHaveLength(1);
		expect(allSentTexts(workspace)).toHaveLength(2);
	});

	it('does not send again if the conversation was resolved before the next try', async () => {
		const workspace = await openWorkspace();
		const { store, faults } = workspace.sandbox;
		const contact = store.addContact({ name: 'Budi', phone: PHONE });
		const conversation = store.addConversation({ contact });
		store.addContact({ name: 'Siti', phone: '+6281311112222' });
		faults.add({ kind: 'status', status: 403, method: 'GET', path: /^\/contacts$/, skip: 1 });
		const running = workspace.run(toPhone(workspace, { concurrency: 1 }), [BUDI, SITI], {
			...RETRY_ON_FAIL,
			waitBetweenTries: 200,
		});
		await until(() => workspace.sent(conversation.id).length > 0);
		conversation.status = 'resolved';
		await running;

		expect(workspace.sent(conversation.id)).toHaveLength(1);
		expect(allSentTexts(workspace)).toHaveLength(2);
	});

	it.each([
		['resolved', resolve],
		['deleted', remove],
	])('creates a conversation if the open one was %s before Retry', async (_, change) => {
		const workspace = await openWorkspace();
		const { store } = workspace.sandbox;
		const contact = store.addContact({ phone: PHONE });
		const { id } = store.addConversation({ contact });
		// A conversation as new as the execution would count as created by its first try.
		ageRecords(workspace, 60);
		workspace.rejectMessages(id);
		const failed = await workspace.run(toPhone(workspace), [BUDI]);
		expect(failed.status).toBe('error');
		change(workspace, id);

		const { output } = await retry(workspace, failed, toPhone(workspace));

		expect(output('Sahut')[0]!.json).toMatchObject({
			contact_id: contact.id,
			conversation_id: conversationsOf(workspace).at(-1)!.id,
			conversation_created: true,
		});
		expect(workspace.sent(id)).toEqual([]);
	});
});

it.each<[string, unknown]>([
	['/contacts', { contact: { id: 'ct_1' } }],
	['/contacts', [{ id: 'ct_1' }]],
	['/conversations', { conversation: { id: 'conv_1' } }],
	['/conversations', {}],
])(
	'Send to Phone Number finds the created record if the response to POST %s has no ID: %j',
	async (path, data) => {
		const workspace = await openWorkspace();
		workspace.sandbox.faults.add({ kind: 'body', method: 'POST', path, body: { data } });

		const { output } = await workspace.run(toPhone(workspace), [BUDI]);

		const [contact, ...otherContacts] = contactsOf(workspace);
		const [conversation, ...otherConversations] = conversationsOf(workspace);
		expect(output('Sahut')[0]!.json).toMatchObject({
			contact_id: contact!.id,
			conversation_id: conversation!.id,
		});
		expect([...otherContacts, ...otherConversations]).toEqual([]);
		expect(allSentTexts(workspace)).toHaveLength(1);
		expect(workspace.requests().join()).not.toContain('undefined');
	},
);

describe('Send to Phone Number with Dry Run', () => {
	it('looks up the customer, outputs the requests, and writes nothing', async () => {
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
		expect(writeRequestsOf(workspace)).toEqual([]);
	});

	it('shows above the output how many requests sending would take, and how long', async () => {
		const workspace = await openWorkspace();
		const hintsOf = ({ runs }: FinishedRun) => runs('Sahut').flatMap(({ hints }) => hints);

		const dry = await workspace.run(toPhone(workspace, { dryRun: true }), [BUDI]);
		const lookups = workspace.requests().length;
		const real = await workspace.run(toPhone(workspace), [BUDI]);

		const expected = `Dry Run: nothing was sent. Sending would take about ${lookups + 3} requests: `;
		expect(hintsOf(dry)).toEqual([
			{ message: expect.stringContaining(expected), type: 'info', location: 'outputPane' },
		]);
		expect(workspace.requests()).toHaveLength(lookups + lookups + 3);
		expect(hintsOf(real)).toEqual([]);
	});
});

describe('After it has listed the open conversations, Send to Phone Number', () => {
	/** Sends to two customers, and changes the conversation of the second one during the first message. */
	async function changeDuringFirstMessage(change: Change) {
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
			delayMs: 1_000,
			method: 'POST',
			path: `/conversations/${first!.id}/messages`,
		});
		const running = workspace.run(toPhone(workspace, { concurrency: 1 }), rows);
		await until(() => workspace.requests().some((request) => request.startsWith('POST')));
		change(workspace, second!.id);
		const { output } = await running;
		return { workspace, conversation: second!.id, last: output('Sahut')[1]!.json };
	}

	it.each<[string, Change]>([
		['was resolved', resolve],
		['was moved to another contact', replaceContact],
	])('does not send into a conversation that %s in the meantime', async (_, change) => {
		const { workspace, conversation, last } = await changeDuringFirstMessage(change);

		expect(last).toMatchObject({ conversation_created: true, contact_created: false });
		expect(workspace.requests()).not.toContain(`POST /conversations/${conversation}/messages`);
	});

	it('sends into a conversation that became pending in the meantime', async () => {
		const { conversation, last } = await changeDuringFirstMessage(makePending);

		expect(last).toMatchObject({ conversation_id: conversation, conversation_created: false });
	});
});

describe('If several contacts have the number, Send to Phone Number', () => {
	it('reuses the open conversation of any of them', async () => {
		const workspace = await openWorkspace();
		const { store } = workspace.sandbox;
		store.addContact({ phone: PHONE, created_at: LONG_AGO });
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

	it('creates a conversation with the oldest contact if none of them has an open one', async () => {
		const workspace = await openWorkspace();
		const { store } = workspace.sandbox;
		store.addContact({ phone: PHONE });
		const oldest = store.addContact({ phone: PHONE, created_at: LONG_AGO });

		const { output } = await workspace.run(toPhone(workspace), [BUDI]);

		expect(output('Sahut')[0]!.json).toMatchObject({
			contact_id: oldest.id,
			conversation_created: true,
		});
	});
});

describe('On a channel with many conversations, a retry', () => {
	/** Retries a batch of twenty customers. @returns the number of conversation lists that it requests */
	async function countListsOfRetry(prepare: (workspace: Workspace) => void = () => {}) {
		const workspace = await openWorkspace();
		const { store } = workspace.sandbox;
		for (let index = 0; index < 500; index++) {
			store.addConversation({ status: 'resolved', created_at: HOURS_AGO });
		}
		prepare(workspace);
		const parameters = toPhone(workspace, { concurrency: 1 });
		await createCrashedExecution(workspace, parameters, TWENTY_CUSTOMERS).retry();
		expect(allSentTexts(workspace)).toHaveLength(TWENTY_CUSTOMERS.length);
		return countConversationLists(workspace);
	}

	it('does not list conversations for contacts that it has just created', async () => {
		const lists = await countListsOfRetry();

		expect(lists).toBe(0);
	});

	it('lists the closed conversations once for all items whose contacts exist', async () => {
		const lists = await countListsOfRetry(({ sandbox: { store } }) => {
			for (const { phone, name } of TWENTY_CUSTOMERS) store.addContact({ phone, name });
			// An old conversation at the top shows that the list is ordered by activity.
			const { id } = store.addConversation({ created_at: '2024-03-01T08:00:00Z' });
			store.addIncoming(id, 'Halo');
		});

		// The five pages once; for each item, at most one page to find new open conversations.
		expect(lists).toBeGreaterThan(0);
		expect(lists).toBeLessThanOrEqual(5 + 2 + TWENTY_CUSTOMERS.length);
	});
});
