import { HOUR_MS, MINUTE_MS } from '../../../sandbox/clock';
import { advanceClock, now, useRealWaits } from '../../support/testClock';
import { overrideTransport } from '../../support/transport';
import { allSentTexts, until } from '../../support/workspace';
import {
	addConversation,
	BUDI,
	LONG_AGO,
	openWithContact,
	runItem,
	SITI,
	templateToPhone,
} from '../delivery/deliveryFixture';

it('Skip If Sent Within does not miss a message in a conversation that moves to another page', async () => {
	const { workspace, contact } = await openWithContact();
	const { store, faults, journal } = workspace.sandbox;
	store.conversationOrder = 'created';
	const old = { status: 'resolved', spacingMs: 1_000 } as const;
	store.addConversations(60, { ...old, until: new Date(now() - 5 * HOUR_MS) });
	// It becomes the last conversation of page 2.
	const theirs = store.addConversation({
		contact,
		created_at: new Date(now() - 4 * HOUR_MS).toISOString().replace(/\.\d+/, ''),
	});
	store.send(theirs.id, {
		template_id: 'tmpl_order_shipped',
		template_variables: { customer_name: 'Budi', order_id: 'ORD-12', tracking_number: 'JNE8001' },
	});
	theirs.status = 'resolved';
	store.addConversations(199, { ...old, until: new Date(now() - HOUR_MS) });
	// Page 2 is read again after the wait, when the conversation has moved to page 3, which was read before.
	faults.add({ kind: 'status', status: 503, method: 'GET', path: '/conversations', skip: 2 });
	useRealWaits();
	overrideTransport({ random: () => 1 });
	const lists = () => journal.entries.filter(({ path }) => path === '/conversations');

	const running = runItem(workspace, templateToPhone(workspace, { skipIfSentWithin: 24 }));
	await until(() => lists().filter(({ status }) => status !== undefined).length === 3);
	store.addConversation({ status: 'resolved' });
	const json = await running;

	const firstLists = lists().slice(0, 3);
	expect(firstLists.map(({ query, status }) => [query.page, status])).toEqual([
		['1', 200],
		['3', 200],
		['2', 503],
	]);
	expect(json).toMatchObject({ skip_reason: 'sent_before' });
	expect(allSentTexts(workspace)).toHaveLength(1);
});

it('Send to Phone Number uses a reopened conversation, although its updated_at did not change', async () => {
	const { workspace, contact } = await openWithContact();
	const { store } = workspace.sandbox;
	const conversation = addConversation(workspace, contact, { hoursAgo: 2 });
	const { updated_at } = conversation;
	await runItem(workspace, templateToPhone(workspace));
	advanceClock(2 * MINUTE_MS);
	Object.assign(conversation, { status: 'resolved', updated_at });
	await runItem(workspace, templateToPhone(workspace, { dryRun: true }));
	advanceClock(2 * MINUTE_MS);
	store.addIncoming(conversation.id, 'Halo');
	Object.assign(conversation, { status: 'open', updated_at });

	const json = await runItem(workspace, templateToPhone(workspace), { ...BUDI, order: 'ORD-13' });

	expect(json.conversation_id).toBe(conversation.id);
});

it('Send to Phone Number finds a reopened conversation, although a row of the list lacks created_at', async () => {
	const { workspace, contact } = await openWithContact();
	const { store, faults } = workspace.sandbox;
	store.conversationOrder = 'created';
	const theirs = store.addConversation({ contact, status: 'resolved', created_at: LONG_AGO });
	const others = store.addConversations(150, { status: 'resolved' });
	const data = others
		.toReversed()
		.slice(0, 100)
		.map((each, at) => {
			return { ...each, team_id: undefined, ...(at === 50 && { created_at: undefined }) };
		});
	const body = { data, meta: { total: 151, page: 1, per_page: 100, total_pages: 2 } };
	faults.add({ kind: 'body', method: 'GET', path: '/conversations', body });
	await runItem(workspace, templateToPhone(workspace), {
		...SITI,
		phone: others[0]!.contact.phone!,
	});
	advanceClock(5 * MINUTE_MS);
	store.updateConversation(theirs, { status: 'open' });
	store.addIncoming(theirs.id, 'Halo');
	advanceClock(5 * MINUTE_MS);

	const json = await runItem(workspace, templateToPhone(workspace));

	expect(json.error).toBeUndefined();
	expect(json.conversation_id).toBe(theirs.id);
});
