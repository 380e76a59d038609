import { doneOrAborted } from '../transport/aborts';
import { fetchPage, lastPageBy, MAX_PAGE_SIZE, type ListRequest } from '../transport/pages';
import { fetchAll } from '../transport/pagination';
import type { Conversation, SahutClient } from '../transport/types';
import { FormerConversations, type Found } from './formerConversations';

/** The statuses of conversations that a message can join. */
export const OPEN_STATUSES = ['open', 'pending'] as const;

/** How often a list is read whole that is not known to be ordered by activity, at the most. */
const WHOLE_READING_MS = 60_000;

/** Such a reading is worth this many times what it took. */
const WORTH = 5;

/** Both clocks, `Date` headers and `updated_at`, may be cut off to whole seconds. */
const CLOCK_TOLERANCE_MS = 2_000;

/** Conversations remembered for one channel; about 17 MB. */
const MAX_CONVERSATIONS = 50_000;

const activityOf = ({ updated_at, created_at }: Conversation) =>
	Date.parse(updated_at ?? created_at) || 0;

/**
 * Whether a page shows that its list is ordered by activity, the latest first: it is in that order,
 * and not in that of when its records were made, which would look the same while nothing happens.
 */
function isByActivity(page: Conversation[]): boolean {
	const pairs = page.slice(1).map((each, at) => [page[at]!, each] as const);
	return (
		pairs.every(([before, behind]) => activityOf(before) >= activityOf(behind)) &&
		pairs.some(([before, behind]) => Date.parse(before.created_at) < Date.parse(behind.created_at))
	);
}

/**
 * The open and pending conversations of a channel, as far as this process knows them. The API cannot
 * look them up by contact, and has no list of what has changed (API reference, "Conversations"): so
 * the list is read whole once. After that its first page is read, and those behind it as far as
 * something may have changed, if it turns out to be ordered by its latest activity; if not, it is read
 * whole once in a while. What is known may be out of date: it is to be looked at before it is used.
 */
export class OpenConversations {
	/** Contact → conversation → when something last happened in it; the least active contact first. */
	private readonly byContact = new Map<string, Map<string, number>>();

	private size = 0;

	private readonly former = new FormerConversations();

	/** When the last reading began, by the server's clock, in milliseconds since the epoch. */
	private readAt = -Infinity;

	/** Until when a reading of the whole list is good, by this machine's clock, and its pages. */
	private wholeUntil = -Infinity;

	private wholePages = 0;

	/** What was made here while the list is being read, which may lack it. */
	private madeMeanwhile: Array<[Conversation, string]> = [];

	/** Readings that have begun, and the last one that has ended well. */
	private begun = 0;

	private done = 0;

	private reading: Promise<void> | undefined;

	constructor(private readonly channelId: string) {}

	/** Those with one of these contacts, the one with the latest activity first. */
	known(contactIds: string[]): Found[] {
		return contactIds
			.flatMap((contactId) =>
				[...(this.byContact.get(contactId) ?? [])].map(([id, at]) => ({ id, contactId, at })),
			)
			.sort((a, b) => b.at - a.at);
	}

	/** One that was made here. */
	addMade(conversation: Conversation, contactId: string): void {
		this.add(conversation, contactId);
		if (this.reading) this.madeMeanwhile.push([conversation, contactId]);
	}

	/** Those with one of these contacts that were open, as far as it is known, and are not any more. */
	knownFormer(contactIds: string[]): Found[] {
		return this.former.of(contactIds);
	}

	/** For one that is not open any more, or not where it was. */
	forget(id: string, contactIds: string[]): void {
		for (const contactId of contactIds) {
			const theirs = this.byContact.get(contactId);
			if (theirs?.delete(id)) {
				this.size -= 1;
				this.former.add(id, contactId);
			}
			if (theirs?.size === 0) this.byContact.delete(contactId);
		}
	}

	/**
	 * Reads what may have changed, by a reading that begins after this was called; several that ask
	 * meanwhile share it.
	 *
	 * @throws NodeApiError when the list cannot be read.
	 */
	async refresh(sahut: SahutClient): Promise<void> {
		const askedAt = this.begun;
		while (this.done <= askedAt) {
			if (this.reading) {
				// One of another execution, which may be cancelled: then it is made by this one.
				await doneOrAborted(this.reading, sahut.signal);
				// Says that this execution is cancelled.
				if (sahut.signal?.aborted) return await this.read(sahut);
				continue;
			}
			const number = ++this.begun;
			this.reading = this.read(sahut)
				.then(() => {
					this.done = number;
				})
				.finally(() => {
					this.reading = undefined;
				});
			await this.reading;
		}
	}

	private async read(sahut: SahutClient): Promise<void> {
		const began = Date.now();
		const first = await fetchPage<Conversation>(sahut, this.list(), 1);
		// The server's clock is known by its answer.
		const beganAt = sahut.serverNow() - (Date.now() - began);
		for (const conversation of first.data) this.update(conversation);
		const isAll = lastPageBy(first, 1) <= 1;
		const isEnough =
			isAll ||
			(this.wholePages > 0 &&
				(isByActivity(first.data)
					? await this.readOn(sahut, first.data, this.readAt - CLOCK_TOLERANCE_MS)
					: Date.now() < this.wholeUntil));
		if (!isEnough) await this.readWhole(sahut);
		this.readAt = beganAt;
	}

	private list(status?: string): ListRequest {
		return {
			path: ['conversations'],
			query: { channel_id: this.channelId, ...(status && { status }) },
			subject: `channel "${this.channelId}"`,
		};
	}

	private async readWhole(sahut: SahutClient): Promise<void> {
		const began = Date.now();
		this.madeMeanwhile = [];
		const lists = await Promise.all(
			OPEN_STATUSES.map(async (status) => await fetchAll<Conversation>(sahut, this.list(status))),
		);
		const before = new Map(this.byContact);
		this.byContact.clear();
		this.size = 0;
		const all = lists.flat().sort((a, b) => activityOf(a) - activityOf(b));
		for (const conversation of all) this.add(conversation);
		for (const [conversation, contactId] of this.madeMeanwhile) this.add(conversation, contactId);
		for (const [contactId, theirs] of before) {
			for (const id of theirs.keys()) {
				if (!this.byContact.get(contactId)?.has(id)) this.former.add(id, contactId);
			}
		}
		this.wholePages = Math.ceil(all.length / MAX_PAGE_SIZE) + 1;
		const now = Date.now();
		this.wholeUntil = now + Math.max(WHOLE_READING_MS, WORTH * (now - began));
	}

	/**
	 * Reads on behind the first page, down to what has not changed since, whatever its status is now.
	 * @returns false when the whole list of open ones is no longer than that
	 */
	private async readOn(
		sahut: SahutClient,
		firstPage: Conversation[],
		since: number,
	): Promise<boolean> {
		let records = firstPage;
		for (let page = 2; page <= this.wholePages + 1; page++) {
			const oldest = records.at(-1);
			if (!oldest || activityOf(oldest) < since) return true;
			const answer = await fetchPage<Conversation>(sahut, this.list(), page);
			records = answer.data;
			for (const conversation of records) this.update(conversation);
			if (lastPageBy(answer, page) <= page) return true;
		}
		return false;
	}

	private update(conversation: Conversation): void {
		const { id, status, contact } = conversation;
		if (OPEN_STATUSES.some((each) => each === status)) this.add(conversation);
		else if (contact) this.forget(id, [contact.id]);
	}

	private add(conversation: Conversation, contactId = conversation.contact?.id): void {
		if (contactId === undefined) return;
		this.former.drop(conversation.id, contactId);
		const theirs = this.byContact.get(contactId) ?? new Map<string, number>();
		if (!theirs.has(conversation.id)) this.size += 1;
		theirs.set(conversation.id, activityOf(conversation));
		// Put at the end: the least active one comes first.
		this.byContact.delete(contactId);
		this.byContact.set(contactId, theirs);
		const [oldest] = this.byContact.keys();
		if (this.size > MAX_CONVERSATIONS && oldest !== undefined) {
			this.size -= this.byContact.get(oldest)?.size ?? 0;
			this.byContact.delete(oldest);
		}
	}
}
