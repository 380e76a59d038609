import { createHash } from 'crypto';

/** Hash buckets for keys: a Map would take twice the memory, since evictions make it grow. */
const BUCKETS = 2 ** 17;

/** Bytes of the hash that identifies a write; the number stays a safe integer. */
const KEY_BYTES = 6;

/** A write of this process. Times are milliseconds since the epoch by this machine's clock. */
export interface RecentWrite {
	/** The ID of Sahut's record; undefined while Sahut has not responded, and if the response was lost. */
	id?: string;
	at: number;
}

/** Returns the key of writes of the same content to the same target. */
export function writeKey(...parts: string[]): number {
	const digest = createHash('sha256').update(JSON.stringify(parts)).digest();
	return digest.readUIntBE(0, KEY_BYTES);
}

/**
 * The latest writes of this process, in all executions. Sahut's lists may not show them yet, and stored
 * messages do not show which template they came from.
 *
 * A ring buffer of parallel arrays: 100,000 objects would take twice the memory. A write is referred to
 * by its number; its slot is the number modulo the size.
 */
export class RecentWrites {
	private readonly ids: Array<string | undefined> = [];

	private readonly keys: number[] = [];

	private readonly times: number[] = [];

	private readonly scopes: string[] = [];

	/** The latest write of each bucket; `previous` has the one before each write in its bucket; or -1. */
	private readonly latest = new Int32Array(BUCKETS).fill(-1);

	private readonly previous: number[] = [];

	/** Scope → ID → number: two installations of Sahut may use the same IDs. */
	private readonly byId = new Map<string, Map<string, number>>();

	private count = 0;

	/** No write later than this was evicted. */
	latestEvictedAt = -Infinity;

	constructor(private readonly max: number) {}

	/**
	 * Records that a request goes out.
	 *
	 * @param scope within which IDs are unique
	 * @returns the number of the write
	 */
	begin(scope: string, key: number, at: number): number {
		const write = this.count++;
		const slot = write % this.max;
		if (write >= this.max) this.evict(write - this.max, slot);
		this.ids[slot] = undefined;
		this.keys[slot] = key;
		this.times[slot] = at;
		this.scopes[slot] = scope;
		this.previous[slot] = this.latest[key % BUCKETS]!;
		this.latest[key % BUCKETS] = write;
		return write;
	}

	/** Records that the request of a write goes out again. */
	recordRepeat(write: number, at: number): void {
		if (this.isStored(write)) this.times[write % this.max] = at;
	}

	/** Records the response to a write, or the record that was found after a lost response. */
	confirm(write: number, id: string, at: number): void {
		if (!this.isStored(write)) return;
		const slot = write % this.max;
		this.ids[slot] = id;
		this.times[slot] = at;
		const ids = this.byId.get(this.scopes[slot]!) ?? new Map<string, number>();
		this.byId.set(this.scopes[slot]!, ids.set(id, write));
	}

	/** Records a write that was found in Sahut: one with this key and without a response, or a new one. */
	recordFound(scope: string, key: number, id: string, at: number): void {
		const lost = this.findNumbers(key).find((write) => this.ids[write % this.max] === undefined);
		if (lost === undefined && this.findKey(scope, id) !== undefined) return;
		this.confirm(lost ?? this.begin(scope, key, at), id, at);
	}

	/** Forgets a write that Sahut has not carried out, by making it older than any search. */
	drop(write: number): void {
		this.recordRepeat(write, -Infinity);
	}

	/** Returns the writes with this key from a time on, latest first. */
	find(key: number, since: number): RecentWrite[] {
		return this.findNumbers(key)
			.map((write) => ({ id: this.ids[write % this.max], at: this.times[write % this.max]! }))
			.filter(({ at }) => at >= since);
	}

	/** Returns the key of the last known write of a record; undefined if this process knows none. */
	findKey(scope: string, id: string): number | undefined {
		const write = this.byId.get(scope)?.get(id);
		return write === undefined ? undefined : this.keys[write % this.max];
	}

	private isStored(write: number): boolean {
		return write >= 0 && write >= this.count - this.max;
	}

	private findNumbers(key: number): number[] {
		const numbers: number[] = [];
		let write = this.latest[key % BUCKETS]!;
		for (; this.isStored(write); write = this.previous[write % this.max]!) {
			if (this.keys[write % this.max] === key) numbers.push(write);
		}
		return numbers;
	}

	private evict(write: number, slot: number): void {
		this.latestEvictedAt = Math.max(this.latestEvictedAt, this.times[slot]!);
		const ids = this.byId.get(this.scopes[slot]!);
		const id = this.ids[slot];
		if (id !== undefined && ids?.get(id) === write) ids.delete(id);
	}
}
