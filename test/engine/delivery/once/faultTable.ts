import type { FaultAction } from '../../../../sandbox';

/** The result of an item; `unknown`: it failed, although it may have arrived. */
export type Outcome = 'done' | 'refused' | 'unknown';

/** The effect of a fault on an item in one run of the node. */
export interface Effect {
	outcome: Outcome;
	/** How often the node makes the request that the fault affects. */
	requests: number;
}

/** Which requests a fault affects; `blind`: also those that search for the written record. */
type Frequency = 'once' | 'always' | 'blind';

/** Which requests about which customer a fault affects. */
export type FaultTarget = [frequency: Frequency, customer: number];
export const FIRST_CUSTOMER: FaultTarget[] = [
	['once', 0],
	['always', 0],
];
export const ALL_TARGETS: FaultTarget[] = [...FIRST_CUSTOMER, ['once', 1], ['blind', 0]];

export interface FaultUnderTest {
	action: FaultAction;
	/** A part of the error message of the failed item. */
	message: string;
	/** Its effect on a request that writes, or reads. Missing combinations are not tested. */
	write: Partial<Record<Frequency, Effect>>;
	read: Partial<Record<Frequency, Effect>>;
	/** The request time-out, if waiting is part of the fault. */
	timeoutMs?: number;
	/** Whether nothing listens at the address of the credential, so that `action` affects nothing. */
	isUnreachable?: true;
}

const SECOND_TRY: Effect = { outcome: 'done', requests: 2 };
const ALL_TRIES: Effect = { outcome: 'refused', requests: 5 };
const ONE_TRY: Effect = { outcome: 'refused', requests: 1 };
const FOUND: Effect = { outcome: 'done', requests: 1 };
const NOT_FOUND: Effect = { outcome: 'unknown', requests: 1 };

const INTERRUPTED = 'broke off before an answer came';
const status = (code: number, retryAfter?: number): FaultAction => ({
	kind: 'status',
	status: code,
	...(retryAfter && { retryAfter }),
});
const statusAfterStore = (code: number): FaultAction => ({
	kind: 'statusAfterStore',
	status: code,
});

const repeated = { once: SECOND_TRY, always: ALL_TRIES };

/** Sahut reports that it has done nothing. */
const REJECTED = { write: { ...repeated, blind: ALL_TRIES }, read: repeated };
/** Sahut stores nothing, or everything, and the response does not show which. */
const LOST = { write: { once: NOT_FOUND, always: NOT_FOUND, blind: NOT_FOUND }, read: repeated };
const STORED = { write: { once: FOUND, always: FOUND, blind: NOT_FOUND }, read: repeated };

type Effects = Pick<FaultUnderTest, 'write' | 'read'>;
const fault = (effects: Effects, action: FaultAction, message: string) => ({
	...effects,
	action,
	message,
});

export const FAULTS: Record<string, FaultUnderTest> = {
	'a 429 with Retry-After': fault(REJECTED, status(429, 4), 'Sahut asks to wait 4 seconds'),
	'a 429 without Retry-After': fault(REJECTED, status(429), 'Sahut did not say for how long'),
	'a 500': fault(LOST, status(500), 'could not handle the request'),
	'a 503': fault(LOST, status(503, 1), 'could not handle the request'),
	'a connection cut before anything is stored': fault(LOST, { kind: 'dropBefore' }, INTERRUPTED),
	'a connection cut after storing': fault(STORED, { kind: 'dropAfter' }, INTERRUPTED),
	'a 500 after storing': fault(STORED, statusAfterStore(500), 'could not handle the request'),
	'a 408 after storing': fault(STORED, statusAfterStore(408), 'with status 408'),
	'an answer that is not JSON': {
		...fault(STORED, { kind: 'notJson' }, 'could not be understood'),
		read: { once: ONE_TRY, always: ONE_TRY },
	},
	'an answer that comes too late': {
		action: { kind: 'slow', delayMs: 1_500 },
		message: 'did not answer within 0.75 seconds',
		// Five time-outs take long and test the same as a dropped connection.
		write: { once: FOUND, always: FOUND },
		read: { once: SECOND_TRY },
		timeoutMs: 750,
	},
	'a connection that is refused': {
		action: { kind: 'dropBefore' },
		message: 'Sahut could not be reached at',
		write: { always: ONE_TRY },
		read: { always: ONE_TRY },
		isUnreachable: true,
	},
};
