import { hasState, sourceOf } from './eventKey';

const HOUR_MS = 60 * 60 * 1000;

/** How long an event is remembered that its ID or time identifies. */
const REMEMBERED_MS = 24 * HOUR_MS;

/**
 * How long an event is remembered that only its content identifies. Sahut repeats a delivery within 43
 * minutes (API reference, "Webhooks"), so the same content after that is another event.
 */
const CONTENT_REMEMBERED_MS = HOUR_MS;

/** Events remembered in the process's memory for one webhook; about 2 MB. */
const MAX_IN_MEMORY = 10_000;

/** The newest of them, which n8n stores with the workflow and reads at each delivery; at most 70 kB. */
const MAX_STORED = 1_000;

/** Key of an event → time of its delivery, in seconds since the epoch. */
export type StoredEvents = Record<string, number>;

function rememberedMs(key: string): number {
	return hasState(key) ? CONTENT_REMEMBERED_MS : REMEMBERED_MS;
}

/** A delivered event. */
interface Seen {
	key: string;
	/** Milliseconds since the epoch. */
	at: number;
}

/**
 * Remembers the events that a webhook has received, as this process knows them.
 *
 * Remembers only the latest state of each source ({@link sourceOf}): the same state again is a repeated
 * delivery, and a return to an earlier state is a new event. So a contact that changes from X to Y and back
 * to X has three events. If Sahut repeats the delivery of X after that of Y, the two cases look the same. The
 * trigger then starts the workflow, since a lost event is worse than a repeated one.
 */
export class EventMemory {
	/** Source → its latest event; the oldest first. */
	private readonly seen = new Map<string, Seen>();

	/** Keys that another delivery may have stored before it was known that n8n could not take them. */
	private readonly released = new Set<string>();

	/** Key → whether n8n takes the event: of those that it is still busy with. */
	private readonly pending = new Map<string, Promise<boolean>>();

	/** Takes over what was stored before a restart, or by another process. */
	merge(stored: StoredEvents): void {
		const missing = Object.entries(stored)
			.map(([key, seconds]) => ({ key, at: seconds * 1000 }))
			.filter(({ key, at }) => !this.released.has(key) && this.isNewest(key, at));
		if (missing.length === 0) return;
		const all = [...missing, ...this.seen.values()].sort((a, b) => a.at - b.at);
		this.seen.clear();
		for (const event of all) this.put(event);
	}

	/** Remembers an event. @returns false when it is known already. */
	claim(key: string, now: number): boolean {
		const latest = this.seen.get(sourceOf(key));
		if (latest?.key === key && now - latest.at < rememberedMs(key)) return false;
		this.forgetOld(now);
		this.released.delete(key);
		this.put({ key, at: now });
		return true;
	}

	/** Records a state that a filter excluded: a return to an earlier state after it is a new event. */
	noteState(key: string, now: number): void {
		if (this.seen.has(sourceOf(key))) this.claim(key, now);
	}

	/** Forgets an event that n8n could not take, so that Sahut's next delivery of it is a first one. */
	release(key: string): void {
		const source = sourceOf(key);
		if (this.seen.get(source)?.key === key) this.seen.delete(source);
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
		const taken = [...this.seen.values()].filter(({ key }) => !this.pending.has(key));
		const newest = taken.slice(-MAX_STORED);
		return Object.fromEntries(newest.map(({ key, at }) => [key, Math.floor(at / 1000)]));
	}

	private isNewest(key: string, at: number): boolean {
		const latest = this.seen.get(sourceOf(key));
		return latest === undefined || (latest.key !== key && latest.at < at);
	}

	/** Replaces the event of its source, as the newest event. */
	private put(event: Seen): void {
		const source = sourceOf(event.key);
		this.seen.delete(source);
		this.seen.set(source, event);
	}

	private forgetOld(now: number): void {
		for (const [source, { at }] of this.seen) {
			if (this.seen.size < MAX_IN_MEMORY && now - at < REMEMBERED_MS) break;
			this.seen.delete(source);
		}
		if (this.released.size > MAX_IN_MEMORY) this.released.clear();
	}
}
