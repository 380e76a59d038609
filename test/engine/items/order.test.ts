import type { IDataObject } from 'n8n-workflow';

import { openWorkspace, sendText } from '../../support/workspace';

const UNKNOWN = 'conv_00000000000000';

/** Item indexes that fail. */
const FAILING_ITEMS: Array<[string, number[]]> = [
	['several items', [1, 2, 5]],
	['all items', [0, 1, 2, 3, 4, 5]],
];

describe('Message: Send', () => {
	it('sends to each conversation in item order, and to several conversations at the same time', async () => {
		const { sandbox, addConversations, run, sent } = await openWorkspace();
		const conversations = addConversations(3);
		const rows = Array.from({ length: 30 }, (_, index) => ({
			conversation: conversations[index % 3],
			text: `Pesan ${index}`,
		}));
		// Long enough for the first requests to arrive together, even on a busy machine.
		sandbox.faults.add({ kind: 'slow', delayMs: 1_000, times: 3 });

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
	])(
		'with options %j makes at most %i requests at a time, and outputs in item order',
		async (...row) => {
			const [options, inFlight] = row;
			const { sandbox, addConversations, run } = await openWorkspace();
			const rows = addConversations(25).map((conversation, index) => ({
				conversation,
				text: `Pesan ${index}`,
			}));
			// Long enough for all concurrent requests to arrive, even on a busy machine. The first ends last.
			sandbox.faults.add({ kind: 'slow', delayMs: 1_200 });
			if (inFlight > 1) sandbox.faults.add({ kind: 'slow', delayMs: 1_000, times: inFlight - 1 });

			const { output } = await run({ ...sendText, options }, rows);

			expect(sandbox.journal.maxInFlight).toBe(inFlight);
			expect(output('Sahut').map(({ json }) => json.content)).toEqual(
				Array.from({ length: 25 }, (_, index) => `Pesan ${index}`),
			);
		},
	);
});

/** Sends six items, some of them to an unknown conversation. */
async function sendWithFailures(
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
	// With one request at a time, the number of messages sent before the first failure is certain.
	const finished = await workspace.run({ ...sendText, options: { concurrency: 1 } }, rows, {
		onError,
	});
	const sentCounts = conversations.map((conversation) => workspace.sent(conversation).length);
	return { ...finished, rows, sentCounts };
}

const ERROR = {
	message: `Conversation "${UNKNOWN}" was not found in Sahut`,
	advice: expect.stringContaining('Sahut responded: "Conversation not found" (not_found).'),
	code: 'not_found',
	status: 404,
	reason: 'not_found',
};

describe('On Error: Stop', () => {
	it.each(FAILING_ITEMS)('sends nothing after the first failure if %s fail', async (_, failing) => {
		const { status, error, output, sentCounts } = await sendWithFailures(failing);

		const first = failing[0]!;
		expect(status).toBe('error');
		expect(error?.message).toBe(`Conversation "${UNKNOWN}" was not found in Sahut [item ${first}]`);
		expect(error?.description).toContain(`${first} of 6 items were sent.`);
		expect(error).toMatchObject({ context: { itemIndex: first }, httpCode: '404' });
		expect(sentCounts).toEqual([0, 1, 2, 3, 4, 5].map((index) => (index < first ? 1 : 0)));
		expect(output('Sahut')).toEqual([]);
	});

	it('finishes requests in flight, and counts their messages', async () => {
		const { sandbox, addConversations, run, sent } = await openWorkspace();
		const conversations = addConversations(8);
		const slow = conversations[1]!;
		sandbox.faults.add({ kind: 'slow', delayMs: 1_500, path: `/conversations/${slow}/messages` });

		const { error } = await run({ ...sendText, options: { concurrency: 2 } }, [
			{ conversation: UNKNOWN, text: 'x' },
			...conversations.slice(1).map((conversation) => ({ conversation, text: 'Halo' })),
		]);

		expect(error?.description).toContain('1 of 8 items were sent.');
		expect(sent(slow)).toEqual(['Halo']);
		expect(conversations.flatMap(sent)).toHaveLength(1);
	});

	it('sends nothing if an item is invalid', async () => {
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
		FAILING_ITEMS.flatMap(([title, failing]) =>
			(['continueRegularOutput', 'continueErrorOutput'] as const).map(
				(onError) => [onError, title, failing] as const,
			),
		),
	)(
		'%s sends the other items and outputs the failed ones with their data if %s fail',
		async (...row) => {
			const [onError, , failing] = row;
			const { status, output, rows, sentCounts } = await sendWithFailures(failing, onError);

			const items = rows.map((json, item) => ({
				json: failing.includes(item)
					? { ...json, error: ERROR }
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
			expect(sentCounts).toEqual(rows.map((_, index) => (failing.includes(index) ? 0 : 1)));
		},
	);

	it('outputs an invalid item with its error and its files, and sends the others', async () => {
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

it('An unusable credential fails every item on Continue (using error output)', async () => {
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
