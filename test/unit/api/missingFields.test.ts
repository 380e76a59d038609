import fc from 'fast-check';

import { hasContactKey } from '../../../nodes/Sahut/api/contactSearch';
import { createContentMatcher } from '../../../nodes/Sahut/api/messageContent';
import { hasWindow } from '../../../nodes/Sahut/delivery/replyWindow';
import { matchesSearch } from '../../../nodes/Sahut/methods/listSearch/conversations';
import { ConversationIndex } from '../../../nodes/Sahut/processCache/conversationIndex';
import { toTranscript } from '../../../nodes/Sahut/resources/message/transcript';
import {
	attachmentsOf,
	downloadableAttachmentsOf,
} from '../../../nodes/Sahut/transport/attachments';
import { fetchTimeline } from '../../../nodes/Sahut/transport/timeline';
import type {
	Attachment,
	Contact,
	Conversation,
	Message,
	SahutClient,
} from '../../../nodes/Sahut/transport/types';
import { readEvent } from '../../../nodes/Sahut/trigger/envelope';
import { applyFilters } from '../../../nodes/Sahut/trigger/filters';
import { toOutput } from '../../../nodes/Sahut/trigger/output';

const CREATED_AT = '2024-03-15T08:30:00Z';
const TEMPLATE = { template_id: 'tmpl_1', template_variables: { name: 'Budi' } };
const IS_UNREADABLE = /null|undefined|NaN/;

const contact = { id: 'ct_1', name: 'Budi', phone: '+6281234567890', email: 'a@b.id', tags: ['x'] };
const conversation = {
	id: 'conv_1',
	status: 'open',
	channel: { id: 'ch_1', type: 'whatsapp', name: 'WhatsApp Utama' },
	contact,
	assignee: { id: 'usr_1', name: 'Dewi' },
	labels: ['lunas'],
	created_at: CREATED_AT,
	updated_at: CREATED_AT,
};
const message = {
	id: 'msg_1',
	type: 'outgoing',
	content: 'Halo Budi',
	sender: { type: 'bot', id: 'usr_1', name: 'Bot' },
	attachments: [{ url: 'https://files.sahut.id/a', content_type: 'image/png', file_name: 'a.png' }],
	created_at: CREATED_AT,
};

/** Returns the paths of all fields of a record, except its ID. */
function pathsIn(value: unknown, path: string[] = []): string[][] {
	if (typeof value !== 'object' || value === null) return [];
	return Object.entries(value).flatMap(([name, each]) => {
		const here = [...path, name];
		return path.length === 0 && name === 'id' ? [] : [here, ...pathsIn(each, here)];
	});
}

/** Generates copies of a record in which some fields are null or missing. */
function withMissingFields<T extends object>(record: T): fc.Arbitrary<T> {
	const missingField = fc.record({
		path: fc.constantFrom(...pathsIn(record)),
		isNull: fc.boolean(),
	});
	return fc.array(missingField, { maxLength: 5 }).map((missingFields) => {
		const copy = structuredClone(record);
		for (const { path, isNull } of missingFields) {
			const [parents, last] = [path.slice(0, -1), path.at(-1)!];
			const parent = parents.reduce<unknown>(
				(value, name) => (value as Record<string, unknown> | null | undefined)?.[name],
				copy,
			) as Record<string, unknown> | null | undefined;
			if (!parent) continue;
			if (isNull) parent[last] = null;
			else delete parent[last];
		}
		return copy;
	});
}

const messages = withMissingFields(message) as unknown as fc.Arbitrary<Message>;
const conversations = withMissingFields(conversation) as unknown as fc.Arbitrary<Conversation>;
const contacts = withMissingFields(contact) as unknown as fc.Arbitrary<Contact>;

/** Creates a client that responds to every request with these records. */
const clientWith = (data: object[]) =>
	({
		request: async () => ({ data, meta: { total: data.length } }),
		serverNow: () => Date.now(),
		toServerTime: (ms: number) => ms,
	}) as unknown as SahutClient;

it('a transcript contains one entry per message, and never null, undefined or NaN', async () => {
	await fc.assert(
		fc.asyncProperty(fc.array(messages, { maxLength: 5 }), async (given) => {
			const { transcript, count } = await toTranscript('conv_1', given, 'Asia/Jakarta');

			expect(count).toBe(given.length);
			expect(String(transcript)).not.toMatch(IS_UNREADABLE);
		}),
	);
});

it('a message matches a text or template by its content alone, even if it lacks other fields', () => {
	fc.assert(
		fc.property(messages, (given) => {
			const hasContent = given.content === message.content;

			expect(createContentMatcher({ content: 'Halo Budi' })(given.content)).toBe(hasContent);
			expect(createContentMatcher({ content: 'Halo' })(given.content)).toBe(false);
			expect(createContentMatcher(TEMPLATE)(given.content)).toBe(hasContent);
		}),
	);
});

it('the attachments of a message are those that are not null, and those with a URL can be downloaded', () => {
	fc.assert(
		fc.property(messages, (given) => {
			const { attachments } = given as { attachments?: Array<Attachment | null> | null };
			const present = (attachments ?? []).filter((each) => each !== null && each !== undefined);

			expect(attachmentsOf(given)).toEqual(present);
			expect(downloadableAttachmentsOf(given)).toEqual(present.filter(({ url }) => Boolean(url)));
		}),
	);
});

it('a time range contains a message with missing fields only if its time is known', async () => {
	await fc.assert(
		fc.asyncProperty(messages, fc.boolean(), async (given, newestFirst) => {
			const request = {
				path: ['conversations', 'conv_1', 'messages'],
				wording: { action: 'read messages' },
			};
			const selection = { limit: 1, newestFirst, after: 0, before: Date.now() };

			const found = await fetchTimeline(clientWith([given]), request, selection);

			expect(found).toEqual(given.created_at ? [given] : []);
		}),
	);
});

it('the search for a conversation uses the names that it has', () => {
	fc.assert(
		fc.property(conversations, (given) => {
			const { contact: person, channel } = given as Partial<Conversation>;

			expect(matchesSearch(given, '')).toBe(true);
			expect(matchesSearch(given, 'budi')).toBe(person?.name === contact.name);
			expect(matchesSearch(given, '0812')).toBe(person?.phone === contact.phone);
			expect(matchesSearch(given, 'utama')).toBe(channel?.name === conversation.channel.name);
			expect(matchesSearch(given, 'nobody')).toBe(false);
			expect(hasWindow(channel?.type)).toBe(true);
		}),
	);
});

it('the index of a channel contains the conversations with a known contact', async () => {
	await fc.assert(
		fc.asyncProperty(fc.array(conversations, { maxLength: 5 }), async (given) => {
			const index = new ConversationIndex('ch_1', Date.now);

			await index.refresh(clientWith(given));

			const isIndexed = given.some((each) => each.contact?.id === contact.id);
			expect(index.findByContacts([contact.id]).map(({ id }) => id)).toEqual(
				isIndexed ? ['conv_1'] : [],
			);
		}),
	);
});

it('a contact is found by the phone number and the email address that it has', () => {
	fc.assert(
		fc.property(contacts, (given) => {
			expect(hasContactKey(given, { phone: '+6281234567890' })).toBe(given.phone === contact.phone);
			expect(hasContactKey(given, { email: 'A@B.id' })).toBe(given.email === contact.email);
		}),
	);
});

it('a delivery with missing fields is output unchanged, and passes filters that match its values', async () => {
	const body = {
		id: 'evt_1',
		event: 'message.created',
		created_at: CREATED_AT,
		data: { message, conversation },
	};
	const filters = {
		events: ['message.created'],
		messageTypes: ['outgoing'],
		senderTypes: ['bot'],
		channelIds: ['ch_1'],
		textContains: [],
		conversationStatuses: ['open'],
		includeNotes: false,
	};
	const passed = { passes: true };

	await fc.assert(
		fc.asyncProperty(withMissingFields(body), conversations, async (given, fetched) => {
			const event = readEvent(given);
			const verdict = event
				? await applyFilters(event, filters, async () => ({ ...fetched }))
				: passed;

			expect(toOutput(event, given, true).body).toEqual(given);
			expect(verdict).toMatchObject(passed);
		}),
	);
});
