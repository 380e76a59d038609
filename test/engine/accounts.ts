import type { IDataObject, INode } from 'n8n-workflow';

import type { FinishedRun } from '../support/engine';
import type { Fate } from './faultTable';

/** How n8n takes a failure. */
export interface Settings {
	onError: NonNullable<INode['onError']>;
	retryOnFail: boolean;
}

export const SETTINGS = (
	['stopWorkflow', 'continueRegularOutput', 'continueErrorOutput'] as const
).flatMap((onError) => [false, true].map((retryOnFail): Settings => ({ onError, retryOnFail })));

/** On Retry On Fail. */
export const MAX_TRIES = 2;

/** What n8n tells of an item: by one of its outputs or, when the node has stopped, by the error. */
export interface Account {
	item: number;
	/** Undefined when the node has stopped. */
	output?: 'success' | 'error';
	fate: Fate;
	/** What the item gives, but for its error. */
	json: IDataObject;
	/** The message of its error, and the advice. */
	says: string;
}

function fateOf({ mayHaveArrived }: IDataObject): Fate {
	return mayHaveArrived === true ? 'unknown' : 'refused';
}

/** Reads what n8n tells of an execution of the node "Sahut", in the order of its outputs. */
export function readAccounts({ error, output }: FinishedRun): Account[] {
	if (error) {
		const context = error.context as IDataObject;
		const says = `${error.message} ${error.description}`;
		return [{ item: Number(context.itemIndex), fate: fateOf(context), json: {}, says }];
	}
	return (['success', 'error'] as const).flatMap((name, index) =>
		output('Sahut', index).map(({ json: { error: failure, ...json }, pairedItem }): Account => {
			const { item } = pairedItem as { item: number };
			const { message, advice } = (failure ?? {}) as IDataObject;
			const says = `${String(message)} ${String(advice)}`;
			const fate = failure ? fateOf(failure as IDataObject) : 'done';
			return { item, output: name, fate, json, says };
		}),
	);
}
