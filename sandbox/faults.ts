import { FaultQueue, type FaultList, type Occurrences } from './faultQueue';
import type { JournalEntry } from './journal';

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
