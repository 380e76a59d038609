import { settledOrAborted } from '../transport/abort';
import { openPages } from '../transport/pages';
import { fetchAll } from '../transport/pagination';
import type { Conversation, SahutClient } from '../transport/types';
import { fromBothEnds, upwards } from '../transport/walks';

/** The statuses that the index reads completely: all but resolved. */
const UNRESOLVED_STATUSES = ['open', 'pending', 'snoozed'] as const;

/** The minimum time for which a read of all unresolved conversations is valid, if the order is unknown. */
const FULL_READ_MS = 60_000;

/** A full read is valid for at least this multiple of its duration. */
const FULL_READ_FACTOR = 5;

/** How long after a write a list may lack the record, or show its previous state. */
const LIST_DELAY_MS = 60_000;

/** If the last read is older, it is cheaper to read all unresolved conversations than all changes. */
const MAX_READ_AGE_MS = 60 * 60_000;

/** `Date` headers and `updated_at` may both be truncated to whole seconds. */
const CLOCK_TOLERANCE_MS = 2_000;

/** The maximum number of pages to read for resolved conversations if the order of the list is unknown. */
const MAX_UNORDERED_PAGES = 5;

/** The maximum number of readings of a list that changes during each of them. */
const MAX_READINGS = 5;

/** The maximum number of conversations in the index of a channel. They use about 15 MB. */
const MAX_CONVERSATIONS = 50_000;

/** The last known state of a conversation. Times are by Sahut's clock, in milliseconds since the epoch. */
export interface KnownConversation {
	readonly id: string;
	readonly contactId: string;
	status: Conversation['status'];
	/** When Sahut last updated the record. */
	updatedAt: number;
	/** The time of the latest activity, including messages from this process. */
	activeAt: number;
	createdAt: number;
	/** When this process last wrote the record, by this machine's clock; -Infinity if it never has. */
	writtenAt: number;
}

/** The source of a conversation's state. A list may be out of date. */
type Source = 'list' | 'record' | 'write';

/** Returns the time of the last update, in milliseconds since the epoch; 0 if it is unknown. */
export function getActivityTime({ updated_at, created_at }: Conversation): number {
	return Date.parse(updated_at ?? created_at) || 0;
}

const isDescending = (times: number[]) =>
	times.slice(1).every((time, at) => (times[at] ?? 0) >= time);

/**
 * Indexes the known conversations of a channel by contact. The API can neither search conversations by
 * contact nor list changes (API reference, "Conversations").
 *
 * The index reads all unresolved conversations once. If it detects that the list is ordered by activity, it
 * then reads only the newest pages, down to the previous read. It contains the resolved conversations that
 * were active at `completeSince` or later, and possibly some older ones. Any state may be out of date, so
 * read a conversation before you use it.
 */
export class ConversationIndex {
	/** E.g. `whatsapp`; undefined until a response contains a conversation on the channel. */
	channelType: string | undefined;

	/** Contact ID → conversations. The contact whose entry was updated least recently comes first. */
	private readonly byContact = new Map<string, KnownConversation[]>();

	/** The number of conversations. */
	private size = 0;

	/** Lists have shown all conversations, of any status, that were active at this time or later. */
	private completeSince = Infinity;

	/** Conversations that were last active before this time may have been evicted. */
	private evictedBefore = -Infinity;

	/** When the last successful read started, by Sahut's clock. */
	private readAt = -Infinity;

	private isOrderedByActivity = false;

	/** The end of the validity of the last full read, by this machine's clock. */
	private fullReadUntil = -Infinity;

	/** Reads are numbered from 1. This is the number of the read that started last. */
	private lastStartedRead = 0;

	private lastSucceededRead = 0;

	private readInFlight: Promise<void> | undefined;

	/** @param now returns the time by this machine's clock, in milliseconds since the epoch */
	constructor(
		private readonly channelId: string,
		private readonly now: () => number,
	) {}

	/** Returns the known conversations of these contacts, the one with the latest activity first. */
	findByContacts(contactIds: string[]): KnownConversation[] {
		return contactIds
			.flatMap((contactId) => this.byContact.get(contactId) ?? [])
			.sort((a, b) => b.activeAt - a.activeAt);
	}

	/**
	 * Whether the index contains all conversations that were active at `since` or later.
	 *
	 * @param asOf the earliest permitted start of the last read. Both times are by Sahut's clock, in
	 * milliseconds since the epoch.
	 */
	isComplete(since: number, asOf = -Infinity): boolean {
		return Math.max(this.completeSince, this.evictedBefore) <= since && this.readAt >= asOf;
	}

	/** Records the state of a conversation. Ignores a conversation on another channel or without a contact. */
	update(conversation: Conversation, source: Source, contactId = conversation.contact?.id): void {
		const { id, status, channel }: Partial<Conversation> = conversation;
		if ((channel?.id ?? this.channelId) !== this.channelId) return;
		if (typeof channel?.type === 'string') this.channelType = channel.type;
		if (contactId === undefined || !id) return;
		const updatedAt = getActivityTime(conversation);
		const before = this.byContact.get(contactId)?.find((each) => each.id === id);
		const writtenAt = before?.writtenAt ?? -Infinity;
		if (!before && status === 'resolved' && this.size >= MAX_CONVERSATIONS) {
			// Resolved conversations must not evict unresolved ones.
			this.evictedBefore = Math.max(this.evictedBefore, updatedAt + 1);
			return;
		}
		if (before && source === 'list') {
			const isOlder = updatedAt < before.updatedAt;
			if (isOlder || (updatedAt === before.updatedAt && this.mayBeDelayed(before))) return;
		}
		this.store({
			id,
			contactId,
			status,
			updatedAt,
			activeAt: Math.max(updatedAt, before?.activeAt ?? 0),
			createdAt: Date.parse(conversation.created_at) || 0,
			writtenAt: source === 'write' ? this.now() : writtenAt,
		});
	}

	/**
	 * Records that this process has sent a message into a conversation.
	 *
	 * @param at when, by Sahut's clock, in milliseconds since the epoch
	 */
	recordActivity(contactId: string, id: string, at: number): void {
		const known = this.byContact.get(contactId)?.find((each) => each.id === id);
		if (known) known.activeAt = Math.max(known.activeAt, at);
	}

	/** Removes a conversation that was deleted, or that now belongs to another contact or channel. */
	remove(id: string, contactId: string): void {
		const known = this.byContact.get(contactId) ?? [];
		const remaining = known.filter((each) => each.id !== id);
		this.size -= known.length - remaining.length;
		if (remaining.length > 0) this.byContact.set(contactId, remaining);
		else this.byContact.delete(contactId);
	}

	/**
	 * Reads the conversations that may have changed. Concurrent callers share a read, but never one that
	 * started before their call.
	 *
	 * @param since the start of the time range for resolved conversations, by Sahut's clock, in milliseconds
	 * since the epoch; Infinity to ignore resolved conversations. Check `isComplete` afterwards: the read may
	 * end before it reaches this time.
	 * @throws NodeApiError if the list cannot be read
	 */
	async refresh(sahut: SahutClient, since = Infinity): Promise<void> {
		const startedBefore = this.lastStartedRead;
		let hasRead = false;
		while (this.lastSucceededRead <= startedBefore || (this.completeSince > since && !hasRead)) {
			if (this.readInFlight) {
				// The read may belong to another execution. If that execution is canceled, this one reads.
				await settledOrAborted(this.readInFlight, sahut.signal);
				// This execution is canceled, so this read throws.
				if (sahut.signal?.aborted) return await this.read(sahut, since);
				continue;
			}
			const number = ++this.lastStartedRead;
			hasRead = true;
			this.readInFlight = this.read(sahut, since)
				.then(() => {
					this.lastSucceededRead = number;
				})
				.finally(() => {
					this.readInFlight = undefined;
				});
			await this.readInFlight;
		}
	}

	/**
	 * Reads the pages that may contain changes, until no change can be missing. After several readings of a
	 * list that became shorter during each of them, the index is incomplete.
	 */
	private async read(sahut: SahutClient, since: number): Promise<void> {
		let isDone = false;
		for (let reading = 1; !isDone; reading++) {
			isDone = await this.readOnce(sahut, since, reading === MAX_READINGS);
		}
	}

	/**
	 * Reads the pages that may contain changes once, and all unresolved conversations if that is due.
	 *
	 * @returns whether this was the last reading, or no conversation can have moved from a page that was not
	 * read yet to one that was. One response is a snapshot. Between two, activity moves a conversation to page
	 * 1, and a deletion moves all later ones forward.
	 */
	private async readOnce(sahut: SahutClient, since: number, isLast: boolean): Promise<boolean> {
		const startedAtLocal = this.now();
		const pages = openPages<Conversation>(sahut, this.listRequest());
		this.detectOrder(await pages.read(1));
		// The difference between the clocks is known only after a response.
		const startedAt = sahut.serverNow() - (this.now() - startedAtLocal);
		const isOrdered = this.isOrderedByActivity;
		const isOutdated = startedAt - this.readAt > MAX_READ_AGE_MS;
		const changedSince = isOutdated ? Infinity : this.readAt - CLOCK_TOLERANCE_MS;
		const isRangeKnown = !isOutdated && this.completeSince <= since;
		const until = isRangeKnown ? changedSince : Math.min(changedSince, since);

		const maxUnordered = since === Infinity ? 1 : MAX_UNORDERED_PAGES;
		// The latest conversations of a list in an unknown order are probably at one of its ends.
		const next = isOrdered ? upwards(pages) : fromBothEnds(pages, maxUnordered);
		const all: Conversation[] = [];
		let oldest = Infinity;
		let pageCount = 0;
		for (let page = next(); page !== undefined && !(oldest < until); page = next()) {
			const records = await pages.read(page);
			all.push(...records);
			pageCount += 1;
			const knownTimes = records.map(getActivityTime).filter((time) => time > 0);
			if (isOrdered) oldest = Math.min(oldest, ...knownTimes.slice(-1));
		}
		for (const conversation of all.reverse()) this.update(conversation, 'list');
		const mayMiss = pages.hasShrunk();
		// The next reading reads the same range again.
		if (mayMiss && isOrdered && !isLast) return false;
		// If the list changed during the read, a record may have moved to a page that was already read.
		const isAll = pages.isComplete() && pages.totals.size <= 1;
		if (mayMiss) this.completeSince = Infinity;
		else if (isAll) this.completeSince = -Infinity;
		else if (isOutdated || !isOrdered) this.completeSince = oldest;
		else this.completeSince = Math.min(this.completeSince, oldest);
		const isFullReadDue = isOrdered ? isOutdated : startedAtLocal >= this.fullReadUntil;
		if (!isAll && isFullReadDue) await this.readUnresolved(sahut);
		if (!mayMiss) this.readAt = startedAt;
		return isLast || !isOrdered || pageCount <= 1;
	}

	/** Reads all unresolved conversations, and marks all known ones that are not listed as resolved. */
	private async readUnresolved(sahut: SahutClient): Promise<void> {
		const startedAt = this.now();
		const lists = await Promise.all(
			UNRESOLVED_STATUSES.map(
				async (status) => await fetchAll<Conversation>(sahut, this.listRequest(status)),
			),
		);
		const all = lists.flat().sort((a, b) => getActivityTime(a) - getActivityTime(b));
		for (const conversation of all) this.update(conversation, 'list');
		const listed = new Set(all.map(({ id }) => id));
		for (const conversations of this.byContact.values()) {
			for (const each of conversations) {
				const mayBeUnresolved = listed.has(each.id) || this.mayBeDelayed(each, startedAt);
				if (!mayBeUnresolved) each.status = 'resolved';
			}
		}
		const now = this.now();
		this.fullReadUntil = now + Math.max(FULL_READ_MS, FULL_READ_FACTOR * (now - startedAt));
	}

	/** Returns the list request for the conversations on the channel, of one status if given. */
	listRequest(status?: string) {
		return {
			path: ['conversations'],
			query: { channel_id: this.channelId, ...(status && { status }) },
			wording: { action: `read the conversations on channel "${this.channelId}"` },
		};
	}

	/**
	 * Detects from a page whether the list is ordered by activity. A page that is also ordered by creation
	 * proves nothing: both orders are equal until a conversation has further activity.
	 */
	private detectOrder(page: Conversation[]): void {
		const created = page.map(({ created_at }) => Date.parse(created_at));
		if (created.some(Number.isNaN)) return;
		if (!isDescending(page.map(getActivityTime))) this.isOrderedByActivity = false;
		else if (!isDescending(created)) this.isOrderedByActivity = true;
	}

	/** Whether a list that was read at `at`, by this machine's clock, may lack this process's last write. */
	private mayBeDelayed({ writtenAt }: KnownConversation, at = this.now()): boolean {
		return at - writtenAt < LIST_DELAY_MS;
	}

	/** Stores a conversation, and evicts the least recently updated contact if there are too many. */
	private store(conversation: KnownConversation): void {
		const { id, contactId } = conversation;
		const before = this.byContact.get(contactId) ?? [];
		const after = [...before.filter((each) => each.id !== id), conversation];
		this.size += after.length - before.length;
		// Deleted and re-inserted at the end, so that the least recently updated contact comes first.
		this.byContact.delete(contactId);
		this.byContact.set(contactId, after);
		const [[oldestContactId, evicted] = []] = this.byContact;
		if (this.size <= MAX_CONVERSATIONS || oldestContactId === undefined || !evicted) return;
		this.size -= evicted.length;
		this.byContact.delete(oldestContactId);
		const boundaries = evicted.map(({ activeAt }) => activeAt + 1);
		this.evictedBefore = Math.max(this.evictedBefore, ...boundaries);
	}
}
