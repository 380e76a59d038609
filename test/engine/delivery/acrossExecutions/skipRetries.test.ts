import { MINUTE_MS } from '../../../../sandbox/clock';
import { createCrashedExecution, ageRecords, retry } from '../../../support/retryData';
import { advanceClock } from '../../../support/testClock';
import {
	allSentTexts,
	conversationsOf,
	openConversation,
	openWorkspace,
	toPhone,
} from '../../../support/workspace';
import { sendTextOnce, skipReasonsOf } from './skipHelpers';

const ROW = { phone: '0812-3456-7890', name: 'Budi' };

describe('a Retry with Skip If Sent Within', () => {
	it.each([false, true])(
		'skips a message that another execution has sent since the first try failed (Reuse Open Conversation: %s)',
		async (reuseOpenConversation) => {
			const workspace = await openWorkspace();
			const { faults, store } = workspace.sandbox;
			const parameters = toPhone(workspace, { skipIfSentWithin: 24, reuseOpenConversation });
			faults.add({ kind: 'status', status: 403, method: 'POST', path: /messages/ });
			const failed = await workspace.run(parameters, [ROW]);
			if (reuseOpenConversation) {
				store.updateConversation(conversationsOf(workspace)[0]!, { status: 'resolved' });
			}
			const second = await workspace.run(parameters, [ROW]);
			expect(skipReasonsOf(second)).toEqual(['sent']);

			const again = await retry(workspace, failed, parameters);

			expect(allSentTexts(workspace)).toHaveLength(1);
			expect(skipReasonsOf(again)).toEqual(['sent_before']);
		},
	);

	it('does not report a message as skipped that the item itself has sent', async () => {
		const workspace = await openWorkspace();
		const [a, b] = workspace.addConversations(2);
		const rows = [
			{ conversation: a, text: 'Halo' },
			{ conversation: b, text: 'Halo' },
		];
		workspace.rejectMessages(b);

		const failed = await workspace.run(sendTextOnce, rows);
		const again = await retry(workspace, failed, sendTextOnce);

		expect(skipReasonsOf(again)).toEqual(['sent', 'sent']);
		expect(allSentTexts(workspace)).toEqual(['Halo', 'Halo']);
	});

	it('skips an item again that was skipped in the first try, even after the time limit has passed', async () => {
		const workspace = await openWorkspace();
		const { store } = workspace.sandbox;
		const [a, b] = workspace.addConversations(2);
		await workspace.run(sendTextOnce, [{ conversation: a, text: 'Halo' }]);
		const rows = [
			{ conversation: a, text: 'Halo' },
			{ conversation: b, text: 'Halo' },
		];
		workspace.rejectMessages(b);

		const failed = await workspace.run(sendTextOnce, rows);
		ageRecords(workspace, 25 * 60);
		for (const id of [a!, b!]) store.addIncoming(id, 'Halo');
		const again = await retry(workspace, failed, sendTextOnce);

		expect(skipReasonsOf(again)).toEqual(['sent_before', 'sent']);
		expect(allSentTexts(workspace)).toEqual(['Halo', 'Halo']);
	});

	it('skips a phone number again that was skipped in the first try, even after its conversation was resolved', async () => {
		const workspace = await openWorkspace();
		const { faults, store } = workspace.sandbox;
		const parameters = toPhone(workspace, { skipIfSentWithin: 24, concurrency: 1 });
		await workspace.run(parameters, [ROW]);
		store.updateConversation(conversationsOf(workspace)[0]!, { status: 'resolved' });
		ageRecords(workspace, 5);
		faults.add({ kind: 'status', status: 403, method: 'POST', bodyContains: 'Andi' });
		const andi = { phone: '0812-3456-7892', name: 'Andi' };
		const failed = await workspace.run(parameters, [ROW, andi]);
		expect(failed.status).toBe('error');
		expect(allSentTexts(workspace)).toHaveLength(1);
		ageRecords(workspace, 61);
		advanceClock(61 * MINUTE_MS);

		const again = await retry(workspace, failed, parameters);

		expect(skipReasonsOf(again)).toEqual(['sent_before', 'sent']);
		expect(allSentTexts(workspace).filter((text) => text.includes('Budi'))).toHaveLength(1);
	});

	it('reports an unknown outcome if more messages have followed than the node searches', async () => {
		const { workspace, conversation } = await openConversation();
		ageRecords(workspace, 1);
		const execution = createCrashedExecution(workspace, sendTextOnce, [
			{ conversation, text: 'Halo' },
		]);
		workspace.sandbox.store.addMessages(conversation, 1_200, { spacingMs: 100 });

		const { error } = await execution.retry();

		expect(error?.context).toMatchObject({ reason: 'unknown_outcome', mayHaveArrived: true });
	});

	it('sends no message twice after the process has crashed', async () => {
		const { workspace, conversation } = await openConversation();
		const execution = createCrashedExecution(workspace, sendTextOnce, [
			{ conversation, text: 'Halo' },
		]);
		await execution.run();

		const { status } = await execution.retry();

		expect(status).toBe('success');
		expect(workspace.sent(conversation)).toEqual(['Halo']);
	});
});

it('Retry On Fail with Skip If Sent Within does not resend a message that another execution has sent since the first try failed', async () => {
	const workspace = await openWorkspace();
	const { faults } = workspace.sandbox;
	const parameters = toPhone(workspace, { skipIfSentWithin: 24, reuseOpenConversation: false });
	faults.add({ kind: 'status', status: 403, method: 'POST', path: /messages/ });
	const settings = { retryOnFail: true, maxTries: 2, waitBetweenTries: 1_000 };

	const runs = await Promise.all([
		workspace.run(parameters, [ROW], settings),
		workspace.run(parameters, [ROW], settings),
	]);

	expect(runs.flatMap(skipReasonsOf).sort()).toEqual(['sent', 'sent_before']);
	expect(allSentTexts(workspace)).toHaveLength(1);
});
