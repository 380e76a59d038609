import type { IDataObject, INode, INodeExecutionData } from 'n8n-workflow';

import { fastClock, type FinishedRun } from './engine';
import type { Fate } from './faultTable';

/** How n8n takes a failure. */
export interface Settings {
	onError: NonNullable<INode['onError']>;
	retryOnFail: boolean;
}

export const SETTINGS = (['stopWorkflow', 'continueRegularOutput', 'continueErrorOutput'] as const)
	.flatMap((onError) => [false, true].map((retryOnFail): Settings => ({ onError, retryOnFail })))
	.map((settings) => [JSON.stringify(settings), settings] as const);

/** On Retry On Fail. */
export const MAX_TRIES = 2;

/** For `sahutWith`: waits take a hundredth of their time, and the same every time. */
export const fast = { timeoutMs: 10_000, clock: fastClock(100), random: () => 0.5 };

/** What n8n tells of one execution of the node. */
export interface Account {
	/** On Stop: which item failed and how, and how many were done. */
	error: string | undefined;
	/** The items of either output: `0 done`, `1 unknown`, … */
	outputs: string[][];
	/** Whether n8n keeps what was written with the execution. */
	isKept: boolean;
}

/** What is to be told: on Stop, of the first item that is not done; else, of each item. */
export function foreseeAccount(
	fates: Array<Fate | undefined>,
	done: string,
	{ onError }: Pick<Settings, 'onError'>,
): Account {
	const names = fates.map((fate, item) => `${item} ${fate}`);
	const isDone = (_: unknown, item: number) => fates[item] === 'done';
	const isFailed = (_: unknown, item: number) => !isDone(_, item);
	const failedAt = fates.findIndex((fate) => fate === 'refused' || fate === 'unknown');
	const stopped = onError === 'stopWorkflow' && failedAt >= 0;
	const count = `${fates.filter(isDone).length} of ${fates.length} items were ${done}.`;
	return {
		error: stopped ? `${names[failedAt]}, ${count}` : undefined,
		outputs: stopped
			? [[], []]
			: onError === 'continueErrorOutput'
				? [names.filter(isDone), names.filter(isFailed)]
				: [names, []],
		isKept: failedAt >= 0,
	};
}

/** A failure as the error of the node or of an item tells it. */
export interface Failure {
	message: string;
	advice: string;
	mayHaveArrived: boolean;
}

const IN_AN_EARLIER_TRY = 'It is not known whether';

/** The fate that a failure tells of; its words, should they not say what happened. */
export function fateOf({ message, mayHaveArrived }: Failure, says: string): string {
	const isSaid = message.includes(says) || (mayHaveArrived && message.includes(IN_AN_EARLIER_TRY));
	if (!isSaid) return message;
	return mayHaveArrived ? 'unknown' : 'refused';
}

/** Reads what n8n tells of an execution of the node "Sahut"; failed items must have their input. */
export function readAccount(
	{ error, output, run }: FinishedRun,
	{
		rows,
		isWhole,
		fateOf: readFate,
	}: {
		rows: IDataObject[];
		/** Whether this is what an item that is done must give. */
		isWhole(json: IDataObject, item: number): boolean;
		fateOf(failure: Failure, item: number): string;
	},
): Account {
	function nameItem({ json, pairedItem }: INodeExecutionData): string {
		const { item } = pairedItem as { item: number };
		const { error: failure, ...data } = json;
		if (!failure) return `${item} ${isWhole(data, item) ? 'done' : 'is alien'}`;
		expect(data).toEqual(rows[item]);
		const { message, advice, mayHaveArrived } = failure as IDataObject & Partial<Failure>;
		return `${item} ${readFate(
			{
				message: String(message),
				advice: advice ?? '',
				mayHaveArrived: mayHaveArrived === true,
			},
			item,
		)}`;
	}
	function nameError({ message, description, context }: NonNullable<typeof error>): string {
		const { itemIndex, mayHaveArrived } = context as IDataObject;
		const advice = description ?? '';
		const failure = { message, advice, mayHaveArrived: mayHaveArrived === true };
		const [count] = /\d+ of \d+ items were [\w ]+\.$/.exec(advice) ?? [];
		return `${String(itemIndex)} ${readFate(failure, Number(itemIndex))}, ${count}`;
	}
	return {
		error: error && nameError(error),
		outputs: [0, 1].map((index) => output('Sahut', index).map(nameItem)),
		isKept: Object.keys(run.data.executionData!.contextData['node:Sahut']!).length > 0,
	};
}

/** Does something with all settings, or those chosen, at once; the results are named by them. */
export async function underAllSettings<T>(
	task: (settings: Settings) => Promise<T> | T,
	chosen = SETTINGS,
): Promise<Record<string, T>> {
	return Object.fromEntries(
		await Promise.all(
			chosen.map(async ([name, settings]) => [name, await task(settings)] as const),
		),
	);
}
