import { hasState, sourceOf } from './eventKey';

const HOUR_MS = 60 * 60 * 1000;

/** How long to remember an event that is identified by its ID or its time. */
const RETENTION_MS = 24 * HOUR_MS;

/**
 * How long to remember an event that is identified only by its content. Sahut repeats a delivery within 43
 * minutes (API reference, "Webhooks"), so the same content after that is another event.
 */
const CONTENT_RETENTION_MS = HOUR_MS;

/** The maximum number of events of a webhook in the memory of the process; about 2 MB. */
const MAX_IN_MEMORY = 10_000;

/** The maximum number of events that n8n stores with the workflow and reads at each delivery; 70 kB. */
const MAX_STORED = 1_000;

/** Key of an event → time of its delivery, in seconds since the epoch. */
export type StoredEvents = Record<string, number>;

function retentionMs(key: string): number {
	return hasState(key) ? CONTENT_RETENTION_MS : RETENTION_MS;
}

interface ReceivedEvent {
	key: string;
	/** Time of its delivery, in milliseconds since the epoch. */
	at: number;
}

/**
 * Remembers the events that this process has received for a webhook.
 *
 * Remembers only the latest state of each source ({@link sourceOf}): the same state again is a repeated
 * delivery, and a return to an earlier state is a new event. So a contact that changes from X to Y and back
 * to X has three events. If Sahut repeats the delivery of X after that of Y, the two cases look the same. The
 * trigger then starts the workflow, since a lost event is worse than a repeated one.
 */
export class EventMemory {
	/** Source → its latest event; the oldest first. */
	private readonly latest = new Map<string, ReceivedEvent>();

	/** Keys of released events. Another delivery may have stored them before their release. */
	private readonly released = new Set<string>();

	/** Key of each event that n8n is still processing → whether n8n accepts it. */
	private readonly pending = new Map<string, Promise<boolean>>();

	/** Adds the events that were stored before a restart, or by another process. */
	merge(stored: StoredEvents): void {
		const missing = Object.entries(stored)
			.map(([key, seconds]) => ({ key, at: seconds * 1000 }))
			.filter(({ key, at }) => !this.released.has(key) && this.isNewest(key, at));
		if (missing.length === 0) return;
		const all = [...missing, ...this.latest.values()].sort((a, b) => a.at - b.at);
		this.latest.clear();
		for (const event of all) this.setLatest(event);
	}

	/** Remembers an event. @returns false if the event is already known. */
	claim(key: string, now: number): boolean {
		const latest = this.latest.get(sourceOf(key));
		if (latest?.key === key && now - latest.at < retentionMs(key)) return false;
		this.evictOld(now);
		this.released.delete(key);
		this.setLatest({ key, at: now });
		return true;
	}

	/** Records a state that a filter excluded: a return to an earlier state after it is a new event. */
	noteState(key: string, now: number): void {
		if (this.latest.has(sourceOf(key))) this.claim(key, now);
	}

	/** Forgets an event that n8n did not accept, so that Sahut's next delivery of it counts as new. */
	release(key: string): void {
		const source = sourceOf(key);
		if (this.latest.get(source)?.key === key) this.latest.delete(source);
		this.released.add(key);
	}

	/** Releases a claimed event if n8n does not accept it. Until n8n has decided, the event is not stored. */
	track(key: string, isAccepted: Promise<boolean>): void {
		this.pending.set(key, isAccepted);
		void isAccepted.then((accepted) => {
			if (!accepted) this.release(key);
			this.pending.delete(key);
		});
	}

	/** Resolves to whether n8n accepts the event; undefined if n8n is not processing it. */
	outcomeOf(key: string): Promise<boolean> | undefined {
		return this.pending.get(key);
	}

	/** Records that n8n has accepted the event. */
	confirm(key: string): void {
		this.pending.delete(key);
	}

	/** Returns the events to store: the newest ones that n8n has accepted. */
	toStore(): StoredEvents {
		const accepted = [...this.latest.values()].filter(({ key }) => !this.pending.has(key));
		const newest = accepted.slice(-MAX_STORED);
		return Object.fromEntries(newest.map(({ key, at }) => [key, Math.floor(at / 1000)]));
	}

	private isNewest(key: string, at: number): boolean {
		const latest = this.latest.get(sourceOf(key));
		return latest === undefined || (latest.key !== key && latest.at < at);
	}

	/** Replaces the event of its source, and moves it to the end of the map. */
	private setLatest(event: ReceivedEvent): void {
		const source = sourceOf(event.key);
		this.latest.delete(source);
		this.latest.set(source, event);
	}

	private evictOld(now: number): void {
		for (const [source, { at }] of this.latest) {
			if (this.latest.size < MAX_IN_MEMORY && now - at < RETENTION_MS) break;
			this.latest.delete(source);
		}
		if (this.released.size > MAX_IN_MEMORY) this.released.clear();
	}
}
