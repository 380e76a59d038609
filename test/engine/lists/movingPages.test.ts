import { HOUR_MS, MINUTE_MS } from '../../../sandbox/clock';
import type * as RecentWritesModule from '../../../nodes/Sahut/processCache/recentWrites';
import { fromDist } from '../../support/engine';
import { advanceClock } from '../../support/transport';
import { allSent, until } from '../../support/workspace';
import {
	addConversation,
	BUDI,
	LONG_AGO,
	openWithContact,
	runItem,
	SITI,
	templateToPhone,
} from '../delivery/deliveryFixture';
import { now } from '../../support/testClock';

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
	faults.add({ kind: 'slow', delayMs: 300, method: 'GET', path: '/conversations', skip: 1 });
	const lists = () =>
		journal.entries.filter((e) => e.method === 'GET' && e.path === '/conversations').length;
	const running = runItem(workspace, templateToPhone(workspace, { skipIfSentWithin: 24 }));
	await until(() => lists() >= 2);
	await new Promise((r) => setTimeout(r, 100));
	store.addConversation({ status: 'resolved' });
	const json = await running;
	expect(allSent(workspace)).toHaveLength(1);
	expect(json).toMatchObject({ skip_reason: 'sent_before' });
});

it('Send to Phone Number uses a reopened conversation, although its updated_at did not change', async () => {
	const { workspace, contact } = await openWithContact();
	const { store } = workspace.sandbox;
	const a = addConversation(workspace, contact, { hoursAgo: 2 });
	const at = a.updated_at;
	await runItem(workspace, templateToPhone(workspace));
	advanceClock(2 * MINUTE_MS);
	Object.assign(a, { status: 'resolved', updated_at: at });
	await runItem(workspace, templateToPhone(workspace, { dryRun: true }));
	advanceClock(2 * MINUTE_MS);
	store.addIncoming(a.id, 'Halo');
	Object.assign(a, { status: 'open', updated_at: at });
	const json = await runItem(workspace, templateToPhone(workspace), { ...BUDI, order: 'ORD-13' });
	expect(json.conversation_id).toBe(a.id);
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

it('remembers a contact that was found after a lost response by its email as well as its phone number', async () => {
	const { RecentWrites, writeKey } = await fromDist<typeof RecentWritesModule>(
		'processCache/recentWrites',
	);
	const memory = new RecentWrites(10);
	const [phone, email] = [writeKey('contact', 'w', '+62'), writeKey('contact', 'w', 'a@b')];
	for (const key of [phone, email]) memory.begin('api', key, 1_000);
	for (const key of [phone, email]) memory.recordFound('api', key, 'ct_1', 2_000);
	expect([phone, email].map((key) => memory.find(key, 0)[0]?.id)).toEqual(['ct_1', 'ct_1']);
});
