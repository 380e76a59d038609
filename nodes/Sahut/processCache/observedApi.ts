import type { Sender } from '../transport/types';
import { createLruCache, type LruCache } from './lruCache';

/** The number of templates without variables whose last response is cached. */
const MAX_TEMPLATES = 1_000;

/** The part of Sahut's response to a template without variables that identifies its messages. */
export interface TemplateResponse {
	content?: string | null;
	senderId?: string;
}

/** Undocumented behavior of a workspace's API, learned at run time. */
export interface ObservedApi {
	/** The HTTP method that updates a conversation. */
	updateMethod: 'PUT' | 'PATCH';
	/** The sender that Sahut shows for messages from the API; undefined until this process sends one. */
	sender?: Sender;
	/**
	 * Whether the stored text of a template message contains the values of its variables; undefined until
	 * this process sends such a template.
	 */
	showsTemplateValues?: boolean;
	/** Responses by template ID; an entry is empty until this process sends the template. */
	templateResponses: LruCache<TemplateResponse>;
}

/** Returns the assumptions that apply until Sahut responds differently. */
export function createObservedApi(now: () => number): ObservedApi {
	return {
		// The method is documented for contacts, but not for conversations.
		updateMethod: 'PUT',
		templateResponses: createLruCache<TemplateResponse>(MAX_TEMPLATES, () => ({}), { now }),
	};
}
