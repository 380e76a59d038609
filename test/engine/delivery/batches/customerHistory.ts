import type { Contact, Conversation, ConversationStatus } from '../../../../sandbox/records';

/** Two activities within this time count as equally late: Sahut's times are whole seconds. */
const TIE_MS = 2_000;

/** How long WhatsApp accepts a text after the customer's last message. */
const WINDOW_MS = 24 * 60 * 60_000;

/** A conversation of a customer on the channel. Times are in milliseconds since the epoch. */
export interface ConversationState {
	id: string;
	status: ConversationStatus;
	activeAt: number;
	/** When the customer last wrote in this conversation; -Infinity if never. */
	incomingAt: number;
}

/** The records of a customer from `at` until the next state. */
export interface CustomerState {
	at: number;
	/** Whether a contact has the number as E.164. */
	hasExactContact: boolean;
	/** Whether a contact with the number has the tag to skip. */
	isTagged: boolean;
	conversations: ConversationState[];
}

/** The records of a workspace. */
export interface WorkspaceState {
	now: number;
	channelId: string;
	contacts: Iterable<Contact>;
	conversations: Iterable<Conversation>;
	/** The numbers of the customers to describe, in E.164. */
	phones: ReadonlySet<string>;
	/** The time of the customer's last message by conversation, in milliseconds since the epoch. */
	incomingAt: ReadonlyMap<string, number>;
	/** Converts a number as Sahut stores it to E.164. */
	toE164(phone: string): string;
	/** Lower case. */
	tagToSkip: string;
}

const isOpen = ({ status }: ConversationState) => status === 'open' || status === 'pending';

/** Whether a message may choose a conversation if the customer has no better one. */
export const isUsable = (
	{ status, incomingAt, activeAt }: ConversationState,
	needsWindow: boolean,
) => status !== 'resolved' || (needsWindow && incomingAt > activeAt - WINDOW_MS);

/** Returns the conversations with the latest activity: several if they are tied. */
function latest(conversations: ConversationState[]): string[] {
	const activeAt = Math.max(...conversations.map((each) => each.activeAt));
	return conversations.filter((each) => each.activeAt >= activeAt - TIE_MS).map(({ id }) => id);
}

/**
 * Returns the IDs of the existing conversations that a single message may choose. An empty list stands for a new
 * conversation.
 *
 * @param needsWindow whether the message has a text, which prefers a conversation in which the customer has
 * written within 24 hours
 */
export function allowedChoices(
	{ at, conversations }: CustomerState,
	needsWindow: boolean,
): string[] {
	const preferences = [
		conversations.filter(({ incomingAt }) => needsWindow && incomingAt > at - WINDOW_MS),
		conversations.filter(isOpen),
		conversations.filter(({ status }) => status === 'snoozed'),
	];
	const preferred = preferences.find(({ length }) => length > 0);
	return preferred ? latest(preferred) : [];
}

/** Returns the states of the given customers, by phone number (E.164). Lacks customers without a contact. */
export function describeCustomers(workspace: WorkspaceState): Map<string, CustomerState> {
	const { now: at, channelId, phones, toE164, incomingAt, tagToSkip } = workspace;
	const customers = new Map<string, CustomerState>();
	const byContact = new Map<string, CustomerState>();
	for (const { id, phone, tags } of workspace.contacts) {
		if (!phone) continue;
		const e164 = toE164(phone);
		if (!phones.has(e164)) continue;
		const customer = customers.get(e164) ?? createEmptyState(at);
		customers.set(e164, customer);
		byContact.set(id, customer);
		customer.hasExactContact ||= phone === e164;
		customer.isTagged ||= tags.some((tag) => tag.toLowerCase() === tagToSkip);
	}
	for (const { id, status, channel, contact, updated_at } of workspace.conversations) {
		const customer = byContact.get(contact.id);
		if (!customer || channel.id !== channelId) continue;
		customer.conversations.push({
			id,
			status,
			activeAt: Date.parse(updated_at),
			incomingAt: incomingAt.get(id) ?? -Infinity,
		});
	}
	return customers;
}

/** Returns the state of a customer without a contact. */
export function createEmptyState(at: number): CustomerState {
	return { at, hasExactContact: false, isTagged: false, conversations: [] };
}

/** All states of customers, by phone number. */
export class CustomerHistory {
	private readonly states = new Map<string, CustomerState[]>();

	/** Appends the states of the given customers that have changed. */
	record(
		phones: Iterable<string>,
		customers: ReadonlyMap<string, CustomerState>,
		at: number,
	): void {
		for (const phone of phones) {
			const state = customers.get(phone) ?? createEmptyState(at);
			const states = this.states.get(phone) ?? [];
			const before = states.at(-1);
			if (before && JSON.stringify({ ...before, at }) === JSON.stringify({ ...state, at }))
				continue;
			this.states.set(phone, [...states, state]);
		}
	}

	/** Returns the states that a customer had at some moment since `from`, the oldest first. */
	since(phone: string, from: number): CustomerState[] {
		const states = this.states.get(phone) ?? [];
		return states.filter((_, index) => {
			const next = states[index + 1];
			return next === undefined || next.at >= from;
		});
	}

	/** Returns the current state of a customer. */
	current(phone: string): CustomerState {
		return this.states.get(phone)?.at(-1) ?? createEmptyState(0);
	}
}
