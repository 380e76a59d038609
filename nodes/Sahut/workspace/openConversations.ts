import { fetchPage, type ListRequest } from '../transport/pages';
import { fetchAll } from '../transport/pagination';
import type { Conversation, SahutClient } from '../transport/types';
import { untilTurn } from './lanes';

/** The statuses of conversations that a message can join. */
export const OPEN_STATUSES = ['open', 'pending'] as const;

/** How often a list is read whole that is not ordered by activity. */
const WHOLE_READING_MS = 60_000;

/** Both clocks, `Date` headers and `updated_at`, may be cut off to whole seconds. */
const CLOCK_TOLERANCE_MS = 2_000;

/** Conversations remembered for one channel; about 10 MB. */
const MAX_CONVERSATIONS = 50_000;

const activityOf = ({ updated_at, created_at }: Conversation) =>
	Date.parse(updated_at ?? created_at) || 0;

/** Whether the records of one page are in the order of their activity, the latest first. */
function isByActivity(page: Conversation[]): boolean {
	return page.every((each, at) => at === 0 || activityOf(each) <= activityOf(page[at - 1]!));
}

/**
 * The open and pending conversations of a channel, as far as this process knows them. The API cannot
 * look them up by contact, and has no list of what has changed (API reference, "Conversations"): so
 * the list is read whole once, and then only as far down as something may have changed, if it turns out
 * to be ordered by its latest activity. What is known may be out of date: it is to be looked at before
 * it is used.
 */
export class OpenConversations {
	/** Contact → conversation → when something last happened in it, in milliseconds since the epoch. */
	private readonly byContact = new Map<string, Map<string, number>>();

	private size = 0;

	/** By the server's clock, when the last reading began. */
	private readAt: number | undefined;

	private isOrdered = false;

	/** Readings that have begun, and the last one that has ended well. */
	private begun = 0;

	private done = 0;

	private reading: Promise<void> | undefined;

	constructor(private readonly channelId: string) {}

	/** Those with one of these contacts, the one with the latest activity first. */
	known(contactIds: string[]): Array<{ id: string; contactId: string }> {
		return contactIds
			.flatMap((contactId) =>
				[...(this.byContact.get(contactId) ?? [])].map(([id, at]) => ({ id, contactId, at })),
			)
			.sort((a, b) => b.at - a.at);
	}

	add(conversation: Conversation, contactId = conversation.contact?.id): void {
		if (contactId === undefined) return;
		const theirs = this.byContact.get(contactId) ?? new Map<string, number>();
		if (!theirs.has(conversation.id)) this.size += 1;
		this.byContact.set(contactId, theirs.set(conversation.id, activityOf(conversation)));
		const [oldest] = this.byContact.keys();
		if (this.size > MAX_CONVERSATIONS && oldest !== undefined) this.drop(oldest);
	}

	/** For one that is not open any more, or not where it was. */
	forget(id: string, contactIds: string[]): void {
		for (const contactId of contactIds) {
			const theirs = this.byContact.get(contactId);
			if (theirs?.delete(id)) this.size -= 1;
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
				await untilTurn(
					this.reading.catch(() => undefined),
					sahut.signal,
				);
				// Says that this execution is cancelled.
				if (sahut.signal?.aborted) return await this.read(sahut);
				continue;
			}
			const number = ++this.begun;
			this.reading = this.read(sahut);
			await this.reading.finally(() => {
				this.reading = undefined;
			});
			this.done = number;
		}
	}

	private async read(sahut: SahutClient): Promise<void> {
		const now = sahut.serverNow();
		if (this.readAt === undefined || !this.isOrdered) {
			if (this.readAt !== undefined && now - this.readAt < WHOLE_READING_MS) return;
			await this.readWhole(sahut);
		} else {
			this.isOrdered = await this.readTop(sahut, this.readAt - CLOCK_TOLERANCE_MS);
			if (!this.isOrdered) await this.readWhole(sahut);
		}
		this.readAt = now;
	}

	private list(status?: string): ListRequest {
		return {
			path: ['conversations'],
			query: { channel_id: this.channelId, ...(status && { status }) },
			subject: `channel "${this.channelId}"`,
		};
	}

	private async readWhole(sahut: SahutClient): Promise<void> {
		let areOrdered = true;
		const see = (page: Conversation[]) => {
			areOrdered &&= isByActivity(page);
		};
		const lists = await Promise.all(
			OPEN_STATUSES.map(
				async (status) => await fetchAll<Conversation>(sahut, this.list(status), see),
			),
		);
		this.byContact.clear();
		this.size = 0;
		for (const conversation of lists.flat()) this.add(conversation);
		this.isOrdered = areOrdered;
	}

	/**
	 * Reads down to what has not changed since, whatever its status is now.
	 * @returns whether the list is ordered by activity
	 */
	private async readTop(sahut: SahutClient, since: number): Promise<boolean> {
		for (let page = 1; ; page++) {
			const { data, meta } = await fetchPage<Conversation>(sahut, this.list(), page);
			for (const conversation of data) this.update(conversation);
			if (!isByActivity(data)) return false;
			const oldest = data.at(-1);
			if (!oldest || activityOf(oldest) < since || page >= (meta?.total_pages ?? page)) return true;
		}
	}

	private update(conversation: Conversation): void {
		const { id, status, contact } = conversation;
		if (OPEN_STATUSES.some((each) => each === status)) this.add(conversation);
		else if (contact) this.forget(id, [contact.id]);
	}

	private drop(contactId: string): void {
		this.size -= this.byContact.get(contactId)?.size ?? 0;
		this.byContact.delete(contactId);
	}
}
