import { byId } from '../../../support/locator';
import { createCrashedExecution, ageRecords } from '../../../support/retryData';
import {
	allSentTexts,
	contactsOf,
	conversationsOf,
	openWorkspace,
	toPhone,
} from '../../../support/workspace';
import { now } from '../../../support/testClock';

const PHONE = '+6281234567890';
const BUDI = { phone: '0812-3456-7890', name: 'Budi Santoso' };
const TWO_ROWS = ['Satu', 'Dua'].map((name) => ({ ...BUDI, name, text: name }));

/** Opens a workspace with a contact that is an hour old. */
async function openWithContact() {
	const workspace = await openWorkspace();
	const contact = workspace.sandbox.store.addContact({ phone: PHONE });
	ageRecords(workspace, 60);
	return { ...workspace, contact };
}

describe('a Retry of Send to Phone Number without a ledger', () => {
	it.each(['run', 'retry'] as const)(
		'finds the message of an earlier %s in a conversation that was resolved in the meantime',
		async (first) => {
			const workspace = await openWithContact();
			const { store } = workspace.sandbox;
			const { contact } = workspace;
			const conversation = store.addConversation({ contact });
			ageRecords(workspace, 60);
			const execution = createCrashedExecution(workspace, toPhone(workspace), [BUDI]);
			await execution[first]();
			store.updateConversation(conversation, { status: 'resolved' });

			const { status, output } = await execution.retry();

			expect(status).toBe('success');
			expect(output('Sahut')[0]!.json).toMatchObject({ conversation_id: conversation.id });
			expect(allSentTexts(workspace)).toHaveLength(1);
		},
	);

	it('finds the message when another conversation has had activity in the meantime', async () => {
		const workspace = await openWithContact();
		const { store } = workspace.sandbox;
		const { contact } = workspace;
		const other = store.addConversation({ contact });
		ageRecords(workspace, 60);
		const conversation = store.addConversation({ contact });
		const execution = createCrashedExecution(workspace, toPhone(workspace), [BUDI]);
		await execution.retry();
		expect(workspace.sent(conversation.id)).toHaveLength(1);
		store.addIncoming(other.id, 'Halo', new Date(now() + 5_000));

		const { status } = await execution.retry();

		expect(status).toBe('success');
		expect(allSentTexts(workspace)).toHaveLength(1);
	});

	it('finds the messages of both items for one phone number with Reuse Open Conversation off', async () => {
		const workspace = await openWithContact();
		const parameters = toPhone(workspace, { reuseOpenConversation: false });
		const execution = createCrashedExecution(workspace, parameters, TWO_ROWS);
		await execution.retry();
		expect(allSentTexts(workspace)).toHaveLength(2);

		await execution.retry();

		expect(allSentTexts(workspace)).toHaveLength(2);
	});

	it('creates one contact and one conversation for a new phone number when it is repeated three times', async () => {
		const workspace = await openWorkspace();
		const execution = createCrashedExecution(workspace, toPhone(workspace), TWO_ROWS);

		for (let time = 1; time <= 3; time++) await execution.retry();

		const records = [contactsOf(workspace), conversationsOf(workspace), allSentTexts(workspace)];
		expect(records.map(({ length }) => length)).toEqual([1, 1, 2]);
	});
});

it('a Retry of Conversation: Create without a ledger finds the first messages of two items for one contact', async () => {
	const workspace = await openWithContact();
	const { store } = workspace.sandbox;
	const parameters = {
		resource: 'conversation',
		operation: 'create',
		contactId: byId(workspace.contact.id),
		channelId: byId(store.channelOfType('email').id),
		additionalFields: { firstMessage: '={{ $json.text }}' },
	};
	const execution = createCrashedExecution(workspace, parameters, TWO_ROWS);
	await execution.retry();
	expect(allSentTexts(workspace)).toEqual(['Satu', 'Dua']);

	await execution.retry();

	expect(allSentTexts(workspace)).toEqual(['Satu', 'Dua']);
});

describe('a Retry of Contact: Create without a ledger', () => {
	const create = {
		resource: 'contact',
		operation: 'create',
		name: '={{ $json.name }}',
		additionalFields: { phone: '={{ $json.phone }}' },
	};

	it('finds both contacts with the same phone number', async () => {
		const workspace = await openWorkspace();
		const execution = createCrashedExecution(workspace, create, TWO_ROWS);
		await execution.retry();

		const { output } = await execution.retry();

		expect(contactsOf(workspace)).toHaveLength(2);
		expect(output('Sahut').map(({ json }) => json.name)).toEqual(['Satu', 'Dua']);
	});

	it('does not use another contact with the same phone number', async () => {
		const workspace = await openWorkspace();
		workspace.sandbox.store.addContact({ name: 'Siti', phone: PHONE });

		const { output } = await createCrashedExecution(workspace, create, [BUDI]).retry();

		expect(output('Sahut')[0]!.json.name).toBe(BUDI.name);
	});
});
