import { faker } from '@faker-js/faker/locale/id_ID';

import type { SandboxOptions } from '../../../../sandbox';
import { HOUR_MS, toTimestamp } from '../../../../sandbox/clock';
import type { Contact, Conversation, ConversationStatus } from '../../../../sandbox/records';
import { now } from '../../../support/testClock';
import {
	contactsOf,
	conversationsOf,
	openWorkspace,
	type Workspace,
} from '../../../support/workspace';
import { CustomerHistory, describeCustomers } from './customerHistory';

const DAY_MS = 24 * HOUR_MS;

/** The tag of contacts that have opted out. */
export const TAG_TO_SKIP = 'stop';

/** The forms in which agents and imports enter `+628123456789`. All of them end in the same four digits. */
const TYPED_FORMS = [
	(e164: string) => `0${e164.slice(3, 6)}-${e164.slice(6, 10)}-${e164.slice(10)}`,
	(e164: string) => `+62 ${e164.slice(3, 6)} ${e164.slice(6, 10)} ${e164.slice(10)}`,
	(e164: string) => `0${e164.slice(3)}`,
	(e164: string) => e164.slice(1),
];

/** Returns a number in E.164. No two numbers have the same last four digits. */
export const phoneOf = (index: number) => `+62812${String(30_000_000 + index * 37)}`;

/** Returns one of the typed forms of a number. */
export const typePhone = (e164: string) => faker.helpers.arrayElement(TYPED_FORMS)(e164);

const E164_BY_TYPED = new Map(
	Array.from({ length: 260 }, (_, index) => phoneOf(index)).flatMap((e164) =>
		TYPED_FORMS.map((form) => [form(e164), e164]),
	),
);

/** Converts a number to E.164 by a table, so that the test does not depend on the parser of the node. */
export const toE164 = (phone: string) => E164_BY_TYPED.get(phone) ?? phone;

/** A workspace whose agents and customers change its records. */
export interface ChangingWorkspace extends Workspace {
	/** The customers' numbers in E.164, of which some are unknown to Sahut. */
	phones: string[];
	history: CustomerHistory;
	/** When an agent last changed the number of one of the customer's contacts, or deleted one. */
	contactsChangedAt: Map<string, number>;
	/** When an agent last merged contacts of the customer. */
	mergedAt: Map<string, number>;
	/** When an agent last took a number from a contact, by contact ID and number. */
	numbersLostAt: Map<string, Map<string, number>>;
	/** The conversations that an agent has deleted or given to another contact. */
	movedConversations: Set<string>;
	/** All changes so far. */
	changes: Array<{ at: number; kind: string; phone: string }>;
	/** Makes a random change of a customer's records. */
	change(phone: string): void;
	/** Whether `change` is making a change. */
	isChanging(): boolean;
	/** Records the states of the customers with the given numbers. */
	record(changed: Iterable<string>): void;
}

const randomStatus = () =>
	faker.helpers.weightedArrayElement<ConversationStatus>([
		{ value: 'open', weight: 5 },
		{ value: 'pending', weight: 1 },
		{ value: 'snoozed', weight: 2 },
		{ value: 'resolved', weight: 3 },
	]);

/**
 * Opens a workspace in which customers have duplicate contacts, numbers as typed, several conversations, none, or
 * no contact.
 *
 * @param customers the number of customers
 * @param recentShare the share of conversations in which the customer has written within 24 hours
 */
export async function openChangingWorkspace(
	options: SandboxOptions,
	{ customers, recentShare }: { customers: number; recentShare: number },
): Promise<ChangingWorkspace> {
	const workspace = await openWorkspace(options);
	const { store } = workspace.sandbox;
	const start = now();
	const channel = store.channelOfType('whatsapp');
	const otherChannel = store.channelOfType('instagram');
	const phones = Array.from({ length: customers }, (_, index) => phoneOf(index));
	const history = new CustomerHistory();
	const incomingAt = new Map<string, number>();
	const contactsChangedAt = new Map<string, number>();
	const mergedAt = new Map<string, number>();
	const numbersLostAt: ChangingWorkspace['numbersLostAt'] = new Map();
	const movedConversations = new Set<string>();
	const changes: ChangingWorkspace['changes'] = [];
	let isChanging = false;
	let addedNumbers = 0;

	// The listener of the test, which records the states, is added later.
	store.emitter.on('event', (event) => {
		if (event.name !== 'message.created' || event.message.type !== 'incoming') return;
		const sentAt = Date.parse(event.message.created_at);
		const before = incomingAt.get(event.conversation.id) ?? -Infinity;
		incomingAt.set(event.conversation.id, Math.max(before, sentAt));
	});

	function addPastConversation(contact: Contact, status = randomStatus()): void {
		const isRecent = faker.datatype.boolean(recentShare);
		const agoMs = isRecent
			? faker.number.int({ min: HOUR_MS, max: 20 * HOUR_MS })
			: faker.number.int({ min: 2 * DAY_MS, max: 30 * DAY_MS });
		const at = new Date(start - agoMs);
		const isOnChannel = faker.datatype.boolean(0.9);
		const { id } = store.addConversation({
			contact,
			status,
			channel: isOnChannel ? channel : otherChannel,
			created_at: contact.created_at,
			updated_at: toTimestamp(at),
		});
		if (isRecent || faker.datatype.boolean()) store.addIncoming(id, 'Halo', at);
	}

	function addPastContact(phone: string): Contact {
		const agoMs = faker.number.int({ min: 40 * DAY_MS, max: 90 * DAY_MS });
		const created_at = toTimestamp(new Date(start - agoMs));
		return store.addContact({ name: faker.person.fullName(), phone, created_at });
	}

	for (const phone of phones) {
		if (faker.datatype.boolean(0.15)) continue;
		const contactCount = faker.datatype.boolean(0.2) ? 2 : 1;
		for (let count = 0; count < contactCount; count++) {
			const contact = addPastContact(faker.datatype.boolean(0.25) ? typePhone(phone) : phone);
			if (faker.datatype.boolean(0.05)) contact.tags = ['Stop'];
			const conversationCount = faker.helpers.arrayElement([0, 1, 1, 1, 1, 2, 3]);
			for (let each = 0; each < conversationCount; each++) addPastConversation(contact);
		}
	}
	// Other customers, so that lists have several pages.
	const others = faker.helpers.arrayElement([20, 120, 250]);
	for (let count = 0; count < others; count++) {
		const contact = addPastContact(`+628990${String(1_000_000 + count)}`);
		addPastConversation(contact, faker.helpers.arrayElement(['open', 'resolved', 'resolved']));
	}

	const contactsWith = (phone: string) =>
		contactsOf(workspace).filter((contact) => contact.phone && toE164(contact.phone) === phone);

	const conversationsWith = (phone: string) => {
		const ids = new Set(contactsWith(phone).map(({ id }) => id));
		return conversationsOf(workspace).filter(
			(each) => ids.has(each.contact.id) && each.channel.id === channel.id,
		);
	};

	const markContacts = (...changed: string[]) => {
		for (const phone of changed) contactsChangedAt.set(phone, now());
	};

	function setStatus(from: ConversationStatus[], to: ConversationStatus) {
		return (phone: string): boolean => {
			const suitable = conversationsWith(phone).filter(({ status }) => from.includes(status));
			if (suitable.length === 0) return false;
			store.updateConversation(faker.helpers.arrayElement(suitable), { status: to });
			return true;
		};
	}

	function deleteConversation({ id }: Conversation): void {
		store.conversations.delete(id);
		movedConversations.add(id);
	}

	/** Changes by name. A change returns false if the customer has no suitable record. */
	const kinds: Record<string, { weight: number; make(phone: string): boolean }> = {
		resolve: { weight: 5, make: setStatus(['open', 'pending', 'snoozed'], 'resolved') },
		reopen: { weight: 4, make: setStatus(['resolved', 'snoozed'], 'open') },
		snooze: { weight: 3, make: setStatus(['open', 'pending', 'resolved'], 'snoozed') },
		deleteConversation: {
			weight: 2,
			make(phone) {
				const all = conversationsWith(phone);
				if (all.length === 0) return false;
				deleteConversation(faker.helpers.arrayElement(all));
				return true;
			},
		},
		writeAgain: {
			weight: 3,
			make(phone) {
				const all = conversationsWith(phone);
				if (all.length === 0) return false;
				store.addIncoming(faker.helpers.arrayElement(all).id, 'Halo, masih ada?');
				return true;
			},
		},
		startConversation: {
			weight: 3,
			make(phone) {
				const [contact = store.addContact({ phone, name: 'Pelanggan baru' })] = contactsWith(phone);
				const { id } = store.addConversation({ contact, channel });
				store.addIncoming(id, 'Halo, saya mau pesan.');
				return true;
			},
		},
		tag: {
			weight: 2,
			make(phone) {
				const [contact] = faker.helpers.shuffle(contactsWith(phone));
				if (!contact) return false;
				const tag = faker.helpers.arrayElement(['Stop', 'STOP', 'VIP']);
				store.updateContact(contact, { tags: [...contact.tags, tag] });
				return true;
			},
		},
		rename: {
			weight: 1,
			make(phone) {
				const [contact] = contactsWith(phone);
				if (contact) store.updateContact(contact, { name: faker.person.fullName() });
				return contact !== undefined;
			},
		},
		addDuplicate: {
			weight: 1,
			make(phone) {
				store.addContact({ phone: faker.datatype.boolean() ? phone : typePhone(phone) });
				return true;
			},
		},
		renumber: {
			weight: 1,
			make(phone) {
				const [contact] = faker.helpers.shuffle(contactsWith(phone));
				if (!contact) return false;
				const isTaken = faker.datatype.boolean(0.3);
				const other = isTaken
					? faker.helpers.arrayElement(phones)
					: phoneOf(customers + (addedNumbers += 1));
				store.updateContact(contact, { phone: other });
				const lostAt = numbersLostAt.get(contact.id) ?? new Map<string, number>();
				numbersLostAt.set(contact.id, lostAt.set(phone, now()));
				markContacts(phone, other);
				record([other]);
				return true;
			},
		},
		mergeContacts: {
			weight: 3,
			make(phone) {
				const [kept, merged] = faker.helpers.shuffle(contactsWith(phone));
				if (!kept || !merged) return false;
				mergedAt.set(phone, now());
				const movesToTop = faker.datatype.boolean();
				for (const id of store.mergeContacts(kept, merged)) {
					movedConversations.add(id);
					if (movesToTop) store.updateConversation(store.conversations.get(id)!, {});
				}
				// Otherwise, the newest changes do not show that the conversations have moved.
				if (!movesToTop) markContacts(phone);
				return true;
			},
		},
	};
	const weighted = Object.entries(kinds).map(([value, { weight }]) => ({ value, weight }));

	function record(changed: Iterable<string>): void {
		const changedPhones = new Set(changed);
		const customersNow = describeCustomers({
			now: now(),
			channelId: channel.id,
			contacts: store.contacts.values(),
			conversations: store.conversations.values(),
			phones: changedPhones,
			incomingAt,
			toE164,
			tagToSkip: TAG_TO_SKIP,
		});
		history.record(changedPhones, customersNow, now());
	}
	record(phones);

	return {
		...workspace,
		phones,
		history,
		contactsChangedAt,
		mergedAt,
		numbersLostAt,
		movedConversations,
		changes,
		change(phone) {
			isChanging = true;
			const kind = faker.helpers.weightedArrayElement(weighted);
			if (kinds[kind]!.make(phone)) changes.push({ at: now(), kind, phone });
			isChanging = false;
			record([phone]);
		},
		isChanging: () => isChanging,
		record,
	};
}
