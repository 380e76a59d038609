import type { IDataObject, IHttpRequestMethods } from 'n8n-workflow';

import type { components } from './wire';

/** One call of the Sahut API, below the base URL: HTTP data only. */
export interface SahutRequest {
	method: Extract<IHttpRequestMethods, 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'>;
	/** Path segments, e.g. `['conversations', id, 'messages']`; each is URL-encoded. */
	path: string[];
	query?: IDataObject;
	/** A function is called each time the rate-limit gate admits the request. */
	body?: IDataObject | (() => IDataObject);
	/** Called each time the rate-limit gate admits the request. */
	onSend?(): void;
	/** The expected type of `data` in a successful response; `nothing` accepts any response, even without a body. */
	expects: 'record' | 'list' | 'nothing';
	/** Aborts the request if it has not been sent yet. */
	signal?: AbortSignal;
}

/** The texts with which errors describe a request to the user. */
export interface Wording {
	/** A verb phrase that completes "The request to …": `read conversation "conv_…"`. */
	action: string;
	/**
	 * The record that a 404 is about, as the start of a sentence: `Conversation "conv_…"`. A request
	 * without one is for a list or a new record: a 404 means that Sahut is not at the base URL.
	 */
	target?: string;
	/**
	 * Advice by status that is more specific than the general advice. A function gets Sahut's message, if
	 * the response has one.
	 */
	advice?: Readonly<Record<number, string | ((sahutMessage?: string) => string)>>;
	/** Records that exist already when this request fails: `Contact ct_… exists.` */
	note?: string;
}

/** Sends requests to one Sahut workspace. Does not depend on items. */
export interface SahutClient {
	/**
	 * Sends one request.
	 *
	 * @returns `data` and, for lists, `meta` of the response
	 * @throws NodeApiError if Sahut refuses the request, does not respond, or responds in another format
	 */
	request<T>(request: SahutRequest, wording: Wording): Promise<Envelope<T>>;

	/** Returns the method, URL and body of a request, without sending it. */
	describe(request: SahutRequest): IDataObject;

	/** Writes a line into n8n's log at level debug. It must not contain texts, phone numbers, emails or keys. */
	log(message: string): void;

	/** Returns how many requests the client has sent, including repeated ones. */
	countRequests(): number;

	/** Returns the time by this machine's clock, in milliseconds since the epoch. */
	now(): number;

	/**
	 * Converts a time by this machine's clock to Sahut's clock, in milliseconds since the epoch. The
	 * difference comes from the `Date` of the latest response; until then, it is 0.
	 */
	toServerTime(localMs: number): number;

	/** Returns the time by Sahut's clock, like {@link SahutClient.toServerTime}. */
	serverNow(): number;

	/** Hash of base URL and API key: equal for all clients of one workspace and key. */
	workspaceId: string;

	/** Hash of the base URL: equal for all keys of one address. */
	addressId: string;

	/** Aborts the client's requests when the item or the node ends. */
	signal?: AbortSignal;
}

/** The body of a successful response. `meta` is only defined for lists. */
export interface Envelope<T> {
	data: T;
	meta?: PageMeta;
}

type Schemas = components['schemas'];

/** Replaces fields of a documented record that may differ in practice. */
type With<Documented, Fields> = Omit<Documented, keyof Fields> & Fields;

/** `meta` of a list; pages count from 1. */
export type PageMeta = Schemas['PageMeta'];

/** The author of a message. */
export type Sender = Schemas['Message']['sender'];

type DocumentedAttachment = Schemas['Message']['attachments'][number];

/** A file of a message. Its `url` needs no API key. */
export type Attachment = Pick<DocumentedAttachment, 'url'> & {
	[Field in Exclude<keyof DocumentedAttachment, 'url'>]?: DocumentedAttachment[Field] | null;
};

export type Message = With<
	Schemas['Message'],
	{
		/** Not documented: null for a picture without a text. */
		content: string | null;
		attachments: Attachment[];
		/** Not documented for lists: whether the message is an internal note. */
		private?: boolean;
	}
>;

type DocumentedContact = Schemas['Conversation']['contact'];

export type Conversation = With<
	Schemas['Conversation'],
	{
		/** Not documented: null, and a contact without a name or phone. */
		contact:
			| (Pick<DocumentedContact, 'id'> & { name: string | null; phone?: string | null })
			| null;
	}
>;

export type Contact = Schemas['Contact'];

/** The body of `POST /contacts`. */
export type NewContact = Schemas['NewContact'];

/** The body of `PUT /contacts/{id}`: changes only the given fields. */
export type ContactChanges = Schemas['ContactChanges'];

/** The body of `POST /conversations`, without a first message. */
export type NewConversation = Omit<Schemas['NewConversation'], 'message'>;

/** The body that updates a conversation. The field of the operation determines the permitted statuses. */
export type ConversationChanges = With<Schemas['ConversationChanges'], { status?: string }>;

/** `secret` is only in the response that creates the webhook. */
export type Webhook = With<Schemas['WebhookAnswer']['data'], { events: string[] }>;
