import type { INode } from 'n8n-workflow';

import { type Deviation, DEVIATIONS } from '../../../../sandbox/deviations';
import type { FinishedRun } from '../../../support/engine';
import { crashedExecution, ageRecords, retry } from '../../../support/retryData';
import {
	continueInAnotherProcess,
	type CustomerWorkspace,
	INITIAL_STATE,
	openWithCustomer,
	type State,
} from '../customerFixture';
import { AFFECTED, type WriteName, type WriteOperation, WRITES } from './deviationTable';

/** Returns `reported` if the item failed and its error has `mayHaveArrived`. */
function outcomeOf({ status, error }: FinishedRun): string {
	if (!error) return status;
	const isReported =
		(error.context as { mayHaveArrived?: boolean } | undefined)?.mayHaveArrived === true;
	return isReported ? 'reported' : error.message;
}

type Open = () => Promise<CustomerWorkspace>;

/** The outcomes of the runs, and the state of the workspace afterwards. */
type Result = readonly [outcomes: string, state: State];

/** Runs the operation without a fault. */
async function runOnce(
	workspace: CustomerWorkspace,
	{ parameters }: WriteOperation,
): Promise<Result> {
	const finished = await workspace.run(parameters(workspace), [workspace.row]);
	expect(finished.output('Sahut')[0]?.json.id).toMatch(/^(msg|ct|conv)_/);
	return [outcomeOf(finished), workspace.state()];
}

/** Loses the response to one of the writes, and retries the execution if it fails. */
async function loseResponse(
	open: Open,
	{ parameters }: WriteOperation,
	skip: number,
): Promise<Result> {
	const workspace = await open();
	// Only requests that write have a body.
	workspace.sandbox.faults.add({ kind: 'dropAfter', mentions: '{', skip });
	const finished = await workspace.run(parameters(workspace), [workspace.row]);
	expect(workspace.sandbox.faults.remaining()).toBe(0);
	if (!finished.error) return [outcomeOf(finished), workspace.state()];
	ageRecords(workspace, 1);
	const again = await retry(workspace, finished, parameters(workspace));
	return [`${outcomeOf(finished)}, ${outcomeOf(again)}`, workspace.state()];
}

/** Loses the process after all writes, of which n8n has stored nothing; then retries twice. */
async function retryTwice(open: Open, { parameters }: WriteOperation): Promise<Result> {
	const workspace = await open();
	const execution = crashedExecution(workspace, parameters(workspace), [workspace.row]);
	await execution.run();
	ageRecords(workspace, 1);
	continueInAnotherProcess(workspace);
	const outcomes = [outcomeOf(await execution.retry()), outcomeOf(await execution.retry())];
	return [outcomes.join(', '), workspace.state()];
}

/** The outcomes of an operation whose records cannot be identified in lists. */
interface Difference {
	/** The outcome when the response to the first or the last write is lost. */
	first?: string;
	last?: string;
	/**
	 * The outcomes of two retries in another process, and the number of messages afterwards: a retry
	 * cannot identify a template without its values, as the documented assumptions state.
	 */
	retried?: string;
	sentInAll?: number;
}

const DIFFERENCES: Partial<Record<Deviation, Difference>> = {
	// The lost response was a 405.
	'patch-only': { first: 'reported, success' },
	// The process has not learned yet that the API sends as this agent.
	'sent-by-agent': { last: 'reported, reported', retried: 'reported, reported' },
	'hidden-values': { last: 'reported, reported', sentInAll: 2 },
};

async function check(deviations: Deviation[], name: WriteName, difference: Difference = {}) {
	const operation = WRITES[name];
	const open = async () => await openWithCustomer(deviations);
	const workspace = await open();
	const first = await runOnce(workspace, operation);
	const writes = workspace.sandbox.journal.entries.filter(({ body }) => body !== undefined);
	const [retried, ...afterLoss] = await Promise.all([
		retryTwice(open, operation),
		...writes.map(async (_, skip) => await loseResponse(open, operation, skip)),
	]);

	const after = { ...INITIAL_STATE, ...operation.changes };
	const { retried: outcomes = 'success, success', sentInAll } = difference;
	const lost = writes.map(() => 'success');
	if (difference.first) lost[0] = difference.first;
	if (difference.last) lost[lost.length - 1] = difference.last;
	expect({ first, afterLoss, retried }).toEqual({
		first: ['success', after],
		afterLoss: lost.map((each) => [each, after]),
		retried: [outcomes, { ...after, ...(sentInAll && { sent: sentInAll }) }],
	});
}

const names = Object.keys(DEVIATIONS) as Deviation[];

it.each(
	names.flatMap((deviation) => AFFECTED[deviation].map((name) => [deviation, name] as const)),
)('writes each record once with the deviation %s when %s', async (deviation, name) => {
	await check([deviation], name, DIFFERENCES[deviation]);
});

const unambiguous = names.filter(
	(name) => !DIFFERENCES[name] && name !== 'attributes-replaced' && AFFECTED[name].length > 0,
);

it.each(Object.keys(WRITES) as WriteName[])(
	'writes each record once with all unambiguous deviations at the same time when %s',
	async (name) => {
		await check(unambiguous, name);
	},
);

async function run(workspace: CustomerWorkspace, parameters: INode['parameters'], change = {}) {
	const { error, output } = await workspace.run(parameters, [{ ...workspace.row, ...change }]);
	expect(error?.message).toBeUndefined();
	return output('Sahut')[0]!.json;
}

it('finds a message after a lost response with the deviation sent-by-agent once another one was sent', async () => {
	const workspace = await openWithCustomer(['sent-by-agent']);
	const parameters = WRITES['sending a text'].parameters();
	await run(workspace, parameters);
	workspace.sandbox.faults.add({ kind: 'dropAfter', method: 'POST' });

	await run(workspace, { ...parameters, content: 'Pesanan 13 sudah dikirim.' });

	expect(workspace.state()).toMatchObject({ sent: 2 });
});

it('tries PUT only once with the deviation patch-only', async () => {
	const workspace = await openWithCustomer(['patch-only']);
	const parameters = WRITES['updating a conversation'].parameters();
	await run(workspace, parameters);
	await run(workspace, { ...parameters, updateFields: { status: 'pending' } });

	const methods = workspace.sandbox.journal.entries.map(({ method }) => method);
	expect(methods.filter((method) => method !== 'GET')).toEqual(['PUT', 'PATCH', 'PATCH']);
	expect(workspace.state()).toMatchObject({ status: 'pending' });
});

describe('Skip If Sent Within', () => {
	const deviations: Deviation[] = ['trimmed-texts', 'milliseconds', 'sent-by-agent', 'holes'];
	const names = ['sending a text', 'sending a template', 'sending to a known number'] as const;

	it.each(deviations.flatMap((each) => names.map((name) => [each, name] as const)))(
		'finds a message of another process with the deviation %s after %s',
		async (deviation, name) => {
			const workspace = await openWithCustomer([deviation]);
			const parameters: INode['parameters'] = WRITES[name].parameters(workspace);
			await run(workspace, parameters);
			ageRecords(workspace, 5);
			continueInAnotherProcess(workspace);

			const again = { ...parameters, options: { skipIfSentWithin: 1 } };
			expect(await run(workspace, again)).toMatchObject({ skipped: true });
			expect(workspace.state()).toMatchObject({ sent: 1 });
		},
	);
});

describe('the deviation raw-phones', () => {
	const typed = ['0812-3456-7890', '6281234567890', '+62 812 3456 7890', '(0812) 3456 7890'];
	const names = ['sending to a known number', 'creating or updating a known contact'] as const;

	it.each(typed.flatMap((phone) => names.map((name) => [phone, name] as const)))(
		'finds a contact whose phone number is stored as %s when %s',
		async (phone, name) => {
			const workspace = await openWithCustomer(['raw-phones'], phone);
			await run(workspace, WRITES[name].parameters(workspace));
			expect(workspace.state()).toMatchObject({ contacts: 1, conversations: 1 });
		},
	);
});

it.each(['+65 8123 4567 890', '(021) 81234567890', '6562 812 3456 7890'])(
	'does not match %s with the deviation raw-phones, although it contains the digits of the phone number',
	async (phone) => {
		const workspace = await openWithCustomer(['raw-phones'], phone);
		await run(workspace, WRITES['sending to a known number'].parameters(workspace));
		expect(workspace.state()).toMatchObject({ contacts: 2, conversations: 2, sent: 1 });
	},
);

it('creates one contact with the deviation late-lists for two messages to a new phone number', async () => {
	const workspace = await openWithCustomer(['late-lists']);
	const { parameters } = WRITES['sending to a new number'];
	await run(workspace, parameters(workspace));
	await run(workspace, parameters(workspace));
	expect(workspace.state()).toMatchObject({ contacts: 2, conversations: 2, sent: 2 });
});
