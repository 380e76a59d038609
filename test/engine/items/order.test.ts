import type { IDataObject } from 'n8n-workflow';

import { openWorkspace, sendText } from '../../support/workspace';

const UNKNOWN = 'conv_00000000000000';

describe('order', () => {
	it('of messages to one conversation is that of the items, with others beside it', async () => {
		const { sandbox, addConversations, run, sent } = await openWorkspace({ latencyMs: 20 });
		const conversations = addConversations(3);
		const rows = Array.from({ length: 30 }, (_, index) => ({
			conversation: conversations[index % 3],
			text: `Pesan ${index}`,
		}));

		const { output } = await run(sendText, rows);

		for (const [lane, conversation] of conversations.entries()) {
			expect(sent(conversation)).toEqual(
				Array.from({ length: 10 }, (_, index) => `Pesan ${index * 3 + lane}`),
			);
		}
		expect(sandbox.journal.maxInFlight).toBe(3);
		expect(output('Sahut').map(({ json, pairedItem }) => [json.content, pairedItem])).toEqual(
			rows.map(({ text }, item) => [text, { item }]),
		);
	});

	it.each([
		[{}, 5],
		[{ concurrency: 1 }, 1],
		[{ concurrency: 20 }, 20],
	])('of the output stays that of the input with options %j', async (options, inFlight) => {
		// Long enough for all of them to begin before the first ends, also on a busy machine.
		const latencyMs = inFlight * 25;
		const { sandbox, addConversations, run } = await openWorkspace({ latencyMs });
		const rows = addConversations(25).map((conversation, index) => ({
			conversation,
			text: `Pesan ${index}`,
		}));
		sandbox.faults.add({ kind: 'slow', delayMs: 100 });

		const { output } = await run({ ...sendText, options }, rows);

		expect(sandbox.journal.maxInFlight).toBe(inFlight);
		expect(output('Sahut').map(({ json }) => json.content)).toEqual(
			Array.from({ length: 25 }, (_, index) => `Pesan ${index}`),
		);
	});
});

/** Which of the items fail. */
const CASES: Array<[string, number[]]> = [
	['several', [1, 2, 5]],
	['all', [0, 1, 2, 3, 4, 5]],
];

async function sendSixWith(
	failing: readonly number[],
	onError?: 'continueRegularOutput' | 'continueErrorOutput',
) {
	const workspace = await openWorkspace();
	const conversations = workspace.addConversations(6);
	const rows: IDataObject[] = conversations.map((conversation, index) => ({
		conversation: failing.includes(index) ? UNKNOWN : conversation,
		text: `Pesan ${index}`,
		customer: { name: `Pelanggan ${index}` },
	}));
	// One lane after another, so that what had been sent at the first refusal is certain.
	const finished = await workspace.run({ ...sendText, options: { concurrency: 1 } }, rows, {
		onError,
	});
	const arrived = conversations.map((conversation) => workspace.sent(conversation).length);
	return { ...finished, rows, arrived };
}

const refusal = {
	message: `Conversation "${UNKNOWN}" was not found in Sahut`,
	advice: expect.stringContaining('Sahut responded: "Conversation not found" (not_found).'),
	code: 'not_found',
	status: 404,
	reason: 'not_found',
};

describe('On Error: Stop', () => {
	it.each(CASES)('sends nothing behind a failing item (%s)', async (_, failing) => {
		const { status, error, output, arrived } = await sendSixWith(failing);

		const first = failing[0]!;
		expect(status).toBe('error');
		expect(error?.message).toBe(`Conversation "${UNKNOWN}" was not found in Sahut [item ${first}]`);
		expect(error?.description).toContain(`${first} of 6 items were sent.`);
		expect(error).toMatchObject({ context: { itemIndex: first }, httpCode: '404' });
		expect(arrived).toEqual([0, 1, 2, 3, 4, 5].map((index) => (index < first ? 1 : 0)));
		expect(output('Sahut')).toEqual([]);
	});

	it('finishes what is in flight, and counts it', async () => {
		const { sandbox, addConversations, run, sent } = await openWorkspace();
		const conversations = addConversations(8);
		const slow = conversations[1]!;
		sandbox.faults.add({ kind: 'slow', delayMs: 200, path: `/conversations/${slow}/messages` });

		const { error } = await run({ ...sendText, options: { concurrency: 2 } }, [
			{ conversation: UNKNOWN, text: 'x' },
			...conversations.slice(1).map((conversation) => ({ conversation, text: 'Halo' })),
		]);

		expect(error?.description).toContain('1 of 8 items were sent.');
		expect(sent(slow)).toEqual(['Halo']);
		expect(conversations.flatMap(sent)).toHaveLength(1);
	});

	it('sends nothing at all when an item cannot be used', async () => {
		const { addConversations, run, requests } = await openWorkspace();
		const [conversation] = addConversations(1);

		const { error } = await run(sendText, [
			{ conversation, text: 'Halo' },
			{ conversation, text: '' },
		]);

		expect(error?.message).toBe('Text is empty [item 1]');
		expect(error?.description).toContain('0 of 2 items were sent.');
		expect(requests()).toEqual([]);
	});
});

describe('On Error: Continue', () => {
	it.each(
		CASES.flatMap(([what, failing]) =>
			(['continueRegularOutput', 'continueErrorOutput'] as const).map(
				(onError) => [onError, what, failing] as const,
			),
		),
	)('%s sends the others and keeps what failed with its data (%s)', async (...row) => {
		const [onError, , failing] = row;
		const { status, output, rows, arrived } = await sendSixWith(failing, onError);

		const items = rows.map((json, item) => ({
			json: failing.includes(item)
				? { ...json, error: refusal }
				: expect.objectContaining({ content: `Pesan ${item}`, type: 'outgoing' }),
			pairedItem: { item },
		}));
		const failed = failing.map((item) => items[item]);
		expect(status).toBe('success');
		expect([output('Sahut', 0), output('Sahut', 1)]).toEqual(
			onError === 'continueErrorOutput'
				? [items.filter((each) => !failed.includes(each)), failed]
				: [items, []],
		);
		expect(arrived).toEqual(rows.map((_, index) => (failing.includes(index) ? 0 : 1)));
	});

	it('tells of an item that cannot be used, keeps its files, and sends the others', async () => {
		const { addConversations, run, sent } = await openWorkspace();
		const [conversation] = addConversations(1);
		const binary = { invoice: { data: 'SGFsbw==', mimeType: 'text/plain' } };

		const { output } = await run(
			sendText,
			[],
			{ onError: 'continueRegularOutput' },
			{
				items: [
					{ json: { conversation, text: '' }, binary },
					{ json: { conversation, text: 'Halo' } },
				],
			},
		);

		expect(output('Sahut')[0]).toEqual({
			json: {
				conversation,
				text: '',
				error: {
					message: 'Text is empty',
					advice: expect.stringContaining('Enter the text'),
					reason: 'invalid_input',
				},
			},
			binary,
			pairedItem: { item: 0 },
		});
		expect(sent(conversation!)).toEqual(['Halo']);
	});
});

it('a credential that cannot be used fails every item, where no error may pass in silence', async () => {
	const { run, requests } = await openWorkspace();

	const { output } = await run(
		sendText,
		[
			{ conversation: UNKNOWN, text: 'Satu' },
			{ conversation: UNKNOWN, text: 'Dua' },
		],
		{ onError: 'continueErrorOutput' },
		{ credentials: { sahutApi: { apiKey: ' Bearer ', baseUrl: 'https://api.sahut.id/v1' } } },
	);

	expect(output('Sahut', 0)).toEqual([]);
	expect(
		output('Sahut', 1).map(({ json }) => [json.text, (json.error as IDataObject).message]),
	).toEqual([
		['Satu', 'The API Key is empty'],
		['Dua', 'The API Key is empty'],
	]);
	expect(requests()).toEqual([]);
});
