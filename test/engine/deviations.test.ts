import { DEVIATIONS, type Deviation } from '../../sandbox/deviations';
import { BEFORE, goOnInAnotherProcess, openWithBudi, type Left, type WithBudi } from './budi';
import { TOUCHED, WRITING, type Writing, type WritingName } from './deviationTable';
import type { FinishedRun } from '../support/engine';
import { executionThatDied, letPass, retry } from '../support/retryData';

/** `reported`: it failed, and says that it may have arrived all the same. */
function outcomeOf({ status, error }: FinishedRun): string {
	if (!error) return status;
	const isReported =
		(error.context as { mayHaveArrived?: boolean } | undefined)?.mayHaveArrived === true;
	return isReported ? 'reported' : error.message;
}

type Open = () => Promise<WithBudi>;

/** What came of the runs, and what there is afterwards. */
type Result = readonly [outcomes: string, left: Left];

async function succeed(workspace: WithBudi, { parameters }: Writing): Promise<Result> {
	const finished = await workspace.run(parameters(workspace), [workspace.row]);
	expect(finished.output('Sahut')[0]?.json.id).toMatch(/^(msg|ct|conv)_/);
	return [outcomeOf(finished), workspace.left()];
}

/** One of the writes is stored and its answer lost; if that ends the execution, it is retried. */
async function loseAnswer(open: Open, { parameters }: Writing, skip: number): Promise<Result> {
	const workspace = await open();
	// Only requests that write have a body.
	workspace.sandbox.faults.add({ kind: 'dropAfter', mentions: '{', skip });
	const finished = await workspace.run(parameters(workspace), [workspace.row]);
	expect(workspace.sandbox.faults.remaining()).toBe(0);
	if (!finished.error) return [outcomeOf(finished), workspace.left()];
	letPass(workspace, 1);
	const again = await retry(workspace, finished, parameters(workspace));
	return [`${outcomeOf(finished)}, ${outcomeOf(again)}`, workspace.left()];
}

/** The process dies when all is done, and n8n has stored nothing of it; *Retry* is pressed twice. */
async function retryTwice(open: Open, { parameters }: Writing): Promise<Result> {
	const workspace = await open();
	const execution = executionThatDied(workspace, parameters(workspace), [workspace.row]);
	await execution.run();
	letPass(workspace, 1);
	goOnInAnotherProcess(workspace);
	const outcomes = [outcomeOf(await execution.retry()), outcomeOf(await execution.retry())];
	return [outcomes.join(', '), workspace.left()];
}

/** What comes of an operation where a record cannot be told by what lists show of it. */
interface Doubt {
	/** When the answer to the first or the last write is lost. */
	first?: string;
	last?: string;
	/**
	 * What becomes of two retries of a process that knows nothing, and how often a message is there
	 * afterwards: a template without its values no retry can tell. That is among the documented assumptions.
	 */
	retried?: string;
	sentInAll?: number;
}

const DOUBTS: Partial<Record<Deviation, Doubt>> = {
	// It was an answer of 405.
	'patch-only': { first: 'reported, success' },
	// Nobody has told yet that this agent is the API.
	'sent-by-agent': { last: 'reported, reported', retried: 'reported, reported' },
	'hidden-values': { last: 'reported, reported', sentInAll: 3 },
};

async function check(deviations: Deviation[], name: WritingName, doubt: Doubt = {}) {
	const operation = WRITING[name];
	const open = async () => await openWithBudi(deviations);
	const workspace = await open();
	const first = await succeed(workspace, operation);
	const writes = workspace.sandbox.journal.entries.filter(({ body }) => body !== undefined);
	const [retried, ...afterLoss] = await Promise.all([
		retryTwice(open, operation),
		...writes.map(async (_, skip) => await loseAnswer(open, operation, skip)),
	]);

	const after = { ...BEFORE, ...operation.makes };
	const { retried: outcomes = 'success, success', sentInAll } = doubt;
	const lost = writes.map(() => 'success');
	if (doubt.first) lost[0] = doubt.first;
	if (doubt.last) lost[lost.length - 1] = doubt.last;
	expect({ first, afterLoss, retried }).toEqual({
		first: ['success', after],
		afterLoss: lost.map((each) => [each, after]),
		retried: [outcomes, { ...after, ...(sentInAll && { sent: sentInAll }) }],
	});
}

const names = Object.keys(DEVIATIONS) as Deviation[];

it.each(names.flatMap((deviation) => TOUCHED[deviation].map((name) => [deviation, name] as const)))(
	'%s: %s',
	async (deviation, name) => {
		await check([deviation], name, DOUBTS[deviation]);
	},
);

const told = names.filter((name) => !DOUBTS[name] && name !== 'attributes-replaced');

it.each(Object.keys(WRITING) as WritingName[])(
	'all at once, but for those that leave doubts: %s',
	async (name) => {
		await check(told, name);
	},
);
