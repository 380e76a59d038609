import { setTimeout as wait } from 'node:timers/promises';

import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../../../sandbox/clock';
import { resolveOnEachMessage } from '../../../support/automation';
import { retry } from '../../../support/retryData';
import { advanceClock, useRealWaits } from '../../../support/transport';
import { allSent, contactsOf, conversationsOf, openWorkspace } from '../../../support/workspace';
import {
	BUDI,
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

it('sends with Skip If Sent Within after an idle hour on a channel with more than 100 active conversations', async () => {
	const { workspace } = await openWithContact();
	const { store } = workspace.sandbox;
	store.addContact({ name: 'Siti', phone: SITI_E164, created_at: LONG_AGO });
	store.addConversations(300, { spacingMs: MINUTE_MS, status: 'resolved' });
	// The list shows that it is ordered by activity.
	const old = store.addConversations(20, {
		until: new Date(store.now().getTime() - 100 * HOUR_MS),
	});
	for (const [n, { id }] of old.entries()) {
		store.addIncoming(id, 'Halo', new Date(store.now().getTime() - (n * 7 + 1) * SECOND_MS));
	}
	const parameters = templateToPhone(workspace, { skipIfSentWithin: 24 });
	expect(await runItem(workspace, parameters, SITI)).toMatchObject({ conversation_created: true });
	advanceClock(61 * MINUTE_MS);

	const json = await runItem(workspace, parameters, BUDI);

	expect(json.error?.message).toBeUndefined();
	expect(json).toMatchObject({ conversation_created: true });
});

it('a Retry in another process keeps the conversation of the first row, although a rule resolved it', async () => {
	const { workspace } = await openWithContact();
	resolveOnEachMessage(workspace);
	const rows = ['ORD-1', 'ORD-2'].map((order) => ({ ...BUDI, order }));
	workspace.sandbox.faults.add({ kind: 'status', status: 403, method: 'POST', mentions: 'ORD-2' });
	const parameters = templateToPhone(workspace);
	const failed = await workspace.run(parameters, rows);
	expect(failed.status).toBe('error');
	expect(allSent(workspace)).toHaveLength(1);
	continueInAnotherProcess(workspace);

	const again = await retry(workspace, failed, parameters);

	expect(again.status).toBe('success');
	expect(allSent(workspace)).toHaveLength(2);
	expect(conversationsOf(workspace)).toHaveLength(1);
});

it('keeps the conversation of the first row, although its response was lost and a rule resolved it', async () => {
	const { workspace } = await openWithContact({
		deviations: ['late-lists'],
		listDelayMs: 20 * SECOND_MS,
	});
	resolveOnEachMessage(workspace);
	const rows = ['ORD-1', 'ORD-2'].map((order) => ({ ...BUDI, order }));
	workspace.sandbox.faults.add({ kind: 'dropAfter', method: 'POST', path: /messages/ });

	const run = await workspace.run(templateToPhone(workspace), rows, {
		onError: 'continueRegularOutput',
	});

	expect(jsonsOf(run)[0]).toMatchObject({ error: { mayHaveArrived: true } });
	expect(allSent(workspace)).toHaveLength(2);
	expect(conversationsOf(workspace)).toHaveLength(1);
});

it('does not take the conversation of another execution for its own lost one', async () => {
	useRealWaits(5);
	const { workspace, contact } = await openWithContact();
	const channel = workspace.sandbox.store.channelOfType('whatsapp').id;
	const { faults } = workspace.sandbox;
	faults.add({ kind: 'dropBefore', method: 'POST', path: '/conversations' });
	const lost = runItem(workspace, createConversation(contact, channel));
	await wait(300);
	const sent = await runItem(
		workspace,
		templateToPhone(workspace, { reuseOpenConversation: false }),
	);
	const created = await lost;

	expect(sent).toMatchObject({ conversation_created: true });
	expect(created.id).not.toBe(sent.conversation_id);
	expect(created.error).toMatchObject({ mayHaveArrived: true });
});

it('uses a contact that appeared after a failed row with the same number', async () => {
	const workspace = await openWorkspace();
	const { store } = workspace.sandbox;
	workspace.addConversations(1);
	const other = store.addContact({ phone: SITI_E164, created_at: LONG_AGO });
	store.addConversation({ contact: other });
	// Budi writes for the first time while the batch is at work.
	store.notices.on('event', (event) => {
		if (event.name !== 'message.created' || event.message.type !== 'outgoing') return;
		if (event.conversation.contact.id !== other.id) return;
		const contact = store.addContact({
			name: 'Budi',
			phone: '+628127770001',
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

	expect(jsonsOf(run)[0]).toHaveProperty('error');
	expect(contactsOf(workspace).filter(({ phone }) => phone === '+628127770001')).toHaveLength(1);
});

it('two executions that reach one contact by two numbers do not block each other', async () => {
	const workspace = await openWorkspace({ deviations: ['raw-phones'] });
	const { store, faults } = workspace.sandbox;
	const contact = store.addContact({ name: 'Budi', phone: '0812-777-0001', created_at: LONG_AGO });
	store.addConversation({ contact, status: 'snoozed', created_at: LONG_AGO });
	faults.add({ kind: 'slow', delayMs: 1500, method: 'POST', path: '/conversations' });
	const toCreate = templateToPhone(workspace, {
		reuseOpenConversation: false,
		skipIfSentWithin: 24,
	});
	const other = templateToPhone(workspace, {
		defaultCountryCode: '60',
		skipIfSentWithin: 24,
	});
	const cancelWhen = wait(8_000);
	const settings = {};
	const first = workspace.run(toCreate, [BUDI], settings, { cancelWhen });
	await wait(600);
	const second = workspace.run(other, [{ ...BUDI, order: 'ORD-99' }], settings, { cancelWhen });
	const runs = await Promise.all([first, second]);

	expect(runs.map(({ status }) => status)).toEqual(['success', 'success']);
}, 30_000);
