import type { IDataObject, INode } from 'n8n-workflow';
import { setTimeout as wait } from 'node:timers/promises';

import type { FaultAction, SandboxOptions } from '../../../../sandbox';
import type { Sender } from '../../../../sandbox/records';
import { timestamp } from '../../../../sandbox/clock';
import { OTHER_BOT, replyAutomatically } from '../../../support/automation';
import { crashedExecution, ageRecords, retry } from '../../../support/retryData';
import { useRealWaits } from '../../../support/transport';
import {
	openConversation,
	openWorkspace,
	sendText,
	until,
	type Workspace,
} from '../../../support/workspace';
import { sendTextOnce, skipWithin, skipReasonsOf } from '../acrossExecutions/skipHelpers';
import { jsonsOf, runItem, type ItemError } from '../deliveryFixture';
import { now } from '../../../support/testClock';

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

/** The POSTs of messages, oldest first. */
const postsOf = ({ sandbox }: Workspace) =>
	sandbox.journal.entries.filter(
		({ method, path }) => method === 'POST' && path.endsWith('/messages'),
	);

type Loss = 'lost its response' | 'was canceled';

/**
 * An execution whose message gets no response.
 *
 * @param isStored whether Sahut stores the message all the same
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
	// The sandbox stores it at once: Sahut loses the message together with the response.
	const thread = workspace.sandbox.store.messages(String(row.conversation));
	(thread as unknown[]).pop();
}

const LOSSES: Loss[] = ['lost its response', 'was canceled'];

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

describe.each(LOSSES)('Skip If Sent Within, after another execution %s', (how) => {
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
		expect(sent!.at - lost!.at).toBeGreaterThan(59_500);
		expect(sent!.at - lost!.at).toBeLessThan(75_000);
	});

	it('skips a message that the list shows 10 s later', async () => {
		const options: SandboxOptions = { deviations: ['late-lists'], listDelayMs: 10_000 };
		const { workspace, conversation, row } = await openAndLose(
			sendTextOnce,
			{ how, isStored: true },
			options,
		);

		const startedAt = now();
		const json = await runItem(workspace, sendTextOnce, row);

		expect(json).toMatchObject({ skipped: true, skip_reason: 'sent_before', content: TEXT });
		expect(workspace.sent(conversation)).toEqual([TEXT]);
		// It does not wait on once it has found the message.
		expect(now() - startedAt).toBeLessThan(30_000);
	});

	it.each<[string, INode['parameters'], SandboxOptions]>([
		['a note, which lists do not tell from a message', sendNote, {}],
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

	it('sends other messages meanwhile, although only one item may run at a time', async () => {
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
		expect(second!.at - first!.at).toBeGreaterThan(30_000);
	});
});

it('checks for a lost message 1, 3, 7, 15, 30 and 60 s after the lost write', async () => {
	const { workspace, row } = await openAndLose(sendTextOnce, {
		how: 'was canceled',
		isStored: false,
	});
	const [lost] = postsOf(workspace);
	const { journal } = workspace.sandbox;
	const before = journal.entries.length;

	await runItem(workspace, sendTextOnce, row);

	const checks = journal.entries.slice(before).filter(({ method }) => method === 'GET');
	const seconds = new Set(checks.map(({ at }) => Math.round((at - lost!.at) / 1_000)));
	expect([...seconds]).toEqual([0, 1, 3, 7, 15, 30, 60]);
});

it('stops waiting for a lost message when the execution is canceled', async () => {
	const { workspace, conversation, row } = await openAndLose(sendTextOnce, {
		how: 'was canceled',
		isStored: false,
	});
	useRealWaits();
	const startedAt = now();

	const { status } = await workspace.run(sendTextOnce, [row], {}, { cancelWhen: wait(300) });

	expect(status).toBe('canceled');
	expect(now() - startedAt).toBeLessThan(5_000);
	expect(workspace.sent(conversation)).toEqual([]);
});

it('skips for the second of two executions that wait for the same lost message', async () => {
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

	/** What the process knows from messages that it has sent before. */
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

	/** A bot's answer to the customer, a moment after the message of the node. */
	function reply({ sandbox: { store } }: Workspace, conversation: string, sender: Sender) {
		store.addMessage(conversation, {
			type: 'outgoing',
			content: REPLY,
			sender,
			attachments: [],
			created_at: timestamp(new Date(store.now().getTime() + 2_000)),
		});
	}

	/** Sahut answers 502 and does not store the message. */
	async function openAndFail({ known, sender }: { known: string; sender: string }) {
		const { workspace, conversation } = await openConversation();
		await KNOWN[known]!(workspace, conversation);
		workspace.sandbox.faults.add({ kind: 'status', status: 502, method: 'POST', path: /messages/ });
		const addReply = () => reply(workspace, conversation, SENDERS[sender]!(workspace));
		return { ...workspace, workspace, conversation, addReply };
	}

	it.each(CASES)(
		'is not taken for an auto-reply of $sender if it was not stored (the process knows $known)',
		async (each) => {
			const { workspace, conversation, addReply } = await openAndFail(each);
			addReply();

			const { error } = await runItem(workspace, withoutVariables, { conversation });

			expect(error).toMatchObject(UNKNOWN);
		},
	);

	it.each(CASES)(
		'is not taken for an auto-reply of $sender by a Retry (the process knows $known)',
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
		'is not taken for an auto-reply of %s by a Retry of an execution that died',
		async (sender) => {
			const { workspace, conversation } = await openConversation();
			ageRecords(workspace, 20);
			const died = crashedExecution(workspace, withoutVariables, [{ conversation }]);
			reply(workspace, conversation, SENDERS[sender]!(workspace));

			const again = await died.retry();

			// The reply may be the template: nothing is known of its text.
			expect(again.status).toBe('error');
			expect(again.error?.context).toMatchObject({ mayHaveArrived: true });
			expect(workspace.sent(conversation)).toEqual([REPLY]);
		},
	);

	it('is found after a lost response if the process knows how Sahut stores it', async () => {
		const workspace = await openWorkspace();
		const [a, b] = workspace.addConversations(2);
		await workspace.run(withoutVariables, [{ conversation: a }]);
		replyAutomatically(workspace, REPLY);
		workspace.sandbox.faults.add({ kind: 'dropAfter', method: 'POST' });

		const json = await runItem(workspace, withoutVariables, { conversation: b });

		expect(json).toMatchObject({ content: workspace.sent(a!)[0] });
		expect(workspace.sent(b!)).toHaveLength(2);
	});
});
