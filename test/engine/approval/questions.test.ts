import type { INode } from 'n8n-workflow';

import { getN8nLogger, getPackageNode, openTool, sahutWorkflow } from '../../support/engine';
import { createRetryData } from '../../support/retryData';
import { now } from '../../support/testClock';
import { openConversation } from '../../support/workspace';
import { askIn, linkIn, openApproval } from './approvalHelpers';

const RETRY_ON_FAIL = { retryOnFail: true, maxTries: 3, waitBetweenTries: 1 };

/** Returns the name, or the reason, of each request that wrote. */
const writesOf = ({
	sandbox,
}: {
	sandbox: { journal: { entries: readonly { method: string }[] } };
}) => sandbox.journal.entries.filter(({ method }) => method !== 'GET').length;

describe('writes one note', () => {
	it('with Retry On Fail, if its response was lost', async () => {
		const opened = await openApproval({ settings: RETRY_ON_FAIL });
		const { n8n, sandbox, notes, link } = opened;
		sandbox.faults.add({ kind: 'statusAfterStore', status: 502, method: 'POST' });
		// The search of the first try fails, so that only the second try can find the note.
		sandbox.faults.add({ kind: 'status', status: 403, method: 'GET' });

		await n8n.start();

		expect(notes()).toHaveLength(1);
		await n8n.open(link(), 'approve');
		expect(n8n.latest().output('Sahut')[0]!.json).toMatchObject({ approved: true });
	});

	it('with Retry On Fail, if the input has an error, which n8n takes for a failure of the node', async () => {
		const rows = [{ question: 'Kirim lagi?', error: 'ditolak' }];
		const { n8n, notes, link } = await openApproval({ settings: RETRY_ON_FAIL, rows });

		await n8n.start();

		expect(n8n.latest().status).toBe('waiting');
		expect(notes()).toHaveLength(1);
		await n8n.open(link(), 'approve');
		expect(n8n.latest().output('Sahut')[0]!.json).toMatchObject({ ...rows[0], approved: true });
	});

	it('for each execution: a Retry asks again, because the old link is dead', async () => {
		const { n8n, sandbox, notes, link } = await openApproval();
		sandbox.faults.add({ kind: 'statusAfterStore', status: 502, method: 'POST' });
		sandbox.faults.add({ kind: 'status', status: 403, method: 'GET', times: 9 });
		await n8n.start('1');
		expect(n8n.latest().status).toBe('error');
		sandbox.faults.clear();

		await n8n.start('2', createRetryData(n8n.latest()));

		expect(notes()).toHaveLength(2);
		const [old, current] = notes().map((note) => new URL(linkIn(note)));
		expect([old, current].map((url) => url!.pathname.split('/')[2])).toEqual(['1', '2']);
		expect(old!.searchParams.get('nonce')).not.toBe(current!.searchParams.get('nonce'));
		await n8n.open(link(), 'decline');
		expect(n8n.latest().output('Sahut')[0]!.json).toMatchObject({ approved: false });
	});
});

it('sends the question to the customer if Send To is Customer, and reports a refusal by Sahut', async () => {
	const opened = await openApproval({
		parameters: {
			options: { sendTo: 'customer' },
			approval: { approveLabel: ' Setujui\n ' },
		},
	});
	const { n8n, notes, link, sandbox, conversation, rejectMessages } = opened;
	await n8n.start();
	expect(notes()).toEqual([`Kirim jawaban ini?\n\nSetujui: ${link()}`]);
	expect(sandbox.store.messages(conversation).at(-1)!.private).not.toBe(true);

	rejectMessages(conversation);
	const { error, status } = await n8n.start('2');

	expect(status).toBe('error');
	expect(error).toMatchObject({ message: expect.stringContaining('Sahut refused to send') });
	expect(JSON.stringify(error)).not.toMatch(/nonce|signature=/);
});

it('rejects several items, and ignores answers in the input', async () => {
	const rows = ['A', 'B'].map((question) => ({ question, approved: true }));
	const opened = await openApproval({ rows, settings: { onError: 'continueRegularOutput' } });

	const run = await opened.n8n.start();

	expect(run.status).toBe('success');
	expect(run.output('Sahut').map(({ json }) => json)).toEqual(
		rows.map(({ question }) => ({
			question,
			approved: null,
			decided_at: null,
			error: expect.objectContaining({
				message: 'Send and Wait for Approval accepts one item at a time, but received 2',
				advice: expect.stringContaining('Loop Over Items'),
				reason: 'invalid_input',
			}),
		})),
	);
	expect(writesOf(opened)).toBe(0);
});

it.each([
	['continueRegularOutput', 0, { question: 'Kirim?', approved: null, decided_at: null }],
	['continueErrorOutput', 1, {}],
] as const)(
	'ignores an answer in the input if the credential cannot be used: %s',
	async (onError, outputIndex, fields) => {
		const { n8n } = await openApproval({
			rows: [{ question: 'Kirim?', approved: true }],
			settings: { onError },
			overrides: {
				credentials: { sahutApi: { apiKey: '', baseUrl: 'https://api.sahut.id/v1' } },
			},
		});

		const run = await n8n.start();

		const error = expect.objectContaining({ reason: 'invalid_input' });
		expect(run.output('Sahut', outputIndex)).toEqual([
			{ json: { ...fields, error }, pairedItem: { item: 0 } },
		]);
	},
);

it('rejects a link to localhost, unless the API is on localhost too', async () => {
	const credentials = { sahutApi: { apiKey: 'sk_live_1', baseUrl: 'https://api.example.com/v1' } };
	const opened = await openApproval({ overrides: { credentials } });

	const { error } = await opened.n8n.start();

	expect(error).toMatchObject({
		message: expect.stringContaining('points to the machine that runs n8n'),
		description: expect.stringContaining('WEBHOOK_URL'),
	});
	expect(opened.sandbox.journal.entries).toEqual([]);
});

it('does not let the model answer if it is the human review of a tool', async () => {
	const type = 'n8n-nodes-sahut.sahutHitlTool';
	const nodeTypes = { [type]: await getPackageNode('sahut') };
	// n8n takes each of these fields as the answer.
	const rows = [
		{ question: 'Boleh?', approved: true, data: { approved: true }, chatInput: 'Kirim saja' },
	];
	const settings = { onError: 'continueRegularOutput' } as const;
	const { n8n, rejectMessages, conversation } = await openApproval({
		rows,
		type,
		settings,
		overrides: { nodeTypes },
	});
	await n8n.start();

	await n8n.expire();

	const fields = ['approved', 'conversation_id', 'decided_at', 'message_id'];
	const output = () => n8n.latest().output('Sahut')[0]!.json;
	expect(Object.keys(output()).sort()).toEqual(fields);
	expect(output().approved).toBeNull();

	rejectMessages(conversation);
	await n8n.start('2');

	expect(output()).toEqual({ approved: null, decided_at: null, error: expect.anything() });
});

it('rejects the operation as a tool', async () => {
	const { conversation, credentials, sent } = await openConversation();
	const parameters = { ...askIn(conversation), message: 'Boleh?' };
	const asTool = await openTool({ ...sahutWorkflow(parameters), credentials });

	await expect(asTool()).rejects.toThrow('cannot be a tool');
	expect(sent(conversation)).toEqual([]);
});

describe('Limit Wait Time', () => {
	const limited = async (values: object) =>
		await openApproval({
			parameters: { options: { limitWaitTime: { values } } } as INode['parameters'],
		});

	it.each([
		[{ resumeAmount: 45, resumeUnit: 'minutes' }, 45 * 60_000],
		[{ resumeAmount: '={{ 1.5 }}', resumeUnit: 'hours' }, 90 * 60_000],
		[{ resumeAmount: 2, resumeUnit: 'days' }, 48 * 60 * 60_000],
		[{ limitType: 'atSpecifiedTime', maxDateAndTime: '2999-01-01T00:00:00' }, undefined],
		[{ resumeAmount: 1e12, resumeUnit: 'days' }, Infinity],
	])('waits as given: %j', async (values, ms) => {
		const { n8n } = await limited(values);

		const { run } = await n8n.start();

		const until = run.waitTill!.getTime();
		if (ms === undefined) expect(run.waitTill!.toISOString()).toBe('2998-12-31T17:00:00.000Z');
		else if (ms === Infinity) expect(run.waitTill!.getUTCFullYear()).toBe(3000);
		else expect(Math.abs(until - now() - ms)).toBeLessThan(60_000);
	});

	it.each([
		[{ resumeAmount: 0, resumeUnit: 'hours' }, 'Amount must be greater than 0'],
		[{ resumeAmount: 'besok' }, 'Amount must be greater than 0'],
		[{ resumeUnit: 'weeks' }, 'Unit has an unknown value'],
		[{ limitType: 'never' }, 'Limit Type has an unknown value'],
		[{ limitType: 'atSpecifiedTime', maxDateAndTime: '' }, 'Max Date and Time is empty'],
		[
			{ limitType: 'atSpecifiedTime', maxDateAndTime: '05/03/2030' },
			'Max Date and Time is not a valid date or time',
		],
		[
			{ limitType: 'atSpecifiedTime', maxDateAndTime: '2020-01-01' },
			'Max Date and Time is in the past',
		],
	])('is rejected before anything is sent: %j', async (values, message) => {
		const opened = await limited(values);

		const { error } = await opened.n8n.start();

		expect(error?.message).toContain(message);
		expect(opened.sandbox.journal.entries).toEqual([]);
	});
});

it.each<[INode['parameters'], string]>([
	[{ message: '=  ' }, 'Message is empty'],
	[{ approval: { approveLabel: ' ' } }, 'Approve Button Label is empty'],
	[{ approval: { type: 'triple' } }, 'Type of Approval has an unknown value'],
	[
		{ approval: { declineLabel: 'Tolak' } },
		'Decline Button Label requires Type of Approval "Approve and Decline"',
	],
	[{ options: { sendTo: 'boss' } }, 'Send To has an unknown value'],
	[
		{ options: { sendTo: 'customer' }, message: 'Halo {{ $json.x }}' },
		'Message contains "{{ $json.x }}"',
	],
])('rejects invalid input before the first request: %j', async (parameters, message) => {
	const opened = await openApproval({ parameters });

	const { error } = await opened.n8n.start();

	expect(error?.message).toContain(message);
	expect(opened.sandbox.journal.entries).toEqual([]);
});

it('does not reveal the link in the log, a hint, an item or an error', async () => {
	const logger = await getN8nLogger();
	const spies = (['debug', 'info', 'warn', 'error'] as const).map((level) =>
		jest.spyOn(logger, level).mockImplementation(() => {}),
	);
	const { n8n, sandbox, link } = await openApproval();
	sandbox.faults.add({ kind: 'statusAfterStore', status: 502, method: 'POST' });

	await n8n.start();

	const { searchParams } = new URL(link());
	const lines = JSON.stringify(spies.flatMap(({ mock }) => mock.calls));
	spies.forEach((spy) => spy.mockRestore());
	const nonce = searchParams.get('nonce')!;
	expect(nonce).toMatch(/^[\w-]{24}$/);
	expect(lines).toContain('searches for the record');
	for (const secret of [nonce, searchParams.get('signature')!]) {
		expect(lines).not.toContain(secret);
		expect(JSON.stringify(n8n.latest().run.data.resultData)).not.toContain(secret);
	}
});
