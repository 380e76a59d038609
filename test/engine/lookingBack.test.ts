import type { INode, IRunExecutionData } from 'n8n-workflow';

import { runWorkflow, sahutWorkflow } from '../support/engine';
import { byId } from '../support/locator';
import { dataAtStart, dataForRetry, executionThatDied, letPass } from '../support/retryData';
import {
	allSent,
	contactsOf,
	conversationsOf,
	openChat,
	openWorkspace,
	sendText,
	toPhone,
	type Workspace,
} from '../support/workspace';

const PHONE = '+6281234567890';
const BUDI = { phone: '0812-3456-7890', name: 'Budi Santoso' };
const TWO_ROWS = ['Satu', 'Dua'].map((name) => ({ ...BUDI, name, text: name }));
const TOO_LATE = 'in an earlier try: too many messages have followed since';

async function openWithBudi() {
	const workspace = await openWorkspace();
	const contact = workspace.sandbox.store.addContact({ phone: PHONE });
	letPass(workspace, 60);
	return { ...workspace, contact };
}

async function openWithConversation() {
	const { workspace, conversation } = await openChat();
	letPass(workspace, 60);
	return { ...workspace, conversation: conversation };
}

const template = (conversation: string, fields: INode['parameters']): INode['parameters'] => ({
	...sendText,
	conversationId: byId(conversation),
	messageType: 'template',
	...fields,
});

describe('Send to Phone Number', () => {
	it.each(['run', 'retry'] as const)(
		'finds what an earlier %s has sent in a conversation that was resolved since',
		async (first) => {
			const workspace = await openWithBudi();
			const { store } = workspace.sandbox;
			const { contact } = workspace;
			const conversation = store.addConversation({ contact });
			letPass(workspace, 60);
			const execution = executionThatDied(workspace, toPhone(workspace), [BUDI]);
			await execution[first]();
			store.updateConversation(conversation, { status: 'resolved' });

			const { status, output } = await execution.retry();

			expect(status).toBe('success');
			expect(output('Sahut')[0]!.json).toMatchObject({ conversation_id: conversation.id });
			expect(allSent(workspace)).toHaveLength(1);
		},
	);

	it('finds it where another conversation has the latest activity by now', async () => {
		const workspace = await openWithBudi();
		const { store } = workspace.sandbox;
		const { contact } = workspace;
		const other = store.addConversation({ contact });
		letPass(workspace, 60);
		const conversation = store.addConversation({ contact });
		const execution = executionThatDied(workspace, toPhone(workspace), [BUDI]);
		await execution.retry();
		expect(workspace.sent(conversation.id)).toHaveLength(1);
		store.addIncoming(other.id, 'Halo', new Date(Date.now() + 5_000));

		await execution.retry();

		expect(allSent(workspace)).toHaveLength(1);
	});

	it('finds both of two rows of one number with Reuse Open Conversation off', async () => {
		const workspace = await openWithBudi();
		const parameters = toPhone(workspace, { reuseOpenConversation: false });
		const execution = executionThatDied(workspace, parameters, TWO_ROWS);
		await execution.retry();
		expect(allSent(workspace)).toHaveLength(2);

		await execution.retry();

		expect(allSent(workspace)).toHaveLength(2);
	});

	it('makes one contact and one conversation for a new number, however often it is retried', async () => {
		const workspace = await openWorkspace();
		const execution = executionThatDied(workspace, toPhone(workspace), TWO_ROWS);

		for (let time = 1; time <= 3; time++) await execution.retry();

		const made = [contactsOf(workspace), conversationsOf(workspace), allSent(workspace)];
		expect(made.map(({ length }) => length)).toEqual([1, 1, 2]);
	});
});

it('Conversation: Create finds the first messages of two rows of one contact', async () => {
	const workspace = await openWithBudi();
	const { store } = workspace.sandbox;
	const parameters = {
		resource: 'conversation',
		operation: 'create',
		contactId: byId(workspace.contact.id),
		channelId: byId(store.channelOfType('email').id),
		additionalFields: { firstMessage: '={{ $json.text }}' },
	};
	const execution = executionThatDied(workspace, parameters, TWO_ROWS);
	await execution.retry();
	expect(allSent(workspace)).toEqual(['Satu', 'Dua']);

	await execution.retry();

	expect(allSent(workspace)).toEqual(['Satu', 'Dua']);
});

describe('a message is found', () => {
	it('that is a template with a value right behind a letter', async () => {
		const workspace = await openWithConversation();
		const { conversation, sandbox } = workspace;
		const { id } = sandbox.store.addTemplate({ body: 'Tagihan Anda Rp{{total}} jatuh tempo.' });
		const templateVariables = { variable: [{ name: 'total', value: '450.000' }] };
		const parameters = template(conversation, { templateId: id, templateVariables });
		const execution = executionThatDied(workspace, parameters);

		await execution.retry();
		await execution.retry();

		expect(workspace.sent(conversation)).toEqual(['Tagihan Anda Rp450.000 jatuh tempo.']);
	});

	it('for each of two rows with the same template', async () => {
		const workspace = await openWithConversation();
		const { conversation } = workspace;
		const parameters = template(conversation, { templateId: 'tmpl_opening_hours' });
		const execution = executionThatDied(workspace, parameters, [{}, {}]);

		for (let time = 1; time <= 3; time++) await execution.retry();

		expect(workspace.sent(conversation)).toHaveLength(2);
	});

	/** What was sent once, and is retried once more after Sahut has changed something. */
	async function retryTwice(
		text: string,
		change: (workspace: Workspace, conversation: string) => void,
	) {
		const workspace = await openWithConversation();
		const { conversation } = workspace;
		const execution = executionThatDied(workspace, sendText, [{ conversation, text }]);
		await execution.retry();
		change(workspace, conversation);
		const { status, error } = await execution.retry();
		const own = workspace.sent(conversation).filter((each) => !each.startsWith('Pesan'));
		return { status, message: error?.message, own };
	}

	it('whose white space Sahut has changed', async () => {
		const { status, own } = await retryTwice('Halo Kak,\r\nterima kasih.\n', ({ sandbox }, id) => {
			sandbox.store.messages(id).at(-1)!.content = 'Halo Kak,\nterima kasih.';
		});

		expect([status, own]).toEqual(['success', ['Halo Kak,\nterima kasih.']]);
	});

	it('behind a full page, where pages do not say how many there are', async () => {
		const { status, own } = await retryTwice('Halo', ({ sandbox: { store, faults } }, id) => {
			store.addMessages(id, 150, { until: new Date(Date.now() - 3 * 60 * 60_000) });
			const messages = store.messages(id);
			for (const data of [messages.slice(0, 100), messages.slice(100)]) {
				faults.add({ kind: 'body', method: 'GET', path: /messages$/, body: { data } });
			}
		});

		expect([status, own]).toEqual(['success', ['Halo']]);
	});

	it('or, when over 1,000 have followed, is not sent, and the item says that it is not known', async () => {
		const { status, own, message } = await retryTwice('Halo', ({ sandbox: { store } }, id) =>
			store.addMessages(id, 1_100, { spacingMs: 0, until: new Date(Date.now() + 1_000) }),
		);

		expect([status, own]).toEqual(['error', ['Halo']]);
		expect(message).toContain(TOO_LATE);
	});
});

describe('Contact: Create', () => {
	const create = {
		resource: 'contact',
		operation: 'create',
		name: '={{ $json.name }}',
		additionalFields: { phone: '={{ $json.phone }}' },
	};

	it('finds each of two people with one number again', async () => {
		const workspace = await openWorkspace();
		const execution = executionThatDied(workspace, create, TWO_ROWS);
		await execution.retry();

		const { output } = await execution.retry();

		expect(contactsOf(workspace)).toHaveLength(2);
		expect(output('Sahut').map(({ json }) => json.name)).toEqual(['Satu', 'Dua']);
	});

	it('does not take somebody else with this number for its own', async () => {
		const workspace = await openWorkspace();
		workspace.sandbox.store.addContact({ name: 'Siti', phone: PHONE });

		const { output } = await executionThatDied(workspace, create, [BUDI]).retry();

		expect(output('Sahut')[0]!.json.name).toBe(BUDI.name);
	});
});

const ONE_BY_ONE = sahutWorkflow({ ...sendText, options: { concurrency: 1 } });
const [TRIGGER] = ONE_BY_ONE.nodes;
const MINUTE_MS = 60_000;

/** What n8n has of an execution that began ten minutes ago. */
function dataFor(conversations: string[]): IRunExecutionData {
	const rows = conversations.map((conversation) => ({ conversation, text: 'Halo' }));
	return dataAtStart(TRIGGER!, rows, Date.now() - 10 * MINUTE_MS);
}

async function run({ credentials }: Workspace, executionData: IRunExecutionData, isRetry = false) {
	return await runWorkflow({
		...ONE_BY_ONE,
		credentials,
		executionData: structuredClone(executionData),
		...(isRetry && { mode: 'retry' as const }),
	});
}

function refuse({ sandbox }: Workspace, conversation: string, times: number) {
	const path = `/conversations/${conversation}/messages`;
	sandbox.faults.add({ kind: 'status', status: 422, method: 'POST', path, times });
}

it('sends what had not gone out, and nothing else, however often it is retried', async () => {
	const workspace = await openWorkspace();
	const conversations = workspace.addConversations(5);
	const stored = dataFor(conversations);
	refuse(workspace, conversations[3]!, 1);
	await run(workspace, stored);
	expect(conversations.map((id) => workspace.sent(id).length)).toEqual([1, 1, 1, 0, 0]);
	letPass(workspace, 9);

	const retries = [await run(workspace, stored, true), await run(workspace, stored, true)];

	expect(retries.map(({ status }) => status)).toEqual(['success', 'success']);
	expect(conversations.map((id) => workspace.sent(id))).toEqual(Array(5).fill(['Halo']));
	expect(retries[0]!.output('Sahut').map(({ json }) => json.content)).toEqual(
		Array(5).fill('Halo'),
	);
});

it('goes on from the execution when the retry fails and is retried itself', async () => {
	const workspace = await openWorkspace();
	const [refused, ...others] = workspace.addConversations(4);
	const stored = dataFor([refused!, ...others]);
	await run(workspace, dataFor(others));
	letPass(workspace, 9);
	refuse(workspace, refused!, 1);

	const stopped = await run(workspace, stored, true);
	expect(stopped.status).toBe('error');
	const { status } = await run(workspace, dataForRetry(stopped), true);

	expect(status).toBe('success');
	expect([refused!, ...others].map((id) => workspace.sent(id))).toEqual(Array(4).fill(['Halo']));
});

it('sends what was sent before the execution began', async () => {
	const { workspace, conversation } = await openChat();
	await run(workspace, dataFor([conversation]));
	letPass(workspace, 20);

	await run(workspace, dataFor([conversation]), true);

	expect(workspace.sent(conversation)).toEqual(['Halo', 'Halo']);
});

describe('when n8n has not stored when the execution began, as n8n 1.x when its process dies', () => {
	/** What was sent so many minutes ago, and an execution that sends the same and is retried. */
	async function retryAfter(minutes: number) {
		const workspace = await openWorkspace();
		const conversations = workspace.addConversations(3);
		const stored = dataFor(conversations);
		await run(workspace, dataFor([conversations[0]!]));
		letPass(workspace, minutes);
		delete stored.executionData!.runtimeData;
		const { status } = await run(workspace, stored, true);
		expect(status).toBe('success');
		return conversations.map((id) => workspace.sent(id).length);
	}

	it('does not send again what has gone out within 20 hours', async () => {
		expect(await retryAfter(19 * 60)).toEqual([1, 1, 1]);
	});

	it('sends what went out the day before', async () => {
		expect(await retryAfter(21 * 60)).toEqual([2, 1, 1]);
	});
});
