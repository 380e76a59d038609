import type { IncomingHttpHeaders } from 'node:http';

/** One request that arrived, whatever became of it. Times are milliseconds since the epoch. */
export interface JournalEntry {
	/** When the request's headers had arrived. */
	at: number;
	/** When the answer was handed over or the connection was cut; undefined while in flight. */
	endedAt?: number;
	method: string;
	/** The pathname below `/v1`, e.g. `/conversations/conv_…/messages`; any other pathname in full. */
	path: string;
	query: Record<string, string>;
	headers: IncomingHttpHeaders;
	/** The parsed JSON, before any check; text that is no JSON as it came; undefined without a body. */
	body: unknown;
	/** As answered; undefined while in flight, and when the connection was cut. */
	status?: number;
	/** The fault that hit the request. */
	fault?: string;
}

export interface Journal {
	/** In order of arrival. */
	readonly entries: readonly JournalEntry[];
	/** The highest number of requests in flight at once since the start or the last `clear()`. */
	readonly maxInFlight: number;
	/** Forgets all entries; requests still in flight keep counting as such. */
	clear(): void;
}

const API_PREFIX = '/v1';

/** The pathname below `/v1`, or all of it elsewhere. */
function pathBelowApi(pathname: string): string {
	return pathname.startsWith(`${API_PREFIX}/`) ? pathname.slice(API_PREFIX.length) : pathname;
}

export class RequestJournal implements Journal {
	readonly entries: JournalEntry[] = [];
	maxInFlight = 0;
	private readonly inFlight = new Set<JournalEntry>();

	clear(): void {
		this.entries.length = 0;
		this.maxInFlight = this.inFlight.size;
	}

	begin(method: string, url: string, headers: IncomingHttpHeaders): JournalEntry {
		const { pathname, searchParams } = new URL(`http://sandbox${url}`);
		const entry: JournalEntry = {
			at: Date.now(),
			method,
			path: pathBelowApi(pathname),
			query: Object.fromEntries(searchParams),
			headers,
			body: undefined,
		};
		this.entries.push(entry);
		this.inFlight.add(entry);
		this.maxInFlight = Math.max(this.maxInFlight, this.inFlight.size);
		return entry;
	}

	/** Without a status: the connection was cut. Only the first end of an entry counts. */
	end(entry: JournalEntry, status?: number): void {
		if (!this.inFlight.delete(entry)) return;
		entry.endedAt = Date.now();
		if (status !== undefined) entry.status = status;
	}
}
