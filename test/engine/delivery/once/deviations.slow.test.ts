import type { INode } from 'n8n-workflow';

import { type Deviation, DEVIATIONS } from '../../../../sandbox/deviations';
import type { FinishedRun } from '../../../support/engine';
import { createCrashedExecution, ageRecords, retry } from '../../../support/retryData';
import {
	continueInAnotherProcess,
	type CustomerWorkspace,
	INITIAL_STATE,
	openWithCustomer,
	type State,
} from '../customerFixture';
import { AFFECTED, type WriteName, type WriteOperation, WRITES } from './deviationTable';

/**
 * Returns the status of a successful execution, `reported` if its error has `mayHaveArrived`, and otherwise
 * the message of its error.
 */
function outcomeOf({ status, error }: FinishedRun): string {
	if (!error) return status;
	const isReported =
		(error.context as { mayHaveArrived?: boolean } | undefined)?.mayHaveArrived === true;
	return isReported ? 'reported' : error.message;
}

/** Opens a new workspace with the tested deviations. */
type OpenWorkspace = () => Promise<CustomerWorkspace>;

/** The outcomes of the executions, and the state of the workspace afterwards. */
interface Result {
	outcomes: string;
	state: State;
}

/** Runs the operation without a fault. */
async function runOnce(
	workspace: CustomerWorkspace,
	{ parameters }: WriteOperation,
): Promise<Result> {
	const finished = await workspace.run(parameters(workspace), [workspace.row]);
	expect(finished.output('Sahut')[0]?.json.id).toMatch(/^(msg|ct|conv)_/);
	return { outcomes: outcomeOf(finished), state: workspace.state() };
}

/**
 * Loses the response to one of the writes, and retries the execution if it fails.
 *
 * @param skip the number of writes before that one
 */
async function loseResponse(
	open: OpenWorkspace,
	{ parameters }: WriteOperation,
	skip: number,
): Promise<Result> {
	const workspace = await open();
	// Only writes have a body.
	workspace.sandbox.faults.add({ kind: 'dropAfter', bodyContains: '{', skip });
	const finished = await workspace.run(parameters(workspace), [workspace.row]);
	expect(workspace.sandbox.faults.remaining()).toBe(0);
	if (!finished.error) return { outcomes: outcomeOf(finished), state: workspace.state() };
	ageRecords(workspace, 1);
	const again = await retry(workspace, finished, parameters(workspace));
	const outcomes = `${outcomeOf(finished)}, ${outcomeOf(again)}`;
	return { outcomes, state: workspace.state() };
}

/**
 * Runs an execution and retries it twice in another process, as if the first process had crashed after all
 * writes and n8n had stored only the start.
 */
async function retryAfterCrash(
	open: OpenWorkspace,
	{ parameters }: WriteOperation,
): Promise<Result> {
	const workspace = await open();
	const execution = createCrashedExecution(workspace, parameters(workspace), [workspace.row]);
	await execution.run();
	ageRecords(workspace, 1);
	continueInAnotherProcess(workspace);
	const outcomes = [outcomeOf(await execution.retry()), outcomeOf(await execution.retry())];
	return { outcomes: outcomes.join(', '), state: workspace.state() };
}

/** The expected outcomes of an operation whose records cannot be identified in lists. */
interface Difference {
	/** If the response to the first write is lost. */
	firstLost?: string;
	/** If the response to the last write is lost. */
	lastLost?: string;
	/** Of two retries in another process. */
	retried?: string;
	/**
	 * The number of messages after the retries. A retry cannot identify a template without its values, as
	 * the documented assumptions state.
	 */
	sentAfterRetries?: number;
}

const DIFFERENCES: Partial<Record<Deviation, Difference>> = {
	// The lost response was the 405 to the PUT.
	'patch-only': { firstLost: 'reported, success' },
	// The process has not learned yet that the API sends as this agent.
	'sent-by-agent': { lastLost: 'reported, reported', retried: 'reported, reported' },
	'hidden-values': { lastLost: 'reported, reported', sentAfterRetries: 2 },
};

/** Returns a sentence, so that a failure is readable. */
const describeResult = (situation: string, { outcomes, state }: Result) =>
	`${situation}: ${outcomes}, and then ${JSON.stringify(state)}`;

/** Asserts the outcomes and the state after each way to interrupt an operation. */
async function expectEachRecordOnce(
	deviations: Deviation[],
	name: WriteName,
	difference: Difference = {},
) {
	const operation = WRITES[name];
	const open = async () => await openWithCustomer(deviations);
	const workspace = await open();
	const uninterrupted = await runOnce(workspace, operation);
	const writes = workspace.sandbox.journal.entries.filter(({ body }) => body !== undefined);
	const [retried, ...afterLoss] = await Promise.all([
		retryAfterCrash(open, operation),
		...writes.map(async (_, skip) => await loseResponse(open, operation, skip)),
	]);

	const state = { ...INITIAL_STATE, ...operation.changes };
	const { firstLost, lastLost, retried: retries, sentAfterRetries } = difference;
	const expectedAfterLoss = writes.map((): Result => ({ outcomes: 'success', state }));
	if (firstLost) expectedAfterLoss[0] = { outcomes: firstLost, state };
	if (lastLost) expectedAfterLoss[writes.length - 1] = { outcomes: lastLost, state };
	const describeAll = (once: Result, lost: Result[], crashed: Result) => [
		describeResult(`${name}, without a fault`, once),
		...lost.map((result, index) => {
			const { method, path } = writes[index]!;
			return describeResult(`${name}, after the lost response to ${method} ${path}`, result);
		}),
		describeResult(`${name}, after two retries of a crashed execution`, crashed),
	];
	expect(describeAll(uninterrupted, afterLoss, retried)).toEqual(
		describeAll({ outcomes: 'success', state }, expectedAfterLoss, {
			outcomes: retries ?? 'success, success',
			state: { ...state, ...(sentAfterRetries && { sent: sentAfterRetries }) },
		}),
	);
}

const deviations = Object.keys(DEVIATIONS) as Deviation[];

it.each(
	deviations.flatMap((deviation) => AFFECTED[deviation].map((name) => [deviation, name] as const)),
)('writes each record once with the deviation %s when %s', async (deviation, name) => {
	await expectEachRecordOnce([deviation], name, DIFFERENCES[deviation]);
});

/** `attributes-replaced` and `attributes-merged` exclude each other. */
const unambiguous = deviations.filter(
	(each) => !DIFFERENCES[each] && each !== 'attributes-replaced' && AFFECTED[each].length > 0,
);

it.each(Object.keys(WRITES) as WriteName[])(
	'writes each record once with all unambiguous deviations at the same time when %s',
	async (name) => {
		await expectEachRecordOnce(unambiguous, name);
	},
);

/** Runs the node for the item of the workspace, asserts success, and returns the JSON of the output. */
async function run(workspace: CustomerWorkspace, parameters: INode['parameters']) {
	const { error, output } = await workspace.run(parameters, [workspace.row]);
	expect(error?.message).toBeUndefined();
	return output('Sahut')[0]!.json;
}

it('finds a message after a lost response with the deviation sent-by-agent if this process has sent another one before', async () => {
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
	const affecting: Deviation[] = [
		'trimmed-texts',
		'milliseconds',
		'sent-by-agent',
		'missing-fields',
	];
	const names = ['sending a text', 'sending a template', 'sending to a known number'] as const;

	it.each(affecting.flatMap((each) => names.map((name) => [each, name] as const)))(
		'finds a message of another process with the deviation %s after %s',
		async (deviation, name) => {
			const workspace = await openWithCustomer([deviation]);
			const parameters: INode['parameters'] = WRITES[name].parameters(workspace);
			await run(workspace, parameters);
			ageRecords(workspace, 5);
			continueInAnotherProcess(workspace);

			const once = { ...parameters, options: { skipIfSentWithin: 1 } };
			const json = await run(workspace, once);

			expect(json).toMatchObject({ skipped: true, skip_reason: 'sent_before' });
			expect(workspace.state()).toMatchObject({ sent: 1 });
		},
	);
});

describe('the deviation raw-phones', () => {
	const storedPhones = ['0812-3456-7890', '6281234567890', '+62 812 3456 7890', '(0812) 3456 7890'];
	const names = ['sending to a known number', 'creating or updating a known contact'] as const;

	it.each(storedPhones.flatMap((phone) => names.map((name) => [phone, name] as const)))(
		'finds a contact whose phone number is stored as %s when %s',
		async (phone, name) => {
			const workspace = await openWithCustomer(['raw-phones'], phone);

			await run(workspace, WRITES[name].parameters(workspace));

			expect(workspace.state()).toMatchObject({ contacts: 1, conversations: 1 });
		},
	);
});

it.each(['+65 8123 4567 890', '(021) 81234567890', '6562 812 3456 7890'])(
	'does not match the stored number %s with the deviation raw-phones, although it contains the digits of the phone number',
	async (phone) => {
		const workspace = await openWithCustomer(['raw-phones'], phone);

		await run(workspace, WRITES['sending to a known number'].parameters(workspace));

		expect(workspace.state()).toMatchObject({ contacts: 2, conversations: 2, sent: 1 });
	},
);

it('creates one contact for two messages to a new phone number with the deviation late-lists', async () => {
	const workspace = await openWithCustomer(['late-lists']);
	const { parameters } = WRITES['sending to a new number'];

	await run(workspace, parameters(workspace));
	await run(workspace, parameters(workspace));

	expect(workspace.state()).toMatchObject({ contacts: 2, conversations: 2, sent: 2 });
});
