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
import { addCredential, useN8n, VERSION } from './n8nFixture';

/** The examples that have their own tests. */
const TESTED = [
	'ai-agent-handover',
	'crm-webhook',
	'follow-up-data-table',
	'remind-until-answered',
];

const fixture = useN8n('examples');
let credential: StoredCredential;

beforeEach(async () => {
	credential = await addCredential(fixture);
});

/**
 * Stores an example as a workflow.
 * @param replace text in the example → its replacement, e.g. for a shorter wait
 */
async function addExample(
	name: string,
	more: N8nRecords = {},
	replace: Record<string, string> = {},
	parameters: Record<string, INode['parameters']> = {},
): Promise<StoredWorkflow> {
	let text = JSON.stringify(prepareExample(name, fixture.sandbox.store, credential, more));
	for (const [from, to] of Object.entries(replace)) text = text.replaceAll(from, to);
	const example = JSON.parse(text) as ReturnType<typeof prepareExample>;
	const nodes = example.nodes.map((node) => ({
		...node,
		parameters: { ...node.parameters, ...parameters[node.name] },
	}));
	return await createWorkflow(fixture.session, { ...example, nodes });
}

async function run(workflow: StoredWorkflow, trigger: string): Promise<Execution> {
	const execution = await waitForExecution(
		fixture.session,
		await startWorkflow(fixture.session, workflow, trigger),
	);
	expect(execution.status).toBe('success');
	return execution;
}

/** Returns the outgoing messages of a conversation, oldest first. */
const sentInto = ({ id }: Conversation): readonly Message[] =>
	fixture.sandbox.store.messages(id).filter(({ type }) => type === 'outgoing');

const sent = () => [...fixture.sandbox.store.conversations.values()].flatMap(sentInto);

/** Returns the order ID in each outgoing message, sorted. */
const ordersSent = () =>
	sent()
		.map(({ content }) => /ORD-\d+/.exec(content)?.[0])
		.sort();

describe('follow-up-data-table.json', () => {
	const TRIGGER = 'In working hours';
	const SENDABLE = ['ORD-3041', 'ORD-3043', 'ORD-3044', 'ORD-3047', 'ORD-3052', 'ORD-3058'];
	let table: string;
	let workflow: StoredWorkflow;

	beforeEach(async () => {
		table = (await ensureFollowUpTable(fixture.session)).id;
		workflow = await addExample('follow-up-data-table', { dataTableId: table });
	});
	afterEach(async () => await deleteDataTable(fixture.session, table));

	/** Returns order → the time when its message was sent, or the reason why it was not. */
	async function readResults(): Promise<Record<string, unknown>> {
		const rows = await readDataTable(fixture.session, table);
		return Object.fromEntries(
			rows.map((row) => [row.order_id, row.sent_at || row.not_sent_because]),
		);
	}

	const sentAt = () =>
		Object.fromEntries(
			sent().map(({ content, created_at }) => [/ORD-\d+/.exec(content)![0], created_at]),
		);

	it('sends each row once, and writes back the time or the reason', async () => {
		const contact = fixture.sandbox.store.addContact({
			name: 'Siti Aminah',
			phone: '+6281300001002',
		});
		const { id } = fixture.sandbox.store.addConversation({ contact });
		fixture.sandbox.store.addIncoming(id, 'Halo Kak');
		await run(workflow, TRIGGER);

		expect(ordersSent()).toEqual(SENDABLE);
		expect(sent().filter(({ template_id }) => template_id === undefined)).toEqual([
			expect.objectContaining({
				content: expect.stringMatching(/^Halo Kak Siti Aminah, .*ORD-3043/),
			}),
		]);
		expect(await readResults()).toEqual({
			...sentAt(),
			'ORD-3055': expect.stringMatching(/^"belum ada" is not a phone number\. Use one number/),
		});
	});

	it('sends only the corrected rows in the next run', async () => {
		await updateDataTable(fixture.session, table, ['order_id', 'ORD-3044'], { phone: null });
		await updateDataTable(fixture.session, table, ['order_id', 'ORD-3047'], { total: null });
		const bodyContains = 'ORD-3052';
		fixture.sandbox.faults.add({
			method: 'POST',
			bodyContains,
			kind: 'status',
			status: 422,
			message: 'No',
		});
		await run(workflow, TRIGGER);
		expect(ordersSent()).toEqual(['ORD-3041', 'ORD-3043', 'ORD-3058']);
		expect(await readResults()).toEqual({
			...sentAt(),
			'ORD-3044': expect.stringMatching(/^The phone number is empty/),
			'ORD-3047': expect.stringContaining('total'),
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
		await run(workflow, TRIGGER);
		expect(ordersSent()).toEqual([...SENDABLE, 'ORD-3055'].sort());
		expect(await readResults()).toEqual(sentAt());

		const execution = await run(workflow, TRIGGER);
		expect(execution.data.resultData.runData).not.toHaveProperty('Send message');
	});

	it('sends nothing twice if n8n is killed between sending and writing back', async () => {
		const path = /messages$/;
		fixture.sandbox.faults.add({ method: 'POST', path, skip: 3, kind: 'slow', delayMs: 60_000 });
		await startWorkflow(fixture.session, workflow, TRIGGER);
		await until('the message without a response', 30_000, () =>
			fixture.sandbox.faults.remaining() === 0 ? true : undefined,
		);
		await fixture.n8n.kill();
		const before = ordersSent().length;
		expect(before).toBeGreaterThan(3);
		await fixture.n8n.restart();
		expect(Object.values(await readResults())).toEqual(Array(7).fill(null));

		await run(workflow, TRIGGER);
		expect(ordersSent()).toEqual(SENDABLE);
		expect(await readResults()).toEqual({ ...sentAt(), 'ORD-3055': expect.any(String) });
	});

	it('sends each row once if two runs start at the same time', async () => {
		const ids = await Promise.all(
			[1, 2].map(async () => await startWorkflow(fixture.session, workflow, TRIGGER)),
		);
		for (const id of ids) {
			const { status } = await waitForExecution(fixture.session, id);
			// Data tables of n8n 1.x may fail if two executions write at the same time.
			if (majorOf(VERSION) > 1) expect(status).toBe('success');
		}
		if (majorOf(VERSION) === 1) await run(workflow, TRIGGER);
		expect(ordersSent()).toEqual(SENDABLE);
		expect(await readResults()).toEqual({ ...sentAt(), 'ORD-3055': expect.any(String) });
	});
});

describe('crm-webhook.json', () => {
	const deal = {
		deal_id: 'DEAL-501',
		customer_name: 'Budi Santoso',
		phone: '0812-0000-1001',
		total: 450000,
	};
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

	it('sends one message for three concurrent calls and a later one, and responds to each with it', async () => {
		const responses = await Promise.all([call(deal), call(deal), call(deal)]);
		responses.push(await call(deal));

		const [message, ...others] = sent();
		expect(others).toEqual([]);
		const body = { deal_id: 'DEAL-501', message_id: message!.id, sent_at: message!.created_at };
		expect(responses.map(([status, { result }]) => [status, result]).sort()).toEqual([
			[200, 'sent'],
			...Array(3).fill([200, 'sent_before']),
		]);
		expect(responses.map(([, responseBody]) => responseBody)).toMatchObject(Array(4).fill(body));
	});

	it('rejects an incomplete deal', async () => {
		for (const body of [{ ...deal, phone: null }, { ...deal, customer_name: ' ' }, [deal], {}]) {
			expect(await call(body)).toEqual([
				400,
				{ result: 'not_sent', reason: expect.stringContaining('A deal needs deal_id') },
			]);
		}
		expect(fixture.sandbox.journal.entries).toEqual([]);
	});
});

describe('remind-until-answered.json', () => {
	const TRIGGER = 'When clicking ‘Execute workflow’';
	const DAY_SECONDS = 6;

	it('reminds at most twice, stops if the customer replies, and otherwise notifies the team', async () => {
		const workflow = await addExample(
			'remind-until-answered',
			{},
			// Scales 60 hours to the short day, and makes Skip If Sent Within shorter than this day.
			{
				'hours: 60': `seconds: ${2.5 * DAY_SECONDS}`,
				'"skipIfSentWithin":23': '"skipIfSentWithin":0.0001',
			},
			{ 'Wait one day': { amount: DAY_SECONDS, unit: 'seconds' } },
		);
		const id = await startWorkflow(fixture.session, workflow, TRIGGER);
		const sentUntil = async (count: number) =>
			await until(`${count} messages`, 20_000, () => (sent().length >= count ? true : undefined));
		await sentUntil(3);
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
		await sentUntil(5);
		made.status = 'resolved';
		expect(await waitForExecution(fixture.session, id)).toMatchObject({ status: 'success' });

		expect([budi, siti, made].map(({ labels }) => labels)).toEqual([
			['tidak-menjawab'],
			['menjawab'],
			[],
		]);
		const first = 'tmpl_invoice_due';
		const reminder = 'tmpl_follow_up';
		const templates = (conversation: Conversation) =>
			sentInto(conversation).map((message) => (message.private ? 'note' : message.template_id));
		expect(templates(budi)).toEqual([first, reminder, reminder, 'note']);
		expect(templates(siti)).toEqual([first]);
		expect(templates(made)).toEqual([first, reminder]);
		expect(sentInto(budi).at(-1)!.content).toMatch(
			/^Budi Santoso belum menjawab pesan tentang pesanan ORD-3107/,
		);
	});
});

describe('ai-agent-handover.json', () => {
	const WAIT_SECONDS = 2;
	const HANDOVER = [
		{ tool: 'Note_for_the_team', given: { note: 'Barang rusak, minta ganti.' } },
		{ tool: 'Hand_over_to_people', given: {} },
	];
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
		const shorterWait = { 'Wait some seconds': { amount: WAIT_SECONDS } };
		workflow = await addExample('ai-agent-handover', { openAiApi }, {}, shorterWait);
		await activateWorkflow(fixture.session, workflow.id);
		const contact = fixture.sandbox.store.addContact({ name: 'Siti Aminah' });
		conversation = fixture.sandbox.store.addConversation({ contact, labels: ['prioritas'] });
		[agent] = fixture.sandbox.store.agents.values() as unknown as [Agent];
	});
	afterEach(async () => await deactivateWorkflow(fixture.session, workflow.id));

	const write = (text: string) => fixture.sandbox.store.addIncoming(conversation.id, text);

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
	const texts = () =>
		sentInto(conversation).map(({ content, private: isNote }) =>
			isNote ? `(${content})` : content,
		);

	const lastOf = (chat: ChatMessage[]) => chat.at(-1)!;

	it('replies with the transcript as context', async () => {
		model.script = () => 'Kami buka pukul 08.00 Kak.';
		write('Halo, jam berapa buka?');
		await waitForExecutions(1);

		expect(texts()).toEqual(['Kami buka pukul 08.00 Kak.']);
		const [chat, ...others] = model.chats;
		expect(others).toEqual([]);
		expect(lastOf(chat!).content).toContain('Siti Aminah (contact): Halo, jam berapa buka?');
	});

	it('replies once to three messages in a row', async () => {
		model.script = (chat) =>
			`Menjawab ${String(lastOf(chat).content).match(/\(contact\)/g)?.length}`;
		for (const text of ['Halo', 'Kak', 'Masih ada?']) write(text);
		await waitForExecutions(3);
		expect(texts()).toEqual(['Menjawab 3']);
	});

	it('hands the conversation over to people, and does not reply afterwards', async () => {
		model.script = (chat) =>
			lastOf(chat).role === 'tool' ? 'Tim kami akan melanjutkan ya Kak.' : HANDOVER;
		write('Barangnya rusak!');
		await waitForExecutions(1);
		const handedOver = ['(Barang rusak, minta ganti.)', 'Tim kami akan melanjutkan ya Kak.'];
		expect(texts()).toEqual(handedOver);
		expect(conversation).toMatchObject({
			labels: ['prioritas', 'butuh-manusia'],
			team_id: expect.stringMatching(/^team_/),
		});

		const chatCount = model.chats.length;
		write('Halo?');
		await waitForExecutions(2);
		expect(texts()).toEqual(handedOver);
		expect(model.chats).toHaveLength(chatCount);
	});

	it('does not reply in a conversation with an assignee', async () => {
		conversation.assignee = agent;
		write('Halo');
		await waitForExecutions(1);
		expect(texts()).toEqual([]);
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
		write('Halo');
		await waitForExecutions(1);
		expect(model.chats).toHaveLength(1);
		expect(texts()).toEqual(expected);
	});

	it('replies once if the customer writes again while the model generates a reply', async () => {
		model.script = () => {
			if (model.chats.length > 1) return 'Masih ada, Rp 50.000 Kak.';
			write('Dan berapa harganya?');
			return 'Masih ada Kak.';
		};
		write('Masih ada?');
		await waitForExecutions(2);
		expect(texts()).toEqual(['Masih ada, Rp 50.000 Kak.']);
		expect(lastOf(model.chats[1]!).content).toMatch(/Masih ada\?.*Dan berapa harganya\?/s);
	});

	it('returns the error to the model if Sahut rejects the call of a tool', async () => {
		const message = 'team_id is unknown';
		fixture.sandbox.faults.add({ method: 'PUT', kind: 'status', status: 422, message });
		model.script = (chat) => (lastOf(chat).role === 'tool' ? 'Mohon tunggu ya Kak.' : HANDOVER);
		write('Barangnya rusak!');
		await waitForExecutions(1);

		const answer = lastOf(model.chats.at(-1)!).content;
		expect(answer).toContain('Sahut refused to update conversation');
		expect(answer).toContain(message);
		expect(texts().at(-1)).toBe('Mohon tunggu ya Kak.');
	});

	it.each([
		['the model fails', () => Promise.reject(new Error('Kuota habis')), /Bad request/],
		['the model returns an empty reply', () => '', /Text is empty/],
	])('adds a note for the team if %s', async (_, script, reason) => {
		model.script = script;
		write('Halo');
		await waitForExecutions(1);
		expect(texts()).toEqual([expect.stringMatching(/^\(AI tidak dapat menjawab \(/)]);
		expect(texts()[0]).toMatch(reason);
		expect(conversation.labels).toEqual(['prioritas', 'butuh-manusia']);
	});
});

describe('Every other example', () => {
	const others = listExampleNames().filter((name) => !TESTED.includes(name));

	beforeEach(async () => {
		await fixture.sandbox.close();
		fixture.sandbox = await startSundaySandbox();
		credential = await addCredential(fixture);
	});

	it.each(others)('%s.json runs from its trigger to a final node with output', async (name) => {
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
		const next = (node: INode) => (workflow.connections[node.name]?.main ?? []).flat();
		const last = workflow.nodes.filter(
			(node) => node.name in runData && next(node).every((each) => !(each!.node in runData)),
		);
		expect(last.flatMap((node) => outputItems(execution, node.name))).not.toEqual([]);
		const requests = fixture.sandbox.journal.entries;
		expect(requests.filter(({ status }) => status! >= 400)).toEqual([]);
		expect(requests).not.toEqual([]);
	});
});
