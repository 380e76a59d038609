import type { Faker } from '@faker-js/faker';
import { HOUR_MS, MINUTE_MS, toTimestamp } from './clock';
import { SAMPLE_ATTACHMENT } from './handlers/files';
import {
	ACTIVITY_LINES,
	AGENT_LINES,
	BOT_LINES,
	CUSTOMER_LINES,
	LABELS,
	TAGS,
} from './sampleTexts';
import type { Agent, Attachment, Contact, ConversationStatus, Message, Sender } from './records';
import type { Store } from './store';

/** The amount of sample data. */
export interface SampleDataSize {
	conversations: number;
	messagesPerConversation: { min: number; max: number };
}

const STATUSES: readonly ConversationStatus[] = ['open', 'open', 'pending', 'resolved', 'snoozed'];

/** The channel of each conversation in rotation, and whether its 24-hour window is closed. */
const CONVERSATION_KINDS = [
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

const ATTRIBUTE_TYPES = [
	['kota', 'text'],
	['poin', 'number'],
	['ulang_tahun', 'date'],
	['member', 'checkbox'],
] as const;

function addSampleContact(faker: Faker, store: Store, createdAt: Date): Contact {
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
		created_at: toTimestamp(createdAt),
	});
}

/** Creates a message. Even indexes are incoming, so that one of the last two messages is. */
function createSampleMessage(
	faker: Faker,
	index: number,
	{ contact, bot, agent }: { contact: Contact; bot: Sender; agent: Agent },
): Pick<Message, 'type' | 'content' | 'sender' | 'attachments'> {
	const pickOne = (lines: readonly string[]) => faker.helpers.arrayElement(lines);
	const attachments: Attachment[] = [];
	if (index % 2 === 0) {
		const content = pickOne(CUSTOMER_LINES);
		if (faker.datatype.boolean(0.08)) attachments.push(SAMPLE_ATTACHMENT);
		const sender = { type: 'contact', id: contact.id, name: contact.name } as const;
		return { type: 'incoming', content, sender, attachments };
	}
	const chance = faker.number.float();
	if (chance < 0.1) {
		return { type: 'activity', content: pickOne(ACTIVITY_LINES), sender: bot, attachments };
	}
	const isBot = chance < 0.25;
	const content = pickOne(isBot ? BOT_LINES : AGENT_LINES);
	const sender = isBot ? bot : ({ type: 'agent', ...agent } as const);
	return { type: 'outgoing', content, sender, attachments };
}

/**
 * Adds sample conversations with contacts and messages, which are the same for the same seed. Most of them
 * were active in the last hours. One in seven is on WhatsApp and was last active more than 24 hours ago.
 */
export async function addSampleConversations(
	store: Store,
	seed: number,
	size: SampleDataSize,
): Promise<void> {
	// Loaded on demand: it loads slowly, and most sandboxes start empty.
	const { faker } = await import('@faker-js/faker/locale/id_ID');
	faker.seed(seed);
	const now = store.now().getTime();
	const agents = [...store.agents.values()];
	for (const [key, type] of ATTRIBUTE_TYPES) store.attributeTypes.set(key, type);
	for (let index = 0; index < size.conversations; index++) {
		const kind = CONVERSATION_KINDS[index % CONVERSATION_KINDS.length]!;
		const pauses = Array.from({ length: faker.number.int(size.messagesPerConversation) }, () =>
			faker.number.int(PAUSE_MS),
		);
		const lastAt = now - faker.number.int(kind.stale ? STALE_MS : RECENT_MS);
		let at = pauses.slice(1).reduce((time, pause) => time - pause, lastAt);
		const contact = addSampleContact(faker, store, new Date(at));
		const agent = faker.helpers.arrayElement(agents);
		const { id } = store.addConversation({
			contact,
			channel: store.channelOfType(kind.channel),
			status: STATUSES[index % STATUSES.length],
			assignee: index % 3 === 2 ? null : agent,
			labels: faker.helpers.arrayElements(LABELS, { min: 0, max: 2 }),
			created_at: toTimestamp(new Date(at)),
		});
		for (const [line, pause] of pauses.entries()) {
			if (line > 0) at += pause;
			store.addMessage(id, {
				...createSampleMessage(faker, line, { contact, agent, bot: store.bot }),
				created_at: toTimestamp(new Date(at)),
			});
		}
	}
}
