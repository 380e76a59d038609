import type { IDataObject, INode } from 'n8n-workflow';

import type { FinishedRun } from '../../../support/engine';
import type { Outcome } from './faultTable';

/** The settings of the node that determine how n8n handles a failure. */
export interface Settings {
	onError: NonNullable<INode['onError']>;
	retryOnFail: boolean;
}

export const SETTINGS = (
	['stopWorkflow', 'continueRegularOutput', 'continueErrorOutput'] as const
).flatMap((onError) => [false, true].map((retryOnFail): Settings => ({ onError, retryOnFail })));

/** The number of runs of the node with *Retry On Fail*. */
export const MAX_TRIES = 2;

/** The result of an item: from an output or, if the node has stopped, from the error. */
export interface ItemResult {
	item: number;
	/** Undefined if the node has stopped. */
	output?: 'success' | 'error';
	outcome: Outcome;
	/** The JSON of the item without its `error`. Empty if the node has stopped. */
	json: IDataObject;
	/** The message of the error, followed by the advice. */
	message: string;
}

function outcomeOf({ mayHaveArrived }: IDataObject): Outcome {
	return mayHaveArrived === true ? 'unknown' : 'refused';
}

/**
 * Returns the results of the node's items, in the order of its outputs. If the node has stopped, returns
 * only the result of the item that stopped it.
 */
export function readResults({ error, output }: FinishedRun): ItemResult[] {
	if (error) {
		const context = error.context as IDataObject;
		const message = `${error.message} ${error.description}`;
		return [{ item: Number(context.itemIndex), outcome: outcomeOf(context), json: {}, message }];
	}
	return (['success', 'error'] as const).flatMap((name, index) =>
		output('Sahut', index).map(({ json: { error: failure, ...json }, pairedItem }): ItemResult => {
			const { item } = pairedItem as { item: number };
			const { message: reason, advice } = (failure ?? {}) as IDataObject;
			const message = `${String(reason)} ${String(advice)}`;
			const outcome = failure ? outcomeOf(failure as IDataObject) : 'done';
			return { item, output: name, outcome, json, message };
		}),
	);
}
