import { setTimeout as wait } from 'node:timers/promises';

import { replaceLists } from '../../../support/replaceLists';
import { writeRequestsOf } from '../../../support/requests';
import {
	allSentTexts,
	contactsOf,
	conversationsOf,
	openConversation,
	openWorkspace,
	sendText,
	toPhone,
	until,
} from '../../../support/workspace';
import { jsonsOf } from '../deliveryFixture';
import { sendTemplateOnce, sendTextOnce, skipReasonsOf, skipWithin } from './skipHelpers';

const followUpOnce = sendTemplateOnce('tmpl_follow_up', { customer_name: 'Budi' }, skipWithin(1));
const ROW = { phone: '0812-3456-7890', name: 'Budi' };

it('Skip If Sent Within sends one message for three concurrent executions', async () => {
	const { workspace, conversation } = await openConversation({ latencyMs: 20 });
	const row = { conversation, text: 'Pesanan sudah dikirim' };

	const runs = await Promise.all(
		[1, 2, 3].map(async () => await workspace.run(sendTextOnce, [row])),
	);

	expect(runs.flatMap(skipReasonsOf).sort()).toEqual(['sent', 'sent_before', 'sent_before']);
	expect(workspace.sent(conversation)).toHaveLength(1);
});

it.each([true, false])(
	'Skip If Sent Within sends one message to a new phone number for three concurrent executions (Reuse Open Conversation: %s)',
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
		expect(allSentTexts(workspace)).toHaveLength(1);
		expect(contactsOf(workspace)).toHaveLength(1);
		expect(conversationsOf(workspace)).toHaveLength(1);
		const ids = {
			contact_id: contactsOf(workspace)[0]!.id,
			conversation_id: conversationsOf(workspace)[0]!.id,
		};
		expect(runs.flatMap(jsonsOf)).toMatchObject([ids, ids, ids]);
	},
);

it.each([true, false])(
	'Skip If Sent Within sends one message in either form for three concurrent executions with two equal items each (Reuse Open Conversation: %s)',
	async (reuseOpenConversation) => {
		const workspace = await openWorkspace({ latencyMs: 20 });
		const parameters = {
			...toPhone(workspace, { skipIfSentWithin: 1, reuseOpenConversation }),
			messageType: 'textOrTemplate',
			content: 'Dikirim',
		};

		const runs = await Promise.all(
			[1, 2, 3].map(async () => await workspace.run(parameters, [ROW, ROW])),
		);

		expect(runs.flatMap(skipReasonsOf).sort()).toEqual([
			'sent',
			...Array<string>(5).fill('sent_before'),
		]);
		expect(allSentTexts(workspace)).toHaveLength(1);
	},
);

/** Opens a workspace in which the customer of {@link ROW} has an open conversation. */
async function openWithConversation() {
	const workspace = await openWorkspace();
	const { store } = workspace.sandbox;
	const contact = store.addContact({ phone: '+6281234567890', name: 'Budi' });
	const { id } = store.addConversation({ contact });
	store.addIncoming(id, 'Halo');
	const toNumber = toPhone(workspace, { skipIfSentWithin: 1, reuseOpenConversation: false });
	return { workspace, id, toNumber };
}

it('Skip If Sent Within finds a message that another execution sent into the conversation after the phone number was looked up', async () => {
	const { workspace, id, toNumber } = await openWithConversation();
	const path = '/conversations';
	workspace.sandbox.faults.add({ kind: 'slow', delayMs: 1_500, method: 'GET', path });
	const byNumber = workspace.run(toNumber, [ROW]);
	await until(() => workspace.requests().includes(`GET ${path}`));

	const byConversation = await workspace.run(followUpOnce, [{ conversation: id }]);

	expect(skipReasonsOf(byConversation)).toEqual(['sent']);
	expect(skipReasonsOf(await byNumber)).toEqual(['sent_before']);
	expect(allSentTexts(workspace)).toHaveLength(1);
});

it('Skip If Sent Within waits for a message that another execution is sending, although the list does not show it yet', async () => {
	const { workspace, id, toNumber } = await openWithConversation();
	const { faults } = workspace.sandbox;
	// The Dry Run caches the conversation.
	await workspace.run(toPhone(workspace, { dryRun: true }), [ROW]);
	faults.add({ kind: 'slow', delayMs: 1_500, method: 'POST', path: new RegExp(id) });
	const sending = workspace.run(followUpOnce, [{ conversation: id }]);
	await until(() => writeRequestsOf(workspace).length > 0);
	replaceLists(workspace, new RegExp(`${id}/messages`), [], 1);

	const waiting = await workspace.run(toNumber, [ROW]);

	expect(skipReasonsOf(await sending)).toEqual(['sent']);
	expect(skipReasonsOf(waiting)).toEqual(['sent_before']);
	expect(allSentTexts(workspace)).toHaveLength(1);
});

it('Skip If Sent Within sends a message after an execution with the same message was canceled while it waited', async () => {
	const { workspace, conversation } = await openConversation();
	const row = { conversation, text: 'Dua' };
	workspace.sandbox.faults.add({ kind: 'slow', delayMs: 1_000, method: 'POST' });
	const first = workspace.run(sendText, [{ conversation, text: 'Satu' }]);
	await until(() => workspace.requests().length > 0);

	const canceled = await workspace.run(sendTextOnce, [row], {}, { cancelWhen: wait(100) });
	await first;

	expect(canceled.status).toBe('canceled');
	expect(allSentTexts(workspace)).toEqual(['Satu']);
	expect(skipReasonsOf(await workspace.run(sendTextOnce, [row]))).toEqual(['sent']);
});
