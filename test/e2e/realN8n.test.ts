import { startSandbox, type Sandbox } from '../../sandbox';
import {
	activateWorkflow,
	createCredential,
	createWorkflow,
	deactivateWorkflow,
	executeWorkflow,
	importCredentials,
	importWorkflows,
	listExecutions,
	outputItems,
	retryExecution,
	runWorkflow,
	signIn,
	startN8n,
	until,
	waitForExecution,
	type N8nOptions,
	type RunningN8n,
	type Session,
} from '../../scripts/n8n';
import {
	chain,
	credentialFor,
	manualTrigger,
	rows,
	sendText,
	webhook,
} from '../../scripts/n8n/parts';
import { makeN8nHome } from './n8nHome';

const START = 'Start';
const SEND = 'Send';

let sandbox: Sandbox;

beforeEach(async () => {
	sandbox = await startSandbox({ data: 'empty' });
});
afterEach(async () => await sandbox.close());

/** A conversation in which a customer has just written. */
function addConversation(): string {
	const { id } = sandbox.store.addConversation();
	sandbox.store.addIncoming(id, 'Halo, apakah barangnya masih ada?');
	return id;
}

const sentTo = (conversation: string) =>
	sandbox.store
		.messages(conversation)
		.filter(({ type }) => type === 'outgoing')
		.map(({ content }) => content);

describe('n8n without a server, with the packed package', () => {
	it('sends a text by n8n execute', async () => {
		const home: N8nOptions = await makeN8nHome('execute');
		const conversation = addConversation();
		await importCredentials(home, [{ id: 'sahut', ...credentialFor(sandbox) }]);
		const send = sendText(SEND, 'sahut', conversation, 'Masih ada, Kak.');
		await importWorkflows(home, [{ id: 'send', ...chain('Send', manualTrigger(START), send) }]);

		const run = await executeWorkflow(home, 'send');

		expect(run.status).toBe('success');
		const [sent] = outputItems(run, SEND);
		expect(sandbox.store.messages(conversation).at(-1)).toMatchObject(sent!.json);
		expect(sentTo(conversation)).toEqual(['Masih ada, Kak.']);
	});
});

describe('n8n as people run it', () => {
	let n8n: RunningN8n;
	let session: Session;
	let credential: string;

	beforeAll(async () => {
		n8n = await startN8n({ ...(await makeN8nHome('server')), port: 0 });
		session = await signIn(n8n);
	});
	afterAll(async () => await n8n?.stop());
	beforeEach(async () => {
		credential = (await createCredential(session, credentialFor(sandbox))).id;
	});

	it('sends only what is missing when Retry is pressed on a failed execution, again and again', async () => {
		const [first, second, third] = [addConversation(), addConversation(), addConversation()];
		const conversations = [first, second, third].map((id) => ({ id }));
		const { id } = await createWorkflow(
			session,
			chain(
				'Retry',
				manualTrigger(START),
				rows('Rows', conversations),
				sendText(SEND, credential, '={{ $json.id }}', 'Halo Kak'),
			),
		);
		const path = new RegExp(`${second}/messages$`);
		sandbox.faults.add({ method: 'POST', path, kind: 'status', status: 422, times: 2 });

		const started = await runWorkflow(session, id, START);
		if (!('executionId' in started)) throw new Error('The workflow waits for a webhook.');
		const failed = await waitForExecution(session, started.executionId);
		expect(failed.status).toBe('error');
		expect([first, second, third].map(sentTo)).toEqual([['Halo Kak'], [], ['Halo Kak']]);

		const retries = [];
		for (let retry = 0; retry < 3; retry++) retries.push(await retryExecution(session, failed.id));

		expect(retries.map(({ status }) => status)).toEqual(['error', 'success', 'success']);
		expect([first, second, third].map(sentTo)).toEqual(Array(3).fill(['Halo Kak']));
		const errors = await listExecutions(session, { workflowId: id, status: ['error'] });
		expect(errors.map(({ id }) => id).sort()).toEqual([failed.id, retries[0]!.id].sort());
	});

	it('answers a webhook while it is published, also after n8n was started again', async () => {
		const conversation = addConversation();
		const send = sendText(SEND, credential, conversation, '={{ $json.body.text }}');
		const { id } = await createWorkflow(session, chain('Hook', webhook(START, 'hook'), send));
		const call = async (text: string, endpoint = 'webhook') =>
			await fetch(`${n8n.url}/${endpoint}/hook`, {
				method: 'POST',
				headers: { 'content-type': 'application/json' },
				body: JSON.stringify({ text }),
			});
		const sent = async (...texts: string[]) =>
			await until(`${texts.length} messages`, 20_000, () =>
				sentTo(conversation).length >= texts.length ? sentTo(conversation) : undefined,
			);

		expect((await call('nobody listens')).status).toBe(404);
		expect(await runWorkflow(session, id, START)).toEqual({ waitingForWebhook: true });
		expect((await call('satu', 'webhook-test')).status).toBe(200);
		expect(await sent('satu')).toEqual(['satu']);

		await activateWorkflow(session, id);
		expect((await call('dua')).status).toBe(200);
		expect(await sent('satu', 'dua')).toEqual(['satu', 'dua']);

		await n8n.kill();
		await n8n.restart();
		session = await signIn(n8n);
		expect((await call('tiga')).status).toBe(200);
		expect(await sent('satu', 'dua', 'tiga')).toEqual(['satu', 'dua', 'tiga']);

		await deactivateWorkflow(session, id);
		expect((await call('nobody listens')).status).toBe(404);
		expect(sentTo(conversation)).toHaveLength(3);
	});
});
