import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../../../sandbox/clock';
import { addResolveRule } from '../../../support/automation';
import { retry } from '../../../support/retryData';
import { advanceClock } from '../../../support/testClock';
import {
	allSentTexts,
	contactsOf,
	conversationsOf,
	openWorkspace,
	until,
} from '../../../support/workspace';
import {
	BUDI,
	BUDI_E164,
	createConversation,
	jsonsOf,
	LONG_AGO,
	openWithContact,
	runItem,
	SITI_E164,
	SITI,
	templateToPhone,
	textToPhone,
} from '../deliveryFixture';
import { continueInAnotherProcess } from '../customerFixture';

it('Skip If Sent Within sends after an idle hour on a channel with more than 100 active conversations', async () => {
	const { workspace } = await openWithContact();
	const { store } = workspace.sandbox;
	store.addContact({ name: 'Siti', phone: SITI_E164, created_at: LONG_AGO });
	store.addConversations(300, { spacingMs: MINUTE_MS, status: 'resolved' });
	// Old conversations with new messages show that the list is ordered by activity.
	const until = new Date(store.now().getTime() - 100 * HOUR_MS);
	for (const [index, { id }] of store.addConversations(20, { until }).entries()) {
		store.addIncoming(id, 'Halo', new Date(store.now().getTime() - (index * 7 + 1) * SECOND_MS));
	}
	const parameters = templateToPhone(workspace, { skipIfSentWithin: 24 });
	const first = await runItem(workspace, parameters, SITI);
	expect(first).toMatchObject({ conversation_created: true });
	advanceClock(61 * MINUTE_MS);

	const json = await runItem(workspace, parameters, BUDI);

	expect(json.error?.message).toBeUndefined();
	expect(json).toMatchObject({ conversation_created: true });
});

it('a Retry in another process uses the conversation of the first item, although a rule has resolved it', async () => {
	const { workspace } = await openWithContact();
	addResolveRule(workspace);
	const rows = ['ORD-1', 'ORD-2'].map((order) => ({ ...BUDI, order }));
	workspace.sandbox.faults.add({
		kind: 'status',
		status: 403,
		method: 'POST',
		bodyContains: 'ORD-2',
	});
	const parameters = templateToPhone(workspace);
	const failed = await workspace.run(parameters, rows);
	expect(failed.status).toBe('error');
	expect(allSentTexts(workspace)).toHaveLength(1);
	continueInAnotherProcess(workspace);

	const again = await retry(workspace, failed, parameters);

	expect(again.status).toBe('success');
	expect(allSentTexts(workspace)).toHaveLength(2);
	expect(conversationsOf(workspace)).toHaveLength(1);
});

it('uses the conversation of the first item, although its response was lost and a rule has resolved it', async () => {
	const { workspace } = await openWithContact({
		deviations: ['late-lists'],
		listDelayMs: 20 * SECOND_MS,
	});
	addResolveRule(workspace);
	const rows = ['ORD-1', 'ORD-2'].map((order) => ({ ...BUDI, order }));
	workspace.sandbox.faults.add({ kind: 'dropAfter', method: 'POST', path: /messages/ });

	const run = await workspace.run(templateToPhone(workspace), rows, {
		onError: 'continueRegularOutput',
	});

	expect(jsonsOf(run)[0]).toMatchObject({ error: { mayHaveArrived: true } });
	expect(allSentTexts(workspace)).toHaveLength(2);
	expect(conversationsOf(workspace)).toHaveLength(1);
});

it('does not match a conversation whose response was lost with the conversation of another execution', async () => {
	const { workspace, contact } = await openWithContact();
	const channel = workspace.sandbox.store.channelOfType('whatsapp').id;
	const { faults } = workspace.sandbox;
	const path = '/conversations';
	faults.add({ kind: 'dropBefore', method: 'POST', path });
	// Delays the search for the lost conversation until the other execution has created one.
	faults.add({ kind: 'slow', delayMs: 1_500, method: 'GET', path });
	const losing = runItem(workspace, createConversation(contact, channel));
	await until(() => workspace.requests().includes(`GET ${path}`));

	const sent = await runItem(
		workspace,
		templateToPhone(workspace, { reuseOpenConversation: false }),
	);
	const lost = await losing;

	expect(sent).toMatchObject({ conversation_created: true });
	expect(lost.id).not.toBe(sent.conversation_id);
	expect(lost.error).toMatchObject({ mayHaveArrived: true });
});

it('uses a contact that was created after an item with the same number had failed', async () => {
	const workspace = await openWorkspace();
	const { store } = workspace.sandbox;
	workspace.addConversations(1);
	const other = store.addContact({ phone: SITI_E164, created_at: LONG_AGO });
	store.addConversation({ contact: other });
	// Budi writes for the first time when the second item is sent.
	store.emitter.on('event', (event) => {
		if (event.name !== 'message.created' || event.message.type !== 'outgoing') return;
		if (event.conversation.contact.id !== other.id) return;
		const contact = store.addContact({
			name: 'Budi',
			phone: BUDI_E164,
			created_at: LONG_AGO,
		});
		const { id } = store.addConversation({ contact });
		store.addIncoming(id, 'Halo');
	});
	const rows = [
		{ ...BUDI, type: 'text' },
		{ ...SITI, type: 'template' },
		{ ...BUDI, type: 'template' },
	];
	const parameters = {
		...textToPhone(workspace, { concurrency: 1 }),
		messageType: '={{ $json.type }}',
	};

	const run = await workspace.run(parameters, rows, { onError: 'continueRegularOutput' });

	const [first, , third] = jsonsOf(run);
	expect(first).toHaveProperty('error');
	expect(third).toMatchObject({ contact_created: false, conversation_created: false });
	expect(contactsOf(workspace).filter(({ phone }) => phone === BUDI_E164)).toHaveLength(1);
});

it('two executions that send to one contact by two numbers do not deadlock', async () => {
	const workspace = await openWorkspace({ deviations: ['raw-phones'] });
	const { store, faults } = workspace.sandbox;
	const contact = store.addContact({ name: 'Budi', phone: '0812-777-0001', created_at: LONG_AGO });
	store.addConversation({ contact, status: 'snoozed', created_at: LONG_AGO });
	faults.add({ kind: 'slow', delayMs: 1500, method: 'POST', path: '/conversations' });
	const intoNewConversation = templateToPhone(workspace, {
		reuseOpenConversation: false,
		skipIfSentWithin: 24,
	});
	const byForeignNumber = templateToPhone(workspace, {
		defaultCountryCode: '60',
		skipIfSentWithin: 24,
	});
	const first = workspace.run(intoNewConversation, [BUDI]);
	await until(() => workspace.requests().includes('POST /conversations'));

	const second = workspace.run(byForeignNumber, [{ ...BUDI, order: 'ORD-99' }]);
	const runs = await Promise.all([first, second]);

	expect(runs.map(({ status }) => status)).toEqual(['success', 'success']);
});
