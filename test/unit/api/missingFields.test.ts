import fc from 'fast-check';

import { hasKey } from '../../../nodes/Sahut/api/contactSearch';
import { matcherOf } from '../../../nodes/Sahut/api/messageContent';
import { hasWindow } from '../../../nodes/Sahut/delivery/replyWindow';
import { matchesSearch } from '../../../nodes/Sahut/methods/listSearch/conversations';
import { ConversationIndex } from '../../../nodes/Sahut/processCache/conversationIndex';
import { toTranscript } from '../../../nodes/Sahut/resources/message/transcript';
import { attachmentsOf } from '../../../nodes/Sahut/transport/attachments';
import { fetchTimeline } from '../../../nodes/Sahut/transport/timeline';
import type {
	Contact,
	Conversation,
	Message,
	SahutClient,
} from '../../../nodes/Sahut/transport/types';
import { readEvent } from '../../../nodes/Sahut/trigger/envelope';
import { applyFilters } from '../../../nodes/Sahut/trigger/filters';
import { toOutput } from '../../../nodes/Sahut/trigger/output';

const contact = { id: 'ct_1', name: 'Budi', phone: '+6281234567890', email: 'a@b.id', tags: ['x'] };
const conversation = {
	id: 'conv_1',
	status: 'open',
	channel: { id: 'ch_1', type: 'whatsapp', name: 'WhatsApp Utama' },
	contact,
	assignee: { id: 'usr_1', name: 'Dewi' },
	labels: ['lunas'],
	created_at: '2024-03-15T08:30:00Z',
	updated_at: '2024-03-15T08:30:00Z',
};
const message = {
	id: 'msg_1',
	type: 'outgoing',
	content: 'Halo Budi',
	sender: { type: 'bot', id: 'usr_1', name: 'Bot' },
	attachments: [{ url: 'https://files.sahut.id/a', content_type: 'image/png', file_name: 'a.png' }],
	created_at: '2024-03-15T08:30:00Z',
};

/** The paths of all fields of a record, except its ID. */
function pathsIn(value: unknown, path: string[] = []): string[][] {
	if (typeof value !== 'object' || value === null) return [];
	return Object.entries(value).flatMap(([name, each]) => {
		const here = [...path, name];
		return path.length === 0 && name === 'id' ? [] : [here, ...pathsIn(each, here)];
	});
}

/** The record with some of its fields null or missing. */
function withMissingFields<T extends object>(record: T): fc.Arbitrary<T> {
	const gap = fc.record({ path: fc.constantFrom(...pathsIn(record)), isNull: fc.boolean() });
	return fc.array(gap, { maxLength: 5 }).map((gaps) => {
		const copy = structuredClone(record);
		for (const { path, isNull } of gaps) {
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

/** A client that responds to every request with these records. */
const clientWith = (data: object[]) =>
	({
		request: async () => ({ data, meta: { total: data.length } }),
		serverNow: () => Date.now(),
		toServerTime: (ms: number) => ms,
	}) as unknown as SahutClient;

it('a transcript never shows null or undefined', async () => {
	await fc.assert(
		fc.asyncProperty(fc.array(messages, { maxLength: 5 }), async (given) => {
			const { transcript, count } = await toTranscript('conv_1', given, 'Asia/Jakarta');

			expect(count).toBe(given.length);
			expect(String(transcript)).not.toMatch(/null|undefined|NaN/);
		}),
	);
});

it('messages with missing fields are matched, filtered by time and searched for attachments', async () => {
	await fc.assert(
		fc.asyncProperty(messages, fc.boolean(), async (given, newestFirst) => {
			const bodies = [{ content: 'Halo' }, { template_id: 't', template_variables: { a: 'Budi' } }];
			for (const body of [...bodies, { template_id: 't' }]) matcherOf(body)(given.content);

			for (const file of attachmentsOf(given)) expect(file).toBeTruthy();

			const request = { path: ['conversations', 'conv_1', 'messages'], wording: { subject: 'it' } };
			const selection = { limit: 1, newestFirst, after: 0, before: Date.now() };
			await fetchTimeline(clientWith([given]), request, selection);
		}),
	);
});

it('conversations with missing fields are searched and indexed, and the type of their channel is read', async () => {
	await fc.assert(
		fc.asyncProperty(fc.array(conversations, { maxLength: 5 }), async (given) => {
			for (const each of given) {
				for (const text of ['', 'budi', '0812', 'utama']) matchesSearch(each, text);
				hasWindow(each.channel?.type);
			}
			const index = new ConversationIndex('ch_1');

			await index.refresh(clientWith(given));

			for (const { id } of index.of(['ct_1'])) expect(id).toBe('conv_1');
		}),
	);
});

it('a contact is identified by the fields that it has', () => {
	fc.assert(
		fc.property(contacts, (given) => {
			expect(hasKey(given, { phone: '+6281234567890' })).toBe(given.phone === contact.phone);
			expect(hasKey(given, { email: 'A@B.id' })).toBe(given.email === contact.email);
		}),
	);
});

it('deliveries with missing fields are read, filtered and output', async () => {
	const body = {
		id: 'evt_1',
		event: 'message.created',
		created_at: '2024-03-15T08:30:00Z',
		data: { message, conversation },
	};
	const filters = {
		events: ['message.created'],
		messageTypes: ['outgoing'],
		senderTypes: ['bot'],
		channelIds: ['ch_1'],
		conversationStatuses: ['open'],
		includeNotes: false,
	};
	await fc.assert(
		fc.asyncProperty(
			withMissingFields({ ...body, id: 'evt_1' }),
			conversations,
			async (given, fetched) => {
				const event = readEvent(given);

				const output = toOutput(event, given, true);

				expect(output.body).toEqual(given);

				if (event) await applyFilters(event, filters, async () => ({ ...fetched }));
			},
		),
	);
});
