import { faker } from '@faker-js/faker/locale/id_ID';
import { HOUR_MS, MINUTE_MS, timestamp } from './clock';
import { RECEIPT } from './handlers/files';
import { ACTIVITY_LINES, AGENT_LINES, BOT_LINES, CUSTOMER_LINES, LABELS, TAGS } from './phrases';
import type { Agent, Attachment, Contact, ConversationStatus, Message } from './records';
import type { Store } from './store';

export interface DataSize {
	conversations: number;
	messagesPerConversation: { min: number; max: number };
}

export const DEFAULT_DATA: DataSize = {
	conversations: 24,
	messagesPerConversation: { min: 3, max: 12 },
};

const CHANNELS = [
	{ type: 'whatsapp', name: 'WhatsApp Utama' },
	{ type: 'email', name: 'Email Dukungan' },
	{ type: 'instagram', name: 'Instagram Toko' },
] as const;

const AGENTS = ['Dewi Lestari', 'Rizky Pratama', 'Siti Rahmawati', 'Agus Setiawan'] as const;

const STATUSES: readonly ConversationStatus[] = ['open', 'open', 'pending', 'resolved', 'snoozed'];

/** By turns: which channel a conversation is on, and whether it lies beyond WhatsApp's 24 hours. */
const KINDS = [
	{ channel: 'whatsapp', stale: false },
	{ channel: 'email', stale: false },
	{ channel: 'whatsapp', stale: false },
	{ channel: 'instagram', stale: false },
	{ channel: 'whatsapp', stale: false },
	{ channel: 'whatsapp', stale: true },
	{ channel: 'whatsapp', stale: false },
] as const;

const RECENT_MS = { min: 5 * MINUTE_MS, max: 5 * HOUR_MS };
const STALE_MS = { min: 30 * HOUR_MS, max: 140 * HOUR_MS };
const PAUSE_MS = { min: MINUTE_MS, max: 20 * MINUTE_MS };

/** What every sandbox has, whatever its data: the API has no call that makes them. */
export function fillChannelsAndAgents(store: Store): void {
	for (const channel of CHANNELS) store.addChannel(channel);
	for (const name of AGENTS) store.addAgent({ name });
}

function fakeContact(store: Store, createdAt: Date): Contact {
	const firstName = faker.person.firstName();
	const lastName = faker.person.lastName();
	return store.addContact({
		name: `${firstName} ${lastName}`,
		phone: `+628${faker.string.numeric({ length: 10, allowLeadingZeros: false })}`,
		email: faker.datatype.boolean(0.6)
			? `${firstName}.${lastName}@example.com`.toLowerCase().replaceAll(/[^a-z.@]/g, '')
			: null,
		company: faker.datatype.boolean(0.3) ? `Toko ${lastName}` : null,
		tags: faker.helpers.arrayElements(TAGS, { min: 0, max: 2 }),
		custom_attributes: { kota: faker.location.city() },
		created_at: timestamp(createdAt),
	});
}

type Line = Pick<Message, 'type' | 'content' | 'sender' | 'attachments'>;

/** The customer writes on even indexes, so that one of the last two messages is incoming. */
function fakeLine(index: number, contact: Contact, agent: Agent, bot: Message['sender']): Line {
	if (index % 2 === 0) {
		return {
			type: 'incoming',
			content: faker.helpers.arrayElement(CUSTOMER_LINES),
			sender: { type: 'contact', id: contact.id, name: contact.name },
			attachments: faker.datatype.boolean(0.08) ? [RECEIPT] : [],
		};
	}
	const attachments: Attachment[] = [];
	const luck = faker.number.float();
	if (luck < 0.1) {
		const content = faker.helpers.arrayElement(ACTIVITY_LINES);
		return { type: 'activity', content, sender: bot, attachments };
	}
	if (luck < 0.25) {
		return {
			type: 'outgoing',
			content: faker.helpers.arrayElement(BOT_LINES),
			sender: bot,
			attachments,
		};
	}
	return {
		type: 'outgoing',
		content: faker.helpers.arrayElement(AGENT_LINES),
		sender: { type: 'agent', id: agent.id, name: agent.name },
		attachments,
	};
}

/**
 * Conversations with their contacts and messages, the same ones for the same seed. Most were active in
 * the last hours; one in seven is on WhatsApp and lies more than 24 hours back.
 */
export function fillConversations(store: Store, seed: number, size: DataSize): void {
	faker.seed(seed);
	const now = store.now().getTime();
	const agents = [...store.agents.values()];
	for (let index = 0; index < size.conversations; index++) {
		const kind = KINDS[index % KINDS.length]!;
		const pauses = Array.from({ length: faker.number.int(size.messagesPerConversation) }, () =>
			faker.number.int(PAUSE_MS),
		);
		const lastAt = now - faker.number.int(kind.stale ? STALE_MS : RECENT_MS);
		let at = pauses.slice(1).reduce((time, pause) => time - pause, lastAt);
		const contact = fakeContact(store, new Date(at));
		const agent = faker.helpers.arrayElement(agents);
		const { id } = store.addConversation({
			contact,
			channel: store.channelOfType(kind.channel),
			status: STATUSES[index % STATUSES.length],
			assignee: index % 3 === 2 ? null : agent,
			labels: faker.helpers.arrayElements(LABELS, { min: 0, max: 2 }),
			created_at: timestamp(new Date(at)),
		});
		for (const [line, pause] of pauses.entries()) {
			if (line > 0) at += pause;
			store.addMessage(id, {
				...fakeLine(line, contact, agent, store.bot),
				created_at: timestamp(new Date(at)),
			});
		}
	}
}
