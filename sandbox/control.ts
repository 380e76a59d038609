import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { toTimestamp } from './clock';
import type { Deliveries, ForgedDelivery } from './deliveries';
import { ApiError } from './errors';
import { EVENT_NAMES } from './events';
import { renderInbox } from './inbox';
import {
	conversationData,
	messageData,
	type Conversation,
	type Message,
	type Sender,
} from './records';
import type { Store } from './store';

interface Incoming {
	conversation_id?: string;
	/** Of an existing or a new contact. */
	phone?: string;
	content: string;
	type?: Message['type'];
}

interface Repeat {
	event_id?: string;
	times?: number;
	at_once?: boolean;
}

interface ForgedEvent {
	webhook_id?: string;
	event?: NonNullable<ForgedDelivery['event']>;
	signature?: string;
	body?: string;
}

const MAX_REPEATS = 1000;

const INCOMING = {
	type: 'object',
	required: ['content'],
	oneOf: [{ required: ['conversation_id'] }, { required: ['phone'] }],
	additionalProperties: false,
	properties: {
		conversation_id: { type: 'string' },
		phone: { type: 'string', pattern: '^\\+[1-9][0-9]{6,14}$' },
		content: { type: 'string', minLength: 1 },
		type: { enum: ['incoming', 'outgoing', 'activity'] },
	},
};

const REPEAT = {
	type: ['object', 'null'],
	additionalProperties: false,
	properties: {
		event_id: { type: 'string' },
		times: { type: 'integer', minimum: 1, maximum: MAX_REPEATS },
		at_once: { type: 'boolean' },
	},
};

const FORGED_EVENT = {
	type: ['object', 'null'],
	additionalProperties: false,
	properties: {
		webhook_id: { type: 'string' },
		event: { enum: EVENT_NAMES },
		signature: { type: 'string' },
		body: { type: 'string' },
	},
};

/** Returns the customer's newest unresolved conversation. Creates it and the contact if necessary. */
function ensureConversation(store: Store, phone: string): Conversation {
	const open = [...store.conversations.values()].findLast(
		({ contact, status }) => contact.phone === phone && status !== 'resolved',
	);
	if (open) return open;
	const known = [...store.contacts.values()].find((contact) => contact.phone === phone);
	return store.addConversation({ contact: known ?? store.addContact({ name: phone, phone }) });
}

function senderOf(store: Store, type: Message['type'], conversation: Conversation): Sender {
	const { assignee } = conversation;
	if (type === 'outgoing' && assignee) return { type: 'agent', ...assignee };
	return store.bot;
}

/** Registers the control endpoints: events outside of the API, and webhook deliveries on demand. No key. */
export function registerControlEndpoints(
	app: FastifyInstance,
	store: Store,
	deliveries: Deliveries,
): void {
	app.post(
		'/sandbox/incoming',
		{ schema: { body: INCOMING } },
		async (request: FastifyRequest<{ Body: Incoming }>, reply: FastifyReply) => {
			const { conversation_id, phone = '', content, type = 'incoming' } = request.body;
			const conversation =
				conversation_id === undefined
					? ensureConversation(store, phone)
					: store.conversations.get(conversation_id);
			if (!conversation) throw new ApiError(404, 'Conversation not found');
			const message =
				type === 'incoming'
					? store.addIncoming(conversation.id, content)
					: store.addMessage(conversation.id, {
							type,
							content,
							sender: senderOf(store, type, conversation),
							attachments: [],
							created_at: toTimestamp(store.now()),
						});
			reply.code(201);
			const data = messageData(message, request.host);
			return { data: { message: data, conversation: conversationData(conversation) } };
		},
	);

	app.get('/sandbox/inbox', async (_request, reply) => {
		reply.type('text/html; charset=utf-8');
		return renderInbox(store);
	});

	app.get('/sandbox/deliveries', async () => ({ data: deliveries.log }));

	app.post(
		'/sandbox/deliveries/repeat',
		{ schema: { body: REPEAT } },
		async (request: FastifyRequest<{ Body: Repeat | null }>) => {
			const { event_id = 'last', times, at_once } = request.body ?? {};
			return { data: await deliveries.repeat(event_id, times, { atOnce: at_once }) };
		},
	);

	app.post(
		'/sandbox/deliveries/forge',
		{ schema: { body: FORGED_EVENT } },
		async (request: FastifyRequest<{ Body: ForgedEvent | null }>) => {
			const { webhook_id: webhookId, ...others } = request.body ?? {};
			return { data: await deliveries.forge({ webhookId, ...others }) };
		},
	);
}
