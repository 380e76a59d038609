import type { IDataObject, INode, INodeType } from 'n8n-workflow';

import { fakeBuiltInNodes } from '../../support/builtInNodes';
import { byId } from '../../support/locator';
import { fillInExample, readExample } from '../../support/exampleWorkflow';
import { EXAMPLE_FILE, readTable, SEND_NODE } from '../../../scripts/demo/crmFollowUp';
import { findProblems } from '../../../scripts/demo/report';
import { deliveriesFor, filledInFields, runDemo } from '../../../scripts/demo/run';
import type { Conversation } from '../../../sandbox';
import { HOUR_MS, toTimestamp } from '../../../sandbox/clock';
import { openSandbox, type OpenSandbox } from '../../support/openSandbox';
import { runWorkflow, toItems, type FinishedRun } from '../../support/engine';
import { now } from '../../support/testClock';

let sandbox: OpenSandbox;

beforeEach(async () => {
	sandbox = await openSandbox({ data: 'empty' });
});

async function runExample(
	file: string,
	parameters: Record<string, INode['parameters']> = {},
	rows?: IDataObject[],
	nodeTypes: Record<string, INodeType> = {},
): Promise<FinishedRun> {
	return await runWorkflow({
		...fillInExample(readExample(file), parameters),
		...(rows && { items: toItems(rows) }),
		nodeTypes: { ...fakeBuiltInNodes, ...nodeTypes },
		credentials: { sahutApi: { apiKey: sandbox.apiKey, baseUrl: sandbox.url } },
	});
}

const hoursAgo = (hours: number) => toTimestamp(new Date(now() - hours * HOUR_MS));

const jsonOf = ({ output }: FinishedRun, node: string) => output(node).map(({ json }) => json);

describe('crm-follow-up.json', () => {
	it('sends each row with a phone number its own values, creates missing records, and marks the row', async () => {
		const run = await runDemo(sandbox);
		const { sent, contacts, markedAsSent, rows } = run;
		const deliveries = rows.flatMap((row) => deliveriesFor(run, row));

		expect(findProblems(run)).toEqual([]);
		expect(
			deliveries.map(({ message, conversation }) => [
				conversation.contact.phone,
				message.template_id,
				...Object.values(message.template_variables ?? {}),
			]),
		).toEqual(
			[
				['+6281200001001', 'Budi Santoso', 'ORD-2041', 'Rp 450.000', '7 Desember 2026'],
				['+6281300001002', 'Siti Aminah', 'ORD-2043', 'Rp 1.275.000', '7 Desember 2026'],
				['+6285600001003', 'Made Wirawan', 'ORD-2044', 'Rp 89.500', '8 Desember 2026'],
				['+6285700001004', 'Ratna Sari', 'ORD-2047', 'Rp 320.000', '8 Desember 2026'],
				['+6281900001005', 'Yusuf Hidayat', 'ORD-2052', 'Rp 2.150.000', '10 Desember 2026'],
				['+6281200001001', 'Budi Santoso', 'ORD-2058', 'Rp 185.000', '14 Desember 2026'],
			].map(([phone, ...values]) => [phone, 'tmpl_invoice', ...values]),
		);
		expect(
			sent.map(({ contact_id, contact_created, conversation_created }) => [
				contacts.find(({ id }) => id === contact_id)?.name,
				contact_created,
				conversation_created,
			]),
		).toEqual([
			['Budi Santoso', false, false],
			['Siti Aminah', false, true],
			['Made Wirawan', true, true],
			['Ratna Sari', true, true],
			['Yusuf Hidayat', true, true],
			['Budi Santoso', false, false],
		]);
		expect(markedAsSent).toEqual(
			rows.flatMap((row) =>
				deliveriesFor(run, row).map(({ message, conversation }) => ({
					order_id: row.order_id,
					customer_name: row.customer_name,
					sent_at: message.created_at,
					message_id: message.id,
					conversation_id: conversation.id,
				})),
			),
		);
	});

	it('reads the conversation of the first row once, with the new messages at its end', async () => {
		const { transcript, sent, markedAsSent } = await runDemo(sandbox);

		expect(transcript.slice(-2).map(({ id }) => id)).toEqual([sent[0]!.id, sent.at(-1)!.id]);
		const { entries } = sandbox.journal;
		const afterLastPost = entries.slice(
			entries.findLastIndex(({ method }) => method === 'POST') + 1,
		);
		expect(afterLastPost.map(({ path }) => path)).toEqual([
			`/conversations/${String(markedAsSent[0]!.conversation_id)}/messages`,
		]);
	});

	it('sends nothing if it is run again', async () => {
		const { sent } = await runDemo(sandbox);
		sandbox.journal.clear();

		const again = await runExample(EXAMPLE_FILE, {
			[SEND_NODE]: filledInFields(sandbox, readExample(EXAMPLE_FILE)),
		});

		expect(jsonOf(again, SEND_NODE).map(({ id, skip_reason }) => [id, skip_reason])).toEqual(
			sent.map(({ id }) => [id, 'sent_before']),
		);
		expect(sandbox.journal.entries.map(({ method }) => method)).not.toContain('POST');
	});

	it('shows the rows in Preview and sends nothing until the user turns off Dry Run', async () => {
		sandbox.store.addContact({ phone: '+6281300001002', tags: ['Berhenti'] });
		const channelId = byId(sandbox.store.channelOfType('whatsapp').id);

		const run = await runExample(EXAMPLE_FILE, { [SEND_NODE]: { channelId } });

		expect(run.status).toBe('success');
		const preview = jsonOf(run, 'Preview');
		expect(preview.map(({ not_sent_because }) => not_sent_because)).toEqual([
			'dry_run',
			'contact_tag',
			'dry_run',
			'dry_run',
			'dry_run',
			'dry_run',
		]);
		expect(preview[0]).toEqual({
			order_id: 'ORD-2041',
			customer_name: 'Budi Santoso',
			phone: '+6281200001001',
			not_sent_because: 'dry_run',
			values: 'Budi Santoso, ORD-2041, Rp 450.000, 7 Desember 2026',
		});
		expect(jsonOf(run, 'Not sent')).toHaveLength(1);
		expect(sandbox.journal.entries.map(({ method }) => method)).not.toContain('POST');
	});

	it('rejects a row whose total is not a whole number above 0 in digits', async () => {
		const totals = ['450000', 450000, '450.000', 'Rp 450.000', '', null, 0, -5, 0.5, undefined];
		const [row] = readTable(readExample(EXAMPLE_FILE));
		const jsonOutput = JSON.stringify({ customers: totals.map((total) => ({ ...row, total })) });
		const channelId = byId(sandbox.store.channelOfType('whatsapp').id);

		const run = await runExample(EXAMPLE_FILE, {
			'CRM table': { jsonOutput },
			[SEND_NODE]: { channelId },
		});

		expect(jsonOf(run, 'Preview').map(({ values }) => values)).toEqual(
			Array(2).fill('Budi Santoso, ORD-2041, Rp 450.000, 7 Desember 2026'),
		);
		const errors = jsonOf(run, 'Not sent').map(({ error }) => (error as IDataObject).message);
		expect(errors).toEqual(Array(8).fill('Template variable "total" contains "NaN"'));
	});

	it('outputs a rejected row to Not sent with the reason, and sends the others', async () => {
		sandbox.faults.add({ kind: 'status', status: 422, method: 'POST', path: /messages$/ });

		const { notSent, sent, rows } = await runDemo(sandbox);

		expect(sent).toHaveLength(rows.length - 2);
		expect(notSent).toEqual([
			expect.objectContaining({
				error: expect.objectContaining({
					status: 422,
					code: 'validation_error',
					message: expect.stringContaining('Sahut refused to send the message'),
					advice: expect.stringContaining('Injected fault'),
				}),
			}),
			expect.objectContaining({
				order_id: 'ORD-2055',
				error: expect.objectContaining({ message: '"belum ada" is not a phone number' }),
			}),
		]);
	});

	it('sends nothing until the user selects a channel', async () => {
		const run = await runExample('examples/crm-follow-up.json');

		expect(run.status).toBe('success');
		expect(sandbox.journal.entries).toEqual([]);
		const messages = jsonOf(run, 'Not sent').map(({ error }) => error);
		expect(messages).toEqual(
			readTable(readExample(EXAMPLE_FILE)).map(({ phone }) => ({
				message:
					phone === 'belum ada'
						? '"belum ada" is not a phone number'
						: 'Channel "<ID of your WhatsApp channel>" is not an ID',
				advice: expect.any(String),
				reason: 'invalid_input',
			})),
		);
	});
});

describe('unassigned-too-long.json', () => {
	const FILE = 'examples/unassigned-too-long.json';
	const LAST = 'Note for the team';

	/** Adds two conversations that wait too long, and others that each violate one condition. */
	function addConversations() {
		const { store } = sandbox;
		const add = (name: string, fields: Partial<Conversation> = {}) =>
			store.addConversation({
				contact: store.addContact({ name }),
				labels: ['pesanan', 'prioritas'],
				created_at: hoursAgo(30),
				updated_at: hoursAgo(3),
				...fields,
			});
		const [agent] = store.agents.values();
		return {
			waiting: add('Budi Santoso'),
			withoutLabels: add('Siti Aminah', { labels: [] }),
			assigned: add('Made Wirawan', { assignee: agent }),
			recent: add('Ratna Sari', { updated_at: hoursAgo(1) }),
			resolved: add('Yusuf Hidayat', { status: 'resolved' }),
			labeled: add('Fitri Handayani', { labels: ['menunggu'] }),
		};
	}

	it('adds a label and a note for the team to conversations that wait, and keeps their labels', async () => {
		const { waiting, withoutLabels, ...others } = addConversations();
		const since = new Date(waiting.updated_at);
		const before = structuredClone(others);

		const run = await runExample(FILE);

		expect(run.status).toBe('success');
		expect(waiting.labels).toEqual(['pesanan', 'prioritas', 'menunggu']);
		expect(withoutLabels.labels).toEqual(['menunggu']);
		const time = new Intl.DateTimeFormat('en-GB', {
			timeZone: 'Asia/Jakarta',
			dateStyle: 'short',
			timeStyle: 'short',
		}).format(since);
		const [date, clock] = time.split(', ');
		expect(sandbox.store.messages(waiting.id)).toEqual([
			expect.objectContaining({
				content: `Belum ada yang menangani percakapan dengan Budi Santoso. Aktivitas terakhir: ${date!.slice(0, 5)} ${clock!.replace(':', '.')}. Mohon segera diambil.`,
				private: true,
			}),
		]);
		expect(sandbox.store.messages(withoutLabels.id)).toHaveLength(1);
		expect(others).toEqual(before);
		for (const { id } of Object.values(others)) expect(sandbox.store.messages(id)).toEqual([]);
	});

	it('adds one note to each conversation', async () => {
		const { waiting } = addConversations();
		await runExample(FILE);
		waiting.updated_at = hoursAgo(5);

		const run = await runExample(FILE);

		expect(jsonOf(run, LAST)).toEqual([]);
		expect(sandbox.store.messages(waiting.id)).toHaveLength(1);
	});

	it('finds conversations beyond the first page', async () => {
		const updated_at = hoursAgo(3);
		for (let index = 0; index < 105; index++) {
			sandbox.store.addConversation({ created_at: updated_at, updated_at });
		}

		const run = await runExample(FILE);

		expect(jsonOf(run, LAST)).toHaveLength(105);
	});
});

describe('crm-webhook.json', () => {
	const FILE = 'examples/crm-webhook.json';
	const deal = {
		deal_id: 'DEAL-501',
		customer_name: 'Budi Santoso',
		phone: '0812-0000-1001',
		total: 450000,
		due_date: '2026-12-07',
	};

	/** Calls the webhook as the CRM does. @returns the `code` and the `body` of the response */
	async function call(body: object, options?: INode['parameters']): Promise<IDataObject> {
		const run = await runCall(body, options && { options });
		const answers = ['Answer: sent', 'Answer: not sent', 'Answer: incomplete'];
		const [answer, ...others] = answers.flatMap((node) => jsonOf(run, node));
		expect(others).toEqual([]);
		// A message that was not sent is also visible as a failed execution.
		expect(run.status).toBe(Number(answer!.code) > 400 ? 'error' : 'success');
		return answer!;
	}

	async function runCall(
		body: object,
		send: INode['parameters'] = {},
		others: Record<string, INode['parameters']> = {},
	): Promise<FinishedRun> {
		const channelId = byId(sandbox.store.channelOfType('whatsapp').id);
		const parameters = { ...others, 'Send template': { channelId, ...send } };
		return await runExample(FILE, parameters, [{ body }]);
	}

	/** The settings with which it is always outside office hours. */
	const outsideOfficeHours = () => {
		const { nodes } = readExample(FILE);
		const { assignments } = nodes.find(({ name }) => name === 'Settings')!.parameters;
		const changed = { wait_for_office_hours: true, closes_at: 0 };
		const rows = (assignments as { assignments: Array<{ name: string }> }).assignments;
		return {
			Settings: {
				assignments: {
					assignments: rows.map((row) => ({
						...row,
						...(row.name in changed && { value: changed[row.name as keyof typeof changed] }),
					})),
				},
			},
		};
	};

	it('outside office hours, responds at once if the user has chosen so, and sends the deal later', async () => {
		const before = Date.now();

		const run = await runCall(deal, {}, outsideOfficeHours());

		const [{ code, body } = {}] = jsonOf(run, 'Answer: scheduled');
		expect([code, body]).toEqual([
			202,
			{ result: 'scheduled', deal_id: 'DEAL-501', send_at: expect.any(String) },
		]);
		const { send_at } = body as { send_at: string };
		expect(send_at).toMatch(/T08:00:00\.000\+07:00$/);
		expect(Date.parse(send_at)).toBeGreaterThan(before);
		expect(new Date(send_at).getUTCDay() % 6).not.toBe(0);
		const [wait] = run.runs('Wait for office hours');
		const [sent] = run.runs('Send template');
		expect(wait!.executionIndex).toBeLessThan(sent!.executionIndex);
		expect(sandbox.store.conversations.size).toBe(1);
	});

	it('fails the execution if a deal cannot be sent after the wait', async () => {
		sandbox.faults.add({ kind: 'status', method: 'POST', path: /messages$/, status: 422 });

		const { status, error } = await runCall(deal, {}, outsideOfficeHours());

		expect(status).toBe('error');
		expect(error?.message).toMatch(/^Deal DEAL-501 was not sent: Sahut refused/);
	});

	it('sends a deal once, and responds with the message each time', async () => {
		const first = await call(deal);
		const second = await call(deal);

		const body = { deal_id: 'DEAL-501', message_id: expect.stringMatching(/^msg_/) };
		expect(first).toMatchObject({ code: 200, body: { ...body, result: 'sent' } });
		expect(second).toMatchObject({ code: 200, body: { ...body, result: 'sent_before' } });
		const [{ id }] = [...sandbox.store.conversations.values()] as [Conversation];
		expect(sandbox.store.messages(id).map(({ content }) => content)).toEqual([
			'Halo Kak Budi Santoso, ini Toko Makmur. Tagihan DEAL-501 sebesar Rp 450.000 jatuh tempo 7 Desember 2026. Pembayaran hanya lewat rekening di invoice Kakak. Abaikan pesan ini bila sudah membayar ya.',
		]);
	});

	it('sends another deal of the same customer', async () => {
		await call(deal);
		expect(await call({ ...deal, deal_id: 'DEAL-502' })).toMatchObject({
			body: { result: 'sent' },
		});
	});

	it.each([
		['a total with dots', { total: '450.000' }],
		['a boolean as its total', { total: true }],
		['a total that is not a whole number', { total: 450000.5 }],
		['two phone numbers in one field', { phone: '0812-0000-1001 / 0813-0000-1002' }],
		['a phone number that is too short', { phone: '12345678' }],
		['a phone number that is too long', { phone: '081234567890123456' }],
		['an object as its name', { customer_name: { first: 'Budi' } }],
		['an ambiguous due date', { due_date: '07/12/2026' }],
		['no due date', { due_date: undefined }],
	])('rejects a deal with %s', async (_, change) => {
		const response = await call({ ...deal, ...change });

		expect(response).toMatchObject({ code: 400 });
		expect(sandbox.journal.entries).toEqual([]);
	});

	it.each([['450000'], [450000]])('accepts the total %j', async (total) => {
		expect(await call({ ...deal, total })).toMatchObject({ body: { result: 'sent' } });
	});

	it.each([
		['contact_tag', { skipContactTags: ['stop'] }],
		['dry_run', { dryRun: true }],
	])('responds with the result %s if nothing is sent for this reason', async (result, options) => {
		sandbox.store.addContact({ phone: '+6281200001001', tags: ['stop'] });

		const response = await call(deal, options);

		expect(response).toMatchObject({ code: 200, body: { result } });
		expect(sandbox.store.conversations.size).toBe(0);
	});

	it.each([
		[422, 422],
		[404, 422],
		[401, 503],
		[429, 503],
	])(
		'responds to status %i of Sahut with not_sent and status %i, and sends the next call',
		async (...row) => {
			const [status, code] = row;
			const path = /messages$/;
			sandbox.faults.add({ kind: 'status', method: 'POST', path, status, retryAfter: 200 });

			const first = await call(deal);
			const second = await call(deal);

			expect(first).toEqual({
				code,
				body: {
					result: 'not_sent',
					deal_id: 'DEAL-501',
					reason: expect.any(String),
					advice: expect.any(String),
					may_have_arrived: false,
				},
			});
			expect(second).toMatchObject({ code: 200, body: { result: 'sent' } });
		},
	);

	it('responds with may_have_arrived if the response of Sahut is lost', async () => {
		const path = /messages$/;
		sandbox.faults.add({ kind: 'dropBefore', method: 'POST', path });

		expect(await call(deal)).toMatchObject({ code: 503, body: { may_have_arrived: true } });
	});
});

describe('remind-until-answered.json', () => {
	const FILE = 'examples/remind-until-answered.json';
	const FIRST =
		'Halo Kak Budi Santoso, ini Toko Makmur. Tagihan ORD-3107 sebesar Rp 450.000 jatuh tempo 7 Desember 2026.';
	const REMINDER = 'tmpl_invoice_reminder';

	/** Adds a conversation with the first customer, who got the first message some hours ago. */
	function addConversation(hours: number): Conversation {
		const contact = sandbox.store.addContact({ name: 'Budi Santoso', phone: '+6281200001001' });
		const conversation = sandbox.store.addConversation({
			contact,
			channel: sandbox.store.channelOfType('whatsapp'),
			labels: ['prioritas'],
			created_at: hoursAgo(hours),
		});
		addSent(conversation, FIRST, hours);
		return conversation;
	}

	function addSent({ id }: Conversation, content: string, hours: number): void {
		sandbox.store.addMessage(id, {
			type: 'outgoing',
			content,
			sender: sandbox.store.bot,
			attachments: [],
			created_at: hoursAgo(hours),
		});
	}

	/** Returns the messages after the first one: the IDs of templates, and the texts of notes. */
	const sentSince = ({ id }: Conversation) =>
		sandbox.store
			.messages(id)
			.filter((message) => message.private || message.template_id)
			.map((message) => (message.private ? message.content : message.template_id));

	/** Returns the fields that the user fills in: the channel, and Dry Run, which is turned off. */
	function filledIn(options: INode['parameters'] = { dryRun: false }): INode['parameters'] {
		const { nodes } = readExample(FILE);
		const given = nodes.find(({ name }) => name === 'First message')!.parameters['options'];
		return {
			channelId: byId(sandbox.store.channelOfType('whatsapp').id),
			options: { ...(given as INode['parameters']), ...options },
		};
	}

	/**
	 * Runs the example with waits that end immediately.
	 * @param rounds the number of waits after which the workflow continues
	 * @param duringWait called during each wait
	 */
	async function remind(
		rounds = 1,
		duringWait: () => unknown = () => undefined,
		firstMessage = filledIn(),
	): Promise<FinishedRun> {
		let waits = 0;
		const wait: INodeType = {
			...fakeBuiltInNodes['n8n-nodes-base.wait']!,
			async execute() {
				waits += 1;
				duringWait();
				return [waits > rounds ? [] : this.getInputData()];
			},
		};
		const run = await runExample(FILE, { 'First message': firstMessage }, undefined, {
			'n8n-nodes-base.wait': wait,
		});
		expect(run.status).toBe('success');
		return run;
	}

	/** Returns the output of all runs of a node. */
	const allOf = (run: FinishedRun, node: string) =>
		run.runs(node).flatMap(({ data }) => (data?.main?.[0] ?? []).map(({ json }) => json));

	it('sends no second first message and one reminder if it is started again', async () => {
		const conversation = addConversation(49);

		await remind(2);
		await remind(2);

		expect(sentSince(conversation)).toEqual([REMINDER]);
		expect(conversation.labels).toEqual(['prioritas']);
	});

	it('mentions in the reminder when the first message was sent', async () => {
		const conversation = addConversation(30);

		await remind();

		const date = new Intl.DateTimeFormat('id-ID', { dateStyle: 'long', timeZone: 'Asia/Jakarta' });
		expect(sandbox.store.messages(conversation.id).at(-1)!.content).toContain(
			`pesan kami tanggal ${date.format(now() - 30 * HOUR_MS)}: tagihan ORD-3107 sebesar Rp 450.000.`,
		);
	});

	it('sends no second reminder within a day', async () => {
		const conversation = addConversation(49);
		await remind();
		const reminder = sandbox.store.messages(conversation.id).at(-1)!;
		reminder.created_at = hoursAgo(20);

		await remind();

		expect(sentSince(conversation)).toEqual([REMINDER]);
	});

	it('stops after 60 hours, and notifies the team once', async () => {
		const conversation = addConversation(61);

		await remind();
		await remind();

		expect(conversation.labels).toEqual(['prioritas', 'tidak-menjawab']);
		expect(sentSince(conversation)).toEqual([
			expect.stringMatching(
				/^Budi Santoso belum menjawab .* ORD-3107 yang dikirim \d\d\/\d\d pukul \d\d\.\d\d\. Mohon/,
			),
		]);
	});

	it.each<[string, number, (conversation: Conversation) => unknown, string[]]>([
		['has replied', 30, ({ id }) => sandbox.store.addIncoming(id, 'Baik'), ['menjawab']],
		[
			'has replied after two reminders',
			70,
			({ id }) => sandbox.store.addIncoming(id, 'Baik'),
			['menjawab'],
		],
		[
			'has replied in another conversation on the channel',
			30,
			({ contact, channel }) =>
				sandbox.store.addIncoming(sandbox.store.addConversation({ contact, channel }).id, 'Baik'),
			['menjawab'],
		],
		[
			'has opted out',
			30,
			({ contact }) => (sandbox.store.contacts.get(contact.id)!.tags = ['berhenti']),
			[],
		],
		[
			'has an agent',
			30,
			(conversation) => (conversation.assignee = [...sandbox.store.agents.values()][0]!),
			[],
		],
		['has a resolved conversation', 30, (conversation) => (conversation.status = 'resolved'), []],
	])('sends nothing more if the customer %s', async (_, hours, change, labels) => {
		const conversation = addConversation(hours);

		await remind(1, () => change(conversation));

		expect(sentSince(conversation)).toEqual([]);
		expect(conversation.labels).toEqual(['prioritas', ...labels]);
		const others = [...sandbox.store.conversations.values()].filter(
			({ id, contact }) => contact.id === conversation.contact.id && id !== conversation.id,
		);
		expect(others.flatMap(sentSince)).toEqual([]);
	});

	it('notifies the team of a rejected reminder, and reminds the other customers', async () => {
		const conversation = addConversation(30);
		const path = new RegExp(`${conversation.id}/messages$`);
		sandbox.faults.add({ kind: 'status', method: 'POST', path, status: 422 });

		const run = await remind();

		expect(jsonOf(run, 'Reminder')).toHaveLength(2);
		expect(conversation.labels).toEqual(['prioritas', 'tidak-menjawab']);
		expect(sentSince(conversation)).toEqual([
			expect.stringMatching(/^Budi Santoso belum .* Pengingat tidak terkirim\. Mohon/),
		]);
		const [notSent] = jsonOf(run, 'Not sent');
		expect(notSent).toMatchObject({ error: { status: 422, reason: 'refused' } });
	});

	it('adds the note and outputs the error if Sahut rejects the label', async () => {
		const conversation = addConversation(70);
		const path = `/conversations/${conversation.id}`;

		const run = await remind(1, () =>
			sandbox.faults.add({ kind: 'status', method: 'PUT', path, status: 403 }),
		);
		expect(jsonOf(run, 'Not sent')).toMatchObject([{ error: { status: 403 } }]);
		expect(sentSince(conversation)).toEqual([expect.stringMatching(/^Budi Santoso belum/)]);
	});

	it.each([
		['conversation', (id: string) => `/conversations/${id}`],
		['messages', (id: string) => `/conversations/${id}/messages`],
	])('skips a customer whose %s cannot be read, and reminds the others', async (_, pathOf) => {
		const conversation = addConversation(30);
		const path = pathOf(conversation.id);

		const run = await remind(1, () =>
			sandbox.faults.add({ kind: 'status', method: 'GET', path, status: 403, times: Infinity }),
		);
		expect(allOf(run, 'Not sent')).not.toEqual([]);
		expect(allOf(run, 'Not sent')).toEqual(
			allOf(run, 'Not sent').map(() => expect.objectContaining({ error: expect.anything() })),
		);
		expect(jsonOf(run, 'Reminder')).toHaveLength(2);
		expect(sentSince(conversation)).toEqual([]);
		expect(conversation.labels).toEqual(['prioritas']);
	});

	it('outputs a rejected first message before it waits', async () => {
		sandbox.faults.add({ kind: 'status', method: 'POST', path: /messages$/, status: 422 });

		const run = await remind();

		expect(jsonOf(run, 'Not sent')).toEqual([
			expect.objectContaining({
				order_id: expect.any(String),
				error: expect.objectContaining({ status: 422 }),
			}),
		]);
		const [notSent] = run.runs('Not sent');
		const [wait] = run.runs('Wait one day');
		expect(notSent!.executionIndex).toBeLessThan(wait!.executionIndex);
	});

	it.each([
		['after a Dry Run, which is on after the import', {}, 0],
		['for a contact that has opted out', { dryRun: false }, 2],
	])('ends without a wait %s', async (_, options, waiting) => {
		sandbox.store.addContact({ phone: '+6281200001001', tags: ['berhenti'] });

		const run = await remind(0, undefined, filledIn(options));

		expect(jsonOf(run, 'First message')).toHaveLength(3);
		expect(run.output('Next step', 1)).toHaveLength(waiting);
		expect(sandbox.store.conversations.size).toBe(waiting);
	});
});
