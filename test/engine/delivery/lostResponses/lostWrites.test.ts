import type { IDataObject, INode } from 'n8n-workflow';

import type { FaultAction, SandboxOptions } from '../../../../sandbox';
import type { Sender } from '../../../../sandbox/records';
import type { JournalEntry } from '../../../../sandbox/journal';
import { MINUTE_MS, SECOND_MS, toTimestamp } from '../../../../sandbox/clock';
import { OTHER_BOT, addAutoReply } from '../../../support/automation';
import { createCrashedExecution, ageRecords, retry } from '../../../support/retryData';
import { useRealWaits } from '../../../support/testClock';
import {
	openConversation,
	openWorkspace,
	sendText,
	until,
	type Workspace,
} from '../../../support/workspace';
import { sendTextOnce, skipWithin, skipReasonsOf } from '../acrossExecutions/skipHelpers';
import { jsonsOf, runItem, type ItemError } from '../deliveryFixture';

const TEXT = 'Pesanan ORD-12 sudah dikirim';
const REPLY = 'Terima kasih, kami akan segera membalas.';

const sendNote = { ...sendText, ...skipWithin(24, { private: true }) };
const sendTemplate: INode['parameters'] = {
	...sendTextOnce,
	messageType: 'template',
	templateId: 'tmpl_invoice_due',
	templateVariables: {
		variable: ['customer_name=Budi', 'order_id=ORD-12', 'total=Rp 450.000'].map((text) => {
			const [name, value] = text.split('=');
			return { name, value };
		}),
	},
};

/** Returns the POST requests of messages, oldest first. */
const postsOf = ({ sandbox }: Workspace) =>
	sandbox.journal.entries.filter(
		({ method, path }) => method === 'POST' && path.endsWith('/messages'),
	);

/** When an execution that waits for a lost message searches for it, in seconds after the lost write. */
const CHECKED_AFTER_S = [0, 1, 3, 7, 15, 30, 60];
/** Between the time of a write in the process and its time in the sandbox's journal. */
const TOLERANCE_MS = 500;

/** Returns the reads of the messages after a lost write. */
function checksAfter({ sandbox: { journal } }: Workspace, lost: JournalEntry): JournalEntry[] {
	const later = journal.entries.slice(journal.entries.indexOf(lost) + 1);
	return later.filter(({ method, path }) => method === 'GET' && path === lost.path);
}

type Loss = 'lost its response' | 'was canceled';

/**
 * Runs an execution whose message gets no response.
 *
 * @param how the reason why the node gets no response
 * @param isStored whether Sahut stores the message
 */
async function loseWrite(
	workspace: Workspace,
	parameters: INode['parameters'],
	row: IDataObject,
	{ how, isStored }: { how: Loss; isStored: boolean },
): Promise<void> {
	const { faults } = workspace.sandbox;
	const settings = { onError: 'continueRegularOutput' } as const;
	if (how === 'lost its response') {
		const kind = isStored ? 'dropAfter' : 'dropBefore';
		faults.add({ kind, method: 'POST', path: /messages/ });
		const run = await workspace.run(parameters, [row], settings);
		expect(jsonsOf(run)[0]).toMatchObject({ error: { mayHaveArrived: true } });
		return;
	}
	const slow: FaultAction = { kind: 'slow', delayMs: 5_000 };
	faults.add({ ...slow, method: 'POST', path: /messages/ });
	const cancelWhen = until(() => postsOf(workspace).length > 0);
	const { status } = await workspace.run(parameters, [row], settings, { cancelWhen });
	expect(status).toBe('canceled');
	if (isStored) return;
	// The sandbox has already stored the message, so remove it.
	const thread = workspace.sandbox.store.messages(String(row.conversation));
	(thread as unknown[]).pop();
}

const LOSSES: Loss[] = ['lost its response', 'was canceled'];

/** Opens a workspace with a conversation into which another execution has lost a message. */
async function openAndLose(
	parameters: INode['parameters'],
	loss: { how: Loss; isStored: boolean },
	options: SandboxOptions = {},
) {
	const { workspace, conversation } = await openConversation(options);
	const row = { conversation, text: TEXT };
	await loseWrite(workspace, parameters, row, loss);
	return { ...workspace, workspace, conversation, row };
}

describe.each(LOSSES)('Skip If Sent Within after another execution %s', (how) => {
	it('waits until 60 s after the lost write and sends a message that did not arrive', async () => {
		const { workspace, conversation, row } = await openAndLose(sendTextOnce, {
			how,
			isStored: false,
		});

		const json = await runItem(workspace, sendTextOnce, row);

		expect(json).toMatchObject({ content: TEXT });
		expect(json).not.toHaveProperty('skipped');
		expect(workspace.sent(conversation)).toEqual([TEXT]);
		const [lost, sent, ...others] = postsOf(workspace);
		expect(others).toEqual([]);
		expect(sent!.at - lost!.at).toBeGreaterThan(MINUTE_MS - TOLERANCE_MS);
	});

	it('skips a message that the list shows 10 s later', async () => {
		const options: SandboxOptions = { deviations: ['late-lists'], listDelayMs: 10_000 };
		const { workspace, conversation, row } = await openAndLose(
			sendTextOnce,
			{ how, isStored: true },
			options,
		);

		workspace.sandbox.journal.clear();

		const json = await runItem(workspace, sendTextOnce, row);

		expect(json).toMatchObject({ skipped: true, skip_reason: 'sent_before', content: TEXT });
		expect(workspace.sent(conversation)).toEqual([TEXT]);
		// The node stops checking once it has found the message: at the latest with the check after 15 s.
		expect(workspace.requests().length).toBeLessThanOrEqual(5);
	});

	it.each<[string, INode['parameters'], SandboxOptions]>([
		['a note, which lists do not distinguish from a message', sendNote, {}],
		['a template whose values Sahut hides', sendTemplate, { deviations: ['hidden-values'] }],
	])(
		'does not send %s, and reports that the outcome is ambiguous',
		async (_, parameters, options) => {
			const { workspace, conversation, row } = await openAndLose(
				parameters,
				{ how, isStored: true },
				options,
			);

			const { error } = await runItem(workspace, parameters, row);

			expect(error).toMatchObject({ reason: 'ambiguous' });
			// Nothing was sent for this item.
			expect(error).not.toHaveProperty('mayHaveArrived');
			expect(workspace.sent(conversation)).toHaveLength(1);
			expect(postsOf(workspace)).toHaveLength(1);
		},
	);

	it('sends other messages while it waits, even with a Concurrency of 1', async () => {
		const { workspace, conversation, row } = await openAndLose(sendTextOnce, {
			how,
			isStored: false,
		});
		const [other] = workspace.addConversations(1) as [string];
		const parameters = { ...sendText, ...skipWithin(24, { concurrency: 1 }) };
		const settings = { onError: 'continueRegularOutput' } as const;
		const rows = [row, { conversation: other, text: TEXT }];

		const run = await workspace.run(parameters, rows, settings);

		expect(jsonsOf(run)).toMatchObject([{ content: TEXT }, { content: TEXT }]);
		const [, first, second] = postsOf(workspace);
		expect(first!.path).toContain(other);
		expect(second!.path).toContain(conversation);
	});
});

it('checks for a lost message 1, 3, 7, 15, 30 and 60 s after the lost write', async () => {
	const { workspace, row } = await openAndLose(sendTextOnce, {
		how: 'was canceled',
		isStored: false,
	});
	const [lost] = postsOf(workspace);

	await runItem(workspace, sendTextOnce, row);

	const checkedAfter = checksAfter(workspace, lost!).map(({ at }) => at - lost!.at);
	expect(checkedAfter).toHaveLength(CHECKED_AFTER_S.length);
	// On a busy machine, a check may be late, but none is early.
	const early = checkedAfter.filter(
		(ms, index) => ms < CHECKED_AFTER_S[index]! * SECOND_MS - TOLERANCE_MS,
	);
	expect(early).toEqual([]);
});

it('stops waiting for a lost message when the execution is canceled', async () => {
	const { workspace, conversation, row } = await openAndLose(sendTextOnce, {
		how: 'was canceled',
		isStored: false,
	});
	const [lost] = postsOf(workspace);
	useRealWaits();
	const cancelWhen = until(() => checksAfter(workspace, lost!).length > 0);

	const { status } = await workspace.run(sendTextOnce, [row], {}, { cancelWhen });

	expect(status).toBe('canceled');
	expect(checksAfter(workspace, lost!).length).toBeLessThan(CHECKED_AFTER_S.length);
	expect(workspace.sent(conversation)).toEqual([]);
});

it('sends a lost message once for two executions that wait for it', async () => {
	const { workspace, conversation, row } = await openAndLose(sendTextOnce, {
		how: 'lost its response',
		isStored: false,
	});

	const runs = await Promise.all([
		workspace.run(sendTextOnce, [row]),
		workspace.run(sendTextOnce, [row]),
	]);

	expect(runs.flatMap(skipReasonsOf).sort()).toEqual(['sent', 'sent_before']);
	expect(workspace.sent(conversation)).toEqual([TEXT]);
});

describe('a template without variables', () => {
	const withoutVariables = {
		...sendText,
		messageType: 'template',
		templateId: 'tmpl_opening_hours',
	};
	const UNKNOWN: Partial<ItemError> = { reason: 'unknown_outcome', mayHaveArrived: true };

	/** Earlier messages, from which the process knows what the key states. */
	const KNOWN: Record<string, (workspace: Workspace, conversation: string) => Promise<unknown>> = {
		nothing: async () => {},
		'the API’s own sender': async (workspace, conversation) =>
			await workspace.run(sendText, [{ conversation, text: TEXT }]),
		'how Sahut stores this template': async (workspace) => {
			const [other] = workspace.addConversations(1);
			await workspace.run(withoutVariables, [{ conversation: other }]);
		},
	};

	const SENDERS: Record<string, (workspace: Workspace) => Readonly<Sender>> = {
		'the API’s own sender': ({ sandbox }) => sandbox.store.bot,
		'another bot': () => OTHER_BOT,
	};

	const CASES = Object.keys(KNOWN).flatMap((known) =>
		Object.keys(SENDERS).map((sender) => ({ known, sender })),
	);

	/** Adds a bot's reply to the customer, two seconds after the node's message. */
	function addReplyBy({ sandbox: { store } }: Workspace, conversation: string, sender: Sender) {
		store.addMessage(conversation, {
			type: 'outgoing',
			content: REPLY,
			sender,
			attachments: [],
			created_at: toTimestamp(new Date(store.now().getTime() + 2 * SECOND_MS)),
		});
	}

	/** Opens a workspace in which Sahut returns 502 for the next message and does not store it. */
	async function openAndFail({ known, sender }: { known: string; sender: string }) {
		const { workspace, conversation } = await openConversation();
		await KNOWN[known]!(workspace, conversation);
		workspace.sandbox.faults.add({ kind: 'status', status: 502, method: 'POST', path: /messages/ });
		const addReply = () => addReplyBy(workspace, conversation, SENDERS[sender]!(workspace));
		return { ...workspace, workspace, conversation, addReply };
	}

	it.each(CASES)(
		'is not matched with an auto-reply of $sender if Sahut did not store it (the process knows $known)',
		async (each) => {
			const { workspace, conversation, addReply } = await openAndFail(each);
			addReply();

			const { error } = await runItem(workspace, withoutVariables, { conversation });

			expect(error).toMatchObject(UNKNOWN);
		},
	);

	it.each(CASES)(
		'is not matched with an auto-reply of $sender by a Retry (the process knows $known)',
		async (each) => {
			const { workspace, conversation, addReply } = await openAndFail(each);
			const failed = await workspace.run(withoutVariables, [{ conversation }]);
			expect(failed.error?.context).toMatchObject({ mayHaveArrived: true });
			const before = workspace.sent(conversation);
			addReply();

			const again = await retry(workspace, failed, withoutVariables);

			expect(again.status).toBe('error');
			expect(again.error?.context).toMatchObject({ mayHaveArrived: true });
			expect(workspace.sent(conversation)).toEqual([...before, REPLY]);
		},
	);

	it.each(Object.keys(SENDERS))(
		'is not matched with an auto-reply of %s by a Retry of a crashed execution',
		async (sender) => {
			const { workspace, conversation } = await openConversation();
			ageRecords(workspace, 20);
			const execution = createCrashedExecution(workspace, withoutVariables, [{ conversation }]);
			addReplyBy(workspace, conversation, SENDERS[sender]!(workspace));

			const again = await execution.retry();

			// The text of the template is unknown, so the reply may be the template.
			expect(again.status).toBe('error');
			expect(again.error?.context).toMatchObject({ mayHaveArrived: true });
			expect(workspace.sent(conversation)).toEqual([REPLY]);
		},
	);

	it('is found after a lost response if the process knows how Sahut stores it', async () => {
		const workspace = await openWorkspace();
		const [a, b] = workspace.addConversations(2);
		await workspace.run(withoutVariables, [{ conversation: a }]);
		addAutoReply(workspace, REPLY);
		workspace.sandbox.faults.add({ kind: 'dropAfter', method: 'POST' });

		const json = await runItem(workspace, withoutVariables, { conversation: b });

		expect(json).toMatchObject({ content: workspace.sent(a!)[0] });
		expect(workspace.sent(b!)).toHaveLength(2);
	});
});
