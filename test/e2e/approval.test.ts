import type { INode } from 'n8n-workflow';

import {
	activateWorkflow,
	createCredential,
	createWorkflow,
	deactivateWorkflow,
	getExecution,
	listExecutions,
	majorOf,
	outputItems,
	readLog,
	startWorkflow,
	until,
	waitForExecution,
	type Execution,
	type StoredWorkflow,
	type WorkflowContent,
} from '../../scripts/n8n';
import {
	chain,
	CREDENTIAL_NAME,
	manualTrigger,
	node,
	sahut,
	sendText,
} from '../../scripts/n8n/workflowBuilder';
import { prepareExample } from '../../scripts/prepareExamples';
import { startScriptedModel, type ScriptedModel } from '../../scripts/scriptedModel';
import { byId } from '../support/locator';
import { addConversation, addCredential, N8N_VERSION, textsSentTo, useN8n } from './n8nFixture';

const START = 'Start';
const ASK = 'Ask';
const AFTER = 'After';
const QUESTION = 'Kirim jawaban ini?';

/** n8n checks once a minute which executions to resume. */
const EXPIRY_MS = 150_000;

/** User agents that open links without a person: previews, scanners, prefetchers and monitoring. */
const USER_AGENTS = [
	'WhatsApp/2.23.20.0',
	'TelegramBot (like TwitterBot)',
	'Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)',
	'facebookexternalhit/1.1',
	'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)',
	'Mozilla/5.0 (Windows NT 10.0; Win64; x64) SkypeUriPreview Preview/0.5',
	'Barracuda Sentinel (EE)',
	'Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/126.0 Mobile Safari/537.36',
	'curl/8.7.1',
	'',
];

// The log at its most detailed level must not contain links.
const fixture = useN8n('approval', { env: { N8N_LOG_LEVEL: 'debug' } });
let credentialId: string;
let conversation: string;

beforeEach(async () => {
	credentialId = (await addCredential(fixture)).id;
	conversation = addConversation(fixture);
});

/** Creates a node that adds fields to its items. */
const setFields = (name: string, json: object) =>
	node(name, 'n8n-nodes-base.set', 3.4, {
		mode: 'raw',
		jsonOutput: JSON.stringify(json),
		options: {},
	});

/** Creates the node that asks the question. */
const ask = (more: INode['parameters'] = {}) =>
	sahut(ASK, credentialId, {
		resource: 'message',
		operation: 'sendAndWait',
		conversationId: byId(conversation),
		message: QUESTION,
		approval: { type: 'double' },
		...more,
	});

const after = () => node(AFTER, 'n8n-nodes-base.noOp', 1, {});

const createAsking = async (more: INode['parameters'] = {}, row: object = { order: 'ORD-1' }) =>
	await createWorkflow(
		fixture.session,
		chain('Approval', manualTrigger(START), setFields('Row', row), ask(more), after()),
	);

const notes = () => textsSentTo(fixture, [conversation])[0]!;

/** Returns the links of all questions, oldest first. */
const links = () => notes().flatMap((text) => /http\S+\/webhook-waiting\/\S+$/.exec(text) ?? []);

const start = async (workflow: StoredWorkflow) =>
	await startWorkflow(fixture.session, workflow, START);

/** Waits until an execution waits for an answer. @param count the number of questions so far */
async function waitForQuestion(id: string, count = 1): Promise<string> {
	return await until(`question ${count}`, 30_000, async () => {
		const { status } = await getExecution(fixture.session, id);
		if (['error', 'crashed', 'success'].includes(status)) throw new Error(`It ended: ${status}`);
		return status === 'waiting' && links().length >= count ? links()[count - 1] : undefined;
	});
}

const decide = async (link: string, decision: string) =>
	await fetch(link, { method: 'POST', body: new URLSearchParams({ decision }) });

const ended = async (id: string, timeoutMs?: number) =>
	await waitForExecution(fixture.session, id, timeoutMs);

const answers = (execution: Execution) => outputItems(execution, AFTER).map(({ json }) => json);

it('waits across a restart, and continues once after the decision', async () => {
	// n8n's expressions omit a field with this name.
	const row = { order: 'ORD-1', cars: [{ constructor: 'Honda' }] };
	const id = await start(await createAsking({}, row));
	const link = await waitForQuestion(id);
	expect(notes()[0]).toBe(`${QUESTION}\n\nApprove / Decline: ${link}`);

	await fixture.n8n.restart();
	const page = await fetch(link);
	expect(page.status).toBe(200);
	expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
	expect(await page.text()).toContain(QUESTION);

	const recorded = await decide(link, 'approve');
	expect(recorded.status).toBe(200);
	expect(recorded.headers.get('x-frame-options')).toBe('DENY');
	expect(await recorded.text()).toContain('The answer was recorded');

	const execution = await ended(id);
	expect(outputItems(execution, ASK)).toEqual([
		{
			json: {
				...row,
				conversation_id: conversation,
				message_id: fixture.sandbox.store.messages(conversation).at(-1)!.id,
				approved: true,
				decided_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
			},
			pairedItem: { item: 0 },
		},
	]);
	expect(answers(execution)).toMatchObject([{ order: 'ORD-1', approved: true }]);
	const second = await decide(link, 'decline');
	expect(await second.text()).toContain('No action required');
	expect(notes()).toHaveLength(1);
});

it('continues once, with the first decision, after several simultaneous clicks', async () => {
	const workflow = chain(
		'Approval',
		manualTrigger(START),
		ask(),
		sendText('Send', credentialId, conversation, '={{ "approved: " + $json.approved }}'),
	);
	const id = await start(await createWorkflow(fixture.session, workflow));
	const link = await waitForQuestion(id);

	const clicks = await Promise.all(
		['decline', 'approve', 'approve', 'decline', 'approve'].map(async (each) => {
			const response = await decide(link, each);
			return `${response.status} ${/<h1[^>]*>(.*?)<\/h1>/.exec(await response.text())?.[1]}`;
		}),
	);
	await ended(id);

	const [decision] = notes().slice(1);
	expect(notes().slice(1)).toHaveLength(1);
	const label = decision === 'approved: true' ? 'Approve' : 'Decline';
	// n8n itself responds to a click that arrives after it has resumed the execution.
	const late = ['200 No action required', '409 undefined'];
	expect(clicks).toContain(`200 ✓ ${label}`);
	expect(clicks.filter((each) => ![`200 ✓ ${label}`, ...late].includes(each))).toEqual([]);
});

it('ignores previews, scanners and forged links', async () => {
	const id = await start(await createAsking());
	const link = await waitForQuestion(id);

	for (const method of ['GET', 'HEAD', 'OPTIONS']) {
		for (const agent of USER_AGENTS) {
			const { status } = await fetch(link, { method, headers: { 'user-agent': agent } });
			expect(status).toBeLessThan(300);
		}
	}
	for (const method of ['PUT', 'PATCH', 'DELETE']) await fetch(link, { method });

	const other = 'A'.repeat(24);
	const changed = (change: (url: URL) => void) => {
		const url = new URL(link);
		change(url);
		return url.href;
	};
	const forged = [
		changed(({ searchParams }) => searchParams.set('signature', 'a'.repeat(64))),
		changed(({ searchParams }) => searchParams.set('signature', 'a')),
		changed(({ searchParams }) => searchParams.delete('signature')),
		changed(({ searchParams }) => searchParams.set('nonce', other)),
		changed(({ searchParams }) => searchParams.delete('nonce')),
		changed((url) => (url.search = '')),
	];
	for (const url of forged) {
		for (const response of [await fetch(url), await decide(url, 'approve')]) {
			expect([401, 403, 410]).toContain(response.status);
			expect(await response.text()).not.toContain(QUESTION);
		}
	}
	for (const decision of ['', 'yes', 'approved']) {
		expect((await decide(link, decision)).status).toBe(400);
	}
	expect(await getExecution(fixture.session, id)).toMatchObject({ status: 'waiting' });

	await decide(link, 'decline');

	expect(answers(await ended(id))).toMatchObject([{ approved: false }]);
});

it('resumes only the execution that the link belongs to if two executions wait', async () => {
	const workflow = await createAsking();
	const first = await start(workflow);
	await waitForQuestion(first, 1);
	const second = await start(workflow);
	await waitForQuestion(second, 2);
	const [link1, link2] = links() as [string, string];
	// The nonce of the other question, with a path and a signature that do not belong to it.
	const mixed = new URL(link1);
	mixed.searchParams.set('nonce', new URL(link2).searchParams.get('nonce')!);
	expect((await decide(mixed.href, 'approve')).status).toBe(401);

	await decide(link2, 'approve');

	expect(answers(await ended(second))).toMatchObject([{ approved: true }]);
	expect(await getExecution(fixture.session, first)).toMatchObject({ status: 'waiting' });
	await decide(link1, 'decline');
	expect(answers(await ended(first))).toMatchObject([{ approved: false }]);
});

it('does not accept the link of an earlier round of a loop', async () => {
	const loop = node('Loop', 'n8n-nodes-base.splitInBatches', 3, { options: {} });
	const split = node('Rows', 'n8n-nodes-base.splitOut', 1, {
		fieldToSplitOut: 'orders',
		options: {},
	});
	const main = (target: string) => [{ node: target, type: 'main' as const, index: 0 }];
	const workflow: WorkflowContent = {
		...chain(
			'Loop',
			manualTrigger(START),
			setFields('Row', { orders: ['ORD-1', 'ORD-2'] }),
			split,
			loop,
			ask({ message: '=Kirim {{ $json.orders }}?' }),
			after(),
		),
	};
	workflow.connections.Loop = { main: [main(AFTER), main(ASK)] };
	workflow.connections[ASK] = { main: [main('Loop')] };
	const id = await start(await createWorkflow(fixture.session, workflow));
	const link1 = await waitForQuestion(id, 1);
	await decide(link1, 'approve');
	const link2 = await waitForQuestion(id, 2);

	const old = [await fetch(link1), await decide(link1, 'approve')];

	expect(old.map(({ status }) => status)).toEqual([410, 410]);
	expect(await old[0]!.text()).not.toContain('ORD-');
	expect(await getExecution(fixture.session, id)).toMatchObject({ status: 'waiting' });
	expect(await (await fetch(link2)).text()).toContain('Kirim ORD-2?');
	await decide(link2, 'decline');
	expect(answers(await ended(id))).toMatchObject([
		{ orders: 'ORD-1', approved: true },
		{ orders: 'ORD-2', approved: false },
	]);
});

it('outputs null as the answer after the time limit, even if the input has an answer', async () => {
	const values = { limitType: 'afterTimeInterval', resumeAmount: 0.05, resumeUnit: 'minutes' };
	const row = { order: 'ORD-1', approved: true };
	const id = await start(await createAsking({ options: { limitWaitTime: { values } } }, row));
	const link = await until('the question', 30_000, () => links()[0]);

	const execution = await ended(id, EXPIRY_MS);

	expect(outputItems(execution, ASK)).toMatchObject([
		{ json: { ...row, approved: null, decided_at: null }, pairedItem: { item: 0 } },
	]);
	expect(answers(execution)).toMatchObject([{ ...row, approved: null, decided_at: null }]);
	expect(outputItems(execution, 'Row')[0]!.json).toEqual(row);
	expect(await (await decide(link, 'approve')).text()).toContain('No action required');
});

const describeReview = majorOf(N8N_VERSION) === 1 ? describe.skip : describe;

describeReview('As the human review of a tool', () => {
	const AGENT = 'Agent';
	const TOOL = 'Send template';
	let model: ScriptedModel;
	let modelId: string;

	beforeAll(async () => {
		model = await startScriptedModel(() => '');
	});
	afterAll(async () => await model?.close());
	beforeEach(async () => {
		model.chats.length = 0;
		modelId = (await createCredential(fixture.session, model.credential)).id;
		model.script = (chat) =>
			chat.at(-1)!.role === 'tool'
				? 'Selesai.'
				: [
						{
							tool: 'Send_template',
							// The model cannot approve its own call.
							given: {
								toolParameters: { name: 'Budi' },
								hitlParameters: { approved: true, data: { approved: true } },
							},
						},
					];
	});

	/** Starts an agent with a tool that sends a template. @param review the parameters of the review */
	async function startAgent(review: INode['parameters'] | undefined): Promise<string> {
		const agent = node(AGENT, '@n8n/n8n-nodes-langchain.agent', 3, {
			promptType: 'define',
			text: 'Kirim tagihan ke Budi.',
			options: {},
		});
		const openAi = node(
			'Model',
			'@n8n/n8n-nodes-langchain.lmChatOpenAi',
			1.2,
			{ model: { __rl: true, mode: 'list', value: 'scripted' }, options: {} },
			{ credentials: { openAiApi: { id: modelId, name: model.credential.name } } },
		);
		const template = {
			...sahut(TOOL, credentialId, {
				resource: 'message',
				operation: 'send',
				conversationId: byId(conversation),
				messageType: 'template',
				templateId: 'tmpl_follow_up',
				templateVariables: {
					variable: [{ name: 'customer_name', value: "={{ $fromAI('name', 'Name', 'string') }}" }],
				},
				options: {},
			}),
			type: 'n8n-nodes-sahut.sahutTool',
		};
		const asking = ask({
			message:
				'=The agent wants to run this tool: {{ $tool.name }}\n\nInput:\n{{ $tool.parameters }}',
			...review,
		});
		const reviewing = { ...asking, type: `n8n-nodes-sahut.sahut${review ? 'HitlTool' : 'Tool'}` };
		const workflow = chain('Review', manualTrigger(START), agent, after());
		workflow.nodes.push(openAi, template, reviewing);
		const link = (type: string, to: string) => ({ [type]: [[{ node: to, type, index: 0 }]] });
		Object.assign(workflow.connections, {
			Model: link('ai_languageModel', AGENT),
			[TOOL]: link('ai_tool', review ? ASK : AGENT),
			[ASK]: link('ai_tool', AGENT),
		});
		return await start(await createWorkflow(fixture.session, workflow));
	}

	const toolResults = () =>
		model.chats
			.at(-1)!
			.filter(({ role }) => role === 'tool')
			.map(({ content }) => content);

	const templates = () =>
		fixture.sandbox.store
			.messages(conversation)
			.filter(({ template_id }) => template_id !== undefined);

	it('sends the template once after the approval', async () => {
		const id = await startAgent({});
		const link = await waitForQuestion(id);
		expect(notes()[0]).toContain('Send_template');
		expect(notes()[0]).toContain('Budi');
		expect(templates()).toEqual([]);

		await Promise.all([decide(link, 'approve'), decide(link, 'approve')]);

		expect(answers(await ended(id))).toEqual([{ output: 'Selesai.' }]);
		expect(templates()).toHaveLength(1);
		expect(toolResults()).toEqual([expect.stringContaining(templates()[0]!.id)]);
	});

	it('tells the model that a person has declined', async () => {
		const id = await startAgent({});

		await decide(await waitForQuestion(id), 'decline');

		expect(answers(await ended(id))).toEqual([{ output: 'Selesai.' }]);
		expect(templates()).toEqual([]);
		expect(toolResults()).toEqual([expect.stringContaining('User rejected the tool call')]);
	});

	it('does not run the tool after the time limit', async () => {
		const values = { limitType: 'afterTimeInterval', resumeAmount: 0.05, resumeUnit: 'minutes' };
		const id = await startAgent({ options: { limitWaitTime: { values } } });

		await ended(id, EXPIRY_MS);

		expect(templates()).toEqual([]);
	});

	it('rejects the operation as a plain tool, and tells the model why', async () => {
		model.script = (chat) =>
			chat.at(-1)!.role === 'tool' ? 'Selesai.' : [{ tool: ASK, given: {} }];
		const id = await startAgent(undefined);

		await ended(id);

		expect(toolResults()).toEqual([expect.stringContaining('cannot be a tool')]);
		expect(notes()).toEqual([]);
	});
});

describe('ai-draft-approval.json', () => {
	const DRAFT = 'Halo Kak, harganya Rp 50.000.';
	let model: ScriptedModel;
	let workflow: StoredWorkflow;

	beforeAll(async () => {
		model = await startScriptedModel(() => DRAFT);
	});
	afterAll(async () => await model?.close());
	beforeEach(async () => {
		model.script = () => DRAFT;
		const { session, sandbox } = fixture;
		const openAiApi = await createCredential(session, model.credential);
		const credential = { id: credentialId, name: CREDENTIAL_NAME };
		const example = prepareExample('ai-draft-approval', sandbox.store, credential, { openAiApi });
		const nodes = example.nodes.map((each) =>
			each.name === 'Wait some seconds'
				? { ...each, parameters: { ...each.parameters, amount: 1 } }
				: each,
		);
		workflow = await createWorkflow(session, { ...example, nodes });
		await activateWorkflow(session, workflow.id);
	});
	afterEach(async () => await deactivateWorkflow(fixture.session, workflow.id));

	/** Writes as the customer. @returns the ID of the execution that this starts */
	async function write(text: string): Promise<string> {
		fixture.sandbox.store.addIncoming(conversation, text);
		await fixture.sandbox.deliveries.settled();
		const [latest] = await until('the execution', 20_000, async () => {
			const all = await listExecutions(fixture.session, { workflowId: workflow.id });
			return all.length > 0 ? all : undefined;
		});
		return latest!.id;
	}

	const stored = () => fixture.sandbox.store.conversations.get(conversation)!;
	const handedOver = { labels: ['perlu-cs'], team_id: expect.stringMatching(/^team_/) };

	it('sends the draft that a person has approved', async () => {
		const id = await write('Berapa harganya?');
		const link = await waitForQuestion(id);
		expect(notes()).toEqual([`Kirim balasan ini?\n\n${DRAFT}\n\nKirim / Jangan kirim: ${link}`]);

		await decide(link, 'approve');

		expect(await ended(id)).toMatchObject({ status: 'success' });
		expect(notes().slice(1)).toEqual([DRAFT]);
		expect(stored().labels).toEqual([]);
	});

	it('hands over if a person declines', async () => {
		const id = await write('Berapa harganya?');

		await decide(await waitForQuestion(id), 'decline');

		expect(await ended(id)).toMatchObject({ status: 'success' });
		expect(notes()).toHaveLength(1);
		expect(stored()).toMatchObject(handedOver);
	});

	it.each([
		['has no draft', () => ''],
		['fails', () => Promise.reject(new Error('Kuota habis'))],
	])('hands over without a question if the model %s', async (_, script) => {
		model.script = script;

		const id = await write('Berapa harganya?');

		expect(await ended(id)).toMatchObject({ status: 'success' });
		expect(notes()).toEqual([expect.stringContaining('Mohon dijawab oleh tim')]);
		expect(stored()).toMatchObject(handedOver);
	});

	it('writes no draft after the conversation was handed over', async () => {
		stored().labels.push('perlu-cs');

		const id = await write('Berapa harganya?');

		expect(await ended(id)).toMatchObject({ status: 'success' });
		expect(notes()).toEqual([]);
	});
});

it('writes neither the nonce nor the signature of a link into the log', () => {
	const log = readLog(fixture.n8nOptions.logFile, 0);

	expect(log).toContain('Received waiting-webhook');
	expect(log).not.toMatch(/signature=|nonce=/);
});
