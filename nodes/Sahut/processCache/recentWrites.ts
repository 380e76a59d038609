import { createHash } from 'crypto';

/** The number of hash buckets for keys. A Map grows with evictions and would use twice the memory. */
const BUCKETS = 2 ** 17;

/** The length of a key in bytes. A number of six bytes is a safe integer. */
const KEY_BYTES = 6;

/** A write of this process. */
export interface RecentWrite {
	/** The ID of Sahut's record; undefined before Sahut responds, and after a lost response. */
	id?: string;
	/** When the write was made, by this machine's clock, in milliseconds since the epoch. */
	at: number;
}

/** Returns a hash that is equal for writes of the same content to the same target. */
export function writeKey(...parts: string[]): number {
	const digest = createHash('sha256').update(JSON.stringify(parts)).digest();
	return digest.readUIntBE(0, KEY_BYTES);
}

/**
 * Stores the latest writes of this process, for all executions. Sahut's lists may not show these writes yet,
 * and a stored message does not show its template.
 *
 * The store is a ring buffer of parallel arrays, because 100,000 objects would use twice the memory. Writes
 * are numbered from 0. The slot of a write is its number modulo the size of the buffer. All times are by
 * this machine's clock, in milliseconds since the epoch.
 */
export class RecentWrites {
	private readonly ids: Array<string | undefined> = [];

	private readonly keys: number[] = [];

	private readonly times: number[] = [];

	private readonly scopes: string[] = [];

	/** Bucket → number of its latest write, or -1. */
	private readonly latest = new Int32Array(BUCKETS).fill(-1);

	/** Slot → number of the write before it in the same bucket, or -1. */
	private readonly previous: number[] = [];

	/** Scope → ID → number of the write. Two installations of Sahut may use the same IDs. */
	private readonly byId = new Map<string, Map<string, number>>();

	private count = 0;

	/** The time of the latest write that was evicted; -Infinity if none was. */
	latestEvictedAt = -Infinity;

	constructor(private readonly max: number) {}

	/**
	 * Records that a request is sent.
	 *
	 * @param scope the scope in which IDs are unique: the address of the API
	 * @param key from {@link writeKey}
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

	/** Records that the request of a write is sent again. */
	recordRepeat(write: number, at: number): void {
		if (this.isStored(write)) this.times[write % this.max] = at;
	}

	/** Records the ID from the response to a write, or of the record that was found after a lost response. */
	confirm(write: number, id: string, at: number): void {
		if (!this.isStored(write)) return;
		const slot = write % this.max;
		this.ids[slot] = id;
		this.times[slot] = at;
		const ids = this.byId.get(this.scopes[slot]!) ?? new Map<string, number>();
		this.byId.set(this.scopes[slot]!, ids.set(id, write));
	}

	/**
	 * Records a write that was found in Sahut. Completes the latest write with this key that has no response;
	 * if there is none, adds a write.
	 */
	recordFound(scope: string, key: number, id: string, at: number): void {
		const lost = this.findNumbers(key).find((write) => this.ids[write % this.max] === undefined);
		if (lost === undefined && this.findKey(scope, id) !== undefined) return;
		this.confirm(lost ?? this.begin(scope, key, at), id, at);
	}

	/** Discards a write that Sahut did not process. Sets its time to -Infinity, which no search includes. */
	drop(write: number): void {
		this.recordRepeat(write, -Infinity);
	}

	/** Returns the writes with this key that were made at `since` or later, the latest first. */
	find(key: number, since: number): RecentWrite[] {
		return this.findNumbers(key)
			.map((write) => ({ id: this.ids[write % this.max], at: this.times[write % this.max]! }))
			.filter(({ at }) => at >= since);
	}

	/** Returns the key of the latest write of a record; undefined if no write is stored. */
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
