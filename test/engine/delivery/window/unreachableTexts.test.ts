import type { INode } from 'n8n-workflow';

import { byId } from '../../../support/locator';
import { writeRequestsOf } from '../../../support/requests';
import {
	allSentTexts,
	contactsOf,
	conversationsOf,
	openWorkspace,
	toPhone,
	type Workspace,
} from '../../../support/workspace';
import { addConversation, openWithContact, runItem, textToPhone } from '../deliveryFixture';

/** Returns the parameters of *Message: Send to Phone Number* for a text on the channel of this type. */
const textTo = (workspace: Workspace, options: INode['parameters'] = {}, type = 'whatsapp') => ({
	...toPhone(workspace, options),
	messageType: 'text',
	content: 'Halo',
	channelId: byId(workspace.sandbox.store.channelOfType(type).id),
	phone: '+6281234567890',
});

/** Returns the number of contacts and conversations. */
const countRecords = (workspace: Workspace) => [
	contactsOf(workspace).length,
	conversationsOf(workspace).length,
];

it.each([false, true])(
	'creates nothing for a text that cannot be delivered (Dry Run: %s)',
	async (dryRun) => {
		const workspace = await openWorkspace();
		workspace.addConversations(1);

		const { error } = await workspace.run(textTo(workspace, { dryRun }));

		expect(error?.message).toContain('WhatsApp would not deliver a text to +6281234567890');
		expect(error?.description).toContain('Text, or Template After 24 Hours');
		expect(countRecords(workspace)).toEqual([1, 1]);
	},
);

it.each([false, true])(
	'creates no conversation for a text to a known contact that cannot be delivered (Reuse Open Conversation: %s)',
	async (reuseOpenConversation) => {
		const workspace = await openWorkspace();
		const { store } = workspace.sandbox;
		const contact = store.addContact({ phone: '+6281234567890' });
		store.addConversation({ contact, status: 'resolved' });

		const { error } = await workspace.run(textTo(workspace, { reuseOpenConversation }));

		expect(error?.message).toContain('WhatsApp would not deliver a text to +6281234567890');
		expect(countRecords(workspace)).toEqual([1, 1]);
	},
);

it('rejects a text without another request once the channel type is cached', async () => {
	const workspace = await openWorkspace();
	workspace.addConversations(1);
	await workspace.run(textTo(workspace));
	workspace.sandbox.journal.clear();

	await workspace.run(textTo(workspace));

	expect(workspace.requests()).toEqual(['GET /contacts', 'GET /contacts']);
});

it('sends a text to a new customer on a channel that is not WhatsApp', async () => {
	const workspace = await openWorkspace();
	const { store } = workspace.sandbox;
	store.addConversation({ channel: store.channelOfType('telegram') });

	const { status } = await workspace.run(textTo(workspace, {}, 'telegram'));

	expect(status).toBe('success');
	expect(allSentTexts(workspace)).toEqual(['Halo']);
});

it('creates nothing for a text on a channel of unknown type', async () => {
	const workspace = await openWorkspace();

	const { error } = await workspace.run(textTo(workspace));

	expect(error?.message).toContain('type of channel');
	expect(writeRequestsOf(workspace)).toEqual([]);
});

it('sends a text into an open conversation in which the customer has written', async () => {
	const workspace = await openWorkspace();
	const { store } = workspace.sandbox;
	const contact = store.addContact({ phone: '+6281234567890' });
	const { id } = store.addConversation({ contact });
	store.addIncoming(id, 'Halo, apakah barangnya masih ada?');

	await workspace.run(textTo(workspace));

	expect(workspace.sent(id)).toEqual(['Halo']);
});

it('creates nothing for a text to a new phone number when the channel type cannot be read', async () => {
	const workspace = await openWorkspace();
	workspace.addConversations(1);
	workspace.sandbox.faults.add({ kind: 'status', status: 403, path: /^\/conversations$/ });

	const { status } = await workspace.run(
		{ ...toPhone(workspace), messageType: 'text', content: 'Halo' },
		[{ phone: '0812-3456-7890', name: 'Budi' }],
	);

	expect(status).toBe('error');
	expect(workspace.requests()).toEqual(['GET /contacts', 'GET /contacts', 'GET /conversations']);
});

it('creates nothing for a text with Reuse Open Conversation off if the customer has not written for three days', async () => {
	const { workspace, contact } = await openWithContact();
	addConversation(workspace, contact, { hoursAgo: 72 });
	const parameters = textToPhone(workspace, { reuseOpenConversation: false });

	const { error } = await runItem(workspace, parameters);

	expect(error?.message).toContain('WhatsApp would not deliver a text');
	expect(writeRequestsOf(workspace)).toEqual([]);
});
