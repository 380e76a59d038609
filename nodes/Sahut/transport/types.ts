import type { IDataObject, IHttpRequestMethods } from 'n8n-workflow';

/** One call of the Sahut API, below the base URL. */
export interface SahutRequest {
	method: Extract<IHttpRequestMethods, 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'>;
	/** Path segments, e.g. `['conversations', id, 'messages']`; each is URL-encoded. */
	path: string[];
	query?: IDataObject;
	body?: IDataObject;
	/** What `data` of a good answer is; `nothing` takes any, with or without a body. */
	expects: 'record' | 'list' | 'nothing';
	/** What a person calls the thing that the request is about, for messages: `conversation "conv_…"`. */
	subject: string;
	/** What to do now, by status, where this request knows better than the general advice. */
	advice?: Readonly<Record<number, string>>;
	/** What is there already when this request fails, for messages: `Contact ct_… exists.` */
	note?: string;
	/** Gives the request up when it is aborted before the request was sent. */
	signal?: AbortSignal;
	/** Not sent from this time on, by the server's clock, in milliseconds since the epoch. */
	notAfter?: number;
	/**
	 * For a write: whom or what it is for, where the path does not say so. An item writes once to one
	 * path for one target.
	 */
	target?: string;
	/** For a write: the ID of the record that the new one will belong to. */
	parentId?: string;
	/** For a write: looks whether it has been carried out although its answer did not arrive. */
	findWritten?(sahut: SahutClient, trace: WriteTrace): Promise<IDataObject | undefined>;
}

/** What tells one write of an item from another. */
export type Write = Pick<SahutRequest, 'method' | 'path' | 'target'>;

/** Talks to one Sahut workspace. Knows nothing of items. */
export interface SahutClient {
	/**
	 * Sends one request.
	 *
	 * @returns `data` and, for lists, `meta` of the answer.
	 * @throws NodeApiError when Sahut refuses, does not answer, or answers something else.
	 */
	request<T>(request: SahutRequest): Promise<Envelope<T>>;

	/** The request as it would go out: method, address and body. Sends nothing. */
	describe(request: SahutRequest): IDataObject;

	/** A time of this machine by the server's clock, as far as an answer has told it. In milliseconds. */
	toServerTime(localMs: number): number;

	/** The time by the server's clock, as far as an answer has told it. In milliseconds. */
	serverNow(): number;

	/** Address and key as a hash: what is the same for all clients of one workspace. */
	workspaceId: string;

	/** What ends its requests, where they belong to something that ends. */
	signal?: AbortSignal;
}

/** What is known of a write whose answer did not arrive. */
export interface WriteTrace {
	/** Not before this time, by this machine's clock, in milliseconds since the epoch. */
	sentAt: number;
	/** What was sent. An expression may give something else by now. */
	body: IDataObject;
	/** What all items can share that look for what was written before this run, e.g. pages of a list. */
	share?: Share;
	/** Whether a record comes of another write, which is known to have succeeded. */
	isAccountedFor(id: string): boolean;
}

/** Something that several can share, or the promise of it: made for the first that asks. */
export type Share = <T>(key: string, make: () => T) => T;

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
	content_type: string;
	file_name: string;
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
