import type { JournalEntry } from './journal';

/** How often something goes wrong. */
export interface Occurrences {
	/** How many matching ones to let through first. Default 0. */
	skip?: number;
	/** How many matching ones to hit; Infinity is allowed. Default 1. */
	times?: number;
}

export interface FaultList<Fault> {
	/** Adds one behind those there are. */
	add(fault: Fault): void;
	/** Drops all that are left. */
	clear(): void;
	/** How many hits are still to come, of all faults together. */
	remaining(): number;
}

interface PendingFault<Fault> {
	fault: Fault;
	skipsLeft: number;
	timesLeft: number;
}

/**
 * Faults that wait for a subject (a request, a delivery). The first in the order they were added hits;
 * one that still lets subjects through (`skip`) counts this one and leaves it to those after it.
 */
export class FaultQueue<Fault extends Occurrences, Subject> implements FaultList<Fault> {
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

	/** The fault that hits this subject, counted down; undefined when it is let through. */
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
 * One thing that goes wrong. What a request does not say (`method`, `path`, `mentions`) matches everything.
 * A fault counts a request once its body has arrived and before its key is looked at, so that it hits
 * also those that would be refused.
 */
export type Fault = Occurrences & {
	/** Upper case, e.g. `POST`. */
	method?: string;
	/** The pathname below `/v1`: a string must equal it, a RegExp must find something in it. */
	path?: RegExp | string;
	/** What the body must contain somewhere, e.g. a phone number. */
	mentions?: string;
} & FaultAction;

export type FaultAction =
	/** Answered before anything is stored, with the documented envelope. `retryAfter` is the header as is. */
	| {
			kind: 'status';
			status: number;
			retryAfter?: number | string;
			code?: string;
			message?: string;
	  }
	/** Handled and stored, then answered as an error. */
	| { kind: 'statusAfterStore'; status: number }
	/** Handled and stored at once, answered after `delayMs`. */
	| { kind: 'slow'; delayMs: number }
	/** The connection is cut, nothing is stored. */
	| { kind: 'dropBefore' }
	/** Handled and stored, then the connection is cut without an answer. */
	| { kind: 'dropAfter' }
	/** Handled and stored, then an HTML page; status 200 unless given. */
	| { kind: 'notJson'; status?: number; body?: string; contentType?: string }
	/** Handled and stored, then this JSON; the status stays the handler's own unless given. */
	| { kind: 'body'; status?: number; body: unknown };

export type Faults = FaultList<Fault>;

type Request = Pick<JournalEntry, 'method' | 'path' | 'body'>;

export type RequestFaults = FaultQueue<Fault, Request>;

function matches({ method, path, mentions }: Fault, request: Request): boolean {
	if (method !== undefined && method !== request.method) return false;
	if (mentions !== undefined && !JSON.stringify(request.body ?? '').includes(mentions)) {
		return false;
	}
	if (path === undefined) return true;
	// search(), unlike test(), begins at the start whatever the RegExp's flags.
	return typeof path === 'string' ? path === request.path : request.path.search(path) >= 0;
}

export function requestFaults(): RequestFaults {
	return new FaultQueue(matches);
}
