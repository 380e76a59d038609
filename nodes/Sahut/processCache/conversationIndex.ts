import { settledOrAborted } from '../transport/abort';
import { MAX_PAGE_SIZE, openPages, type Pages } from '../transport/pages';
import { fetchAll } from '../transport/pagination';
import type { Conversation, SahutClient } from '../transport/types';
import { fromBothEnds, upwards } from '../transport/walks';
import { PhoneIndex } from './phoneIndex';

/** The statuses that the index reads completely: all but resolved. */
const [FIRST_STATUS, ...OTHER_STATUSES] = ['open', 'pending', 'snoozed'] as const;

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

/**
 * For how long a read of the newest changes replaces a read of each conversation, if the list is ordered by
 * activity. A message is sent at most this long after the read that its plan depends on.
 */
export const FRESH_MS = 10_000;

/** For how long a listed contact counts as having its phone number: contacts have no time of their last change. */
export const CONTACT_MAX_AGE_MS = 5 * 60_000;

/** If a read for a batch fails, or does not make the index fresh, batches do without it for this long. */
const BATCH_PAUSE_MS = 60_000;

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
	/** Undefined if the latest response has not shown it. */
	isAssigned?: boolean;
	/** When this process last wrote the record, by this machine's clock; -Infinity if it never has. */
	writtenAt: number;
	/** When this process last sent a message into the conversation, by Sahut's clock; -Infinity if it never has. */
	sentAt: number;
	/** The same time by this machine's clock. */
	sentAtLocal: number;
}

/** The source of a conversation's state. A list may be out of date. */
type Source = 'list' | 'record' | 'write';

/** Returns the time of the last update, in milliseconds since the epoch; 0 if it is unknown. */
export function getActivityTime({ updated_at, created_at }: Conversation): number {
	return Date.parse(updated_at ?? created_at) || 0;
}

/** Whether a conversation is assigned to an agent; undefined if the record does not show it. */
export const isAssigned = ({ assignee }: Partial<Conversation>) =>
	assignee === undefined ? undefined : assignee !== null;

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

	/**
	 * Whether a message moves the `updated_at` of its conversation; undefined until a response has shown it. A
	 * conversation that was last updated long ago then contains no recent message.
	 */
	showsMessages: boolean | undefined;

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

	/** When the last read that found all changes started, by this machine's clock. */
	private foundAllChangesAt = -Infinity;

	/** The last read of all unresolved conversations: when it started, by this machine's clock, and its requests. */
	private lastFullRead = { at: -Infinity, requests: Infinity };

	/** How many contacts were found since the last full read, each of which saved a search. */
	private contactsFound = 0;

	/** Between which times the conversations of the last page 1 were active, in milliseconds. */
	private firstPageSpanMs = Infinity;

	/** When {@link refreshForBatch} last read to learn {@link showsMessages}, by this machine's clock. */
	private learnedAt = -Infinity;

	/** Until when {@link refreshForBatch} does nothing, by this machine's clock. */
	private batchPauseUntil = -Infinity;

	/** Whether this process has sent a message since the last read. */
	private hasSent = false;

	/** The contacts of the known conversations. The value is when a response last showed the number. */
	private readonly contacts = new PhoneIndex<number>();

	/** @param now returns the time by this machine's clock, in milliseconds since the epoch */
	constructor(
		private readonly channelId: string,
		private readonly now: () => number,
	) {}

	/**
	 * Returns the known conversations of these contacts, the one with the latest activity first. The order does not
	 * depend on the order of the updates: a plan is compared with the conversations that it was based on.
	 */
	findByContacts(contactIds: string[]): KnownConversation[] {
		return contactIds
			.flatMap((contactId) => this.byContact.get(contactId) ?? [])
			.sort(
				(a, b) => b.activeAt - a.activeAt || b.createdAt - a.createdAt || (a.id < b.id ? 1 : -1),
			);
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

	/** Whether the known states of all unresolved conversations count as just read. */
	isFresh(): boolean {
		return this.now() <= this.freshUntil;
	}

	/**
	 * Whether the known state of a conversation counts as just read. It does not after a message of this process: an
	 * automation rule may have changed the conversation in response.
	 */
	isCurrent({ sentAtLocal }: KnownConversation): boolean {
		return this.isFresh() && sentAtLocal < this.foundAllChangesAt;
	}

	/** The end of the time for which {@link isFresh} is true, by this machine's clock; -Infinity if it is false. */
	get freshUntil(): number {
		const hasAll = this.isOrderedByActivity && this.evictedBefore === -Infinity;
		return hasAll ? this.foundAllChangesAt + FRESH_MS : -Infinity;
	}

	/**
	 * Returns the contacts with a phone number (E.164), in whichever form Sahut stores it, that have a known
	 * conversation, and when a response last showed the number, by this machine's clock. Does not find all contacts.
	 */
	findContacts(phone: string, countryCode: string): Array<{ id: string; seenAt: number }> {
		return this.contacts
			.find(phone, countryCode)
			.filter(({ value: seenAt }) => this.isContactCurrent(seenAt))
			.map(({ id, value: seenAt }) => ({ id, seenAt }));
	}

	/**
	 * Whether {@link findContacts} returns all known contacts with a number. Otherwise, a contact that it omits may
	 * still have the number, and the better conversation.
	 */
	areContactsCurrent(phone: string, countryCode: string): boolean {
		return this.contacts
			.find(phone, countryCode)
			.every(({ value: seenAt }) => this.isContactCurrent(seenAt));
	}

	private isContactCurrent(seenAt: number): boolean {
		return seenAt >= this.now() - CONTACT_MAX_AGE_MS;
	}

	/** Records that {@link findContacts} replaced a search. */
	recordSavedSearch(): void {
		this.contactsFound += 1;
	}

	/**
	 * Makes the index fresh for a batch, if that takes fewer requests than it saves. Reads all unresolved
	 * conversations again if their contacts are older than {@link CONTACT_MAX_AGE_MS}. If the list cannot be read,
	 * each message makes its own requests.
	 *
	 * @param left the number of messages that the run still has to send
	 * @param learns whether the batch depends on {@link showsMessages}
	 * @throws if the execution is canceled
	 */
	async refreshForBatch(sahut: SahutClient, left: number, learns: boolean): Promise<void> {
		for (let isOwnTurn = false; !isOwnTurn; ) {
			const { at, requests } = this.lastFullRead;
			if (!this.isOrderedByActivity || at === -Infinity) return;
			if (this.now() < this.batchPauseUntil) return;
			const areContactsOutdated = this.now() - at > CONTACT_MAX_AGE_MS;
			const isFullReadWorthIt = 2 * requests <= Math.min(left, this.contactsFound);
			const needsFullRead = areContactsOutdated && isFullReadWorthIt;
			const isLearningDue = this.now() - this.learnedAt > LIST_DELAY_MS;
			const canLearn = learns && this.showsMessages === undefined && this.hasSent && isLearningDue;
			if (this.isFresh() && !needsFullRead && !canLearn) return;
			const newPages = 1 + Math.floor((this.now() - this.foundAllChangesAt) / this.firstPageSpanMs);
			if (2 * (needsFullRead ? requests : newPages) > left) return;
			// Whoever waits for a read in flight needs no other one.
			isOwnTurn = this.readInFlight === undefined;
			if (isOwnTurn && canLearn) this.learnedAt = this.now();
			const read = isOwnTurn ? this.refresh(sahut, Infinity, needsFullRead) : this.readInFlight!;
			let isUseful = true;
			if (isOwnTurn) isUseful = await read.then(() => this.isFresh()).catch(() => false);
			else await settledOrAborted(read, sahut.signal);
			sahut.signal?.throwIfAborted();
			if (!isUseful) this.batchPauseUntil = this.now() + BATCH_PAUSE_MS;
		}
	}

	/** Records the state of a conversation. Ignores a conversation on another channel or without a contact. */
	update(conversation: Conversation, source: Source, contactId = conversation.contact?.id): void {
		const { id, status, channel }: Partial<Conversation> = conversation;
		if ((channel?.id ?? this.channelId) !== this.channelId) return;
		if (typeof channel?.type === 'string') this.channelType = channel.type;
		if (contactId === undefined || !id) return;
		this.updateContact(conversation, contactId);
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
			sentAt: before?.sentAt ?? -Infinity,
			sentAtLocal: before?.sentAtLocal ?? -Infinity,
			isAssigned: isAssigned(conversation),
		});
		if (before && source !== 'write') this.learnFrom(before, updatedAt);
	}

	/**
	 * Learns from a later state of a conversation whether messages move its `updated_at`. A state that was updated
	 * long after the message proves nothing: an agent may have changed it.
	 */
	private learnFrom({ sentAt, updatedAt: updatedBefore }: KnownConversation, updatedAt: number) {
		const sinceThen = sentAt - CLOCK_TOLERANCE_MS;
		if (updatedBefore >= sinceThen || updatedAt > sentAt + CLOCK_TOLERANCE_MS) return;
		if (updatedAt >= sinceThen) this.showsMessages ??= true;
		else if (updatedAt > updatedBefore) this.showsMessages = false;
	}

	/** Records the phone number of a conversation's contact, if the conversation shows it. */
	private updateContact({ contact }: Conversation, contactId: string): void {
		if (contact?.id !== contactId || contact.phone === undefined) return;
		this.contacts.set(contactId, contact.phone, this.now());
	}

	/** Forgets a contact's phone number: the contact was deleted, or now has another number. */
	forgetPhone(contactId: string): void {
		this.contacts.delete(contactId);
	}

	/**
	 * Records that this process has sent a message into a conversation.
	 *
	 * @param at when, by Sahut's clock, in milliseconds since the epoch
	 */
	recordActivity(contactId: string, id: string, at: number): void {
		this.hasSent = true;
		const known = this.byContact.get(contactId)?.find((each) => each.id === id);
		if (!known) return;
		known.activeAt = Math.max(known.activeAt, at);
		known.sentAt = Math.max(known.sentAt, at);
		known.sentAtLocal = this.now();
	}

	/** Removes a conversation that was deleted, or that now belongs to another contact or channel. */
	remove(id: string, contactId: string): void {
		const known = this.byContact.get(contactId) ?? [];
		const remaining = known.filter((each) => each.id !== id);
		this.size -= known.length - remaining.length;
		if (remaining.length > 0) this.byContact.set(contactId, remaining);
		else this.forget(contactId);
	}

	/**
	 * Reads the conversations that may have changed. Concurrent callers share a read, but never one that
	 * started before their call.
	 *
	 * @param since the start of the time range for resolved conversations, by Sahut's clock, in milliseconds
	 * since the epoch; Infinity to ignore resolved conversations. Check `isComplete` afterwards: the read may
	 * end before it reaches this time.
	 * @param readsAll whether to read all unresolved conversations again
	 * @throws NodeApiError if the list cannot be read
	 */
	async refresh(sahut: SahutClient, since = Infinity, readsAll = false): Promise<void> {
		const startedBefore = this.lastStartedRead;
		let hasRead = false;
		while (this.lastSucceededRead <= startedBefore || (this.completeSince > since && !hasRead)) {
			if (this.readInFlight) {
				// The read may belong to another execution. If that execution is canceled, this one reads.
				await settledOrAborted(this.readInFlight, sahut.signal);
				// This execution is canceled, so this read throws.
				if (sahut.signal?.aborted) return await this.read(sahut, since, readsAll);
				continue;
			}
			const number = ++this.lastStartedRead;
			hasRead = true;
			this.readInFlight = this.read(sahut, since, readsAll)
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
	private async read(sahut: SahutClient, since: number, readsAll: boolean): Promise<void> {
		const startedAt = this.now();
		this.hasSent = false;
		let isDone = false;
		for (let reading = 1; !isDone; reading++) {
			const isFullReadMissing = readsAll && this.lastFullRead.at < startedAt;
			isDone = await this.readOnce(sahut, since, isFullReadMissing, reading === MAX_READINGS);
		}
	}

	/**
	 * Reads the pages that may contain changes once, and all unresolved conversations if that is due.
	 *
	 * @returns whether this was the last reading, or no conversation can have moved from a page that was not
	 * read yet to one that was. One response is a snapshot. Between two, activity moves a conversation to page
	 * 1, and a deletion moves all later ones forward.
	 */
	private async readOnce(
		sahut: SahutClient,
		since: number,
		readsAll: boolean,
		isLast: boolean,
	): Promise<boolean> {
		const startedAtLocal = this.now();
		/** When page 1 was requested: the request may wait long for the rate limit. */
		let sentAt = startedAtLocal;
		const onSend = () => (sentAt = this.now());
		const pages = openPages<Conversation>(sahut, { ...this.listRequest(), onSend });
		const newest = await pages.read(1);
		const snapshotAt = sentAt;
		this.detectOrder(newest);
		// The difference between the clocks is known only after a response.
		const startedAt = sahut.serverNow() - (this.now() - startedAtLocal);
		const isOrdered = this.isOrderedByActivity;
		const isOutdated = readsAll || startedAt - this.readAt > MAX_READ_AGE_MS;
		const isFullReadDue = isOrdered ? isOutdated : startedAtLocal >= this.fullReadUntil;
		const changedSince = isOutdated ? Infinity : this.readAt - CLOCK_TOLERANCE_MS;
		const isRangeKnown = !isOutdated && this.completeSince <= since;
		const openConversations = openPages<Conversation>(sahut, this.listRequest(FIRST_STATUS));
		const readsWholeList =
			isOrdered && isFullReadDue && (await this.isWholeListShort(pages, openConversations));
		const changed = isRangeKnown ? changedSince : Math.min(changedSince, since);
		const until = readsWholeList ? -Infinity : changed;

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
		if (isAll) this.recordFullRead(startedAtLocal, pageCount);
		else if (isFullReadDue) {
			const unresolvedPages = await this.readUnresolved(sahut, openConversations);
			this.recordFullRead(startedAtLocal, pageCount + unresolvedPages);
		}
		const oldestOnFirst = newest.length < pages.size ? 0 : getActivityTime(newest.at(-1)!);
		this.firstPageSpanMs = oldestOnFirst > 0 ? Math.max(1, startedAt - oldestOnFirst) : Infinity;
		if (!mayMiss) this.readAt = startedAt;
		const isStable = !mayMiss && (!isOrdered || pageCount <= 1);
		if (isStable) this.foundAllChangesAt = snapshotAt;
		return isLast || isStable || !isOrdered;
	}

	private recordFullRead(at: number, requests: number): void {
		this.lastFullRead = { at, requests };
		this.contactsFound = 0;
	}

	/**
	 * Whether the list of all conversations, of which page 1 was read, takes no more requests than the lists of
	 * unresolved ones. It also contains resolved ones.
	 */
	private async isWholeListShort(
		wholeList: Pages<Conversation>,
		openConversations: Pages<Conversation>,
	): Promise<boolean> {
		if (!wholeList.isLastKnown()) return false;
		if (wholeList.last() <= 1 + OTHER_STATUSES.length) return true;
		await openConversations.read(1);
		return wholeList.last() <= openConversations.last() + OTHER_STATUSES.length;
	}

	/**
	 * Reads all unresolved conversations, and marks all known ones that are not listed as resolved.
	 *
	 * @param openConversations the pages of the first status, of which page 1 may have been read
	 * @returns the number of requests
	 */
	private async readUnresolved(
		sahut: SahutClient,
		openConversations: Pages<Conversation>,
	): Promise<number> {
		const startedAt = this.now();
		const lists = await Promise.all([
			fetchAll(sahut, this.listRequest(FIRST_STATUS), openConversations),
			...OTHER_STATUSES.map(
				async (status) => await fetchAll<Conversation>(sahut, this.listRequest(status)),
			),
		]);
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
		return lists.reduce(
			(sum, { length }) => sum + Math.ceil(Math.max(1, length) / MAX_PAGE_SIZE),
			0,
		);
	}

	private forget(contactId: string): void {
		this.byContact.delete(contactId);
		this.contacts.delete(contactId);
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
		this.forget(oldestContactId);
		const boundaries = evicted.map(({ activeAt }) => activeAt + 1);
		this.evictedBefore = Math.max(this.evictedBefore, ...boundaries);
	}
}
