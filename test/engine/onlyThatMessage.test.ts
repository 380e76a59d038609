import type { INode } from 'n8n-workflow';
import { setTimeout as wait } from 'node:timers/promises';

import type { Message } from '../../sandbox/records';
import { HOUR_MS, MINUTE_MS } from '../../sandbox/clock';
import { sahutWorkflow, type FinishedRun } from '../support/engine';
import { dataForRetry, executionThatDied, letPass, retry } from '../support/retryData';
import { letTimePass, waitReally, withTransport, wrongBy } from '../support/transport';
import { sendOnce, skip, skippedOf } from './skipping';
import {
	allSent,
	conversationsOf,
	openChat,
	openWorkspace,
	sendText,
	toPhone,
	until,
	type Workspace,
} from '../support/workspace';

const template = (
	templateId: string,
	values: Record<string, string>,
	more: INode['parameters'] = {},
): INode['parameters'] => ({
	...sendOnce,
	messageType: 'template',
	templateId,
	templateVariables: {
		variable: Object.entries(values).map(([name, value]) => ({ name, value })),
	},
	...more,
});
const dewi = { type: 'agent', id: 'usr_dewi', name: 'Dewi Lestari' } as const;
const say = (w: Workspace, id: string, content: string, sender: Message['sender'] = dewi) =>
	w.sandbox.store.addMessage(id, {
		type: 'outgoing',
		content,
		sender,
		attachments: [],
		created_at: new Date().toISOString(),
	});
const row = { phone: '0812-3456-7890', name: 'Budi' };
/** An hour and a minute pass for this process, and for what Sahut has stored. */
function anHourPasses(workspace: Workspace) {
	letPass(workspace, 61);
	letTimePass(61 * MINUTE_MS);
}
/** Retry with the currently saved workflow, whose node was edited. */
async function retryEdited(w: Workspace, failed: FinishedRun, parameters: INode['parameters']) {
	const executionData = dataForRetry(failed);
	executionData.executionData!.nodeExecutionStack[0]!.node = sahutWorkflow(parameters).nodes[1]!;
	return await w.run(parameters, [], {}, { mode: 'retry', executionData });
}

it('two templates with the same values are two messages, also an hour later', async () => {
	const { workspace, conversation } = await openChat();
	workspace.sandbox.store.addTemplate({ id: 'tmpl_ok', body: 'Pesanan {{order_id}} diterima' });
	workspace.sandbox.store.addTemplate({ id: 'tmpl_paid', body: 'Pesanan {{order_id}} lunas' });
	const accepted = template('tmpl_ok', { order_id: 'ORD-12' });
	const paid = template('tmpl_paid', { order_id: 'ORD-12' });
	await workspace.run(accepted, [{ conversation }]);
	anHourPasses(workspace);
	const run = await workspace.run(paid, [{ conversation }]);
	expect(skippedOf(run)).toEqual(['sent']);
});

it('a name is a name also where the variable is called 1', async () => {
	const { workspace, conversation } = await openChat();
	workspace.sandbox.store.addTemplate({ id: 'tmpl_1', body: 'Halo Kak {{1}}, pesanan dikirim' });
	say(workspace, conversation, 'Halo Budi, ada yang bisa dibantu?');
	const run = await workspace.run(template('tmpl_1', { 1: 'Budi' }), [{ conversation }]);
	expect(skippedOf(run)).toEqual(['sent']);
});

it('a retry that finds an old message does not make it a new one', async () => {
	const { workspace, conversation } = await openChat();
	const rows = [{ conversation, text: 'Halo' }];
	const died = executionThatDied(workspace, sendText, rows);
	workspace.sandbox.store.send(conversation, { content: 'Halo' });
	letPass(workspace, 9);
	await died.retry();
	expect(allSent(workspace)).toEqual(['Halo']);
	// 9 minutes ago, asked for within 6.
	const run = await workspace.run({ ...sendText, ...skip(0.1) }, rows);
	expect(skippedOf(run)).toEqual(['sent']);
});

it('a message that waited for the rate limit is known by when it was sent', async () => {
	const { workspace, conversation } = await openChat();
	const rows = [{ conversation, text: 'Halo' }];
	workspace.sandbox.faults.add({ kind: 'status', status: 429, retryAfter: 6, method: 'POST' });
	await workspace.run(sendOnce, rows);
	letTimePass(1_500);
	// Sent two seconds ago, asked for within five.
	const run = await workspace.run({ ...sendText, ...skip(5 / 3600) }, rows);
	expect(skippedOf(run)).toEqual(['sent_before']);
});

it('a wrong clock of n8n does no harm', async () => {
	const { workspace, conversation } = await openChat();
	const rows = [{ conversation, text: 'Halo' }];
	withTransport({ clock: wrongBy(2 * HOUR_MS) });
	await workspace.run({ ...sendText, ...skip(1) }, rows);
	const run = await workspace.run({ ...sendText, ...skip(1) }, rows);
	expect(skippedOf(run)).toEqual(['sent_before']);
	expect(allSent(workspace)).toEqual(['Halo']);
});

it.each([false, true])(
	'what another execution has sent since a try failed is not sent by the retry (reuse: %s)',
	async (reuse) => {
		const workspace = await openWorkspace();
		const { faults, store } = workspace.sandbox;
		const parameters = toPhone(workspace, { skipIfSentWithin: 24, reuseOpenConversation: reuse });
		faults.add({ kind: 'status', status: 403, method: 'POST', path: /messages/ });
		const failed = await workspace.run(parameters, [row]);
		if (reuse) store.updateConversation(conversationsOf(workspace)[0]!, { status: 'resolved' });
		const second = await workspace.run(parameters, [row]);
		expect(skippedOf(second)).toEqual(['sent']);
		const again = await retry(workspace, failed, parameters);
		expect(allSent(workspace)).toHaveLength(1);
		expect(skippedOf(again)).toEqual(['sent_before']);
	},
);

it('nor by Retry On Fail', async () => {
	const workspace = await openWorkspace();
	const { faults } = workspace.sandbox;
	const parameters = toPhone(workspace, { skipIfSentWithin: 24, reuseOpenConversation: false });
	faults.add({ kind: 'status', status: 403, method: 'POST', path: /messages/ });
	await Promise.all([
		workspace.run(parameters, [row], { retryOnFail: true, maxTries: 2, waitBetweenTries: 1000 }),
		workspace.run(parameters, [row]),
	]);
	expect(allSent(workspace)).toHaveLength(1);
});

it('goes on skipping in a retry what was skipped, by phone number', async () => {
	const workspace = await openWorkspace();
	const { faults, store } = workspace.sandbox;
	const parameters = toPhone(workspace, { skipIfSentWithin: 24, concurrency: 1 });
	await workspace.run(parameters, [row]);
	store.updateConversation(conversationsOf(workspace)[0]!, { status: 'resolved' });
	letPass(workspace, 5);
	faults.add({ kind: 'status', status: 403, method: 'POST', mentions: 'Andi' });
	const andi = { phone: '0812-3456-7892', name: 'Andi' };
	const failed = await workspace.run(parameters, [row, andi]);
	expect(failed.status).toBe('error');
	expect(allSent(workspace)).toHaveLength(1);
	anHourPasses(workspace);
	const again = await retry(workspace, failed, parameters);
	expect(skippedOf(again)).toEqual(['sent_before', 'sent']);
	expect(allSent(workspace).filter((text) => text.includes('Budi'))).toHaveLength(1);
});

/** A template that went into the first conversation and was refused by the second. */
async function sendOneOfTwo(workspace: Workspace) {
	const [a, b] = workspace.addConversations(2);
	const before = template(
		'tmpl_follow_up',
		{ customer_name: 'Budi' },
		{ options: { concurrency: 1 } },
	);
	workspace.refuse(b);
	const failed = await workspace.run(before, [{ conversation: a }, { conversation: b }]);
	const either = { ...before, messageType: 'textOrTemplate', content: 'Dikirim' };
	const retryAsEither = async () => await retryEdited(workspace, failed, either);
	return { a: a!, retryAsEither };
}

it('sent_as says what was sent, when the message type was changed before the retry', async () => {
	const workspace = await openWorkspace();
	const { a, retryAsEither } = await sendOneOfTwo(workspace);
	expect(workspace.sent(a)).toHaveLength(1);
	const again = await retryAsEither();
	const { json } = again.output('Sahut')[0]!;
	expect(json.content).toMatch(/^Halo Kak Budi/);
	expect(json.sent_as).not.toBe('text');
});

it('what was sent comes out as sent, when the type was changed and the conversation cannot be read', async () => {
	const workspace = await openWorkspace();
	const { a, retryAsEither } = await sendOneOfTwo(workspace);
	workspace.sandbox.faults.add({ kind: 'status', status: 403, path: new RegExp(a), method: 'GET' });
	const again = await retryAsEither();
	expect(again.error?.description ?? '').not.toContain('0 of 2 items were sent');
});

it('a retry that cannot read the conversation says that nothing was sent', async () => {
	const workspace = await openWorkspace();
	const { faults } = workspace.sandbox;
	const [a] = workspace.addConversations(1);
	const either = template(
		'tmpl_follow_up',
		{ customer_name: 'Budi' },
		{ messageType: 'textOrTemplate', content: 'Dikirim', options: {} },
	);
	faults.add({ kind: 'status', status: 403, method: 'GET', times: 2 });
	const failed = await workspace.run(either, [{ conversation: a }]);
	expect(failed.error?.description).toContain('nothing was sent');
	const again = await retry(workspace, failed, either);
	expect(again.error?.description).toContain('nothing was sent');
});

it('another item’s template with the same values is not this one', async () => {
	const { workspace, conversation } = await openChat();
	const { store, faults } = workspace.sandbox;
	store.addTemplate({ id: 'tmpl_ok', body: 'Pesanan {{order_id}} diterima' });
	store.addTemplate({ id: 'tmpl_paid', body: 'Pesanan {{order_id}} lunas' });
	const both = { ...template('', { order_id: 'ORD-12' }), templateId: '={{ $json.template }}' };
	faults.add({ kind: 'status', status: 403, method: 'POST', mentions: 'tmpl_paid' });
	const failed = await workspace.run(both, [
		{ conversation, template: 'tmpl_ok' },
		{ conversation, template: 'tmpl_paid' },
	]);
	expect(failed.status).toBe('error');
	anHourPasses(workspace);
	const again = await retry(workspace, failed, both);
	expect(skippedOf(again)).toEqual(['sent', 'sent']);
});

it('of several contacts with one number, one with the tag is enough, however the number is stored', async () => {
	const workspace = await openWorkspace();
	const { store } = workspace.sandbox;
	store.addContact({ phone: '+6281234567890' });
	store.addContact({ phone: '081234567890', tags: ['berhenti'] });
	store.addContact({ phone: '+6281234567890' });
	const run = await workspace.run(toPhone(workspace, { skipContactTags: ['berhenti'] }), [row]);
	expect(skippedOf(run)).toEqual(['contact_tag']);
});

it('an order number is not the beginning of an amount', async () => {
	const { workspace, conversation } = await openChat();
	say(
		workspace,
		conversation,
		'Halo Kak Budi, total belanja Rp 450.000',
		workspace.sandbox.store.bot,
	);
	workspace.sandbox.store.addTemplate({ id: 'tmpl_x', body: 'Kak {{n}}, pesanan {{o}} dikirim' });
	const run = await workspace.run(template('tmpl_x', { n: 'Budi', o: '450' }), [{ conversation }]);
	expect(skippedOf(run)).toEqual(['sent']);
});

it('a text is still one when the customer writes while it waits for its turn', async () => {
	const workspace = await openWorkspace();
	const { store, faults } = workspace.sandbox;
	const { id } = store.addConversation();
	store.addIncoming(id, 'Halo', new Date(Date.now() - 24 * HOUR_MS + MINUTE_MS + 2000));
	faults.add({ kind: 'status', status: 429, retryAfter: 3, method: 'POST' });
	waitReally(10);
	setTimeout(() => store.addIncoming(id, 'Halo?'), 100);
	const { output } = await workspace.run(
		{
			...sendText,
			messageType: 'textOrTemplate',
			content: 'Dikirim',
			templateId: 'tmpl_follow_up',
			templateVariables: { variable: [{ name: 'customer_name', value: 'Budi' }] },
		},
		[{ conversation: id }],
	);
	expect(output('Sahut')[0]!.json.sent_as).toBe('text');
});

it.each([[['berhenti, stop']], [['={{ "berhenti, stop" }}']]])(
	'tags with commas are several, or one: %j',
	async (tags) => {
		const workspace = await openWorkspace();
		workspace.sandbox.store.addContact({ phone: '+6281234567890', tags: ['berhenti'] });
		const run = await workspace.run(toPhone(workspace, { skipContactTags: tags }), [row]);
		expect(skippedOf(run)).toEqual(['contact_tag']);
	},
);

it('an error does not count what was skipped as sent', async () => {
	const workspace = await openWorkspace();
	const [a, b] = workspace.addConversations(2);
	const once = { ...sendText, ...skip(24, { concurrency: 1 }) };
	await workspace.run(once, [{ conversation: a, text: 'Halo' }]);
	workspace.refuse(b);
	const { error } = await workspace.run(once, [
		{ conversation: a, text: 'Halo' },
		{ conversation: b, text: 'Halo' },
	]);
	expect(error?.description).not.toContain('1 of 2 items were sent');
});

it('looking and sending is one step: by conversation and by phone number, Reuse off', async () => {
	const workspace = await openWorkspace({ latencyMs: 30 });
	const { store } = workspace.sandbox;
	const contact = store.addContact({ phone: '+6281234567890', name: 'Budi' });
	const { id } = store.addConversation({ contact });
	store.addIncoming(id, 'Halo');
	const variables = { customer_name: 'Budi' };
	const runs = await Promise.all([
		workspace.run(toPhone(workspace, { skipIfSentWithin: 1, reuseOpenConversation: false }), [row]),
		wait(60).then(
			async () =>
				await workspace.run(template('tmpl_follow_up', variables, skip(1)), [{ conversation: id }]),
		),
	]);
	expect(allSent(workspace)).toHaveLength(1);
	expect(runs.map(({ status }) => status)).toEqual(['success', 'success']);
});

it('what is on its way at this moment is waited for', async () => {
	const workspace = await openWorkspace();
	const { store, faults } = workspace.sandbox;
	const contact = store.addContact({ phone: '+6281234567890', name: 'Budi' });
	const { id } = store.addConversation({ contact });
	store.addIncoming(id, 'Halo');
	await workspace.run(toPhone(workspace, { dryRun: true }), [row]); // the process knows the conversation
	faults.add({ kind: 'slow', delayMs: 1500, method: 'POST', path: new RegExp(id) });
	// shown late
	const sending = workspace.run(template('tmpl_follow_up', { customer_name: 'Budi' }, skip(1)), [
		{ conversation: id },
	]);
	await until(() => workspace.requests().some((each) => each.startsWith('POST')));
	faults.add({
		kind: 'body',
		method: 'GET',
		path: new RegExp(`${id}/messages`),
		body: { data: [], meta: { total: 0, page: 1, per_page: 100, total_pages: 1 } },
	});
	const { error } = await workspace.run(
		toPhone(workspace, { skipIfSentWithin: 1, reuseOpenConversation: false }),
		[row],
	);
	await sending;
	expect(error?.message).toBeUndefined();
});

it('what an agent writes by hand is not a template, also where the API writes in that agent’s name', async () => {
	const workspace = await openWorkspace();
	const { store } = workspace.sandbox;
	Object.assign(store.bot, dewi);
	const [a, b] = workspace.addConversations(2);
	await workspace.run(sendText, [{ conversation: a, text: 'Halo' }]);
	say(workspace, b!, 'Halo Budi, ada yang bisa dibantu?');
	const run = await workspace.run(template('tmpl_follow_up', { customer_name: 'Budi' }), [
		{ conversation: b },
	]);
	expect(skippedOf(run)).toEqual(['sent']);
});

it('a blank value of zero-width characters is refused', async () => {
	const { workspace, conversation } = await openChat();
	const { error } = await workspace.run(
		template('tmpl_follow_up', { customer_name: '\u200b' }, { options: {} }),
		[{ conversation }],
	);
	expect(error?.message).toContain('has no value');
});

it('a message without a time is not sent again in silence', async () => {
	const { workspace, conversation } = await openChat();
	const { faults, store } = workspace.sandbox;
	store.send(conversation, { content: 'Halo' });
	faults.add({
		kind: 'body',
		method: 'GET',
		body: {
			data: [
				{ id: 'msg_1', type: 'outgoing', content: 'Halo', sender: store.bot, attachments: [] },
			],
			meta: { total: 1, page: 1, per_page: 100, total_pages: 1 },
		},
	});
	await workspace.run(sendOnce, [{ conversation, text: 'Halo' }]);
	expect(workspace.sent(conversation)).toEqual(['Halo']);
});

describe('a message in either form', () => {
	const either = (w: Workspace, more: INode['parameters'] = {}) => ({
		...toPhone(w, more),
		messageType: 'textOrTemplate',
		content: 'Dikirim',
	});
	it.each([true, false])(
		'goes once to a new number from three executions (Reuse Open Conversation: %s)',
		async (reuseOpenConversation) => {
			const workspace = await openWorkspace({ latencyMs: 20 });
			const p = either(workspace, { skipIfSentWithin: 1, reuseOpenConversation });
			await Promise.all([1, 2, 3].map(async () => await workspace.run(p, [row, row])));
			expect(allSent(workspace)).toHaveLength(1);
		},
	);
	it('goes once in several retries from the same data', async () => {
		const { workspace, conversation } = await openChat();
		const { store, faults } = workspace.sandbox;
		const p = template(
			'tmpl_follow_up',
			{ customer_name: 'Budi' },
			{ messageType: 'textOrTemplate', content: 'Dikirim', options: {} },
		);
		faults.add({ kind: 'status', status: 403, method: 'POST' });
		const failed = await workspace.run(p, [{ conversation }]);
		for (const m of store.messages(conversation))
			m.created_at = new Date(Date.now() - 25 * HOUR_MS).toISOString();
		await retry(workspace, failed, p);
		store.addIncoming(conversation, 'Halo');
		await retry(workspace, failed, p);
		await Promise.all([retry(workspace, failed, p), retry(workspace, failed, p)]);
		expect(allSent(workspace)).toHaveLength(1);
	});
	it('that was cancelled while it waited for its turn is sent by the next execution', async () => {
		const { workspace, conversation } = await openChat();
		workspace.sandbox.faults.add({ kind: 'slow', delayMs: 1000, method: 'POST' });
		const one = workspace.run(sendText, [{ conversation, text: 'Satu' }]);
		await until(() => workspace.requests().length > 0);
		const two = await workspace.run(
			sendOnce,
			[{ conversation, text: 'Dua' }],
			{},
			{ cancelWhen: wait(100) },
		);
		expect(two.status).toBe('canceled');
		await one;
		expect(allSent(workspace)).toEqual(['Satu']);
		const three = await workspace.run(sendOnce, [{ conversation, text: 'Dua' }]);
		expect(skippedOf(three)).toEqual(['sent']);
	});
	it('goes once with Retry On Fail, when its answer is lost and cannot be looked for', async () => {
		const { workspace, conversation } = await openChat();
		workspace.sandbox.faults.add({ kind: 'dropAfter', method: 'POST' });
		workspace.sandbox.faults.add({ kind: 'status', status: 403, method: 'GET', skip: 1 });
		const p = template(
			'tmpl_follow_up',
			{ customer_name: 'Budi' },
			{ messageType: 'textOrTemplate', content: 'Dikirim', options: { skipIfSentWithin: 1 } },
		);
		const run = await workspace.run(p, [{ conversation }], {
			retryOnFail: true,
			maxTries: 3,
			waitBetweenTries: 100,
		});
		expect(run.status).toBe('success');
		expect(allSent(workspace)).toHaveLength(1);
	});
	it('never waits for ever, when executions cross each other over numbers and conversations', async () => {
		const workspace = await openWorkspace({ latencyMs: 10 });
		const { store, faults } = workspace.sandbox;
		const rows = [0, 1, 2, 3].map((n) => {
			const contact = store.addContact({ phone: `+628123456789${n}` });
			const { id } = store.addConversation({ contact });
			store.addIncoming(id, 'Halo');
			return { phone: `+628123456789${n}`, name: 'Budi', conversation: id, text: 'Halo' };
		});
		faults.add({ kind: 'dropBefore', method: 'POST', times: 3, skip: 1 });
		const on = { onError: 'continueRegularOutput' } as const;
		await Promise.all([
			workspace.run({ ...sendText, options: { concurrency: 1 } }, rows, on),
			workspace.run(
				toPhone(workspace, { concurrency: 1, skipIfSentWithin: 1 }),
				[...rows].reverse(),
				on,
			),
			workspace.run(toPhone(workspace, { concurrency: 2, reuseOpenConversation: false }), rows, on),
		]);
	}, 60_000);
});
