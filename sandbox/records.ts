/** What the store holds, and how the API shows it. Field names are those of the API; times are ISO 8601 in UTC, whole seconds. */

export interface Channel {
	id: string;
	/** `whatsapp`, `email`, `instagram` in the default data. */
	type: string;
	name: string;
}

export interface Agent {
	id: string;
	name: string;
}

export interface Contact {
	id: string;
	name: string;
	email: string | null;
	/** E.164, e.g. `+628123456789`. */
	phone: string | null;
	company: string | null;
	tags: string[];
	custom_attributes: Record<string, unknown>;
	created_at: string;
}

/** The type of a custom attribute, which an admin defines beforehand. */
export type AttributeType = 'text' | 'number' | 'date' | 'checkbox';

/** A WhatsApp Message Template: `body` holds placeholders such as `{{customer_name}}`. */
export interface Template {
	id: string;
	body: string;
}

export type TemplateVariables = Record<string, string | number | boolean>;

export type ConversationStatus = 'open' | 'pending' | 'resolved' | 'snoozed';

export interface Conversation {
	id: string;
	status: ConversationStatus;
	channel: Channel;
	contact: Contact;
	assignee: Agent | null;
	labels: string[];
	created_at: string;
	updated_at: string;
	/** Accepted by the update, shown nowhere in the API. */
	team_id: string | null;
}

export interface Attachment {
	/** In full, or the path of a file that the sandbox serves itself. */
	url: string;
	content_type: string;
	file_name: string;
}

export interface Sender {
	type: 'contact' | 'agent' | 'bot';
	id: string;
	name: string;
}

export interface Message {
	id: string;
	type: 'incoming' | 'outgoing' | 'activity';
	/** The text; of a template, its body with the variables filled in. */
	content: string;
	sender: Sender;
	attachments: Attachment[];
	created_at: string;
	/** An internal note. The API does not show this. */
	private: boolean;
	/** What a template message was made from. The API does not show these. */
	template_id?: string;
	template_variables?: TemplateVariables;
}

export interface Webhook {
	id: string;
	url: string;
	events: string[];
	/** Keys the signature of deliveries; the API shows it once. */
	secret: string;
	created_at: string;
}

/** A conversation as the API shows it. */
export function conversationData(conversation: Conversation) {
	const { id, status, channel, contact, assignee, labels, created_at, updated_at } = conversation;
	return {
		id,
		status,
		channel,
		contact: { id: contact.id, name: contact.name, phone: contact.phone },
		assignee,
		labels,
		created_at,
		updated_at,
	};
}

/** A contact as lists of the API show it: they leave out its custom attributes. */
export function contactRow(contact: Contact): Omit<Contact, 'custom_attributes'> {
	const { id, name, email, phone, company, tags, created_at } = contact;
	return { id, name, email, phone, company, tags, created_at };
}

/** A message as the API shows it to a client that reached the sandbox at `host` (with the port). */
export function messageData(message: Message, host: string) {
	const { id, type, content, sender, attachments, created_at } = message;
	return {
		id,
		type,
		content,
		sender,
		attachments: attachments.map((attachment) => ({
			...attachment,
			url: new URL(attachment.url, `http://${host}`).href,
		})),
		created_at,
	};
}
