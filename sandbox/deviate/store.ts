import { SECOND_MS, timestamp } from '../clock';
import type { Deviations } from '../deviations';
import type { WorkspaceEvent } from '../events';
import type { Contact, Conversation, Message, Sender } from '../records';
import type { Store } from '../store';

/** The sender of all that comes in through the API, with `sent-by-agent`. */
export const API_AGENT: Readonly<Sender> = {
	type: 'agent',
	id: 'usr_01HX0API0AGENT',
	name: 'Integrasi API',
};

/** As many servers keep a text. */
function trimmed(text: string): string {
	return text.trim().replaceAll(/\r?\n/g, '\r\n');
}

function trimTexts(event: WorkspaceEvent): void {
	if ('message' in event) event.message.content = trimmed(event.message.content);
	if (!('contact' in event)) return;
	const { contact } = event;
	contact.name = trimmed(contact.name);
	if (contact.company !== null) contact.company = trimmed(contact.company);
}

function hideValues(event: WorkspaceEvent): void {
	if (!('message' in event) || event.message.template_id === undefined) return;
	event.message.content = event.message.template_id.replace(/^tmpl_/, '');
}

function recordsOf(event: WorkspaceEvent): Array<Message | Conversation | Contact> {
	if ('contact' in event) return [event.contact];
	return 'message' in event ? [event.message, event.conversation] : [event.conversation];
}

/** Gives the times of this second their milliseconds; records that were dated by hand keep theirs. */
function addMilliseconds(event: WorkspaceEvent, now: Date): void {
	const second = timestamp(now);
	for (const record of recordsOf(event)) {
		if (record.created_at === second) record.created_at = now.toISOString();
		if ('updated_at' in record && record.updated_at === second) {
			record.updated_at = now.toISOString();
		}
	}
}

/** Has the store keep its records in another way: before anything is in it, and before webhooks hear of it. */
export function deviateStore(store: Store, deviations: Deviations): void {
	store.hasWindowPerConversation = deviations.has('window-per-conversation');
	if (deviations.has('sent-by-agent')) Object.assign(store.bot, API_AGENT);
	store.notices.on('event', (event) => {
		if (deviations.has('hidden-values')) hideValues(event);
		if (deviations.has('trimmed-texts')) trimTexts(event);
		if (deviations.has('milliseconds')) addMilliseconds(event, store.now());
	});
}

export const DEFAULT_LIST_DELAY_MS = 2 * SECOND_MS;

/** A new record with a time older than this was dated by hand; times are whole seconds. */
const DATED_BY_HAND_MS = 2 * SECOND_MS;

/** Tells which records lists do not show yet. Those that were there before, or are dated by hand, are not new. */
export function lateRecords(
	store: Store,
	delayMs: number,
): (record: { id: string; created_at?: string }) => boolean {
	const newOnes = new Map<string, { created_at: string; storedAt: number }>();
	store.notices.on('event', (event) => {
		if (!event.name.endsWith('.created')) return;
		const { id, created_at } = recordsOf(event)[0]!;
		if (store.now().getTime() - Date.parse(created_at) > DATED_BY_HAND_MS) return;
		newOnes.set(id, { created_at, storedAt: store.now().getTime() });
	});
	return ({ id, created_at }) => {
		const stored = newOnes.get(id);
		if (!stored || stored.created_at !== created_at) return false;
		return store.now().getTime() - stored.storedAt < delayMs;
	};
}

type Changing = Contact | Conversation;

/** A state of a record, and when a change ended it, in milliseconds since the epoch. */
interface PastState {
	record: Changing;
	endedAt: number;
}

/**
 * Returns the store as lists show it: changed records are as they were `delayMs` ago. Records that a test
 * dates by hand are shown as they are.
 */
export function staleStore(store: Store, delayMs: number): Store {
	/** By ID, the oldest state first. */
	const pastStates = new Map<string, PastState[]>();
	store.notices.on('changing', (record) => {
		const state = { record: { ...record }, endedAt: store.now().getTime() };
		pastStates.set(record.id, [...(pastStates.get(record.id) ?? []), state]);
	});

	function shown<T extends Changing>(record: T): T {
		const since = store.now().getTime() - delayMs;
		const states = pastStates.get(record.id)?.filter(({ endedAt }) => endedAt > since) ?? [];
		if (states.length > 0) pastStates.set(record.id, states);
		else pastStates.delete(record.id);
		const [first] = states;
		return first?.record.created_at === record.created_at ? (first.record as T) : record;
	}

	function shownAll<T extends Changing>(records: Map<string, T>): Map<string, T> {
		if (pastStates.size === 0) return records;
		return new Map(Array.from(records, ([id, record]) => [id, shown(record)]));
	}

	return Object.create(store, {
		conversations: { get: () => shownAll(store.conversations) },
		contacts: { get: () => shownAll(store.contacts) },
	}) as Store;
}
