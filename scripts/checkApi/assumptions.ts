/** An open point of the API's reference. */
export interface Assumption {
	/** What the nodes expect, for the table. */
	expected: string;
	/** Why there may be nothing to tell about it, unless a check says more. */
	untried: string;
}

/** Assumptions that are not tried for the same reason. */
function unless<Name extends string>(untried: string, expected: Record<Name, string>) {
	const entries = Object.entries<string>(expected);
	return Object.fromEntries(
		entries.map(([name, text]) => [name, { expected: text, untried }]),
	) as Record<Name, Assumption>;
}

/**
 * By the names that they have in docs/assumptions.md, in its order. What can be looked at without writing
 * anything; what by writing something that bothers nobody; and, at the end, what cannot.
 */
export const ASSUMPTIONS = {
	...unless('there is no record', { 'records-in-data': 'a record comes in "data"' }),
	...unless('no list was read', {
		'list-meta': 'a list has "meta" with total, page, per_page, total_pages',
	}),
	...unless('there is no record', { 'no-holes': 'nothing documented is null or left out' }),
	...unless('all contacts have all three', {
		'unknown-is-null': 'an email, phone or company that is not known is null',
	}),
	...unless('there is no record', {
		'known-values': 'statuses, message types and sender types are those of the reference',
		'id-prefixes': 'IDs begin with conv_, msg_, ct_ …',
		'no-further-fields': 'records have the documented fields only',
	}),
	...unless('nothing was asked', {
		'answers-as-documented': 'all else is as in docs/sahut-openapi.yaml',
	}),
	...unless('there is no record', {
		'whole-seconds': 'times are ISO 8601 in UTC, in whole seconds',
	}),
	...unless('nothing was asked', { 'date-header': 'answers have a Date header' }),
	...unless('the limit was not reached: it is not tried on purpose', {
		'retry-after-seconds': 'a 429 has Retry-After in seconds',
	}),
	...unless('nothing was asked', { 'unknown-is-404': 'status 404 for an unknown ID' }),
	...unless('there was no error', {
		'error-envelope': 'errors come as {"error": {code, message, status}}',
	}),
	...unless('no list is that long', { 'page-of-100': 'per_page=100 gives 100 rows' }),
	...unless('no list was read', { 'page-past-the-end': 'an empty page' }),
	...unless('no list told it', { 'total-is-count': 'meta.total is the number of rows' }),
	...unless('too few conversations on the first page to tell', {
		'conversation-order': 'conversations come by latest activity, the latest first',
	}),
	...unless('too few contacts on the first page to tell', { 'contact-order': 'any' }),
	...unless('there is no conversation', {
		'conversation-filters': 'status, channel_id and assignee_id leave out all others',
	}),
	...unless('too few messages in the conversations that were read', {
		'messages-oldest-first': 'messages come from the oldest to the newest',
	}),
	...unless('no conversation on the first page is on WhatsApp, as far as it tells', {
		'whatsapp-by-type': 'a WhatsApp channel has "whatsapp" in its type',
	}),
	...unless('there is no attachment in the messages that were read', {
		'attachments-without-key': 'status 200 for the url of an attachment, without the key',
	}),
	...unless('no contact on the first page has a phone', {
		'phones-e164': 'phones are stored as E.164',
	}),
	...unless('no contact on the first page has a phone in this form', {
		'search-plus': 'q finds a contact by +62…',
	}),
	...unless('no contact on the first page has a name and a phone as E.164', {
		'search-part': 'q finds a part of a phone and of a name',
	}),
	...unless('there is no contact', { 'search-narrows': 'q that nobody has finds nobody' }),
	...unless('no contact on the first page has a tag', {
		'contact-tag-filter': 'tag leaves out all others',
	}),
	...unless('needs --conversation', {
		'post-status': 'status 201 for a POST',
		'notes-any-time': 'an internal note is always taken',
		'list-shows-at-once': 'a list shows at once what was written',
		'text-unchanged': 'a text is stored as it was sent',
		'note-is-outgoing': 'a note has the type outgoing',
		'notes-unmarked': 'lists do not say whether a message is a note',
		'sender-is-bot': 'what comes in through the API is from a bot',
		'activity-moves-updated-at': 'updated_at of the conversation follows its messages',
		'update-by-put': 'a conversation is updated by PUT',
		'update-keeps-the-rest': 'an update leaves alone what is not given',
	}),
	...unless('needs --webhook', {
		'webhook-with-secret': 'a new webhook comes with its ID and secret',
		'delete-status': 'status 204 for a DELETE',
		'deleted-is-404': 'status 404 for a second DELETE',
	}),
	...unless('needs --webhook and --listen', {
		'delivery-envelope': 'name in "event", records under their names in "data"',
		'delivery-signature': 'lower-case hex',
		'delivery-id': 'an event has an ID of its own',
		'delivery-conversation': 'a message comes with its conversation, channel and status included',
	}),
	...unless('needs a message to a customer', {
		'template-shows-values': 'a template is stored as the text with its values',
		'window-per-conversation': 'the 24 hours begin with the last message in this conversation',
		'resolved-stays-resolved': 'a resolved conversation stays so when it is written to',
	}),
	...unless('needs a contact to be changed', {
		'attributes-not-merged': 'a PUT may drop the custom attributes that it does not name',
	}),
	...unless('needs a new contact, which cannot be deleted again', {
		'phones-kept-on-write': 'a phone that is sent as E.164 is stored as E.164',
		'contacts-can-double': 'a second contact with the same phone is made',
	}),
	...unless('needs a new conversation, which cannot be deleted again', {
		'conversations-can-double': 'a second open conversation with a contact is made',
	}),
	...unless('needs a team to be changed', {
		'team-is-hidden': 'a conversation does not show its team',
	}),
};

export type AssumptionName = keyof typeof ASSUMPTIONS;
