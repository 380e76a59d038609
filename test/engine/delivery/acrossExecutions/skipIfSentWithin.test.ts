import { HOUR_MS, SECOND_MS } from '../../../../sandbox/clock';
import { replaceLists } from '../../../support/replaceLists';
import { createCrashedExecution, ageRecords } from '../../../support/retryData';
import { advanceClock } from '../../../support/testClock';
import { overrideTransport, createClockAheadBy } from '../../../support/transport';
import {
	allSentTexts,
	conversationsOf,
	openConversation,
	openWorkspace,
	sendText,
	toPhone,
} from '../../../support/workspace';
import { BUDI } from '../deliveryFixture';
import { sendTemplateOnce, sendTextOnce, skipReasonsOf, skipWithin } from './skipHelpers';

describe('Skip If Sent Within', () => {
	it('returns the stored message instead of sending it again', async () => {
		const { workspace, conversation } = await openConversation();
		const row = { conversation, text: 'Pesanan sudah dikirim' };

		const first = await workspace.run(sendTextOnce, [row]);
		const second = await workspace.run(sendTextOnce, [
			{ ...row, text: ' Pesanan  sudah\r\ndikirim' },
		]);

		const { id } = first.output('Sahut')[0]!.json;
		expect(second.output('Sahut')).toEqual([
			{
				json: expect.objectContaining({ id, skipped: true, skip_reason: 'sent_before' }),
				pairedItem: { item: 0 },
			},
		]);
		expect(workspace.sent(conversation)).toEqual(['Pesanan sudah dikirim']);
	});

	it('sends one text for two equal items with a conversation', async () => {
		const { workspace, conversation } = await openConversation();
		const row = { conversation, text: 'Pesanan sudah dikirim' };

		const run = await workspace.run(sendTextOnce, [row, row]);

		expect(skipReasonsOf(run)).toEqual(['sent', 'sent_before']);
	});

	it('sends one template for two equal items with a phone number', async () => {
		const workspace = await openWorkspace();

		const run = await workspace.run(toPhone(workspace, { skipIfSentWithin: 24 }), [BUDI, BUDI]);

		expect(skipReasonsOf(run)).toEqual(['sent', 'sent_before']);
		expect(allSentTexts(workspace)).toHaveLength(1);
	});

	it('completes an interrupted batch when the workflow is started again', async () => {
		const workspace = await openWorkspace();
		const rows = workspace
			.addConversations(10)
			.map((conversation, index) => ({ conversation, text: `Pesanan ${index}` }));
		await workspace.run(sendTextOnce, rows.slice(0, 6));

		const again = await workspace.run(sendTextOnce, rows);

		expect(skipReasonsOf(again)).toEqual([
			...Array<string>(6).fill('sent_before'),
			...Array<string>(4).fill('sent'),
		]);
		expect(allSentTexts(workspace).sort()).toEqual(rows.map(({ text }) => text).sort());
	});
});

describe('the time limit of Skip If Sent Within', () => {
	it.each([
		[2, 60, 'sent_before'],
		[0.5, 29, 'sent_before'],
		[0.5, 31, 'sent'],
		[24, 24 * 60 + 1, 'sent'],
	])(
		'applies a limit of %s hours to a message that is %s minutes old: %s',
		async (hours, minutes, reason) => {
			const { workspace, conversation } = await openConversation();
			const row = { conversation, text: 'Pesanan sudah dikirim' };
			workspace.sandbox.store.send(conversation, { content: row.text });
			ageRecords(workspace, minutes);
			workspace.sandbox.store.addIncoming(conversation, 'Halo');

			const run = await workspace.run({ ...sendText, ...skipWithin(hours) }, [row]);

			expect(skipReasonsOf(run)).toEqual([reason]);
		},
	);

	it('does not restart when a Retry finds an old message', async () => {
		const { workspace, conversation } = await openConversation();
		const rows = [{ conversation, text: 'Halo' }];
		const execution = createCrashedExecution(workspace, sendText, rows);
		workspace.sandbox.store.send(conversation, { content: 'Halo' });
		ageRecords(workspace, 9);
		await execution.retry();
		expect(allSentTexts(workspace)).toEqual(['Halo']);

		// The message is 9 minutes old; the limit is 6 minutes.
		const run = await workspace.run({ ...sendText, ...skipWithin(0.1) }, rows);

		expect(skipReasonsOf(run)).toEqual(['sent']);
	});

	it('starts when a message that waited for the rate limit is sent', async () => {
		const { workspace, conversation } = await openConversation();
		const rows = [{ conversation, text: 'Halo' }];
		workspace.sandbox.faults.add({ kind: 'status', status: 429, retryAfter: 100, method: 'POST' });
		await workspace.run(sendTextOnce, rows);
		advanceClock(10 * SECOND_MS);

		// The message was sent 10 s ago, 110 s after the execution began; the limit is 90 s.
		const run = await workspace.run({ ...sendText, ...skipWithin(90 / 3600) }, rows);

		expect(skipReasonsOf(run)).toEqual(['sent_before']);
	});

	it('uses the clock of Sahut when the clock of n8n is wrong', async () => {
		const { workspace, conversation } = await openConversation();
		const rows = [{ conversation, text: 'Halo' }];
		overrideTransport({ clock: createClockAheadBy(2 * HOUR_MS) });
		await workspace.run({ ...sendText, ...skipWithin(1) }, rows);

		const run = await workspace.run({ ...sendText, ...skipWithin(1) }, rows);

		expect(skipReasonsOf(run)).toEqual(['sent_before']);
		expect(allSentTexts(workspace)).toEqual(['Halo']);
	});
});

describe('the search of Skip If Sent Within', () => {
	it('finds the message in a known conversation that was resolved in the meantime', async () => {
		const workspace = await openWorkspace();
		const parameters = toPhone(workspace, { skipIfSentWithin: 1 });
		const row = BUDI;
		await workspace.run(parameters, [row]);
		const [conversation] = conversationsOf(workspace);
		workspace.sandbox.store.updateConversation(conversation!, { status: 'resolved' });

		const again = await workspace.run(parameters, [row]);
		const another = await workspace.run(parameters, [{ ...row, name: 'Siti' }]);

		expect(again.output('Sahut')[0]!.json).toMatchObject({
			skip_reason: 'sent_before',
			conversation_id: conversation!.id,
			conversation_created: false,
		});
		expect(skipReasonsOf(another)).toEqual(['sent']);
		expect(conversationsOf(workspace)).toHaveLength(2);
	});

	it('finds either form of Text, or Template After 24 Hours', async () => {
		const { workspace, conversation } = await openConversation();
		const textOrTemplate = {
			...sendTemplateOnce('tmpl_invoice_due', {
				customer_name: 'Budi',
				order_id: '={{ $json.order }}',
				total: 'Rp 450.000',
			}),
			messageType: 'textOrTemplate',
			content: 'Tagihan Kakak jatuh tempo hari ini',
		};
		const row = { conversation, order: 'ORD-12' };

		const asText = await workspace.run(textOrTemplate, [row]);
		ageRecords(workspace, 25 * 60);
		const again = await workspace.run({ ...textOrTemplate, ...skipWithin(48) }, [row]);

		expect(asText.output('Sahut')[0]!.json.sent_as).toBe('text');
		expect(skipReasonsOf(again)).toEqual(['sent_before']);
	});

	it('finds a message that the list shows with another type', async () => {
		const { workspace, conversation } = await openConversation();
		const { store } = workspace.sandbox;
		store.send(conversation, { content: 'Halo' });
		const data = store
			.messages(conversation)
			.map((message) => (message.type === 'outgoing' ? { ...message, type: 'template' } : message));
		replaceLists(workspace, /messages/, data);

		const run = await workspace.run(sendTextOnce, [{ conversation, text: 'Halo' }]);

		expect(skipReasonsOf(run)).toEqual(['sent_before']);
		expect(allSentTexts(workspace)).toHaveLength(1);
	});
});

describe('the output of Skip If Sent Within', () => {
	it('shows in a Dry Run which items would be skipped', async () => {
		const { workspace, conversation } = await openConversation();
		const row = { conversation, text: 'Halo' };
		await workspace.run(sendTextOnce, [row]);

		const { output } = await workspace.run({ ...sendText, ...skipWithin(24, { dryRun: true }) }, [
			row,
			{ conversation, text: 'Sampai jumpa' },
		]);

		expect(output('Sahut').map(({ json }) => json)).toMatchObject([
			{ dryRun: true, skipped: true, skip_reason: 'sent_before' },
			{ dryRun: true, request: { body: { content: 'Sampai jumpa' } } },
		]);
	});

	it('does not count skipped items as sent in an error', async () => {
		const workspace = await openWorkspace();
		const [a, b] = workspace.addConversations(2);
		const textOnce = { ...sendText, ...skipWithin(24, { concurrency: 1 }) };
		await workspace.run(textOnce, [{ conversation: a, text: 'Halo' }]);
		workspace.rejectMessages(b);

		const { error } = await workspace.run(textOnce, [
			{ conversation: a, text: 'Halo' },
			{ conversation: b, text: 'Halo' },
		]);

		expect(error?.description).toContain(
			'0 of 2 items were sent, and 1 was skipped (sent before).',
		);
	});

	it('reports that nothing was sent when the messages cannot be read', async () => {
		const { workspace, conversation } = await openConversation();
		workspace.sandbox.faults.add({ kind: 'status', status: 403, method: 'GET' });

		const { error } = await workspace.run(sendTextOnce, [{ conversation, text: 'Halo' }]);

		expect(error?.description).toContain(
			'Nothing was sent, because the node could not check whether the message was sent before.',
		);
		expect(workspace.sent(conversation)).toEqual([]);
	});
});

describe('the validation of Skip If Sent Within', () => {
	it.each([
		[0, 'The value for this item is 0'],
		[-1, 'The value for this item is -1'],
		['={{ "soon" }}', 'The value for this item is "soon"'],
		['={{ "" }}', 'The value for this item is empty'],
		['={{ undefined }}', 'The value for this item is empty'],
		['={{ null }}', 'The value for this item is empty'],
	])('rejects a time limit of %j before the first request', async (hours, reason) => {
		const { workspace, conversation } = await openConversation();

		const { error } = await workspace.run({ ...sendText, ...skipWithin(hours) }, [
			{ conversation, text: 'Halo' },
		]);

		expect(error?.message).toContain('Skip If Sent Within (Hours) must be greater than 0');
		expect(error?.description).toContain(reason);
		expect(workspace.requests()).toEqual([]);
	});

	it.each(['template', 'textOrTemplate'])(
		'rejects a template without variables before the first request (%s)',
		async (messageType) => {
			const { workspace, conversation } = await openConversation();

			const { error } = await workspace.run(
				{ ...sendTextOnce, messageType, templateId: 'tmpl_opening_hours' },
				[{ conversation, text: 'Halo' }],
			);

			expect(error?.message).toContain('a template without variables');
			expect(workspace.requests()).toEqual([]);
		},
	);
});
