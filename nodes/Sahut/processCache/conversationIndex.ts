import { doneOrAborted } from '../transport/aborts';
import { openPages } from '../transport/pages';
import { fetchAll } from '../transport/pagination';
import type { Conversation, SahutClient } from '../transport/types';
import { fromBothEnds, upwards } from '../transport/walks';

/** The statuses that the index reads completely: all but resolved. */
const UNRESOLVED_STATUSES = ['open', 'pending', 'snoozed'] as const;

/** How long a read of all unresolved conversations stays valid if the list's order is unknown. */
const FULL_READ_MS = 60_000;

/** A long read stays valid for longer: for this many times its duration. */
const FULL_READ_FACTOR = 5;

/** How long a list may lack a record that was just written, or show its former state. */
const LIST_DELAY_MS = 60_000;

/** After this time, reading all unresolved conversations costs less than reading all changes. */
const MAX_READ_AGE_MS = 60 * 60_000;

/** `Date` headers and `updated_at` may both be truncated to whole seconds. */
const CLOCK_TOLERANCE_MS = 2_000;

/** Pages of a list in unknown order that are read for resolved conversations. */
const MAX_UNORDERED_PAGES = 5;

/** Conversations remembered per channel; about 15 MB. */
const MAX_CONVERSATIONS = 50_000;

/** A conversation as it was last seen. Times are Sahut's, in milliseconds since the epoch. */
export interface KnownConversation {
	readonly id: string;
	readonly contactId: string;
	status: Conversation['status'];
	/** When Sahut last updated the record; and when something last happened, our messages included. */
	updatedAt: number;
	activeAt: number;
	createdAt: number;
	/** When this process last wrote it, by this machine's clock; -Infinity if it has not. */
	writtenAt: number;
}

/** Where the state of a conversation comes from: a list may be out of date. */
type Source = 'list' | 'record' | 'write';

/** When something last happened in a conversation, in milliseconds since the epoch; 0 if unknown. */
export function getActivityTime({ updated_at, created_at }: Conversation): number {
	return Date.parse(updated_at ?? created_at) || 0;
}

const isDescending = (times: number[]) =>
	times.slice(1).every((time, at) => (times[at] ?? 0) >= time);

/**
 * Indexes the conversations of a channel by contact, as far as this process knows them. The API can
 * neither search conversations by contact nor list changes (API reference, "Conversations").
 *
 * The index reads all unresolved conversations once. After that, if the list turns out to be ordered by
 * activity, it reads the pages from the newest one down to the last known change. Resolved conversations
 * are only known since `completeSince`. Every state may be out of date: check a conversation before use.
 */
export class ConversationIndex {
	/** E.g. `whatsapp`; undefined until a conversation on the channel was seen. */
	channelType: string | undefined;

	/** The least recently updated contact comes first. */
	private readonly byContact = new Map<string, KnownConversation[]>();

	private size = 0;

	/** All conversations active since then are known, whatever their status. */
	private completeSince = Infinity;

	/** Conversations active before then may have been evicted. */
	private evictedBefore = -Infinity;

	/** When the last read began, by Sahut's clock. */
	private readAt = -Infinity;

	private isOrderedByActivity = false;

	/** Until when a full read is valid, by this machine's clock. */
	private fullReadUntil = -Infinity;

	/** The number of reads that have begun; `done` is the number of the last one that succeeded. */
	private begun = 0;

	private done = 0;

	private reading: Promise<void> | undefined;

	constructor(private readonly channelId: string) {}

	/** Returns the conversations with any of these contacts, the one with the latest activity first. */
	findByContacts(contactIds: string[]): KnownConversation[] {
		return contactIds
			.flatMap((contactId) => this.byContact.get(contactId) ?? [])
			.sort((a, b) => b.activeAt - a.activeAt);
	}

	/** Whether all conversations active since a time are known, by a read at `asOf` or later (Sahut's clock). */
	isComplete(since: number, asOf = -Infinity): boolean {
		return Math.max(this.completeSince, this.evictedBefore) <= since && this.readAt >= asOf;
	}

	/** Records the state of a conversation, if it is on this channel. */
	update(conversation: Conversation, source: Source, contactId = conversation.contact?.id): void {
		const { id, status, channel }: Partial<Conversation> = conversation;
		if ((channel?.id ?? this.channelId) !== this.channelId) return;
		if (typeof channel?.type === 'string') this.channelType = channel.type;
		if (contactId === undefined || !id) return;
		const updatedAt = getActivityTime(conversation);
		const before = this.byContact.get(contactId)?.find((each) => each.id === id);
		const writtenAt = before?.writtenAt ?? -Infinity;
		if (!before && status === 'resolved' && this.size >= MAX_CONVERSATIONS) {
			// Resolved conversations do not evict others.
			this.evictedBefore = Math.max(this.evictedBefore, updatedAt + 1);
			return;
		}
		if (before && source === 'list') {
			const isOlder = updatedAt < before.updatedAt;
			if (isOlder || (updatedAt === before.updatedAt && this.mayBeDelayed(before))) return;
		}
		this.put({
			id,
			contactId,
			status,
			updatedAt,
			activeAt: Math.max(updatedAt, before?.activeAt ?? 0),
			createdAt: Date.parse(conversation.created_at) || 0,
			writtenAt: source === 'write' ? Date.now() : writtenAt,
		});
	}

	/** Records that this process has sent a message into a conversation. @param at Sahut's clock, in ms */
	touch(contactId: string, id: string, at: number): void {
		const known = this.byContact.get(contactId)?.find((each) => each.id === id);
		if (known) known.activeAt = Math.max(known.activeAt, at);
	}

	/** Removes a conversation that was deleted, or has another contact or channel now. */
	remove(id: string, contactId: string): void {
		const theirs = this.byContact.get(contactId) ?? [];
		const left = theirs.filter((each) => each.id !== id);
		this.size -= theirs.length - left.length;
		if (left.length > 0) this.byContact.set(contactId, left);
		else this.byContact.delete(contactId);
	}

	/**
	 * Reads the conversations that may have changed. The read begins after this call; callers share it.
	 *
	 * @param since resolved conversations are needed from this time on, by Sahut's clock; Infinity for none.
	 * Check `isComplete` afterwards.
	 * @throws NodeApiError if the list cannot be read
	 */
	async refresh(sahut: SahutClient, since = Infinity): Promise<void> {
		const askedAt = this.begun;
		let hasRead = false;
		while (this.done <= askedAt || (this.completeSince > since && !hasRead)) {
			if (this.reading) {
				// The read may belong to another execution. If that is canceled, this one reads.
				await doneOrAborted(this.reading, sahut.signal);
				// Throws, because this execution is canceled.
				if (sahut.signal?.aborted) return await this.read(sahut, since);
				continue;
			}
			const number = ++this.begun;
			hasRead = true;
			this.reading = this.read(sahut, since)
				.then(() => {
					this.done = number;
				})
				.finally(() => {
					this.reading = undefined;
				});
			await this.reading;
		}
	}

	private async read(sahut: SahutClient, since: number): Promise<void> {
		const began = Date.now();
		const pages = openPages<Conversation>(sahut, this.listRequest());
		this.detectOrder(await pages.read(1));
		// Sahut's clock is known from its response.
		const beganAt = sahut.serverNow() - (Date.now() - began);
		const isOrdered = this.isOrderedByActivity;
		const isOutdated = beganAt - this.readAt > MAX_READ_AGE_MS;
		const changedSince = isOutdated ? Infinity : this.readAt - CLOCK_TOLERANCE_MS;
		const isEnough = !isOutdated && this.completeSince <= since;
		const until = isEnough ? changedSince : Math.min(changedSince, since);

		const maxUnordered = since === Infinity ? 1 : MAX_UNORDERED_PAGES;
		const next = isOrdered ? upwards(pages) : fromBothEnds(pages, maxUnordered);
		const all: Conversation[] = [];
		let oldest = Infinity;
		for (let page = next(); page !== undefined && !(oldest < until); page = next()) {
			const records = await pages.read(page);
			all.push(...records);
			if (isOrdered) oldest = Math.min(oldest, ...records.slice(-1).map(getActivityTime));
		}
		for (const conversation of all.reverse()) this.update(conversation, 'list');
		// Of a list that changed while it was read, a record may have moved to a page that was read before.
		const isAll = pages.isComplete() && pages.totals.size <= 1;
		if (isAll) this.completeSince = -Infinity;
		else if (isOutdated || !isOrdered) this.completeSince = oldest;
		else this.completeSince = Math.min(this.completeSince, oldest);
		const isDue = isOrdered ? isOutdated : began >= this.fullReadUntil;
		if (!isAll && isDue) await this.readUnresolved(sahut);
		this.readAt = beganAt;
	}

	/** Reads all unresolved conversations, and marks those that are missing as resolved. */
	private async readUnresolved(sahut: SahutClient): Promise<void> {
		const began = Date.now();
		const lists = await Promise.all(
			UNRESOLVED_STATUSES.map(
				async (status) => await fetchAll<Conversation>(sahut, this.listRequest(status)),
			),
		);
		const all = lists.flat().sort((a, b) => getActivityTime(a) - getActivityTime(b));
		for (const conversation of all) this.update(conversation, 'list');
		const listed = new Set(all.map(({ id }) => id));
		for (const theirs of this.byContact.values()) {
			for (const each of theirs) {
				const isListed = listed.has(each.id) || this.mayBeDelayed(each, began);
				if (!isListed) each.status = 'resolved';
			}
		}
		const now = Date.now();
		this.fullReadUntil = now + Math.max(FULL_READ_MS, FULL_READ_FACTOR * (now - began));
	}

	/** The list of the channel's conversations, as a request for its pages. */
	listRequest(status?: string) {
		return {
			path: ['conversations'],
			query: { channel_id: this.channelId, ...(status && { status }) },
			wording: { subject: `conversations on channel "${this.channelId}"` },
		};
	}

	/**
	 * Learns from a page whether the list is ordered by activity. A page that is also ordered by creation
	 * proves nothing: both orders are equal until a conversation has further activity.
	 */
	private detectOrder(page: Conversation[]): void {
		const created = page.map(({ created_at }) => Date.parse(created_at));
		if (created.some(Number.isNaN)) return;
		if (!isDescending(page.map(getActivityTime))) this.isOrderedByActivity = false;
		else if (!isDescending(created)) this.isOrderedByActivity = true;
	}

	/** Whether lists may not show this process's last write yet, at a time by this machine's clock. */
	private mayBeDelayed({ writtenAt }: KnownConversation, at = Date.now()): boolean {
		return at - writtenAt < LIST_DELAY_MS;
	}

	private put(conversation: KnownConversation): void {
		const { id, contactId } = conversation;
		const others = (this.byContact.get(contactId) ?? []).filter((each) => each.id !== id);
		this.size += others.length + 1 - (this.byContact.get(contactId)?.length ?? 0);
		// Re-inserted at the end: the least recently updated contact comes first.
		this.byContact.delete(contactId);
		this.byContact.set(contactId, [...others, conversation]);
		const [[oldestId, oldest] = []] = this.byContact;
		if (this.size <= MAX_CONVERSATIONS || oldestId === undefined || !oldest) return;
		this.size -= oldest.length;
		this.byContact.delete(oldestId);
		const ends = oldest.map(({ activeAt }) => activeAt + 1);
		this.evictedBefore = Math.max(this.evictedBefore, ...ends);
	}
}
