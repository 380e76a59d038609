import type { Sender } from '../transport/types';
import { createLruCache, type LruCache } from './lruCache';

/** Templates without variables whose responses are remembered. */
const MAX_TEMPLATES = 1_000;

/** Sahut's response to a template without variables. */
export interface TemplateResponse {
	content?: string | null;
	senderId?: string;
}

/** Undocumented behavior of a workspace's API, learned at run time. */
export interface ObservedApi {
	/** The HTTP method that updates a conversation. */
	updateMethod: 'PUT' | 'PATCH';
	/** The sender of messages that are sent through the API; undefined until one was sent. */
	sender?: Sender;
	/** Whether the stored text of a template message shows its values; undefined until one was sent. */
	showsTemplateValues?: boolean;
	/** By template ID; empty until the template was sent. */
	templateResponses: LruCache<TemplateResponse>;
}

export function createObservedApi(): ObservedApi {
	return {
		// As for contacts; the method for conversations is not documented.
		updateMethod: 'PUT',
		templateResponses: createLruCache<TemplateResponse>(MAX_TEMPLATES, () => ({})),
	};
}
