import { UserError, WAIT_INDEFINITELY, type INodeProperties } from 'n8n-workflow';

import type { Params } from '../../runtime/params';
import { choiceField, numberField, optionsOf, showIf, timeField } from '../fieldTypes';

/** How long to wait: for some milliseconds, or until a time in milliseconds since the epoch. */
export type TimeLimit = { kind: 'after'; ms: number } | { kind: 'at'; time: number };

const UNIT_MS: Readonly<Record<string, number>> = {
	minutes: 60_000,
	hours: 60 * 60_000,
	days: 24 * 60 * 60_000,
};

const whenInterval = { limitType: ['afterTimeInterval'] };

/** The option Limit Wait Time, in the format of n8n's own nodes. */
export const limitWaitTime: INodeProperties = {
	displayName: 'Limit Wait Time',
	name: 'limitWaitTime',
	type: 'fixedCollection',
	description:
		'How long to wait for an answer. After that, the workflow continues, and <code>approved</code> is null.',
	default: { values: { limitType: 'afterTimeInterval', resumeAmount: 45, resumeUnit: 'minutes' } },
	options: [
		{
			displayName: 'Values',
			name: 'values',
			values: [
				choiceField('Limit Type', 'limitType', {
					default: 'afterTimeInterval',
					description: 'When the workflow continues without an answer',
					options: optionsOf({
						afterTimeInterval: 'After Time Interval',
						atSpecifiedTime: 'At Specified Time',
					}),
				}),
				showIf(
					whenInterval,
					numberField('Amount', 'resumeAmount', {
						typeOptions: { minValue: 0, numberPrecision: 2 },
						default: 1,
						description: 'The time to wait',
					}),
				),
				showIf(
					whenInterval,
					choiceField('Unit', 'resumeUnit', {
						default: 'hours',
						options: optionsOf({ minutes: 'Minutes', hours: 'Hours', days: 'Days' }),
						description: 'Unit of the interval value',
					}),
				),
				showIf(
					{ limitType: ['atSpecifiedTime'] },
					timeField('Max Date and Time', 'maxDateAndTime', {
						description: 'Continue execution after the specified date and time',
					}),
				),
			],
		},
	],
};

const PATH = 'options.limitWaitTime.values';

/**
 * Reads Limit Wait Time; undefined if it was not added.
 *
 * @throws UserError if the amount is not above 0, or if the time is missing, since the node must not ignore the limit
 */
export function readTimeLimit(params: Params): TimeLimit | undefined {
	if (!params.isAdded(PATH)) return undefined;
	if (params.choice(`${PATH}.limitType`) === 'afterTimeInterval') {
		const amount = params.numberAboveZero(`${PATH}.resumeAmount`) ?? 1;
		return { kind: 'after', ms: amount * UNIT_MS[params.choice(`${PATH}.resumeUnit`)]! };
	}
	const time = params.instant(`${PATH}.maxDateAndTime`);
	if (time !== undefined) return { kind: 'at', time };
	throw new UserError('Max Date and Time is empty', {
		description: 'Enter the time at which the wait ends, or remove Limit Wait Time.',
	});
}

/** Asserts that a person can still answer. @throws UserError if the time limit has passed */
export function assertIsLater(limit: TimeLimit | undefined, now: number): void {
	if (limit?.kind !== 'at' || limit.time > now) return;
	throw new UserError('Max Date and Time is in the past', {
		description: `The value for this item is ${new Date(limit.time).toISOString()}. Nothing was sent. Enter a later time, or remove Limit Wait Time.`,
	});
}

/** Returns when the wait ends; without a limit, the date that n8n uses for an indefinite wait. */
export function toWaitEnd(limit: TimeLimit | undefined, now: number): Date {
	const end = limit?.kind === 'at' ? limit.time : now + (limit?.ms ?? Infinity);
	return new Date(Math.min(end, WAIT_INDEFINITELY.getTime()));
}
