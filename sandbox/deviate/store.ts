import { SECOND_MS, toTimestamp } from '../clock';
import type { Deviations } from '../deviations';
import type { WorkspaceEvent } from '../events';
import type { Contact, Conversation, Message, Sender } from '../records';
import type { Store } from '../store';

/** The sender of messages through the API with `sent-by-agent`. */
export const API_AGENT: Readonly<Sender> = {
	type: 'agent',
	id: 'usr_01HX0API0AGENT',
	name: 'Integrasi API',
};

/** Normalizes a text as many servers do: no outer whitespace, and `\r\n` as line breaks. */
function trimText(text: string): string {
	return text.trim().replaceAll(/\r?\n/g, '\r\n');
}

function trimTexts(event: WorkspaceEvent): void {
	if ('message' in event) event.message.content = trimText(event.message.content);
	if (!('contact' in event)) return;
	const { contact } = event;
	contact.name = trimText(contact.name);
	if (contact.company !== null) contact.company = trimText(contact.company);
}

function hideValues(event: WorkspaceEvent): void {
	if (!('message' in event) || event.message.template_id === undefined) return;
	event.message.content = event.message.template_id.replace(/^tmpl_/, '');
}

function recordsOf(event: WorkspaceEvent): Array<Message | Conversation | Contact> {
	if ('contact' in event) return [event.contact];
	return 'message' in event ? [event.message, event.conversation] : [event.conversation];
}

/** Adds milliseconds to times in the current second. Records with a given date do not change. */
function addMilliseconds(event: WorkspaceEvent, now: Date): void {
	const second = toTimestamp(now);
	for (const record of recordsOf(event)) {
		if (record.created_at === second) record.created_at = now.toISOString();
		if ('updated_at' in record && record.updated_at === second) {
			record.updated_at = now.toISOString();
		}
	}
}

/** Applies the deviations to the store. Call it before records or other listeners are added. */
export function deviateStore(store: Store, deviations: Deviations): void {
	store.isWindowPerConversation = deviations.has('window-per-conversation');
	if (deviations.has('sent-by-agent')) Object.assign(store.bot, API_AGENT);
	store.emitter.on('event', (event) => {
		if (deviations.has('hidden-values')) hideValues(event);
		if (deviations.has('trimmed-texts')) trimTexts(event);
		if (deviations.has('milliseconds')) addMilliseconds(event, store.now());
	});
}

/** The default delay of `late-lists` and `stale-lists`. */
export const DEFAULT_LIST_DELAY_MS = 2 * SECOND_MS;

/** If a new record is older than this, a test has added it with an older date. Times are whole seconds. */
const GIVEN_DATE_AGE_MS = 2 * SECOND_MS;

/**
 * Tracks new records from now on. Records that a test adds with an older date do not count as new.
 * @returns a function that returns whether a record is so new that lists do not show it yet
 */
export function trackNewRecords(
	store: Store,
	delayMs: number,
): (record: { id: string; created_at?: string }) => boolean {
	const newRecords = new Map<string, { created_at: string; storedAt: number }>();
	store.emitter.on('event', (event) => {
		if (!event.name.endsWith('.created')) return;
		const { id, created_at } = recordsOf(event)[0]!;
		if (store.now().getTime() - Date.parse(created_at) > GIVEN_DATE_AGE_MS) return;
		newRecords.set(id, { created_at, storedAt: store.now().getTime() });
	});
	return ({ id, created_at }) => {
		const stored = newRecords.get(id);
		if (!stored || stored.created_at !== created_at) return false;
		return store.now().getTime() - stored.storedAt < delayMs;
	};
}

type Changing = Contact | Conversation;

/** A former state of a record, and the time of its change in milliseconds since the epoch. */
interface PastState {
	record: Changing;
	endedAt: number;
}

/**
 * Creates a view of the store in which records have the state that they had `delayMs` ago. A record whose
 * `created_at` was changed by a test has its current state.
 */
export function createStaleView(store: Store, delayMs: number): Store {
	/** By ID, the oldest state first. */
	const pastStates = new Map<string, PastState[]>();
	store.emitter.on('beforeChange', (record) => {
		const state = { record: { ...record }, endedAt: store.now().getTime() };
		pastStates.set(record.id, [...(pastStates.get(record.id) ?? []), state]);
	});

	function staleRecord<T extends Changing>(record: T): T {
		const since = store.now().getTime() - delayMs;
		const states = pastStates.get(record.id)?.filter(({ endedAt }) => endedAt > since) ?? [];
		if (states.length > 0) pastStates.set(record.id, states);
		else pastStates.delete(record.id);
		const [first] = states;
		return first?.record.created_at === record.created_at ? (first.record as T) : record;
	}

	function staleRecords<T extends Changing>(records: Map<string, T>): Map<string, T> {
		if (pastStates.size === 0) return records;
		return new Map(Array.from(records, ([id, record]) => [id, staleRecord(record)]));
	}

	return Object.create(store, {
		conversations: { get: () => staleRecords(store.conversations) },
		contacts: { get: () => staleRecords(store.contacts) },
	}) as Store;
}
