import { createHash } from 'crypto';

import { firstText, type SahutEvent } from './envelope';

/** Sahut repeats a delivery for 42 minutes at most (API reference, "Webhooks"). */
const REMEMBERED_MS = 24 * 60 * 60 * 1000;

/** Events remembered in the process's memory for one webhook; about 1 MB. */
const MAX_IN_MEMORY = 10_000;

/** The newest of them, which n8n stores with the workflow and reads at each delivery; about 40 kB. */
const MAX_STORED = 1_000;

/** Key of an event → when it came, in seconds since the epoch; the oldest first. */
export type StoredEvents = Record<string, number>;

function hash(...parts: unknown[]): string {
	// 128 bits, in characters that JSON leaves as they are.
	return createHash('sha256').update(JSON.stringify(parts)).digest('base64url').slice(0, 22);
}

/**
 * What is the same each time that an event is delivered, and differs from all other events: the record
 * that was made; else its own ID; else its name, the ID of its object and the time; else the body.
 *
 * The time has whole seconds, in which a record can change twice: so an update is also told by what
 * the record holds.
 */
export function eventKey(event: SahutEvent | undefined, rawBody: Buffer): string {
	if (event) {
		const { name, id, object } = event;
		const objectId = firstText(object.id);
		// A record is made once, whatever ID or time each attempt to tell it may have.
		if (objectId !== undefined && name.endsWith('.created')) return hash(name, objectId);
		if (id !== undefined) return hash(name, id, objectId);
		const time = firstText(event.time, object.updated_at, object.created_at);
		if (objectId !== undefined && time !== undefined) {
			return hash(name, objectId, time, name.endsWith('.updated') && object);
		}
	}
	return hash(rawBody.toString('base64'));
}

/** The events that a webhook has received, as this process knows them. */
export class EventMemory {
	/** Key → when it came, in milliseconds since the epoch; the oldest first. */
	private readonly seen = new Map<string, number>();

	/** Keys that another delivery may have stored before it was known that n8n could not take them. */
	private readonly released = new Set<string>();

	/** Key → whether n8n takes the event: of those that it is still busy with. */
	private readonly pending = new Map<string, Promise<boolean>>();

	/** Takes over what was stored before a restart, or by another process. */
	merge(stored: StoredEvents): void {
		const isNew = (key: string) => !this.seen.has(key) && !this.released.has(key);
		const missing = Object.entries(stored).filter(([key]) => isNew(key));
		if (missing.length === 0) return;
		const all = [...missing.map(([key, seconds]) => [key, seconds * 1000] as const), ...this.seen];
		this.seen.clear();
		for (const [key, at] of all.sort(([, a], [, b]) => a - b)) this.seen.set(key, at);
	}

	/** Remembers an event. @returns false when it is known already. */
	claim(key: string, now: number): boolean {
		const before = this.seen.get(key);
		if (before !== undefined && now - before < REMEMBERED_MS) return false;
		this.forgetOld(now);
		this.seen.delete(key);
		this.released.delete(key);
		this.seen.set(key, now);
		return true;
	}

	/** Forgets an event that n8n could not take, so that Sahut's next delivery of it is a first one. */
	release(key: string): void {
		this.seen.delete(key);
		this.released.add(key);
	}

	/** A claimed event that n8n may still not take: it is released then, and not stored before. */
	track(key: string, isTaken: Promise<boolean>): void {
		this.pending.set(key, isTaken);
		void isTaken.then((taken) => {
			if (!taken) this.release(key);
			this.pending.delete(key);
		});
	}

	/** Whether n8n takes the event, while it is busy with it. */
	fateOf(key: string): Promise<boolean> | undefined {
		return this.pending.get(key);
	}

	/** n8n has taken the event. */
	confirm(key: string): void {
		this.pending.delete(key);
	}

	/** What is to be stored: the newest events that n8n has taken. */
	toStore(): StoredEvents {
		const taken = [...this.seen].filter(([key]) => !this.pending.has(key));
		const newest = taken.slice(-MAX_STORED);
		return Object.fromEntries(newest.map(([key, at]) => [key, Math.floor(at / 1000)]));
	}

	private forgetOld(now: number): void {
		for (const [key, at] of this.seen) {
			if (this.seen.size < MAX_IN_MEMORY && now - at < REMEMBERED_MS) break;
			this.seen.delete(key);
		}
		if (this.released.size > MAX_IN_MEMORY) this.released.clear();
	}
}
