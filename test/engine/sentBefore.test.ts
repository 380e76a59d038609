import type { INode } from 'n8n-workflow';

import { executionThatDied, letPass, retry } from '../support/retryData';
import { waitReally } from '../support/transport';
import { sendOnce, skip, skippedOf } from './skipping';
import {
	allSent,
	contactsOf,
	conversationsOf,
	openChat,
	openWorkspace,
	sendText,
	toPhone,
	until,
	type Workspace,
} from '../support/workspace';

const sendTemplateOnce: INode['parameters'] = {
	...sendOnce,
	messageType: 'template',
	templateId: 'tmpl_invoice_due',
	templateVariables: {
		variable: [
			{ name: 'customer_name', value: 'Budi' },
			{ name: 'order_id', value: '={{ $json.order }}' },
			{ name: 'total', value: 'Rp 450.000' },
		],
	},
};

describe('Skip If Sent Within', () => {
	it('gives out the message that is there, and sends nothing', async () => {
		const { workspace, conversation } = await openChat();
		const row = { conversation, text: 'Pesanan sudah dikirim' };

		const first = await workspace.run(sendOnce, [row]);
		const second = await workspace.run(sendOnce, [{ ...row, text: ' Pesanan  sudah\r\ndikirim' }]);

		const { id } = first.output('Sahut')[0]!.json;
		expect(second.output('Sahut')).toEqual([
			{
				json: expect.objectContaining({ id, skipped: true, skip_reason: 'sent_before' }),
				pairedItem: { item: 0 },
			},
		]);
		expect(workspace.sent(conversation)).toEqual(['Pesanan sudah dikirim']);
	});

	it.each([
		[2, 60, 'sent_before'],
		[0.5, 29, 'sent_before'],
		[0.5, 31, 'sent'],
		[24, 24 * 60 + 1, 'sent'],
	])('of %s hours, %s minutes after the message: %s', async (hours, minutes, reason) => {
		const { workspace, conversation } = await openChat();
		const row = { conversation, text: 'Pesanan sudah dikirim' };
		workspace.sandbox.store.send(conversation, { content: row.text });
		letPass(workspace, minutes);
		workspace.sandbox.store.addIncoming(conversation, 'Halo');

		expect(skippedOf(await workspace.run({ ...sendText, ...skip(hours) }, [row]))).toEqual([
			reason,
		]);
	});

	it('counts what an agent has sent: the same text, or the template by a number in it', async () => {
		const workspace = await openWorkspace();
		const [a, b, c] = workspace.addConversations(3);
		const say = (id: string, content: string) =>
			workspace.sandbox.store.addMessage(id, {
				type: 'outgoing',
				content,
				sender: { type: 'agent', id: 'usr_dewi', name: 'Dewi Lestari' },
				attachments: [],
				created_at: new Date().toISOString(),
			});
		say(a!, 'Pesanan sudah dikirim');
		say(b!, 'Kak Budi, pesanan ORD-12 sebesar Rp 450.000 sudah lunas ya');
		say(c!, 'Halo Budi, ada yang bisa dibantu?');

		const text = await workspace.run(sendOnce, [
			{ conversation: a, text: 'Pesanan sudah dikirim' },
		]);
		const template = await workspace.run(sendTemplateOnce, [{ conversation: b, order: 'ORD-12' }]);
		const nameOnly = await workspace.run(
			{
				...sendTemplateOnce,
				templateId: 'tmpl_follow_up',
				templateVariables: { variable: [{ name: 'customer_name', value: 'Budi' }] },
			},
			[{ conversation: c }],
		);

		expect([text, template, nameOnly].flatMap(skippedOf)).toEqual([
			'sent_before',
			'sent_before',
			'sent',
		]);
	});

	it('takes two templates with the same values for two messages, where they were sent from here', async () => {
		const { workspace, conversation } = await openChat();
		const variable = [
			{ name: 'customer_name', value: 'Budi' },
			{ name: 'order_id', value: 'ORD-12' },
			{ name: 'tracking_number', value: 'JNE 8' },
			{ name: 'total', value: 'Rp 1' },
		];
		const withIt = (templateId: string, values: typeof variable) => ({
			...sendTemplateOnce,
			templateId,
			templateVariables: { variable: values },
		});
		const shipped = withIt('tmpl_order_shipped', variable.slice(0, 3));
		const followUp = withIt('tmpl_follow_up', variable.slice(0, 1));

		const runs = [
			await workspace.run(shipped, [{ conversation }]),
			await workspace.run(followUp, [{ conversation }]),
			await workspace.run(shipped, [{ conversation }]),
			await workspace.run(followUp, [{ conversation }]),
		];

		expect(runs.flatMap(skippedOf)).toEqual(['sent', 'sent', 'sent_before', 'sent_before']);
	});

	it('makes two items with the same message one message', async () => {
		const { workspace, conversation } = await openChat();
		const row = { conversation, text: 'Pesanan sudah dikirim' };

		expect(skippedOf(await workspace.run(sendOnce, [row, row]))).toEqual(['sent', 'sent_before']);
		const run = await workspace.run(
			{ ...toPhone(workspace, skip().options as INode['parameters']), phone: '0812-3456-7890' },
			[{ name: 'Budi' }, { name: 'Budi' }],
		);
		expect(skippedOf(run)).toEqual(['sent', 'sent_before']);
	});

	it('sends one message for three executions at the same moment', async () => {
		const { workspace, conversation } = await openChat({ latencyMs: 20 });
		const row = { conversation, text: 'Pesanan sudah dikirim' };

		const runs = await Promise.all([1, 2, 3].map(async () => await workspace.run(sendOnce, [row])));

		expect(runs.flatMap(skippedOf).sort()).toEqual(['sent', 'sent_before', 'sent_before']);
		expect(workspace.sent(conversation)).toHaveLength(1);
	});

	it.each([true, false])(
		'sends one message for three executions to a number that is new (Reuse Open Conversation: %s)',
		async (reuseOpenConversation) => {
			const workspace = await openWorkspace({ latencyMs: 20 });
			const parameters = toPhone(workspace, {
				skipIfSentWithin: 1,
				reuseOpenConversation,
			});

			const runs = await Promise.all(
				[1, 2, 3].map(
					async () => await workspace.run(parameters, [{ phone: '0812-3456-7890', name: 'Budi' }]),
				),
			);

			expect(runs.flatMap(skippedOf).sort()).toEqual(['sent', 'sent_before', 'sent_before']);
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

	it('finds it in a conversation that was resolved since, and is known', async () => {
		const workspace = await openWorkspace();
		const parameters = toPhone(workspace, { skipIfSentWithin: 1 });
		const row = { phone: '0812-3456-7890', name: 'Budi' };
		await workspace.run(parameters, [row]);
		const [conversation] = conversationsOf(workspace);
		workspace.sandbox.store.updateConversation(conversation!, { status: 'resolved' });

		const again = await workspace.run(parameters, [row]);
		const another = await workspace.run(parameters, [{ ...row, name: 'Siti' }]);

		expect(again.output('Sahut')[0]!.json).toMatchObject({
			skip_reason: 'sent_before',
			conversation_id: conversation!.id,
			conversation_created: false,
		});
		expect(skippedOf(another)).toEqual(['sent']);
		expect(conversationsOf(workspace)).toHaveLength(2);
	});

	it('looks for both forms of a message', async () => {
		const { workspace, conversation } = await openChat();
		const either = {
			...sendTemplateOnce,
			messageType: 'textOrTemplate',
			content: 'Tagihan Kakak jatuh tempo hari ini',
		};
		const row = { conversation, order: 'ORD-12' };
		const asText = await workspace.run(either, [row]);
		letPass(workspace, 25 * 60);
		const again = await workspace.run({ ...either, ...skip(48) }, [row]);

		expect(asText.output('Sahut')[0]!.json.sent_as).toBe('text');
		expect(skippedOf(again)).toEqual(['sent_before']);
	});

	it.each([
		[0, 'It is 0 for this item'],
		[-1, 'It is -1 for this item'],
		['={{ "soon" }}', 'It is "soon" for this item'],
		['={{ "" }}', 'It is nothing for this item'],
		['={{ undefined }}', 'It is nothing for this item'],
		['={{ null }}', 'It is nothing for this item'],
	])('of %j is refused before the first request', async (hours, says) => {
		const { workspace, conversation } = await openChat();

		const { error } = await workspace.run({ ...sendText, ...skip(hours) }, [
			{ conversation, text: 'Halo' },
		]);

		expect(error?.message).toContain('Skip If Sent Within (Hours) must be a number above 0');
		expect(error?.description).toContain(says);
		expect(workspace.requests()).toEqual([]);
	});

	it.each(['template', 'textOrTemplate'])(
		'cannot be used with a template without variables (%s)',
		async (messageType) => {
			const { workspace, conversation } = await openChat();

			const { error } = await workspace.run(
				{ ...sendOnce, messageType, templateId: 'tmpl_opening_hours' },
				[{ conversation, text: 'Halo' }],
			);

			expect(error?.message).toContain('a template without variables');
			expect(workspace.requests()).toEqual([]);
		},
	);

	it('sends nothing when it cannot be found out, and says so', async () => {
		const { workspace, conversation } = await openChat();
		workspace.sandbox.faults.add({ kind: 'status', status: 403, method: 'GET' });

		const { error } = await workspace.run(sendOnce, [{ conversation, text: 'Halo' }]);

		expect(error?.description).toContain(
			'It is not known whether it was sent before: nothing was sent.',
		);
		expect(workspace.sent(conversation)).toEqual([]);
	});

	it('does not guess when another execution has lost the answer a moment ago', async () => {
		const { workspace, conversation } = await openChat();
		const { faults } = workspace.sandbox;
		const row = { conversation, text: 'Halo' };
		faults.add({ kind: 'dropBefore', method: 'POST' });

		const lost = await workspace.run(sendOnce, [row]);
		const { error } = await workspace.run(sendOnce, [row]);

		expect(lost.error?.description).toContain('It may or may not have arrived');
		expect(error?.message).toContain('It is not known whether conversation');
		expect(workspace.sent(conversation)).toEqual([]);
	});

	it('returns what the item itself has sent, when n8n runs the node again', async () => {
		const workspace = await openWorkspace();
		const [a, b] = workspace.addConversations(2);
		const rows = [
			{ conversation: a, text: 'Halo' },
			{ conversation: b, text: 'Halo' },
		];
		workspace.refuse(b);

		const failed = await workspace.run(sendOnce, rows);
		const again = await retry(workspace, failed, sendOnce);

		expect(skippedOf(again)).toEqual(['sent', 'sent']);
		expect(allSent(workspace)).toEqual(['Halo', 'Halo']);
	});

	it('goes on skipping in a retry what was skipped, also when the time is over', async () => {
		const workspace = await openWorkspace();
		const { store } = workspace.sandbox;
		const [a, b] = workspace.addConversations(2);
		await workspace.run(sendOnce, [{ conversation: a, text: 'Halo' }]);
		const rows = [
			{ conversation: a, text: 'Halo' },
			{ conversation: b, text: 'Halo' },
		];
		workspace.refuse(b);

		const failed = await workspace.run(sendOnce, rows);
		letPass(workspace, 25 * 60);
		for (const id of [a!, b!]) store.addIncoming(id, 'Halo');
		const again = await retry(workspace, failed, sendOnce);

		expect(skippedOf(again)).toEqual(['sent_before', 'sent']);
		expect(allSent(workspace)).toEqual(['Halo', 'Halo']);
	});

	it('completes a batch that broke off, when it is started anew', async () => {
		const workspace = await openWorkspace();
		const rows = workspace
			.addConversations(10)
			.map((conversation, index) => ({ conversation, text: `Pesanan ${index}` }));
		await workspace.run(sendOnce, rows.slice(0, 6));

		const anew = await workspace.run(sendOnce, rows);

		expect(skippedOf(anew)).toEqual([
			...Array<string>(6).fill('sent_before'),
			...Array<string>(4).fill('sent'),
		]);
		expect(allSent(workspace).sort()).toEqual(rows.map(({ text }) => text).sort());
	});

	it('says in a Dry Run what would be skipped', async () => {
		const { workspace, conversation } = await openChat();
		const row = { conversation, text: 'Halo' };
		await workspace.run(sendOnce, [row]);

		const { output } = await workspace.run({ ...sendText, ...skip(24, { dryRun: true }) }, [
			row,
			{ conversation, text: 'Sampai jumpa' },
		]);

		expect(output('Sahut').map(({ json }) => json)).toMatchObject([
			{ dryRun: true, skipped: true, skip_reason: 'sent_before' },
			{ dryRun: true, request: { body: { content: 'Sampai jumpa' } } },
		]);
	});

	it('finds an internal note that was sent from here; which others are notes, lists do not say', async () => {
		const { workspace, conversation } = await openChat();
		const note = { ...sendText, ...skip(24, { private: true }) };
		const row = { conversation, text: 'Cek stok' };
		await workspace.run(note, [row]);

		const again = await workspace.run(note, [row]);

		expect(skippedOf(again)).toEqual(['sent_before']);
		workspace.sandbox.store.send(conversation, { content: 'Cek harga', private: true });
		const { error } = await workspace.run(note, [{ conversation, text: 'Cek harga' }]);
		expect(error?.message).toContain('Sahut does not say whether that is a note');
		expect(workspace.sent(conversation)).toEqual(['Cek stok', 'Cek harga']);
	});

	it('of an execution that died and is retried sends the rest once', async () => {
		const { workspace, conversation } = await openChat();
		const died = executionThatDied(workspace, sendOnce, [{ conversation, text: 'Halo' }]);
		await died.run();
		await died.retry();

		expect(workspace.sent(conversation)).toEqual(['Halo']);
	});
});

describe('Skip Contacts With Tags', () => {
	const row = { phone: '0812-3456-7890', name: 'Budi' };
	const toAllBut = (workspace: Workspace, tags: unknown, more: INode['parameters'] = {}) =>
		toPhone(workspace, { skipContactTags: tags as string[], ...more });

	it.each([[['Berhenti']], [['vip', ' BERHENTI ']], ['={{ ["berhenti"] }}']])(
		'%j: who has one of them is not written to',
		async (tags) => {
			const workspace = await openWorkspace();
			const contact = workspace.sandbox.store.addContact({
				phone: '+6281234567890',
				tags: ['pelanggan', 'berhenti'],
			});

			const { output } = await workspace.run(toAllBut(workspace, tags), [
				row,
				{ phone: '0812-3456-7891', name: 'Siti' },
			]);

			expect(output('Sahut')[0]!.json).toEqual({
				skipped: true,
				skip_reason: 'contact_tag',
				contact_id: contact.id,
				tag: 'berhenti',
			});
			expect(output('Sahut')[1]!.json).toMatchObject({ type: 'outgoing' });
			expect(allSent(workspace)).toHaveLength(1);
		},
	);

	it('costs no request', async () => {
		const workspace = await openWorkspace();
		await workspace.run(toAllBut(workspace, ['berhenti']), [row]);
		expect(workspace.requests()).toHaveLength(5);
	});

	it('counts the tags of now, when n8n runs the node again', async () => {
		const workspace = await openWorkspace();
		const { store, faults } = workspace.sandbox;
		const parameters = toAllBut(workspace, ['berhenti']);
		faults.add({ kind: 'status', status: 403, method: 'POST', path: /messages/ });
		const failed = await workspace.run(parameters, [row]);
		store.updateContact(contactsOf(workspace)[0]!, { tags: ['berhenti'] });

		const { output } = await retry(workspace, failed, parameters);

		expect(output('Sahut')[0]!.json).toMatchObject({ skip_reason: 'contact_tag' });
		expect(allSent(workspace)).toEqual([]);
	});

	it('leaves what was sent as it is, also for who has the tag by now', async () => {
		const workspace = await openWorkspace();
		const { store, faults } = workspace.sandbox;
		const parameters = toAllBut(workspace, ['berhenti']);
		faults.add({ kind: 'status', status: 403, method: 'POST', mentions: 'Siti' });
		const rows = [row, { phone: '0812-3456-7891', name: 'Siti' }];
		const failed = await workspace.run(parameters, rows);
		store.updateContact(contactsOf(workspace)[0]!, { tags: ['berhenti'] });

		const { output } = await retry(workspace, failed, parameters);

		expect(output('Sahut').map(({ json }) => json.type)).toEqual(['outgoing', 'outgoing']);
		expect(allSent(workspace)).toHaveLength(2);
	});

	it.each([[['={{ $json.none }}']], ['={{ undefined }}'], [['']]])(
		'%j, which gives no tag, is refused before the first request',
		async (tags) => {
			const workspace = await openWorkspace();
			const { error } = await workspace.run(toAllBut(workspace, tags), [row]);
			expect(error?.message).toContain('Skip Contacts With Tags has no tag');
			expect(workspace.requests()).toEqual([]);
		},
	);

	it('works in a Dry Run too', async () => {
		const workspace = await openWorkspace();
		workspace.sandbox.store.addContact({ phone: '+6281234567890', tags: ['berhenti'] });
		const { output } = await workspace.run(toAllBut(workspace, ['berhenti'], { dryRun: true }), [
			row,
		]);
		expect(output('Sahut')[0]!.json).toMatchObject({ dryRun: true, skip_reason: 'contact_tag' });
	});
});

it('the look for a message whose answer was lost goes on for some seconds', async () => {
	// Sahut has it, and shows it two seconds later.
	const { workspace, conversation } = await openChat({ deviations: ['late-lists'] });
	workspace.sandbox.faults.add({ kind: 'dropAfter', method: 'POST' });

	const { status, output } = await workspace.run(sendText, [{ conversation, text: 'Halo' }]);

	expect(status).toBe('success');
	expect(output('Sahut')[0]!.json).toMatchObject({ content: 'Halo' });
	expect(workspace.sent(conversation)).toEqual(['Halo']);
});

it('the look for a lost message holds up no other lane', async () => {
	const workspace = await openWorkspace();
	const { faults, journal } = workspace.sandbox;
	const [lost, other] = workspace.addConversations(2);
	faults.add({ kind: 'dropBefore', method: 'POST', path: new RegExp(lost!) });

	await workspace.run(
		{ ...sendText, options: { concurrency: 1 } },
		[
			{ conversation: lost, text: 'Halo' },
			{ conversation: other, text: 'Halo' },
		],
		{ onError: 'continueRegularOutput' },
	);

	const paths = journal.entries.map(({ method, path }) => `${method} ${path}`);
	const sentToOther = paths.indexOf(`POST /conversations/${other}/messages`);
	expect(paths.lastIndexOf(`GET /conversations/${lost}/messages`)).toBeGreaterThan(sentToOther);
	expect(workspace.sent(other!)).toEqual(['Halo']);
});

it('the look for a lost message ends at once when the execution is cancelled', async () => {
	const { workspace, conversation } = await openChat();
	const { faults } = workspace.sandbox;
	faults.add({ kind: 'dropBefore', method: 'POST' });
	waitReally();
	const looks = () => workspace.requests().filter((request) => request.startsWith('GET'));
	const { status } = await workspace.run(
		sendText,
		[{ conversation, text: 'Halo' }],
		{},
		{ cancelWhen: until(() => looks().length > 0) },
	);

	expect(status).toBe('canceled');
	expect(looks()).toHaveLength(1);
});
