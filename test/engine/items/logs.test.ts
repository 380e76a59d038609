import { getN8nLogger } from '../../support/engine';
import { advanceClock } from '../../support/testClock';
import { openConversation, openWorkspace, sendText, toPhone } from '../../support/workspace';

const PHONE = '+628123456789';
const TEXT = 'Pesanan Anda sudah dikirim';
const NAME = 'Budi Santoso';

let debug: jest.SpyInstance;

beforeEach(async () => {
	debug = jest.spyOn(await getN8nLogger(), 'debug').mockImplementation(() => {});
});

afterEach(() => debug.mockRestore());

/** Returns the lines of the Sahut node in n8n's log at level debug. */
const logLines = () =>
	debug.mock.calls.map(([message]) => String(message)).filter((line) => line.startsWith('Sahut'));

it('logs each wait for the rate limit', async () => {
	const { run, sandbox, conversation } = await openConversation();
	sandbox.faults.add({ kind: 'status', status: 429, retryAfter: 2 });

	await run(sendText, [{ conversation, text: TEXT }]);

	expect(logLines()).toEqual([
		`Sahut node "Sahut": 429 for POST /conversations/${conversation}/messages: no requests for 2000 ms`,
	]);
});

it('logs each retried request with its reason', async () => {
	const { run, sandbox, conversation } = await openConversation();
	sandbox.faults.add({ kind: 'status', status: 503, method: 'GET' });
	const parameters = { resource: 'message', operation: 'list', conversationId: conversation };

	await run({ ...parameters, returnAll: true });

	expect(logLines()).toEqual([
		expect.stringMatching(
			/^Sahut node "Sahut": GET \/conversations\/conv_\w+\/messages failed with status 503: attempt 2 of 5 in \d+ ms$/,
		),
	]);
});

it('logs the search for a message whose response was lost', async () => {
	const { run, sandbox, conversation } = await openConversation();
	sandbox.faults.add({ kind: 'dropAfter', method: 'POST' });

	await run(sendText, [{ conversation, text: TEXT }]);

	expect(logLines()).toEqual([
		'Sahut node "Sahut": item 0: searches for the record of a write whose response was lost',
	]);
});

it('logs no search for a message whose response was lost more than a minute ago', async () => {
	const { run, sandbox, conversation } = await openConversation();
	const parameters = { ...sendText, options: { skipIfSentWithin: 24 } };
	sandbox.faults.add({ kind: 'dropBefore', method: 'POST' });
	await run(parameters, [{ conversation, text: TEXT }]);
	advanceClock(2 * 60_000);
	debug.mockClear();

	await run(parameters, [{ conversation, text: TEXT }]);

	expect(logLines()).toEqual([]);
});

it('logs a wait that is too long as one during which nothing is sent', async () => {
	const { run, sandbox, conversation } = await openConversation();
	sandbox.faults.add({ kind: 'status', status: 429, retryAfter: 300 });

	await run(sendText, [{ conversation, text: TEXT }]);

	expect(logLines()).toEqual([
		`Sahut node "Sahut": 429 for POST /conversations/${conversation}/messages: no requests for 300000 ms`,
	]);
});

it('logs each skipped item with its reason', async () => {
	const { run, conversation } = await openConversation();
	const parameters = { ...sendText, options: { skipIfSentWithin: 24 } };
	await run(parameters, [{ conversation, text: TEXT }]);
	debug.mockClear();

	await run(parameters, [{ conversation, text: TEXT }]);

	expect(logLines()).toEqual(['Sahut node "Sahut": item 0: skipped (sent_before)']);
});

it('logs the choice of a conversation', async () => {
	const workspace = await openWorkspace();

	const first = await workspace.run(toPhone(workspace), [{ phone: PHONE, name: NAME }]);
	await workspace.run(toPhone(workspace), [{ phone: PHONE, name: NAME }]);

	const id = first.output('Sahut')[0]!.json.conversation_id;
	expect(logLines()).toEqual([
		'Sahut node "Sahut": item 0: chose a new conversation (plan: send; known conversations of the contact on the channel: 0)',
		`Sahut node "Sahut": item 0: chose conversation ${id} (plan: send; known conversations of the contact on the channel: 1)`,
	]);
});

it('logs no phone numbers, texts, names or keys', async () => {
	const workspace = await openWorkspace();
	const { faults, apiKey } = workspace.sandbox;
	faults.add({ kind: 'status', status: 429, retryAfter: 1 });
	faults.add({ kind: 'status', status: 503, method: 'GET', times: 2 });
	faults.add({ kind: 'dropAfter', method: 'POST', times: 3 });

	await workspace.run(toPhone(workspace), [{ phone: PHONE, name: NAME }]);

	const log = logLines().join('\n');
	expect(log).toContain('429');
	expect(log).toContain('503');
	expect(log).toContain('response was lost');
	for (const secret of ['8123456789', NAME, 'terima kasih', apiKey]) {
		expect(log).not.toContain(secret);
	}
});

it.each([
	['a phone number', '+628123456789'],
	['an email address', 'budi@example.com'],
	['a name', 'BudiSantoso'],
])('logs no ID that is %s', async (_, conversation) => {
	const { run, sandbox } = await openConversation();
	sandbox.faults.add({ kind: 'status', status: 429, retryAfter: 1 });

	await run(sendText, [{ conversation, text: TEXT }]);

	expect(logLines()).toEqual([
		'Sahut node "Sahut": 429 for POST /conversations/…/messages: no requests for 1000 ms',
	]);
});
