import type { Bytes } from './courier';
import { ApiError } from './errors';
import type { EventName, WorkspaceEvent } from './events';
import { SIGNATURE_HEADER, signature, type SignatureEncoding } from './signature';
import type { Store } from './store';

/** Not the secret of any webhook. */
const WRONG_SECRET = 'whsec_wrong';
const MALFORMED = 'not-a-signature';

/** An event that does not come from Sahut. */
export interface Forgery {
	/** Default: the newest webhook. */
	webhookId?: string;
	/** Told with the newest record that fits. Default `message.created`. */
	event?: EventName;
	/** These bytes in place of an event. */
	body?: Bytes;
	/** `wrong`, the default, is a signature made with another secret; any other text is sent as it is. */
	signature?: 'missing' | 'malformed' | 'wrong' | (string & {});
}

/** The header to put over the right one; undefined for none. */
export function forgedHeaders(
	forged: string,
	body: Bytes,
	encoding: SignatureEncoding,
): Record<string, string | undefined> {
	switch (forged) {
		case 'missing':
			return { [SIGNATURE_HEADER]: undefined };
		case 'malformed':
			return { [SIGNATURE_HEADER]: MALFORMED };
		case 'wrong':
			return { [SIGNATURE_HEADER]: signature(body, WRONG_SECRET, encoding) };
		default:
			return { [SIGNATURE_HEADER]: forged };
	}
}

/**
 * An event as if it had just happened to the newest record.
 * @throws {ApiError} 422 when nothing of the kind is stored.
 */
export function sampleEvent(store: Store, name: EventName): WorkspaceEvent {
	const contact = [...store.contacts.values()].at(-1);
	const conversation = [...store.conversations.values()].at(-1);
	const message = conversation && store.messages(conversation.id).at(-1);
	if (name === 'message.created') {
		if (message) return { name, message, conversation };
	} else if (name === 'contact.created' || name === 'contact.updated') {
		if (contact) return { name, contact };
	} else if (conversation) return { name, conversation };
	throw new ApiError(422, `Nothing is stored that a ${name} could tell of`);
}
