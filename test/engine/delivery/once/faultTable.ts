import type { FaultAction } from '../../../../sandbox';

/** The result of an item. `unknown`: it failed, but its write may have been processed. */
export type Outcome = 'done' | 'refused' | 'unknown';

/** The effect of a fault on an item in one run of the node. */
export interface Effect {
	outcome: Outcome;
	/** The number of times that the node makes the affected request. */
	requests: number;
}

/** Which of the matching requests a fault affects. `blind`: all of them, and all reads. */
type Frequency = 'once' | 'always' | 'blind';

/** Which requests a fault affects, and the customer whom they are about. */
export type FaultTarget = [frequency: Frequency, customer: number];
export const FIRST_CUSTOMER: FaultTarget[] = [
	['once', 0],
	['always', 0],
];
export const ALL_TARGETS: FaultTarget[] = [...FIRST_CUSTOMER, ['once', 1], ['blind', 0]];

export interface FaultUnderTest {
	action: FaultAction;
	/** A part of the error message that a failed item has. */
	message: string;
	/** The effect on a request that writes, or that reads. Missing combinations are not tested. */
	write: Partial<Record<Frequency, Effect>>;
	read: Partial<Record<Frequency, Effect>>;
	/** The time-out of the node's requests, if the fault is a late response. */
	timeoutMs?: number;
	/** Set if nothing listens at the address of the credential. `action` then affects no request. */
	isUnreachable?: true;
}

const SECOND_TRY: Effect = { outcome: 'done', requests: 2 };
const ALL_TRIES: Effect = { outcome: 'refused', requests: 5 };
const ONE_TRY: Effect = { outcome: 'refused', requests: 1 };
const FOUND: Effect = { outcome: 'done', requests: 1 };
const NOT_FOUND: Effect = { outcome: 'unknown', requests: 1 };

/** Longer than a busy machine takes for a request that no fault affects. */
const LATE_TIMEOUT_MS = 2_000;

const INTERRUPTED = 'The connection was lost before Sahut responded';
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

/** Sahut reports that it did not process the request. */
const REJECTED = { write: { ...repeated, blind: ALL_TRIES }, read: repeated };
/** Sahut does not process the request, but the response does not show this. */
const LOST = { write: { once: NOT_FOUND, always: NOT_FOUND, blind: NOT_FOUND }, read: repeated };
/** Sahut processes the request, but the response does not show this. */
const STORED = { write: { once: FOUND, always: FOUND, blind: NOT_FOUND }, read: repeated };

type Effects = Pick<FaultUnderTest, 'write' | 'read'>;
const fault = (effects: Effects, action: FaultAction, message: string) => ({
	...effects,
	action,
	message,
});

/** Keyed by a name that completes "the request meets …". */
export const FAULTS: Record<string, FaultUnderTest> = {
	'a 429 with Retry-After': fault(REJECTED, status(429, 4), 'Wait 4 seconds'),
	'a 429 without Retry-After': fault(REJECTED, status(429), 'Sahut did not state how long'),
	'a 500': fault(LOST, status(500), 'Sahut responded with an error to the request'),
	'a 503': fault(LOST, status(503, 1), 'Sahut responded with an error to the request'),
	'a connection cut before anything is stored': fault(LOST, { kind: 'dropBefore' }, INTERRUPTED),
	'a connection cut after storing': fault(STORED, { kind: 'dropAfter' }, INTERRUPTED),
	'a 500 after storing': fault(
		STORED,
		statusAfterStore(500),
		'Sahut responded with an error to the request',
	),
	'a 408 after storing': fault(STORED, statusAfterStore(408), 'timed out (status 408)'),
	'a response that is not JSON': {
		...fault(STORED, { kind: 'notJson' }, 'has an unexpected format'),
		read: { once: ONE_TRY, always: ONE_TRY },
	},
	'a late response': {
		action: { kind: 'slow', delayMs: 2 * LATE_TIMEOUT_MS },
		message: `did not respond within ${LATE_TIMEOUT_MS / 1_000} seconds`,
		// Five time-outs would take long, and a cut connection already tests all tries.
		write: { once: FOUND, always: FOUND },
		read: { once: SECOND_TRY },
		timeoutMs: LATE_TIMEOUT_MS,
	},
	'a refused connection': {
		action: { kind: 'dropBefore' },
		message: 'Sahut could not be reached at',
		write: { always: ONE_TRY },
		read: { always: ONE_TRY },
		isUnreachable: true,
	},
};
