import type { INode } from 'n8n-workflow';

import { MINUTE_MS } from '../../../../sandbox/clock';
import { ageRecords, retry } from '../../../support/retryData';
import { advanceClock, now } from '../../../support/testClock';
import {
	openConversation,
	openWorkspace,
	sendText,
	type Workspace,
} from '../../../support/workspace';
import { addOutgoing, AGENT } from '../outgoingMessages';
import { sendTemplateOnce, sendTextOnce, skipReasonsOf } from '../acrossExecutions/skipHelpers';

/** Advances the clock by an hour and a minute, and makes all records as much older. */
function passOneHour(workspace: Workspace) {
	ageRecords(workspace, 61);
	advanceClock(61 * MINUTE_MS);
}

describe('Skip If Sent Within', () => {
	it('treats two templates with the same values as two messages, even an hour later', async () => {
		const { workspace, conversation } = await openConversation();
		workspace.sandbox.store.addTemplate({ id: 'tmpl_ok', body: 'Pesanan {{order_id}} diterima' });
		workspace.sandbox.store.addTemplate({ id: 'tmpl_paid', body: 'Pesanan {{order_id}} lunas' });
		const accepted = sendTemplateOnce('tmpl_ok', { order_id: 'ORD-12' });
		const paid = sendTemplateOnce('tmpl_paid', { order_id: 'ORD-12' });
		await workspace.run(accepted, [{ conversation }]);
		passOneHour(workspace);

		const run = await workspace.run(paid, [{ conversation }]);

		expect(skipReasonsOf(run)).toEqual(['sent']);
	});

	it('distinguishes templates with the same values that this process has sent', async () => {
		const { workspace, conversation } = await openConversation();
		const shipped = sendTemplateOnce('tmpl_order_shipped', {
			customer_name: 'Budi',
			order_id: 'ORD-12',
			tracking_number: 'JNE 8',
		});
		const followUp = sendTemplateOnce('tmpl_follow_up', { customer_name: 'Budi' });

		const runs = [
			await workspace.run(shipped, [{ conversation }]),
			await workspace.run(followUp, [{ conversation }]),
			await workspace.run(shipped, [{ conversation }]),
			await workspace.run(followUp, [{ conversation }]),
		];

		expect(runs.flatMap(skipReasonsOf)).toEqual(['sent', 'sent', 'sent_before', 'sent_before']);
	});

	it('does not match the template of another item with the same values', async () => {
		const { workspace, conversation } = await openConversation();
		const { store, faults } = workspace.sandbox;
		store.addTemplate({ id: 'tmpl_ok', body: 'Pesanan {{order_id}} diterima' });
		store.addTemplate({ id: 'tmpl_paid', body: 'Pesanan {{order_id}} lunas' });
		const both = {
			...sendTemplateOnce('', { order_id: 'ORD-12' }),
			templateId: '={{ $json.template }}',
		};
		faults.add({ kind: 'status', status: 403, method: 'POST', bodyContains: 'tmpl_paid' });
		const failed = await workspace.run(both, [
			{ conversation, template: 'tmpl_ok' },
			{ conversation, template: 'tmpl_paid' },
		]);
		expect(failed.status).toBe('error');
		passOneHour(workspace);

		const again = await retry(workspace, failed, both);

		expect(skipReasonsOf(again)).toEqual(['sent', 'sent']);
	});

	it('does not match a template by a name in a variable called "1"', async () => {
		const { workspace, conversation } = await openConversation();
		workspace.sandbox.store.addTemplate({ id: 'tmpl_1', body: 'Halo Kak {{1}}, pesanan dikirim' });
		addOutgoing(workspace, conversation, 'Halo Budi, ada yang bisa dibantu?');

		const run = await workspace.run(sendTemplateOnce('tmpl_1', { 1: 'Budi' }), [{ conversation }]);

		expect(skipReasonsOf(run)).toEqual(['sent']);
	});

	it('does not match an order number with the beginning of an amount', async () => {
		const { workspace, conversation } = await openConversation();
		addOutgoing(workspace, conversation, 'Halo Kak Budi, total belanja Rp 450.000', {
			sender: workspace.sandbox.store.bot,
		});
		workspace.sandbox.store.addTemplate({ id: 'tmpl_x', body: 'Kak {{n}}, pesanan {{o}} dikirim' });

		const run = await workspace.run(sendTemplateOnce('tmpl_x', { n: 'Budi', o: '450' }), [
			{ conversation },
		]);

		expect(skipReasonsOf(run)).toEqual(['sent']);
	});

	it('matches a text that an agent sent, and a template by a number in it, but not by a name alone', async () => {
		const workspace = await openWorkspace();
		const [a, b, c] = workspace.addConversations(3);
		addOutgoing(workspace, a!, 'Pesanan sudah dikirim');
		addOutgoing(workspace, b!, 'Kak Budi, pesanan ORD-12 sebesar Rp 450.000 sudah lunas ya');
		addOutgoing(workspace, c!, 'Halo Budi, ada yang bisa dibantu?');

		const text = await workspace.run(sendTextOnce, [
			{ conversation: a, text: 'Pesanan sudah dikirim' },
		]);
		const template = await workspace.run(
			sendTemplateOnce('tmpl_invoice_due', {
				customer_name: 'Budi',
				order_id: '={{ $json.order }}',
				total: 'Rp 450.000',
			}),
			[{ conversation: b, order: 'ORD-12' }],
		);
		const nameOnly = await workspace.run(
			sendTemplateOnce('tmpl_follow_up', { customer_name: 'Budi' }),
			[{ conversation: c }],
		);

		expect([text, template, nameOnly].flatMap(skipReasonsOf)).toEqual([
			'sent_before',
			'sent_before',
			'sent',
		]);
	});

	it('does not match a template with a text that an agent wrote by hand, even if the API sends as that agent', async () => {
		const workspace = await openWorkspace();
		const { store } = workspace.sandbox;
		Object.assign(store.bot, AGENT);
		const [a, b] = workspace.addConversations(2);
		await workspace.run(sendText, [{ conversation: a, text: 'Halo' }]);
		addOutgoing(workspace, b!, 'Halo Budi, ada yang bisa dibantu?');

		const run = await workspace.run(sendTemplateOnce('tmpl_follow_up', { customer_name: 'Budi' }), [
			{ conversation: b },
		]);

		expect(skipReasonsOf(run)).toEqual(['sent']);
	});

	it('does not resend a message that the list shows without a time', async () => {
		const { workspace, conversation } = await openConversation();
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

		const run = await workspace.run(sendTextOnce, [{ conversation, text: 'Halo' }]);

		expect(run.error?.context).toMatchObject({ reason: 'ambiguous' });
		expect(workspace.sent(conversation)).toEqual(['Halo']);
	});
});

describe('a Retry of a template without variables', () => {
	const template = {
		...sendText,
		messageType: 'template',
		templateId: 'tmpl_thanks',
		options: { concurrency: 1 },
	};

	it('sends it once if the same execution is retried three times', async () => {
		const workspace = await openWorkspace();
		workspace.sandbox.store.addTemplate({ id: 'tmpl_thanks', body: 'Terima kasih, Kak.' });
		const conversations = workspace.addConversations(3);
		const rows = conversations.map((conversation) => ({ conversation }));
		workspace.rejectMessages(conversations[0]);
		const failed = await workspace.run(template, rows);
		expect(failed.status).toBe('error');

		const statuses = [];
		for (let time = 1; time <= 3; time++) {
			statuses.push((await retry(workspace, failed, template)).status);
		}

		expect(statuses).toEqual(['success', 'success', 'success']);
		expect(conversations.map((id) => workspace.sent(id).length)).toEqual([1, 1, 1]);
	});

	it('sends it if a bot wrote before the execution began and an agent wrote after it', async () => {
		const { workspace, conversation } = await openConversation();
		const { store, faults } = workspace.sandbox;
		store.addTemplate({ id: 'tmpl_thanks', body: 'Terima kasih, Kak.' });
		addOutgoing(workspace, conversation, 'Kami buka jam 9.', {
			sender: store.bot,
			at: new Date(now() - MINUTE_MS),
		});
		faults.add({ kind: 'status', status: 422, method: 'POST' });
		const failed = await workspace.run(template, [{ conversation }]);
		addOutgoing(workspace, conversation, 'Sebentar ya, Kak.', {
			sender: { type: 'agent', ...store.addAgent() },
		});

		await retry(workspace, failed, template);

		expect(workspace.sent(conversation)).toContain('Terima kasih, Kak.');
	});
});

describe('a Retry of a template with variables', () => {
	const sendFollowUp = {
		...sendText,
		messageType: 'template',
		templateId: 'tmpl_follow_up',
		templateVariables: { variable: [{ name: 'customer_name', value: 'Ani' }] },
	};

	/** Retries a failed execution after a message, and returns the number of messages and the item's text. */
	async function retryAfter(
		text: string,
		senderType: 'agent' | 'bot',
		overrides: INode['parameters'] = {},
	) {
		const parameters = { ...sendFollowUp, ...overrides };
		const { workspace, conversation } = await openConversation();
		const { faults } = workspace.sandbox;
		faults.add({ kind: 'status', status: 422, method: 'POST' });
		const failed = await workspace.run(parameters, [{ conversation }]);
		addOutgoing(workspace, conversation, text, {
			sender: { type: senderType, id: 'usr_1', name: 'Dewi' },
		});
		const { output } = await retry(workspace, failed, parameters);
		const { content } = output('Sahut')[0]!.json;
		return { sent: workspace.sent(conversation).length, content };
	}

	it.each([
		['an agent wrote the same words', 'Selamat pagi Kak Ani', 'agent'],
		['the value is a part of another word', 'Selamat pagi Kak Anita', 'bot'],
	] as const)('sends it when %s', async (_, text, sender) => {
		const { sent, content } = await retryAfter(text, sender);

		expect(sent).toBe(2);
		expect(content).toContain('Halo Kak Ani');
	});

	it('finds it in a bot’s message that contains a distinctive value', async () => {
		const withOrder = { variable: [{ name: 'customer_name', value: 'Ani ORD-12' }] };
		const text = 'Halo Kak  Ani ORD-12, ini pengingat.';
		expect(await retryAfter(text, 'bot', { templateVariables: withOrder })).toEqual({
			sent: 1,
			content: text,
		});
	});

	it('reports an unknown outcome if a bot’s message contains the same name', async () => {
		const { workspace, conversation } = await openConversation();
		workspace.sandbox.faults.add({ kind: 'status', status: 422, method: 'POST' });
		const failed = await workspace.run(sendFollowUp, [{ conversation }]);
		addOutgoing(workspace, conversation, 'Halo Kak Ani, ini pengingat.', {
			sender: { type: 'bot', id: 'usr_1', name: 'Bot' },
		});

		const { error } = await retry(workspace, failed, sendFollowUp);

		expect(error?.context).toMatchObject({ reason: 'unknown_outcome', mayHaveArrived: true });
		expect(workspace.sent(conversation)).toHaveLength(1);
	});
});
