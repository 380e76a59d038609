import type { FaultAction } from '../../sandbox';

/** What becomes of an item; `unknown`: it failed, and may have arrived all the same. */
export type Fate = 'done' | 'refused' | 'unknown';

/** What a fault does to an item in one run of the node. */
export interface Effect {
	fate: Fate;
	/** How often the request is made that the fault strikes. */
	requests: number;
}

/** Which requests a fault strikes; `blind`: also those that look for what was written. */
type Often = 'once' | 'always' | 'blind';

/** Which requests about which customer a fault strikes. */
export type Strike = [often: Often, customer: number];
export const FIRST_CUSTOMER: Strike[] = [
	['once', 0],
	['always', 0],
];
export const ALL_STRIKES: Strike[] = [...FIRST_CUSTOMER, ['once', 1], ['blind', 0]];

export interface FaultUnderTest {
	action: FaultAction;
	/** What the failed item's message says. */
	says: string;
	/** What it does to a request that writes, or reads. What is not there is not tried. */
	write: Partial<Record<Often, Effect>>;
	read: Partial<Record<Often, Effect>>;
	/** Where waiting is part of the fault. */
	timeoutMs?: number;
	/** Whether nothing listens at the address of the credential, so that `action` has nothing to strike. */
	isUnreachable?: true;
}

const SECOND_TRY: Effect = { fate: 'done', requests: 2 };
const ALL_TRIES: Effect = { fate: 'refused', requests: 5 };
const ONE_TRY: Effect = { fate: 'refused', requests: 1 };
const FOUND: Effect = { fate: 'done', requests: 1 };
const NOT_FOUND: Effect = { fate: 'unknown', requests: 1 };

const BROKE_OFF = 'broke off before an answer came';
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

/** Sahut says that it did nothing. */
const TURNED_BACK = { write: { ...repeated, blind: ALL_TRIES }, read: repeated };
/** Nothing is stored, or all, and nobody says so. */
const LOST = { write: { once: NOT_FOUND, always: NOT_FOUND, blind: NOT_FOUND }, read: repeated };
const STORED = { write: { once: FOUND, always: FOUND, blind: NOT_FOUND }, read: repeated };

type Effects = Pick<FaultUnderTest, 'write' | 'read'>;
const fault = (effects: Effects, action: FaultAction, says: string) => ({
	...effects,
	action,
	says,
});

export const FAULTS: Record<string, FaultUnderTest> = {
	'a 429 with Retry-After': fault(TURNED_BACK, status(429, 4), 'Sahut asks to wait 4 seconds'),
	'a 429 without Retry-After': fault(TURNED_BACK, status(429), 'Sahut did not say for how long'),
	'a 500': fault(LOST, status(500), 'could not handle the request'),
	'a 503': fault(LOST, status(503, 1), 'could not handle the request'),
	'a connection cut before anything is stored': fault(LOST, { kind: 'dropBefore' }, BROKE_OFF),
	'a connection cut after storing': fault(STORED, { kind: 'dropAfter' }, BROKE_OFF),
	'a 500 after storing': fault(STORED, statusAfterStore(500), 'could not handle the request'),
	'a 408 after storing': fault(STORED, statusAfterStore(408), 'with status 408'),
	'an answer that is not JSON': {
		...fault(STORED, { kind: 'notJson' }, 'could not be understood'),
		read: { once: ONE_TRY, always: ONE_TRY },
	},
	'an answer that comes too late': {
		action: { kind: 'slow', delayMs: 1_500 },
		says: 'did not answer within 0.75 seconds',
		// To wait in vain five times takes long, and is no different from a connection cut.
		write: { once: FOUND, always: FOUND },
		read: { once: SECOND_TRY },
		timeoutMs: 750,
	},
	'a connection that is refused': {
		action: { kind: 'dropBefore' },
		says: 'Sahut could not be reached at',
		write: { always: ONE_TRY },
		read: { always: ONE_TRY },
		isUnreachable: true,
	},
};
