import { setTimeout as wait } from 'node:timers/promises';

import {
	allSent,
	contactsOf,
	conversationsOf,
	openConversation,
	openWorkspace,
	sendText,
	toPhone,
	until,
} from '../../../support/workspace';
import { sendTemplateOnce, sendTextOnce, skipReasonsOf, skipWithin } from './skipHelpers';

const ROW = { phone: '0812-3456-7890', name: 'Budi' };

it('sends one message for three executions at the same moment', async () => {
	const { workspace, conversation } = await openConversation({ latencyMs: 20 });
	const row = { conversation, text: 'Pesanan sudah dikirim' };

	const runs = await Promise.all(
		[1, 2, 3].map(async () => await workspace.run(sendTextOnce, [row])),
	);

	expect(runs.flatMap(skipReasonsOf).sort()).toEqual(['sent', 'sent_before', 'sent_before']);
	expect(workspace.sent(conversation)).toHaveLength(1);
});

it.each([true, false])(
	'sends one message to a new phone number for three executions at the same moment (Reuse Open Conversation: %s)',
	async (reuseOpenConversation) => {
		const workspace = await openWorkspace({ latencyMs: 20 });
		const parameters = toPhone(workspace, {
			skipIfSentWithin: 1,
			reuseOpenConversation,
		});

		const runs = await Promise.all(
			[1, 2, 3].map(async () => await workspace.run(parameters, [ROW])),
		);

		expect(runs.flatMap(skipReasonsOf).sort()).toEqual(['sent', 'sent_before', 'sent_before']);
		expect(allSent(workspace)).toHaveLength(1);
		expect(contactsOf(workspace)).toHaveLength(1);
		expect(conversationsOf(workspace)).toHaveLength(1);
		for (const { json } of runs.map((run) => run.output('Sahut')[0]!)) {
			expect(json).toMatchObject({
				contact_id: contactsOf(workspace)[0]!.id,
				conversation_id: conversationsOf(workspace)[0]!.id,
			});
		}
	},
);

it.each([true, false])(
	'sends one message in either form to a new phone number for three executions at the same moment (Reuse Open Conversation: %s)',
	async (reuseOpenConversation) => {
		const workspace = await openWorkspace({ latencyMs: 20 });
		const parameters = {
			...toPhone(workspace, { skipIfSentWithin: 1, reuseOpenConversation }),
			messageType: 'textOrTemplate',
			content: 'Dikirim',
		};
		await Promise.all([1, 2, 3].map(async () => await workspace.run(parameters, [ROW, ROW])));
		expect(allSent(workspace)).toHaveLength(1);
	},
);

it('searches and sends in one step when one execution uses the conversation and another the phone number', async () => {
	const workspace = await openWorkspace({ latencyMs: 30 });
	const { store } = workspace.sandbox;
	const contact = store.addContact({ phone: '+6281234567890', name: 'Budi' });
	const { id } = store.addConversation({ contact });
	store.addIncoming(id, 'Halo');
	const variables = { customer_name: 'Budi' };
	const runs = await Promise.all([
		workspace.run(toPhone(workspace, { skipIfSentWithin: 1, reuseOpenConversation: false }), [ROW]),
		wait(60).then(
			async () =>
				await workspace.run(sendTemplateOnce('tmpl_follow_up', variables, skipWithin(1)), [
					{ conversation: id },
				]),
		),
	]);
	expect(allSent(workspace)).toHaveLength(1);
	expect(runs.map(({ status }) => status)).toEqual(['success', 'success']);
});

it('waits for a message that another execution is sending', async () => {
	const workspace = await openWorkspace();
	const { store, faults } = workspace.sandbox;
	const contact = store.addContact({ phone: '+6281234567890', name: 'Budi' });
	const { id } = store.addConversation({ contact });
	store.addIncoming(id, 'Halo');
	await workspace.run(toPhone(workspace, { dryRun: true }), [ROW]); // caches the conversation
	faults.add({ kind: 'slow', delayMs: 1500, method: 'POST', path: new RegExp(id) });
	// The list shows it late.
	const sending = workspace.run(
		sendTemplateOnce('tmpl_follow_up', { customer_name: 'Budi' }, skipWithin(1)),
		[{ conversation: id }],
	);
	await until(() => workspace.requests().some((each) => each.startsWith('POST')));
	faults.add({
		kind: 'body',
		method: 'GET',
		path: new RegExp(`${id}/messages`),
		body: { data: [], meta: { total: 0, page: 1, per_page: 100, total_pages: 1 } },
	});
	const { error } = await workspace.run(
		toPhone(workspace, { skipIfSentWithin: 1, reuseOpenConversation: false }),
		[ROW],
	);
	await sending;
	expect(error?.message).toBeUndefined();
});

it('sends a message in the next execution when the first one was cancelled while it waited', async () => {
	const { workspace, conversation } = await openConversation();
	workspace.sandbox.faults.add({ kind: 'slow', delayMs: 1000, method: 'POST' });
	const one = workspace.run(sendText, [{ conversation, text: 'Satu' }]);
	await until(() => workspace.requests().length > 0);
	const two = await workspace.run(
		sendTextOnce,
		[{ conversation, text: 'Dua' }],
		{},
		{ cancelWhen: wait(100) },
	);
	expect(two.status).toBe('canceled');
	await one;
	expect(allSent(workspace)).toEqual(['Satu']);
	const three = await workspace.run(sendTextOnce, [{ conversation, text: 'Dua' }]);
	expect(skipReasonsOf(three)).toEqual(['sent']);
});
