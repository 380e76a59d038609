import fc from 'fast-check';

import { matchesSearch } from '../../nodes/Sahut/listSearch/conversations';
import { hasKey } from '../../nodes/Sahut/resources/contact/findContact';
import { hasWindow } from '../../nodes/Sahut/resources/message/channelKind';
import { saysTheSame } from '../../nodes/Sahut/resources/message/sameMessage';
import { toTranscript } from '../../nodes/Sahut/resources/message/transcript';
import { attachmentsOf } from '../../nodes/Sahut/transport/attachments';
import { fetchTimeline } from '../../nodes/Sahut/transport/timeline';
import type {
	Contact,
	Conversation,
	Message,
	SahutClient,
} from '../../nodes/Sahut/transport/types';
import { readEvent } from '../../nodes/Sahut/trigger/envelope';
import { passes } from '../../nodes/Sahut/trigger/filters';
import { toOutput } from '../../nodes/Sahut/trigger/output';
import { OpenConversations } from '../../nodes/Sahut/workspace/openConversations';

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

/** All places in a record but its ID, as paths. */
function placesIn(value: unknown, path: string[] = []): string[][] {
	if (typeof value !== 'object' || value === null) return [];
	return Object.entries(value).flatMap(([name, each]) => {
		const here = [...path, name];
		return path.length === 0 && name === 'id' ? [] : [here, ...placesIn(each, here)];
	});
}

/** The record with some of its places null or not there. */
function withHoles<T extends object>(record: T): fc.Arbitrary<T> {
	const hole = fc.record({ path: fc.constantFrom(...placesIn(record)), isNull: fc.boolean() });
	return fc.array(hole, { maxLength: 5 }).map((holes) => {
		const copy = structuredClone(record);
		for (const { path, isNull } of holes) {
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

const messages = withHoles(message) as unknown as fc.Arbitrary<Message>;
const conversations = withHoles(conversation) as unknown as fc.Arbitrary<Conversation>;
const contacts = withHoles(contact) as unknown as fc.Arbitrary<Contact>;

/** Answers every list with these records. */
const clientWith = (data: object[]) =>
	({
		request: async () => ({ data }),
		serverNow: () => Date.now(),
		toServerTime: (ms: number) => ms,
	}) as unknown as SahutClient;

it('a transcript shows what there is, and never null or undefined', async () => {
	await fc.assert(
		fc.asyncProperty(fc.array(messages, { maxLength: 5 }), async (given) => {
			const { transcript, count } = await toTranscript('conv_1', given, 'Asia/Jakarta');
			expect(count).toBe(given.length);
			expect(String(transcript)).not.toMatch(/null|undefined|NaN/);
		}),
	);
});

it('messages are compared, filtered by time and searched for files', async () => {
	await fc.assert(
		fc.asyncProperty(messages, fc.boolean(), async (given, newestFirst) => {
			const bodies = [{ content: 'Halo' }, { template_id: 't', template_variables: { a: 'Budi' } }];
			for (const body of [...bodies, { template_id: 't' }]) saysTheSame(body)(given);
			for (const file of attachmentsOf(given)) expect(file).toBeTruthy();
			const request = { path: ['conversations', 'conv_1', 'messages'], subject: 'it' };
			const selection = { limit: 1, newestFirst, after: 0, before: Date.now() };
			await fetchTimeline(clientWith([given]), request, selection);
		}),
	);
});

it('conversations are searched and remembered, and the kind of their channel is told', async () => {
	await fc.assert(
		fc.asyncProperty(fc.array(conversations, { maxLength: 5 }), async (given) => {
			for (const each of given) {
				for (const text of ['', 'budi', '0812', 'utama']) matchesSearch(each, text);
				hasWindow(each.channel?.type);
			}
			const open = new OpenConversations('ch_1');
			await open.refresh(clientWith(given));
			for (const { id } of open.known(['ct_1'])) expect(id).toBe('conv_1');
		}),
	);
});

it('contacts are told by what they have', () => {
	fc.assert(
		fc.property(contacts, (given) => {
			expect(hasKey(given, { phone: '+6281234567890' })).toBe(given.phone === contact.phone);
			expect(hasKey(given, { email: 'A@B.id' })).toBe(given.email === contact.email);
		}),
	);
});

it('deliveries are read, filtered and given out', async () => {
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
	};
	await fc.assert(
		fc.asyncProperty(withHoles({ ...body, id: 'evt_1' }), conversations, async (given, fetched) => {
			const event = readEvent(given);
			const output = toOutput(event, given, true);
			expect(output.body).toEqual(given);
			if (event) await passes(event, filters, async () => ({ ...fetched }));
		}),
	);
});
