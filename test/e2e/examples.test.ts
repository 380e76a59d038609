import type { INode } from 'n8n-workflow';

import type { Agent, Conversation, Message } from '../../sandbox';
import { toTimestamp } from '../../sandbox/clock';
import { simulateExternalEvents, startSundaySandbox } from '../../scripts/editor';
import {
	listExampleNames,
	ensureFollowUpTable,
	prepareExample,
	type N8nRecords,
} from '../../scripts/prepareExamples';
import {
	activateWorkflow,
	createCredential,
	createWorkflow,
	deactivateWorkflow,
	deleteDataTable,
	listExecutions,
	majorOf,
	outputItems,
	readDataTable,
	runWorkflow,
	startWorkflow,
	until,
	updateDataTable,
	waitForExecution,
	type Execution,
	type StoredCredential,
	type StoredWorkflow,
} from '../../scripts/n8n';
import {
	startScriptedModel,
	type ChatMessage,
	type ScriptedModel,
} from '../../scripts/scriptedModel';
import { addCredential, useN8n, N8N_VERSION } from './n8nFixture';

/** The examples that have specific tests, here or in other files. */
const EXAMPLES_WITH_TESTS = [
	'ask-after-resolution',
	'campaign-report',
	'google-sheets-follow-up',
	'new-lead',
	'opt-out',
	'resolved-to-summary',
	'ai-agent-handover',
	'ai-draft-approval',
	'crm-webhook',
	'follow-up-data-table',
	'remind-until-answered',
];

/** The trigger of the follow-up example. */
const FOLLOW_UP_TRIGGER = 'In working hours';
/** The orders of the follow-up example whose rows have a valid phone number. */
const VALID_ORDERS = ['ORD-3041', 'ORD-3043', 'ORD-3044', 'ORD-3047', 'ORD-3052', 'ORD-3058'];

/** The body of a CRM's webhook call. */
const DEAL = {
	deal_id: 'DEAL-501',
	customer_name: 'Budi Santoso',
	phone: '0812-0000-1001',
	total: 450000,
	due_date: '2026-12-07',
};

/** Turns off Dry Run, as the user does after the first run. */
const SEND_FOR_REAL = { '"dryRun":true': '"dryRun":false' };

/** The trigger of the reminder example. */
const REMINDER_TRIGGER = 'When clicking ‘Execute workflow’';
/** The duration that replaces a day in the reminder example. */
const DAY_SECONDS = 10;
/** Scales 60 hours to the short day, and makes Skip If Sent Within shorter than this day. */
const SHORT_TIMES = {
	...SEND_FOR_REAL,
	'hours: 60': `seconds: ${2.5 * DAY_SECONDS}`,
	'"skipIfSentWithin":23': '"skipIfSentWithin":0.0001',
};

/** The duration for which the AI agent waits for further messages. */
const AGENT_WAIT_SECONDS = 2;
/** The tool calls with which the model hands a conversation over. */
const HANDOVER = [
	{ tool: 'Note_for_the_team', given: { note: 'Barang rusak, minta ganti.' } },
	{ tool: 'Hand_over_to_people', given: {} },
];

const fixture = useN8n('examples');
let credential: StoredCredential;

beforeEach(async () => {
	credential = await addCredential(fixture);
});

/**
 * Stores an example as a workflow.
 *
 * @param records the records in n8n that the example needs
 * @param replacements keyed by the replaced text, e.g. for a shorter wait
 * @param parameters overrides parameters of nodes, keyed by the name of the node
 */
async function addExample(
	name: string,
	records: N8nRecords = {},
	replacements: Record<string, string> = {},
	parameters: Record<string, INode['parameters']> = {},
): Promise<StoredWorkflow> {
	let text = JSON.stringify(prepareExample(name, fixture.sandbox.store, credential, records));
	for (const [from, to] of Object.entries(replacements)) text = text.replaceAll(from, to);
	const example = JSON.parse(text) as ReturnType<typeof prepareExample>;
	const nodes = example.nodes.map((node) => ({
		...node,
		parameters: { ...node.parameters, ...parameters[node.name] },
	}));
	return await createWorkflow(fixture.session, { ...example, nodes });
}

/** Runs a workflow, and asserts that it succeeds. */
async function runSuccessfully(workflow: StoredWorkflow, trigger: string): Promise<Execution> {
	const execution = await waitForExecution(
		fixture.session,
		await startWorkflow(fixture.session, workflow, trigger),
	);
	expect(execution.status).toBe('success');
	return execution;
}

/** Returns the outgoing messages of a conversation, oldest first. */
const messagesSentInto = ({ id }: Conversation): readonly Message[] =>
	fixture.sandbox.store.messages(id).filter(({ type }) => type === 'outgoing');

/** Returns the outgoing messages of all conversations. */
const listSentMessages = () =>
	[...fixture.sandbox.store.conversations.values()].flatMap(messagesSentInto);

/** Returns the order ID in each outgoing message, sorted. */
const listSentOrders = () =>
	listSentMessages()
		.map(({ content }) => /ORD-\d+/.exec(content)?.[0])
		.sort();

describe('follow-up-data-table.json', () => {
	let table: string;
	let workflow: StoredWorkflow;

	beforeEach(async () => {
		table = (await ensureFollowUpTable(fixture.session)).id;
		workflow = await addExample('follow-up-data-table', { dataTableId: table }, SEND_FOR_REAL);
	});
	afterEach(async () => await deleteDataTable(fixture.session, table));

	/** Returns the result of each row, keyed by order: the time of its message, or the reason why there is none. */
	async function readResults(): Promise<Record<string, unknown>> {
		const rows = await readDataTable(fixture.session, table);
		return Object.fromEntries(
			rows.map((row) => [row.order_id, row.sent_at || row.not_sent_because]),
		);
	}

	/** Returns the time of each message, keyed by order. */
	const sentTimes = () =>
		Object.fromEntries(
			listSentMessages().map(({ content, created_at }) => [
				/ORD-\d+/.exec(content)![0],
				created_at,
			]),
		);

	it('sends one message for each row, and writes its time or the reason for an error into the row', async () => {
		const contact = fixture.sandbox.store.addContact({
			name: 'Siti Aminah',
			phone: '+6281300001002',
		});
		const { id } = fixture.sandbox.store.addConversation({ contact });
		fixture.sandbox.store.addIncoming(id, 'Halo Kak');

		await runSuccessfully(workflow, FOLLOW_UP_TRIGGER);

		expect(listSentOrders()).toEqual(VALID_ORDERS);
		expect(listSentMessages().filter(({ template_id }) => template_id === undefined)).toEqual([
			expect.objectContaining({
				content: expect.stringMatching(/^Halo Kak Siti Aminah, .*ORD-3043/),
			}),
		]);
		expect(await readResults()).toEqual({
			...sentTimes(),
			'ORD-3055': expect.stringMatching(/^"belum ada" is not a phone number\. Use one number/),
		});
	});

	it('sends nothing as imported, and writes Dry Run into the rows', async () => {
		const imported = await addExample('follow-up-data-table', { dataTableId: table });

		await runSuccessfully(imported, FOLLOW_UP_TRIGGER);

		expect(listSentMessages()).toEqual([]);
		const results = Object.values(await readResults());
		expect(results.filter((result) => result === 'Dry Run: nothing was sent')).toHaveLength(6);
	});

	it('sends only messages for corrected rows in the next run', async () => {
		await updateDataTable(fixture.session, table, ['order_id', 'ORD-3044'], { phone: null });
		await updateDataTable(fixture.session, table, ['order_id', 'ORD-3047'], { total: null });
		fixture.sandbox.faults.add({
			method: 'POST',
			bodyContains: 'ORD-3052',
			kind: 'status',
			status: 422,
			message: 'No',
		});

		await runSuccessfully(workflow, FOLLOW_UP_TRIGGER);

		expect(listSentOrders()).toEqual(['ORD-3041', 'ORD-3043', 'ORD-3058']);
		expect(await readResults()).toEqual({
			...sentTimes(),
			'ORD-3044': expect.stringMatching(/^The phone number is empty/),
			'ORD-3047': expect.stringMatching(/^Text contains "NaN"/),
			'ORD-3052': expect.stringMatching(/^Sahut refused to send .*No/),
			'ORD-3055': expect.stringContaining('is not a phone number'),
		});

		await updateDataTable(fixture.session, table, ['order_id', 'ORD-3044'], {
			phone: '085600001003',
		});
		await updateDataTable(fixture.session, table, ['order_id', 'ORD-3055'], {
			phone: '081200001009',
		});
		await updateDataTable(fixture.session, table, ['order_id', 'ORD-3047'], { total: 320000 });
		await runSuccessfully(workflow, FOLLOW_UP_TRIGGER);

		expect(listSentOrders()).toEqual([...VALID_ORDERS, 'ORD-3055'].sort());
		expect(await readResults()).toEqual(sentTimes());

		const execution = await runSuccessfully(workflow, FOLLOW_UP_TRIGGER);

		expect(execution.data.resultData.runData).not.toHaveProperty('Send message');
	});

	it('sends no message twice if n8n is killed before it has written the results', async () => {
		const path = /messages$/;
		fixture.sandbox.faults.add({ method: 'POST', path, skip: 3, kind: 'slow', delayMs: 60_000 });
		await startWorkflow(fixture.session, workflow, FOLLOW_UP_TRIGGER);
		await until('the message without a response', 30_000, () =>
			fixture.sandbox.faults.remaining() === 0 ? true : undefined,
		);
		await fixture.n8n.kill();
		expect(listSentOrders().length).toBeGreaterThan(3);

		await fixture.n8n.restart();
		expect(Object.values(await readResults())).toEqual(Array(7).fill(null));

		await runSuccessfully(workflow, FOLLOW_UP_TRIGGER);

		expect(listSentOrders()).toEqual(VALID_ORDERS);
		expect(await readResults()).toEqual({ ...sentTimes(), 'ORD-3055': expect.any(String) });
	});

	it('sends one message for each row if two executions start at the same time', async () => {
		const ids = await Promise.all(
			[1, 2].map(async () => await startWorkflow(fixture.session, workflow, FOLLOW_UP_TRIGGER)),
		);
		for (const id of ids) {
			const { status } = await waitForExecution(fixture.session, id);
			// Data tables of n8n 1.x may fail if two executions write at the same time.
			if (majorOf(N8N_VERSION) > 1) expect(status).toBe('success');
		}
		if (majorOf(N8N_VERSION) === 1) await runSuccessfully(workflow, FOLLOW_UP_TRIGGER);

		expect(listSentOrders()).toEqual(VALID_ORDERS);
		expect(await readResults()).toEqual({ ...sentTimes(), 'ORD-3055': expect.any(String) });
	});
});

describe('crm-webhook.json', () => {
	let workflow: StoredWorkflow;

	beforeEach(async () => {
		workflow = await addExample('crm-webhook');
		await activateWorkflow(fixture.session, workflow.id);
	});
	afterEach(async () => await deactivateWorkflow(fixture.session, workflow.id));

	/** Calls the webhook. @returns the status and the body of the response */
	async function call(body: unknown): Promise<[number, Record<string, unknown>]> {
		const response = await fetch(`${fixture.n8n.url}/webhook/crm-deal`, {
			method: 'POST',
			headers: { 'content-type': 'application/json' },
			body: JSON.stringify(body),
		});
		return [response.status, (await response.json()) as Record<string, unknown>];
	}

	it('sends one message for three concurrent calls and a later one, and returns this message in all responses', async () => {
		const responses = await Promise.all([call(DEAL), call(DEAL), call(DEAL)]);
		responses.push(await call(DEAL));

		const [message, ...otherMessages] = listSentMessages();
		expect(otherMessages).toEqual([]);
		const body = { deal_id: 'DEAL-501', message_id: message!.id, sent_at: message!.created_at };
		expect(responses.map(([status, { result }]) => [status, result]).sort()).toEqual([
			[200, 'sent'],
			...Array(3).fill([200, 'sent_before']),
		]);
		expect(responses.map(([, responseBody]) => responseBody)).toMatchObject(Array(4).fill(body));
	});

	it('responds at once outside office hours, sends later, and fails the execution if that fails', async () => {
		await deactivateWorkflow(fixture.session, workflow.id);
		const outside = {
			'"name":"wait_for_office_hours","value":false': '"name":"wait_for_office_hours","value":true',
			'"name":"closes_at","value":17': '"name":"closes_at","value":0',
		};
		workflow = await addExample('crm-webhook', {}, outside, {
			'Wait for office hours': { resume: 'timeInterval', amount: 2, unit: 'seconds' },
		});
		await activateWorkflow(fixture.session, workflow.id);
		fixture.sandbox.faults.add({
			method: 'POST',
			bodyContains: 'DEAL-502',
			kind: 'status',
			status: 422,
		});

		const responses = [await call(DEAL), await call({ ...DEAL, deal_id: 'DEAL-502' })];

		expect(responses).toEqual(
			['DEAL-501', 'DEAL-502'].map((deal_id) => [
				202,
				{ result: 'scheduled', deal_id, send_at: expect.stringMatching(/T08:00:00.000\+07:00$/) },
			]),
		);
		expect(listSentMessages()).toEqual([]);
		const executions = await until('two executions', 20_000, async () => {
			const all = await listExecutions(fixture.session, { workflowId: workflow.id });
			return all.length === 2 ? all : undefined;
		});
		const statuses = [];
		for (const { id } of executions) {
			statuses.push((await waitForExecution(fixture.session, id)).status);
		}
		expect(statuses.sort()).toEqual(['error', 'success']);
		expect(listSentMessages()).toHaveLength(1);
	});

	it('rejects incomplete deals with a 400, and sends nothing', async () => {
		for (const body of [{ ...DEAL, phone: null }, { ...DEAL, customer_name: ' ' }, [DEAL], {}]) {
			expect(await call(body)).toEqual([
				400,
				{ result: 'not_sent', reason: expect.stringContaining('A deal needs deal_id') },
			]);
		}
		expect(fixture.sandbox.journal.entries).toEqual([]);
	});
});

describe('remind-until-answered.json', () => {
	it('sends at most two reminders, stops when the customer replies, and adds a note if the customer does not', async () => {
		const workflow = await addExample('remind-until-answered', {}, SHORT_TIMES, {
			'Wait one day': { amount: DAY_SECONDS, unit: 'seconds' },
		});
		const id = await startWorkflow(fixture.session, workflow, REMINDER_TRIGGER);
		const waitForMessages = async (count: number) =>
			await until(`${count} messages`, 20_000, () =>
				listSentMessages().length >= count ? true : undefined,
			);
		await waitForMessages(3);
		// The workflow creates the conversations in parallel, so their order is not certain.
		const conversationWith = (name: string): Conversation =>
			[...fixture.sandbox.store.conversations.values()].find(
				({ contact }) => contact.name === name,
			)!;
		const [budi, siti, made] = [
			conversationWith('Budi Santoso'),
			conversationWith('Siti Aminah'),
			conversationWith('Made Wirawan'),
		];

		fixture.sandbox.store.addIncoming(siti.id, 'Sudah saya transfer ya');
		await waitForMessages(5);
		made.status = 'resolved';

		expect(await waitForExecution(fixture.session, id)).toMatchObject({ status: 'success' });

		expect([budi, siti, made].map(({ labels }) => labels)).toEqual([
			['tidak-menjawab'],
			['menjawab'],
			[],
		]);
		const first = 'tmpl_invoice';
		const reminder = 'tmpl_invoice_reminder';
		const templates = (conversation: Conversation) =>
			messagesSentInto(conversation).map((message) =>
				message.private ? 'note' : message.template_id,
			);
		expect(templates(budi)).toEqual([first, reminder, reminder, 'note']);
		expect(templates(siti)).toEqual([first]);
		expect(templates(made)).toEqual([first, reminder]);
		expect(messagesSentInto(budi).at(-1)!.content).toMatch(
			/^Budi Santoso belum menjawab pesan tentang tagihan ORD-3107/,
		);
	});
});

describe('ai-agent-handover.json', () => {
	let model: ScriptedModel;
	let workflow: StoredWorkflow;
	let conversation: Conversation;
	let agent: Agent;

	beforeAll(async () => {
		model = await startScriptedModel(() => '');
	});
	afterAll(async () => await model?.close());

	beforeEach(async () => {
		model.chats.length = 0;
		const openAiApi = await createCredential(fixture.session, model.credential);
		const shorterWait = { 'Wait some seconds': { amount: AGENT_WAIT_SECONDS } };
		workflow = await addExample('ai-agent-handover', { openAiApi }, {}, shorterWait);
		await activateWorkflow(fixture.session, workflow.id);
		const contact = fixture.sandbox.store.addContact({ name: 'Siti Aminah' });
		conversation = fixture.sandbox.store.addConversation({ contact, labels: ['prioritas'] });
		[agent] = fixture.sandbox.store.agents.values() as unknown as [Agent];
	});
	afterEach(async () => await deactivateWorkflow(fixture.session, workflow.id));

	const writeAsCustomer = (text: string) =>
		fixture.sandbox.store.addIncoming(conversation.id, text);

	function writeAsAgent(content: string): void {
		fixture.sandbox.store.addMessage(conversation.id, {
			type: 'outgoing',
			content,
			sender: { type: 'agent', ...agent },
			attachments: [],
			created_at: toTimestamp(fixture.sandbox.store.now()),
		});
	}

	/** Waits until exactly this number of executions have succeeded. */
	async function waitForExecutions(count: number): Promise<void> {
		await fixture.sandbox.deliveries.settled();
		const executions = await until(`${count} executions`, 20_000, async () => {
			const all = await listExecutions(fixture.session, { workflowId: workflow.id });
			return all.length >= count ? all : undefined;
		});
		expect(executions).toHaveLength(count);
		for (const { id } of executions) {
			expect(await waitForExecution(fixture.session, id)).toMatchObject({ status: 'success' });
		}
	}

	/** Returns the outgoing texts, with internal notes in parentheses. */
	const listSentTexts = () =>
		messagesSentInto(conversation).map(({ content, private: isNote }) =>
			isNote ? `(${content})` : content,
		);

	const lastMessageOf = (chat: ChatMessage[]) => chat.at(-1)!;

	it('gives the transcript to the model, and sends its reply', async () => {
		model.script = () => 'Kami buka pukul 08.00 Kak.';
		writeAsCustomer('Halo, jam berapa buka?');
		await waitForExecutions(1);

		expect(listSentTexts()).toEqual(['Kami buka pukul 08.00 Kak.']);
		const [chat, ...otherChats] = model.chats;
		expect(otherChats).toEqual([]);
		expect(lastMessageOf(chat!).content).toContain('Siti Aminah (contact): Halo, jam berapa buka?');
	});

	it('replies once to three messages in a row', async () => {
		model.script = (chat) =>
			`Menjawab ${String(lastMessageOf(chat).content).match(/\(contact\)/g)?.length}`;

		for (const text of ['Halo', 'Kak', 'Masih ada?']) writeAsCustomer(text);
		await waitForExecutions(3);

		expect(listSentTexts()).toEqual(['Menjawab 3']);
	});

	it('hands the conversation over to the team, and does not reply afterwards', async () => {
		model.script = (chat) =>
			lastMessageOf(chat).role === 'tool' ? 'Tim kami akan melanjutkan ya Kak.' : HANDOVER;

		writeAsCustomer('Barangnya rusak!');
		await waitForExecutions(1);

		const handedOver = ['(Barang rusak, minta ganti.)', 'Tim kami akan melanjutkan ya Kak.'];
		expect(listSentTexts()).toEqual(handedOver);
		expect(conversation).toMatchObject({
			labels: ['prioritas', 'perlu-cs'],
			team_id: expect.stringMatching(/^team_/),
		});

		const chatCount = model.chats.length;
		writeAsCustomer('Halo?');
		await waitForExecutions(2);

		expect(listSentTexts()).toEqual(handedOver);
		expect(model.chats).toHaveLength(chatCount);
	});

	it('does not reply in a conversation with an assignee', async () => {
		conversation.assignee = agent;

		writeAsCustomer('Halo');
		await waitForExecutions(1);

		expect(listSentTexts()).toEqual([]);
		expect(model.chats).toEqual([]);
	});

	it.each([
		['writes', () => writeAsAgent('Saya bantu ya Kak.'), ['Saya bantu ya Kak.']],
		['is assigned', () => void (conversation.assignee = agent), []],
	])('sends nothing if an agent %s while the model generates a reply', async (_, act, expected) => {
		model.script = () => {
			act();
			return 'Terlambat.';
		};

		writeAsCustomer('Halo');
		await waitForExecutions(1);

		expect(model.chats).toHaveLength(1);
		expect(listSentTexts()).toEqual(expected);
	});

	it('replies once if the customer writes again while the model generates a reply', async () => {
		model.script = () => {
			if (model.chats.length > 1) return 'Masih ada, Rp 50.000 Kak.';
			writeAsCustomer('Dan berapa harganya?');
			return 'Masih ada Kak.';
		};

		writeAsCustomer('Masih ada?');
		await waitForExecutions(2);

		expect(listSentTexts()).toEqual(['Masih ada, Rp 50.000 Kak.']);
		expect(lastMessageOf(model.chats[1]!).content).toMatch(/Masih ada\?.*Dan berapa harganya\?/s);
	});

	it('returns the error to the model if Sahut rejects the call of a tool', async () => {
		const message = 'team_id is unknown';
		fixture.sandbox.faults.add({ method: 'PUT', kind: 'status', status: 422, message });
		model.script = (chat) =>
			lastMessageOf(chat).role === 'tool' ? 'Mohon tunggu ya Kak.' : HANDOVER;
		writeAsCustomer('Barangnya rusak!');
		await waitForExecutions(1);

		const toolResult = lastMessageOf(model.chats.at(-1)!).content;
		expect(toolResult).toContain('Sahut refused to update conversation');
		expect(toolResult).toContain(message);
		expect(listSentTexts().at(-1)).toBe('Mohon tunggu ya Kak.');
	});

	it.each([
		['the model fails', () => Promise.reject(new Error('Kuota habis')), /Bad request/],
		['the model returns an empty reply', () => '', /Text is empty/],
	])('adds a note for the team if %s', async (_, script, reason) => {
		model.script = script;

		writeAsCustomer('Halo');
		await waitForExecutions(1);

		expect(listSentTexts()).toEqual([expect.stringMatching(/^\(AI tidak dapat menjawab \(/)]);
		expect(listSentTexts()[0]).toMatch(reason);
		expect(conversation.labels).toEqual(['prioritas', 'perlu-cs']);
	});
});

describe('An example without specific tests', () => {
	const names = listExampleNames().filter((name) => !EXAMPLES_WITH_TESTS.includes(name));

	beforeEach(async () => {
		await fixture.sandbox.close();
		fixture.sandbox = await startSundaySandbox();
		credential = await addCredential(fixture);
	});

	it.each(names)('runs from its trigger to a final node with output: %s.json', async (name) => {
		const { session } = fixture;
		const workflow = await addExample(name);
		const trigger = workflow.nodes.find(({ type }) => type.toLowerCase().endsWith('trigger'))!;

		await runWorkflow(session, workflow.id, trigger.name);
		await simulateExternalEvents(fixture, workflow);
		const { id } = await until('the execution', 30_000, async () => {
			return (await listExecutions(session, { workflowId: workflow.id }))[0];
		});
		const execution = await waitForExecution(session, id);

		expect(execution.status).toBe('success');
		const { runData } = execution.data.resultData;
		const targetsOf = (node: INode) => (workflow.connections[node.name]?.main ?? []).flat();
		const finalNodes = workflow.nodes.filter(
			(node) => node.name in runData && targetsOf(node).every((each) => !(each!.node in runData)),
		);
		expect(finalNodes.flatMap((node) => outputItems(execution, node.name))).not.toEqual([]);
		const requests = fixture.sandbox.journal.entries;
		expect(requests.filter(({ status }) => status! >= 400)).toEqual([]);
		expect(requests).not.toEqual([]);
	});
});
