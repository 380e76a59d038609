import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../../../sandbox/clock';
import { advanceClock } from '../../../support/transport';
import { byId } from '../../../support/locator';
import { crashedExecution } from '../../../support/retryData';
import {
	allSent,
	contactsOf,
	conversationsOf,
	openWorkspace,
	sendText,
} from '../../../support/workspace';
import {
	addConversation,
	BUDI,
	openWithContact,
	runItem,
	templateToPhone,
	textOrTemplateToPhone,
	textToPhone,
} from '../deliveryFixture';

const EMPTY = { data: [], meta: { total: 0, page: 1, per_page: 100, total_pages: 0 } };

it('a text with Reuse Open Conversation off creates nothing for a customer who has been silent for three days', async () => {
	const { workspace, contact } = await openWithContact();
	addConversation(workspace, contact, { hoursAgo: 72 });
	const json = await runItem(workspace, textToPhone(workspace, { reuseOpenConversation: false }));
	expect(conversationsOf(workspace)).toHaveLength(1);
	expect(json.error?.message).toMatch(/has not written within the last 24 hours/);
});

it('Text or Template with Reuse Open Conversation off costs the same for each row of a number', async () => {
	const { workspace, contact } = await openWithContact();
	addConversation(workspace, contact, { hoursAgo: 72 });
	const rows = (n: number) =>
		Array.from({ length: n }, (_, i) => ({ ...BUDI, text: `T ${i}`, order: `ORD-${i}` }));
	const p = textOrTemplateToPhone(workspace, { reuseOpenConversation: false });
	await workspace.run(p, rows(1));
	const before = workspace.requests().length;
	await workspace.run(p, rows(5));
	const five = workspace.requests().length - before;
	await workspace.run(p, rows(20));
	const twenty = workspace.requests().length - before - five;
	expect(twenty / 20).toBeLessThanOrEqual(five / 5 + 1);
});

it('does not use a snoozed conversation that was resolved, although lists show its former state', async () => {
	const { workspace, contact } = await openWithContact({
		deviations: ['stale-lists'],
		listDelayMs: 20 * SECOND_MS,
	});
	const { store } = workspace.sandbox;
	const snoozed = addConversation(workspace, contact, { status: 'snoozed', hoursAgo: 72 });
	advanceClock(MINUTE_MS);
	store.updateConversation(snoozed, { status: 'resolved' });
	const json = await runItem(workspace, templateToPhone(workspace));
	expect(json.error).toBeUndefined();
	expect(json.conversation_id).not.toBe(snoozed.id);
});

it.each(['textOrTemplate', 'text'])(
	'sends a %s into the one of two open conversations in which the customer has just written',
	async (type) => {
		const { workspace, contact } = await openWithContact();
		const { store } = workspace.sandbox;
		const b = addConversation(workspace, contact, { hoursAgo: 80 });
		const a = addConversation(workspace, contact, { hoursAgo: 72 });
		await runItem(workspace, templateToPhone(workspace));
		expect(workspace.sent(a.id)).toHaveLength(1);
		advanceClock(HOUR_MS);
		store.addIncoming(b.id, 'Halo');
		advanceClock(MINUTE_MS);
		const p = type === 'text' ? textToPhone(workspace) : textOrTemplateToPhone(workspace);
		const json = await runItem(workspace, p, { ...BUDI, text: 'Ini ORD-13', order: 'ORD-13' });
		expect(json.error).toBeUndefined();
		expect(json.conversation_id).toBe(b.id);
	},
);

it('Skip If Sent Within finds a message in another conversation than the one that Conversation: Update has shown', async () => {
	const { workspace, contact } = await openWithContact();
	const a = addConversation(workspace, contact, { hoursAgo: 2 });
	const b = addConversation(workspace, contact, { hoursAgo: 1 });
	await workspace.run(sendText, [{ conversation: a.id, text: BUDI.text }]);
	await workspace.run({
		resource: 'conversation',
		operation: 'update',
		conversationId: byId(b.id),
		updateFields: { labels: ['vip'] },
	});
	const json = await runItem(workspace, textToPhone(workspace, { skipIfSentWithin: 24 }));
	expect(allSent(workspace)).toHaveLength(1);
	expect(json.skip_reason).toBe('sent_before');
});

it('sends to a contact and a conversation that both turned out to exist', async () => {
	const { workspace, contact } = await openWithContact({
		deviations: ['unique-phones', 'existing-conversations'],
	});
	addConversation(workspace, contact, { status: 'resolved', hoursAgo: 72 });
	workspace.sandbox.faults.add({
		kind: 'body',
		method: 'GET',
		path: '/contacts',
		times: 2,
		body: EMPTY,
	});
	const json = await runItem(workspace, templateToPhone(workspace));
	expect(json.error).toBeUndefined();
	expect(allSent(workspace)).toHaveLength(1);
});

it('Skip Contacts With Tags reads a contact that turned out to exist, if its list row lacks the tags', async () => {
	const { workspace, contact } = await openWithContact({ deviations: ['unique-phones'] });
	contact.tags = ['berhenti'];
	const { faults } = workspace.sandbox;
	faults.add({ kind: 'body', method: 'GET', path: '/contacts', times: 2, body: EMPTY });
	const row = { ...contact, tags: undefined };
	faults.add({
		kind: 'body',
		method: 'GET',
		path: '/contacts',
		times: Infinity,
		body: { data: [row], meta: { total: 1, page: 1, per_page: 100, total_pages: 1 } },
	});
	const json = await runItem(
		workspace,
		templateToPhone(workspace, { skipContactTags: ['berhenti'] }),
	);
	expect(allSent(workspace)).toHaveLength(0);
	expect(json.skip_reason).toBe('contact_tag');
});

it.each([
	['objects', [{ id: 1, name: 'berhenti' }]],
	['an object by name', { berhenti: true }],
	['a text', 'berhenti, vip'],
])('Skip Contacts With Tags: tags as %s: not sent, and the error says why', async (_, tags) => {
	const { workspace, contact } = await openWithContact();
	const { faults } = workspace.sandbox;
	faults.add({
		kind: 'body',
		method: 'GET',
		path: '/contacts',
		times: Infinity,
		body: {
			data: [{ ...contact, tags }],
			meta: { total: 1, page: 1, per_page: 100, total_pages: 1 },
		},
	});
	faults.add({
		kind: 'body',
		method: 'GET',
		path: `/contacts/${contact.id}`,
		times: Infinity,
		body: { data: { ...contact, tags } },
	});
	const json = await runItem(
		workspace,
		templateToPhone(workspace, { skipContactTags: ['berhenti'] }),
	);
	expect(allSent(workspace)).toHaveLength(0);
	expect(json.error?.message ?? 'none').not.toMatch(/is not a function|undefined/);
});

it('the advice for a 429 does not claim that nothing was done if a contact was created', async () => {
	const workspace = await openWorkspace();
	workspace.sandbox.faults.add({
		kind: 'status',
		status: 429,
		retryAfter: 300,
		method: 'POST',
		path: /messages$/,
	});
	const json = await runItem(workspace, templateToPhone(workspace));
	expect(contactsOf(workspace)).toHaveLength(1);
	expect(conversationsOf(workspace)).toHaveLength(1);
	expect(json.error?.reason).toBe('rate_limited');
	expect(json.error?.advice).not.toMatch(/Nothing was done/);
});

it('a Retry that cannot read the conversation of a template does not mention the 24-hour window', async () => {
	const { workspace, contact } = await openWithContact();
	addConversation(workspace, contact, { hoursAgo: 1 });
	const execution = crashedExecution(workspace, templateToPhone(workspace), [BUDI]);
	await execution.run();
	workspace.sandbox.faults.add({
		kind: 'status',
		status: 500,
		method: 'GET',
		path: /messages$/,
		times: Infinity,
	});
	const run = await execution.retry();
	expect(String(run.error?.description)).not.toMatch(/24 hours/);
	expect(String(run.error?.description)).toMatch(/Nothing was sent in this try, because/);
});

it('a Retry with Skip If Sent Within reports an unknown outcome if an earlier try may have sent the message', async () => {
	const { workspace, contact } = await openWithContact();
	const { id } = addConversation(workspace, contact, { hoursAgo: 1 });
	const p = { ...textToPhone(workspace, { skipIfSentWithin: 24 }) };
	const workflow = crashedExecution(workspace, p, [BUDI]);
	workspace.sandbox.store.addMessages(id, 1_200, { spacingMs: 100 });
	const run = await workflow.retry();
	expect(run.status).toBe('error');
	expect((run.error as { context?: object }).context).toMatchObject({
		reason: 'unknown_outcome',
		mayHaveArrived: true,
	});
});
