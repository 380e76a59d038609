import { EventEmitter } from 'node:events';
import type { IncomingHttpHeaders } from 'node:http';

/** A request that arrived. Times are in milliseconds since the epoch. */
export interface JournalEntry {
	/** The time when the headers had arrived. */
	at: number;
	/** The time of the response or of the closed connection. Undefined while in flight. */
	endedAt?: number;
	method: string;
	/** The pathname below `/v1`, e.g. `/conversations/conv_…/messages`. Any other pathname is complete. */
	path: string;
	query: Record<string, string>;
	headers: IncomingHttpHeaders;
	/** The parsed JSON before validation, or the raw text if it is not JSON. Undefined without a body. */
	body: unknown;
	/** The status of the response. Undefined while in flight, and if the connection was closed. */
	status?: number;
	/** The injected fault. */
	fault?: string;
}

/** The events of the journal, which it emits synchronously. */
interface JournalEvents {
	/** The headers of a request have arrived. It has no effect yet. */
	request: [JournalEntry];
	/** The response is complete, but not sent yet; or the connection was closed. */
	response: [JournalEntry];
}

/** The journal of requests, as tests read it. */
export interface Journal {
	/** Emits each request. A listener may change the store, as an agent would do at this moment. */
	readonly emitter: EventEmitter<JournalEvents>;
	/** All requests, in order of arrival. */
	readonly entries: readonly JournalEntry[];
	/** The maximum of concurrent requests since the start or the last `clear()`. */
	readonly maxInFlight: number;
	/** Removes all entries. Requests in flight still count for `maxInFlight`. */
	clear(): void;
}

const API_PREFIX = '/v1';

/** Returns the pathname below `/v1`, or the complete pathname if it is outside. */
function pathBelowApi(pathname: string): string {
	return pathname.startsWith(`${API_PREFIX}/`) ? pathname.slice(API_PREFIX.length) : pathname;
}

/** Records requests in order of their arrival. */
export class RequestJournal implements Journal {
	readonly emitter = new EventEmitter<JournalEvents>();
	readonly entries: JournalEntry[] = [];
	maxInFlight = 0;
	private readonly inFlight = new Set<JournalEntry>();

	constructor(private readonly now: () => Date) {}

	clear(): void {
		this.entries.length = 0;
		this.maxInFlight = this.inFlight.size;
	}

	/** Adds an entry for a request whose headers have arrived. */
	begin(method: string, url: string, headers: IncomingHttpHeaders): JournalEntry {
		const { pathname, searchParams } = new URL(`http://sandbox${url}`);
		const entry: JournalEntry = {
			at: this.now().getTime(),
			method,
			path: pathBelowApi(pathname),
			query: Object.fromEntries(searchParams),
			headers,
			body: undefined,
		};
		this.entries.push(entry);
		this.inFlight.add(entry);
		this.maxInFlight = Math.max(this.maxInFlight, this.inFlight.size);
		this.emitter.emit('request', entry);
		return entry;
	}

	/** Ends an entry, without a status if the connection was closed. Ignores further calls. */
	end(entry: JournalEntry, status?: number): void {
		if (!this.inFlight.delete(entry)) return;
		entry.endedAt = this.now().getTime();
		if (status !== undefined) entry.status = status;
		this.emitter.emit('response', entry);
	}
}
