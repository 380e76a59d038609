import type { JournalEntry } from './journal';

/** How many of the matching requests or deliveries a fault skips and hits. */
export interface FaultOccurrences {
	/** The number of matches that pass before the first hit. Default 0. */
	skip?: number;
	/** The number of matches to hit; Infinity is allowed. Default 1. */
	times?: number;
}

/** The injected faults that have not been used up. */
export interface FaultList<Fault> {
	/** Adds a fault after the existing ones. */
	add(fault: Fault): void;
	/** Removes all faults. */
	clear(): void;
	/** Returns the number of remaining hits of all faults. */
	remaining(): number;
}

interface PendingFault<Fault> {
	fault: Fault;
	skipsLeft: number;
	timesLeft: number;
}

/**
 * A queue of faults for requests or deliveries (subjects). The first matching fault hits. A fault that still
 * has to skip counts the subject, and leaves it to the faults after it.
 */
export class FaultQueue<Fault extends FaultOccurrences, Subject> implements FaultList<Fault> {
	private pending: PendingFault<Fault>[] = [];

	constructor(private readonly matches: (fault: Fault, subject: Subject) => boolean) {}

	add(fault: Fault): void {
		this.pending.push({ fault, skipsLeft: fault.skip ?? 0, timesLeft: fault.times ?? 1 });
	}

	clear(): void {
		this.pending = [];
	}

	remaining(): number {
		return this.pending.reduce((sum, { timesLeft }) => sum + timesLeft, 0);
	}

	/** Returns the fault that hits the subject, and counts the hit; undefined if none does. */
	take(subject: Subject): Fault | undefined {
		for (const entry of this.pending) {
			if (!this.matches(entry.fault, subject)) continue;
			if (entry.skipsLeft > 0) {
				entry.skipsLeft--;
				continue;
			}
			entry.timesLeft--;
			if (entry.timesLeft <= 0) this.pending = this.pending.filter((other) => other !== entry);
			return entry.fault;
		}
		return undefined;
	}
}

/**
 * A fault for requests. Without `method`, `path` and `bodyContains`, it matches all of them. It is applied after
 * the body has arrived and before the key is checked, so that it also hits requests that would be refused.
 */
export type Fault = FaultOccurrences & {
	/** Upper case, e.g. `POST`. */
	method?: string;
	/** The pathname below `/v1`: a string must equal it, a RegExp must match a part of it. */
	path?: RegExp | string;
	/** A text that the JSON of the body must contain, e.g. a phone number. */
	bodyContains?: string;
} & FaultAction;

/** The effect of a fault on a request. */
export type FaultAction =
	/** Returns an error in the documented envelope. Stores nothing. `retryAfter` is the unchanged header. */
	| {
			kind: 'status';
			status: number;
			retryAfter?: number | string;
			code?: string;
			message?: string;
	  }
	/** Stores the request, then returns an error. */
	| { kind: 'statusAfterStore'; status: number }
	/** Stores the request at once, and responds after `delayMs`. */
	| { kind: 'slow'; delayMs: number }
	/** Closes the connection. Stores nothing. */
	| { kind: 'dropBefore' }
	/** Stores the request, then closes the connection without a response. */
	| { kind: 'dropAfter' }
	/** Stores the request, then returns an HTML page. Default status: 200. */
	| { kind: 'notJson'; status?: number; body?: string; contentType?: string }
	/** Stores the request, then returns this JSON. Default status: that of the handler. */
	| { kind: 'body'; status?: number; body: unknown };

/** The injected faults for requests. */
export type Faults = FaultList<Fault>;

type Request = Pick<JournalEntry, 'method' | 'path' | 'body'>;

/** The queue of faults that the server applies to requests. */
export type RequestFaults = FaultQueue<Fault, Request>;

function matches({ method, path, bodyContains }: Fault, request: Request): boolean {
	if (method !== undefined && method !== request.method) return false;
	if (bodyContains !== undefined && !JSON.stringify(request.body ?? '').includes(bodyContains)) {
		return false;
	}
	if (path === undefined) return true;
	// Unlike test(), search() ignores the lastIndex of global RegExps.
	return typeof path === 'string' ? path === request.path : request.path.search(path) >= 0;
}

/** Creates an empty queue of faults for requests. */
export function createRequestFaults(): RequestFaults {
	return new FaultQueue(matches);
}
