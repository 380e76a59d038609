// The records of the store, and their form in the API. Fields have the names of the API. Times are ISO 8601
// in UTC, in whole seconds.

/** A channel of the workspace, such as a WhatsApp number. */
export interface Channel {
	id: string;
	/** `whatsapp`, `email`, `instagram` in the default data. */
	type: string;
	name: string;
}

/** A member of the team. */
export interface Agent {
	id: string;
	name: string;
}

/** A customer. */
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

/** The type of a custom attribute, as an admin defines it. */
export type AttributeType = 'text' | 'number' | 'date' | 'checkbox';

/** A WhatsApp message template. `body` contains placeholders such as `{{customer_name}}`. */
export interface Template {
	id: string;
	body: string;
}

/** The values of the placeholders of a template, by name. */
export type TemplateVariables = Record<string, string | number | boolean>;

/** The status of a conversation. */
export type ConversationStatus = 'open' | 'pending' | 'resolved' | 'snoozed';

/** A conversation with a customer on a channel. */
export interface Conversation {
	id: string;
	status: ConversationStatus;
	channel: Channel;
	contact: Contact;
	assignee: Agent | null;
	labels: string[];
	created_at: string;
	updated_at: string;
	/** The update accepts it, but the API never shows it. */
	team_id: string | null;
}

/** A file of a message. */
export interface Attachment {
	/** A complete URL, or the path of a file that the sandbox serves. */
	url: string;
	content_type: string;
	file_name: string;
}

/** The sender of a message. */
export interface Sender {
	type: 'contact' | 'agent' | 'bot';
	id: string;
	name: string;
}

/** A message of a conversation. */
export interface Message {
	id: string;
	type: 'incoming' | 'outgoing' | 'activity';
	/** The text. For a template, its body with the values of the variables. */
	content: string;
	sender: Sender;
	attachments: Attachment[];
	created_at: string;
	/** Whether it is an internal note. The API does not show this. */
	private: boolean;
	/** The template and its variables. The API does not show them. */
	template_id?: string;
	template_variables?: TemplateVariables;
}

/** A subscription to events. */
export interface Webhook {
	id: string;
	url: string;
	events: string[];
	/** The key for signatures. The API shows it once. */
	secret: string;
	created_at: string;
}

/** Returns a conversation as the API shows it. */
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

/** Returns a contact as lists of the API show it, without custom attributes. */
export function contactRow(contact: Contact): Omit<Contact, 'custom_attributes'> {
	const { id, name, email, phone, company, tags, created_at } = contact;
	return { id, name, email, phone, company, tags, created_at };
}

/** Returns a message as the API shows it. @param host the host and port for the URLs of attachments */
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
