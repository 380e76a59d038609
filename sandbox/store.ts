import { EventEmitter } from 'node:events';
import { isDeepStrictEqual } from 'node:util';
import { HOUR_MS, MINUTE_MS, toTimestamp } from './clock';
import { ApiError } from './errors';
import { eventsForChange, type WorkspaceEvent } from './events';
import { createIdGenerator } from './ids';
import type {
	Agent,
	Attachment,
	AttributeType,
	Channel,
	Contact,
	Conversation,
	Message,
	Sender,
	Template,
	TemplateVariables,
	Webhook,
} from './records';
import { renderTemplate, TEMPLATES } from './templates';

/** WhatsApp takes free text for this long after the customer's last message. */
const FREE_TEXT_WINDOW_MS = 24 * HOUR_MS;

/** The channels and agents of every store. The API cannot create them. */
const CHANNELS = [
	{ type: 'whatsapp', name: 'WhatsApp Utama' },
	{ type: 'email', name: 'Email Dukungan' },
	{ type: 'instagram', name: 'Instagram Toko' },
] as const;
const AGENTS = ['Dewi Lestari', 'Rizky Pratama', 'Siti Rahmawati', 'Agus Setiawan'] as const;

const BULK_TEXTS = [
	'Halo, apakah barangnya masih ada?',
	'Masih ada Kak, silakan dipesan.',
	'Baik, saya pesan dua ya.',
	'Siap Kak, kami proses hari ini.',
] as const;

/** The body of `POST …/messages`: `content`, or `template_id` with its variables, which takes precedence. */
export interface OutgoingMessage {
	content?: string;
	template_id?: string;
	template_variables?: TemplateVariables;
	private?: boolean;
}

/** A conversation, or the fields of one that is not stored yet. */
type NewOrStored = Pick<Conversation, 'channel' | 'contact'> & { id?: string };

/** The order of lists of conversations: by latest activity, as in shared inboxes, or by creation. */
export type ConversationOrder = 'activity' | 'created';

/** The events that the store emits synchronously, in order of the changes. */
interface StoreEvents {
	event: [WorkspaceEvent];
	/** A record just before the store changes it. */
	beforeChange: [Contact | Conversation];
	webhookDeleted: [id: string];
}

/** Returns the customer of a conversation as a sender. */
export function customerSender({ contact: { id, name } }: Conversation): Sender {
	return { type: 'contact', id, name };
}

/**
 * The in-memory store of the sandbox. The maps are keyed by ID, oldest record first. Add records with the
 * methods, which also assign the IDs. Tests may change records directly, which triggers no event.
 */
export class Store {
	/** Emits the events of the store. */
	readonly emitter = new EventEmitter<StoreEvents>();
	readonly channels = new Map<string, Channel>();
	readonly agents = new Map<string, Agent>();
	readonly contacts = new Map<string, Contact>();
	readonly templates = new Map<string, Template>();
	readonly conversations = new Map<string, Conversation>();
	readonly webhooks = new Map<string, Webhook>();
	/** By key. Only the deviations `typed-attributes` and `converted-attributes` read it. */
	readonly attributeTypes = new Map<string, AttributeType>();
	/** The sender of messages through the API. */
	readonly bot: Sender;
	/** The order of `GET /conversations`, newest first. It is not documented. */
	conversationOrder: ConversationOrder = 'activity';
	/** Whether each conversation has its own 24-hour window. By the reference, the customer has it. */
	isWindowPerConversation = false;

	private readonly newId: (prefix: string) => string;
	private readonly threads = new Map<string, Message[]>();
	/** The time of the customer's last message (ISO 8601), by window key. */
	private readonly lastIncomingAt = new Map<string, string>();

	constructor(
		seed: number,
		readonly now: () => Date,
	) {
		this.newId = createIdGenerator(seed);
		this.bot = { type: 'bot', id: this.newId('usr'), name: 'Asisten Toko' };
		for (const template of TEMPLATES) this.addTemplate(template);
		for (const channel of CHANNELS) this.addChannel(channel);
		for (const name of AGENTS) this.addAgent({ name });
	}

	addChannel({ type = 'whatsapp', name = 'WhatsApp Utama' }: Partial<Channel> = {}): Channel {
		const channel = { id: this.newId('ch'), type, name };
		this.channels.set(channel.id, channel);
		return channel;
	}

	/** Returns the first channel of a type. Creates one if necessary. */
	channelOfType(type: string): Channel {
		for (const channel of this.channels.values()) if (channel.type === type) return channel;
		return this.addChannel({ type });
	}

	addAgent({ name = 'Dewi Lestari' }: Partial<Agent> = {}): Agent {
		const agent = { id: this.newId('usr'), name };
		this.agents.set(agent.id, agent);
		return agent;
	}

	addTemplate({ id = this.newId('tmpl'), body }: { id?: string; body: string }): Template {
		const template = { id, body };
		this.templates.set(id, template);
		return template;
	}

	addContact(fields: Partial<Omit<Contact, 'id'>> = {}): Contact {
		const contact: Contact = {
			id: this.newId('ct'),
			name: fields.name ?? 'Budi Santoso',
			email: fields.email ?? null,
			phone: fields.phone ?? null,
			company: fields.company ?? null,
			tags: fields.tags ?? [],
			custom_attributes: fields.custom_attributes ?? {},
			created_at: fields.created_at ?? toTimestamp(this.now()),
		};
		this.contacts.set(contact.id, contact);
		this.emitter.emit('event', { name: 'contact.created', contact });
		return contact;
	}

	/** Changes a contact in place. */
	updateContact(contact: Contact, changes: Partial<Omit<Contact, 'id'>>): void {
		const before = { ...contact };
		this.emitter.emit('beforeChange', contact);
		Object.assign(contact, changes);
		if (!isDeepStrictEqual(before, contact)) {
			this.emitter.emit('event', { name: 'contact.updated', contact });
		}
	}

	/**
	 * Gives the conversations of a contact to another one, and deletes the contact.
	 *
	 * @returns the IDs of these conversations
	 */
	mergeContacts(kept: Contact, merged: Contact): string[] {
		const moved: string[] = [];
		for (const conversation of this.conversations.values()) {
			if (conversation.contact.id !== merged.id) continue;
			const lastIncomingAt = this.lastIncomingAt.get(this.windowKey(conversation));
			this.emitter.emit('beforeChange', conversation);
			conversation.contact = kept;
			if (lastIncomingAt !== undefined) this.recordIncoming(conversation, lastIncomingAt);
			moved.push(conversation.id);
		}
		this.contacts.delete(merged.id);
		return moved;
	}

	/** Adds a conversation. Defaults: a new contact, and the first WhatsApp channel. */
	addConversation(fields: Partial<Omit<Conversation, 'id'>> = {}): Conversation {
		const createdAt = fields.created_at ?? toTimestamp(this.now());
		const conversation: Conversation = {
			id: this.newId('conv'),
			status: fields.status ?? 'open',
			channel: fields.channel ?? this.channelOfType('whatsapp'),
			contact: fields.contact ?? this.addContact(),
			assignee: fields.assignee ?? null,
			labels: fields.labels ?? [],
			created_at: createdAt,
			updated_at: fields.updated_at ?? createdAt,
			team_id: fields.team_id ?? null,
		};
		this.conversations.set(conversation.id, conversation);
		this.threads.set(conversation.id, []);
		this.emitter.emit('event', { name: 'conversation.created', conversation });
		return conversation;
	}

	/**
	 * Adds many conversations, e.g. 10,000. Each has its own contact, whose phone number ends in its position.
	 * @param options.until the time of the last conversation. Default: now.
	 * @param options.spacingMs the time between two conversations. Default: one minute.
	 */
	addConversations(
		count: number,
		{
			until = this.now(),
			spacingMs = MINUTE_MS,
			...fields
		}: Partial<Omit<Conversation, 'id' | 'contact'>> & { until?: Date; spacingMs?: number } = {},
	): Conversation[] {
		return Array.from({ length: count }, (_, index) => {
			const created_at = toTimestamp(new Date(until.getTime() - (count - 1 - index) * spacingMs));
			const contact = this.addContact({
				name: `Pelanggan ${index + 1}`,
				phone: `+62899${String(index + 1).padStart(7, '0')}`,
				created_at,
			});
			return this.addConversation({ created_at, ...fields, contact });
		});
	}

	/** Changes a conversation in place, and sets `updated_at` to now. */
	updateConversation(
		conversation: Conversation,
		changes: Partial<Pick<Conversation, 'status' | 'assignee' | 'labels' | 'team_id'>>,
	): void {
		const before = { ...conversation };
		this.emitter.emit('beforeChange', conversation);
		Object.assign(conversation, changes, { updated_at: toTimestamp(this.now()) });
		for (const name of eventsForChange(before, conversation)) {
			this.emitter.emit('event', { name, conversation });
		}
	}

	addWebhook({ url, events }: Pick<Webhook, 'url' | 'events'>): Webhook {
		const webhook = {
			id: this.newId('wh'),
			url,
			events,
			secret: this.newId('whsec'),
			created_at: toTimestamp(this.now()),
		};
		this.webhooks.set(webhook.id, webhook);
		return webhook;
	}

	/** Deletes a webhook. @returns whether it existed */
	deleteWebhook(id: string): boolean {
		const deleted = this.webhooks.delete(id);
		if (deleted) this.emitter.emit('webhookDeleted', id);
		return deleted;
	}

	/**
	 * Returns the messages of a conversation, oldest first. It is a live view, not a copy.
	 * @throws {Error} for an unknown conversation.
	 */
	messages(conversationId: string): readonly Message[] {
		const thread = this.threads.get(conversationId);
		if (!thread) throw new Error(`The sandbox has no conversation ${conversationId}`);
		return thread;
	}

	/**
	 * Adds a message from the customer, sorted by time. A new message reopens a resolved conversation, as in
	 * Sahut.
	 * @param createdAt adds a past message, which does not change the status. Default: now.
	 */
	addIncoming(
		conversationId: string,
		content: string,
		createdAt?: Date,
		attachments: Attachment[] = [],
	): Message {
		const conversation = this.requireConversation(conversationId);
		if (!createdAt && conversation.status === 'resolved') {
			this.updateConversation(conversation, { status: 'open' });
		}
		return this.addMessage(conversationId, {
			type: 'incoming',
			content,
			sender: customerSender(conversation),
			attachments,
			created_at: toTimestamp(createdAt ?? this.now()),
		});
	}

	/** Adds a message, sorted by time. Within the same second, it comes after the existing ones. */
	addMessage(
		conversationId: string,
		fields: Omit<Message, 'id' | 'private'> & { private?: boolean },
	): Message {
		const conversation = this.requireConversation(conversationId);
		const thread = this.threads.get(conversationId)!;
		const message: Message = { id: this.newId('msg'), private: false, ...fields };
		let index = thread.length;
		while (index > 0 && thread[index - 1]!.created_at > message.created_at) index--;
		thread.splice(index, 0, message);
		this.updateActivity(conversation, message);
		this.emitter.emit('event', { name: 'message.created', message, conversation });
		return message;
	}

	/**
	 * Adds many messages, e.g. 100,000, numbered from 1 (`Pesan 1: …`). They alternate between the customer and
	 * the first agent (the bot if there is none).
	 * @param options.until the time of the last message. Default: now.
	 * @param options.spacingMs the time between two messages. Default: one minute.
	 */
	addMessages(
		conversationId: string,
		count: number,
		{ until = this.now(), spacingMs = MINUTE_MS }: { until?: Date; spacingMs?: number } = {},
	): readonly Message[] {
		const customer = customerSender(this.requireConversation(conversationId));
		const [agent] = this.agents.values();
		const responder: Sender = agent ? { type: 'agent', ...agent } : this.bot;
		return Array.from({ length: count }, (_, index) => {
			const isIncoming = index % 2 === 0;
			return this.addMessage(conversationId, {
				type: isIncoming ? 'incoming' : 'outgoing',
				content: `Pesan ${index + 1}: ${BULK_TEXTS[index % BULK_TEXTS.length]}`,
				sender: isIncoming ? customer : responder,
				attachments: [],
				created_at: toTimestamp(new Date(until.getTime() - (count - 1 - index) * spacingMs)),
			});
		});
	}

	/**
	 * Sends a message as the API does. The `content` of a template is its body with the values.
	 * @throws {ApiError} 422 for blank text, an unknown template, a missing variable, and free text
	 * on WhatsApp when the customer's last message on this channel is over 24 hours old. Stores nothing then.
	 */
	send(conversationId: string, outgoing: OutgoingMessage): Message {
		const conversation = this.requireConversation(conversationId);
		const content = this.renderContent(conversation, outgoing);
		const { template_id, template_variables } = outgoing;
		return this.addMessage(conversationId, {
			type: 'outgoing',
			content,
			sender: this.bot,
			attachments: [],
			created_at: toTimestamp(this.now()),
			private: outgoing.private ?? false,
			...(template_id !== undefined && { template_id }),
			...(template_variables !== undefined && { template_variables }),
		});
	}

	/**
	 * Returns the text that `send` would store.
	 * @param conversation without an ID: a new conversation
	 * @throws {ApiError} 422 as `send` does.
	 */
	renderContent(conversation: NewOrStored, outgoing: OutgoingMessage): string {
		if (outgoing.template_id !== undefined) {
			const template = this.templates.get(outgoing.template_id);
			if (!template) throw new ApiError(422, 'Template not found');
			return renderTemplate(template, outgoing.template_variables ?? {});
		}
		const content = outgoing.content ?? '';
		if (content.trim() === '') throw new ApiError(422, 'content must not be blank');
		if (conversation.channel.type === 'whatsapp' && !outgoing.private) {
			this.assertFreeTextAllowed(conversation);
		}
		return content;
	}

	private windowKey({ id = '', channel, contact }: NewOrStored): string {
		return this.isWindowPerConversation ? id : `${channel.id} ${contact.id}`;
	}

	private assertFreeTextAllowed(conversation: NewOrStored): void {
		const lastIncomingAt = this.lastIncomingAt.get(this.windowKey(conversation));
		const open =
			lastIncomingAt !== undefined &&
			this.now().getTime() - Date.parse(lastIncomingAt) <= FREE_TEXT_WINDOW_MS;
		if (!open) {
			throw new ApiError(
				422,
				'The customer has not written in the last 24 hours: only a template can be sent',
			);
		}
	}

	private requireConversation(id: string): Conversation {
		const conversation = this.conversations.get(id);
		if (!conversation) throw new Error(`The sandbox has no conversation ${id}`);
		return conversation;
	}

	private updateActivity(conversation: Conversation, { type, created_at }: Message): void {
		if (created_at > conversation.updated_at) {
			this.emitter.emit('beforeChange', conversation);
			conversation.updated_at = created_at;
		}
		if (type === 'incoming') this.recordIncoming(conversation, created_at);
	}

	private recordIncoming(conversation: Conversation, at: string): void {
		const key = this.windowKey(conversation);
		const last = this.lastIncomingAt.get(key);
		if (last === undefined || at > last) this.lastIncomingAt.set(key, at);
	}
}
