import { EventEmitter } from 'node:events';
import { isDeepStrictEqual } from 'node:util';
import { HOUR_MS, MINUTE_MS, timestamp } from './clock';
import { ApiError } from './errors';
import { eventsOfChange, type WorkspaceEvent } from './events';
import { idMaker } from './ids';
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

/** What every store has: the API has no call that makes them. */
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

/** What `POST …/messages` takes: `content`, or `template_id` with its variables, which wins over it. */
export interface OutgoingMessage {
	content?: string;
	template_id?: string;
	template_variables?: TemplateVariables;
	private?: boolean;
}

/** A conversation, or what one would be made of. */
type NewOrStored = Pick<Conversation, 'channel' | 'contact'> & { id?: string };

/** By their latest activity, as shared inboxes do, or by when they were made. */
export type ConversationOrder = 'activity' | 'created';

/** What the store reports, at once and in order of the changes. */
interface StoreNotices {
	event: [WorkspaceEvent];
	/** A record just before the store changes it. */
	changing: [Contact | Conversation];
	webhookDeleted: [id: string];
}

/** The customer, as the sender of a message. */
export function customerOf({ contact: { id, name } }: Conversation): Sender {
	return { type: 'contact', id, name };
}

/**
 * All that the sandbox knows, in memory. The maps are keyed by ID, oldest record first, and their
 * records may be changed by a test, which no webhook then learns of; add records with the methods, which
 * also give them their IDs.
 */
export class Store {
	readonly notices = new EventEmitter<StoreNotices>();
	readonly channels = new Map<string, Channel>();
	readonly agents = new Map<string, Agent>();
	readonly contacts = new Map<string, Contact>();
	readonly templates = new Map<string, Template>();
	readonly conversations = new Map<string, Conversation>();
	readonly webhooks = new Map<string, Webhook>();
	/** By key. Only the deviations `typed-attributes` and `converted-attributes` read it. */
	readonly attributeTypes = new Map<string, AttributeType>();
	/** The sender of what comes in through the API. */
	readonly bot: Sender;
	/** How `GET /conversations` is ordered, which is not documented; the newest come first. */
	conversationOrder: ConversationOrder = 'activity';
	/** Whether WhatsApp's 24 hours belong to each conversation. They belong to the customer, by the reference. */
	hasWindowPerConversation = false;

	private readonly newId: (prefix: string) => string;
	private readonly threads = new Map<string, Message[]>();
	/** When the customer last wrote (ISO 8601), by the key of the window that this opens. */
	private readonly lastIncomingAt = new Map<string, string>();

	constructor(
		seed: number,
		readonly now: () => Date,
	) {
		this.newId = idMaker(seed);
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

	/** The first channel of this type; a new one if there is none. */
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
			created_at: fields.created_at ?? timestamp(this.now()),
		};
		this.contacts.set(contact.id, contact);
		this.notices.emit('event', { name: 'contact.created', contact });
		return contact;
	}

	/** Changes the record itself. */
	updateContact(contact: Contact, changes: Partial<Omit<Contact, 'id'>>): void {
		const before = { ...contact };
		this.notices.emit('changing', contact);
		Object.assign(contact, changes);
		if (!isDeepStrictEqual(before, contact)) {
			this.notices.emit('event', { name: 'contact.updated', contact });
		}
	}

	/** Without a contact, a new one; without a channel, the first WhatsApp one (made if there is none). */
	addConversation(fields: Partial<Omit<Conversation, 'id'>> = {}): Conversation {
		const createdAt = fields.created_at ?? timestamp(this.now());
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
		this.notices.emit('event', { name: 'conversation.created', conversation });
		return conversation;
	}

	/**
	 * Many conversations at once, e.g. 10,000: each with a contact of its own, whose phone number ends in
	 * its position, `spacingMs` apart (a minute unless given), the last one at `until` (now unless given).
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
			const created_at = timestamp(new Date(until.getTime() - (count - 1 - index) * spacingMs));
			const contact = this.addContact({
				name: `Pelanggan ${index + 1}`,
				phone: `+62899${String(index + 1).padStart(7, '0')}`,
				created_at,
			});
			return this.addConversation({ created_at, ...fields, contact });
		});
	}

	/** Changes the record itself, and when it was updated to now. */
	updateConversation(
		conversation: Conversation,
		changes: Partial<Pick<Conversation, 'status' | 'assignee' | 'labels' | 'team_id'>>,
	): void {
		const before = { ...conversation };
		this.notices.emit('changing', conversation);
		Object.assign(conversation, changes, { updated_at: timestamp(this.now()) });
		for (const name of eventsOfChange(before, conversation)) {
			this.notices.emit('event', { name, conversation });
		}
	}

	addWebhook({ url, events }: Pick<Webhook, 'url' | 'events'>): Webhook {
		const webhook = {
			id: this.newId('wh'),
			url,
			events,
			secret: this.newId('whsec'),
			created_at: timestamp(this.now()),
		};
		this.webhooks.set(webhook.id, webhook);
		return webhook;
	}

	/** Answers whether there was one. */
	deleteWebhook(id: string): boolean {
		const deleted = this.webhooks.delete(id);
		if (deleted) this.notices.emit('webhookDeleted', id);
		return deleted;
	}

	/**
	 * The messages of a conversation, oldest first: a live view, not a copy.
	 * @throws {Error} when there is no such conversation.
	 */
	messages(conversationId: string): readonly Message[] {
		const thread = this.threads.get(conversationId);
		if (!thread) throw new Error(`The sandbox has no conversation ${conversationId}`);
		return thread;
	}

	/**
	 * Adds a message from the customer, at the place of its time. One that comes in now reopens a resolved
	 * conversation, as in Sahut; one with a time of its own is history, and changes no status.
	 */
	addIncoming(
		conversationId: string,
		content: string,
		createdAt?: Date,
		attachments: Attachment[] = [],
	): Message {
		const conversation = this.found(conversationId);
		if (!createdAt && conversation.status === 'resolved') {
			this.updateConversation(conversation, { status: 'open' });
		}
		return this.addMessage(conversationId, {
			type: 'incoming',
			content,
			sender: customerOf(conversation),
			attachments,
			created_at: timestamp(createdAt ?? this.now()),
		});
	}

	/** A message as given, put where its time belongs; of the same second, behind those there are. */
	addMessage(
		conversationId: string,
		fields: Omit<Message, 'id' | 'private'> & { private?: boolean },
	): Message {
		const conversation = this.found(conversationId);
		const thread = this.threads.get(conversationId)!;
		const message: Message = { id: this.newId('msg'), private: false, ...fields };
		let index = thread.length;
		while (index > 0 && thread[index - 1]!.created_at > message.created_at) index--;
		thread.splice(index, 0, message);
		this.noteActivity(conversation, message);
		this.notices.emit('event', { name: 'message.created', message, conversation });
		return message;
	}

	/**
	 * Many messages at once, e.g. 100,000: by turns from the customer and the first agent (the bot, if
	 * there is none), numbered from 1 (`Pesan 1: …`), `spacingMs` apart (a minute unless given), the last
	 * one at `until` (now unless given).
	 */
	addMessages(
		conversationId: string,
		count: number,
		{ until = this.now(), spacingMs = MINUTE_MS }: { until?: Date; spacingMs?: number } = {},
	): readonly Message[] {
		const customer = customerOf(this.found(conversationId));
		const [agent] = this.agents.values();
		const answerer: Sender = agent ? { type: 'agent', ...agent } : this.bot;
		return Array.from({ length: count }, (_, index) => {
			const isIncoming = index % 2 === 0;
			return this.addMessage(conversationId, {
				type: isIncoming ? 'incoming' : 'outgoing',
				content: `Pesan ${index + 1}: ${BULK_TEXTS[index % BULK_TEXTS.length]}`,
				sender: isIncoming ? customer : answerer,
				attachments: [],
				created_at: timestamp(new Date(until.getTime() - (count - 1 - index) * spacingMs)),
			});
		});
	}

	/**
	 * What the API does with a message to send; a template's `content` is its body with the variables
	 * filled in. Nothing is stored unless all of it is in order.
	 * @throws {ApiError} 422 for blank text, an unknown template, a missing variable, and free text
	 * on WhatsApp when the customer's last message on this channel is over 24 hours old.
	 */
	send(conversationId: string, outgoing: OutgoingMessage): Message {
		const conversation = this.found(conversationId);
		const content = this.contentToSend(conversation, outgoing);
		const { template_id, template_variables } = outgoing;
		return this.addMessage(conversationId, {
			type: 'outgoing',
			content,
			sender: this.bot,
			attachments: [],
			created_at: timestamp(this.now()),
			private: outgoing.private ?? false,
			...(template_id !== undefined && { template_id }),
			...(template_variables !== undefined && { template_variables }),
		});
	}

	/** The text that `send` would store; without an ID, as the first message of a new conversation. */
	contentToSend(conversation: NewOrStored, outgoing: OutgoingMessage): string {
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
		return this.hasWindowPerConversation ? id : `${channel.id} ${contact.id}`;
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

	private found(id: string): Conversation {
		const conversation = this.conversations.get(id);
		if (!conversation) throw new Error(`The sandbox has no conversation ${id}`);
		return conversation;
	}

	private noteActivity(conversation: Conversation, { type, created_at }: Message): void {
		if (created_at > conversation.updated_at) {
			this.notices.emit('changing', conversation);
			conversation.updated_at = created_at;
		}
		if (type !== 'incoming') return;
		const key = this.windowKey(conversation);
		const last = this.lastIncomingAt.get(key);
		if (last === undefined || created_at > last) this.lastIncomingAt.set(key, created_at);
	}
}
