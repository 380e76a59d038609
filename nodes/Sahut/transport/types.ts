import type { IDataObject, IHttpRequestMethods } from 'n8n-workflow';

/** One call of the Sahut API, below the base URL: HTTP data only. */
export interface SahutRequest {
	method: Extract<IHttpRequestMethods, 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'>;
	/** Path segments, e.g. `['conversations', id, 'messages']`; each is URL-encoded. */
	path: string[];
	query?: IDataObject;
	/** A function is called each time the rate-limit gate admits the request. */
	body?: IDataObject | (() => IDataObject);
	/** What `data` of a successful response is; `nothing` accepts any, with or without a body. */
	expects: 'record' | 'list' | 'nothing';
	/** Aborts the request if it has not been sent yet. */
	signal?: AbortSignal;
}

/** How errors describe a request to the user. */
export interface Wording {
	/** The record that the request is about: `conversation "conv_…"`. */
	subject: string;
	/**
	 * Advice by status that is more specific than the general advice. A function gets Sahut's message, if
	 * the response has one.
	 */
	advice?: Readonly<Record<number, string | ((sahutMessage?: string) => string)>>;
	/** What already exists when this request fails: `Contact ct_… exists.` */
	note?: string;
}

/** Talks to one Sahut workspace. Knows nothing of items. */
export interface SahutClient {
	/**
	 * Sends one request.
	 *
	 * @returns `data` and, for lists, `meta` of the response
	 * @throws NodeApiError if Sahut refuses, does not respond, or responds with something else
	 */
	request<T>(request: SahutRequest, wording: Wording): Promise<Envelope<T>>;

	/** The request as it would be sent: method, URL and body. Sends nothing. */
	describe(request: SahutRequest): IDataObject;

	/** The time by this machine's clock, in milliseconds since the epoch. */
	now(): number;

	/** Converts a time of this machine's clock to Sahut's, as far as responses have shown it; in ms. */
	toServerTime(localMs: number): number;

	/** The time by Sahut's clock, as far as responses have shown it, in milliseconds since the epoch. */
	serverNow(): number;

	/** Base URL and API key as a hash: equal for all clients of one workspace and key. */
	workspaceId: string;

	/** Base URL as a hash: equal for all keys of one address. */
	addressId: string;

	/** Aborts its requests when the item or the node ends. */
	signal?: AbortSignal;
}

/** A successful answer: the data, and for lists where we are in them. */
export interface Envelope<T> {
	data: T;
	meta?: PageMeta;
}

/** `meta` of a list (API reference, "Basics"); pages count from 1. */
export interface PageMeta {
	total: number;
	page: number;
	per_page: number;
	total_pages: number;
}

/** Who wrote a message (API reference, "Messages"). */
export interface Sender {
	type: 'contact' | 'agent' | 'bot';
	id: string;
	name: string;
}

/** A file that came with a message; its `url` needs no API key. */
export interface Attachment {
	url: string;
	/** May be missing, like the name; this is not documented. */
	content_type?: string | null;
	file_name?: string | null;
}

export type Message = {
	id: string;
	type: 'incoming' | 'outgoing' | 'activity';
	/** null for a picture without a text. */
	content: string | null;
	sender: Sender;
	attachments: Attachment[];
	/** ISO 8601 in UTC. */
	created_at: string;
	/** Whether it is an internal note; not documented for lists. */
	private?: boolean;
};

/** A conversation belongs to one channel and one contact (API reference, "Conversations"). */
export type Conversation = {
	id: string;
	status: 'open' | 'pending' | 'resolved' | 'snoozed';
	channel: { id: string; type: string; name: string };
	/** null is not documented, and breaks nothing. */
	contact: { id: string; name: string | null; phone?: string | null } | null;
	assignee: { id: string; name: string } | null;
	labels: string[];
	created_at: string;
	updated_at: string;
};

/** API reference, "Contacts". */
export type Contact = {
	id: string;
	name: string;
	email: string | null;
	/** E.164, e.g. `+628123456789`. */
	phone: string | null;
	company: string | null;
	tags: string[];
	custom_attributes: Record<string, unknown>;
	/** ISO 8601 in UTC. */
	created_at: string;
};

/** API reference, "Webhooks". */
export interface Webhook {
	id: string;
	url: string;
	events: string[];
	/** Shown only when the webhook is made. */
	secret: string;
	/** ISO 8601 in UTC. */
	created_at: string;
}
