/** An open point of the API's reference. */
export interface Assumption {
	/** What the nodes expect, for the table. */
	expected: string;
	/** Why it may remain untried, unless a check gives a more precise reason. */
	untried: string;
}

/** Returns assumptions that may remain untried for the same reason. */
function unless<Name extends string>(untried: string, expected: Record<Name, string>) {
	const entries = Object.entries<string>(expected);
	return Object.fromEntries(
		entries.map(([name, text]) => [name, { expected: text, untried }]),
	) as Record<Name, Assumption>;
}

/**
 * All assumptions, with the names and the order of docs/assumptions.md: first those that reads can check,
 * then those that need a harmless write, then those that the check does not try.
 */
export const ASSUMPTIONS = {
	...unless('there is no record', { 'records-in-data': 'a record comes in "data"' }),
	...unless('no list was read', {
		'list-meta': 'a list has "meta" with total, page, per_page, total_pages',
	}),
	...unless('there is no record', { 'no-holes': 'no documented field is null or missing' }),
	...unless('all contacts have all three', {
		'unknown-is-null': 'an unknown email, phone or company is null',
	}),
	...unless('there is no record', {
		'known-values': 'statuses, message types and sender types are those of the reference',
		'id-prefixes': 'IDs begin with conv_, msg_, ct_ …',
		'no-further-fields': 'records have the documented fields only',
	}),
	...unless('no request was made', {
		'answers-as-documented': 'everything else is as in docs/sahut-openapi.yaml',
	}),
	...unless('there is no record', {
		'whole-seconds': 'times are ISO 8601 in UTC, in whole seconds',
	}),
	...unless('no request was made', { 'date-header': 'responses have a Date header' }),
	...unless('the limit was not reached: the check does not try to reach it', {
		'retry-after-seconds': 'a 429 has Retry-After in seconds',
	}),
	...unless('no request was made', { 'unknown-is-404': 'status 404 for an unknown ID' }),
	...unless('there was no error', {
		'error-envelope': 'errors come as {"error": {code, message, status}}',
	}),
	...unless('no list is that long', { 'page-of-100': 'per_page=100 gives 100 rows' }),
	...unless('no list was read', { 'page-past-the-end': 'an empty page' }),
	...unless('no list shows it', { 'total-is-count': 'meta.total is the number of rows' }),
	...unless('too few conversations on the first page', {
		'conversation-order': 'conversations are listed by activity, latest first',
	}),
	...unless('too few contacts on the first page', { 'contact-order': 'any' }),
	...unless('there is no conversation', {
		'conversation-filters': 'status, channel_id and assignee_id exclude all others',
	}),
	...unless('too few messages in the conversations that were read', {
		'messages-oldest-first': 'messages are listed oldest to newest',
	}),
	...unless('no conversation on the first page is known to be on WhatsApp', {
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
	...unless('there is no contact', {
		'search-narrows': 'q finds no contact for an invented number',
	}),
	...unless('no contact on the first page has a tag', {
		'contact-tag-filter': 'tag excludes all others',
	}),
	...unless('no contact was read by its ID', {
		'contact-shows-attributes':
			'GET /contacts/{id} shows custom_attributes; rows of the list may lack them',
	}),
	...unless('needs --conversation', {
		'post-status': 'status 201 for a POST',
		'notes-any-time': 'an internal note is always accepted',
		'list-shows-at-once': 'a list shows a new record at once',
		'text-unchanged': 'a text is stored unchanged',
		'note-is-outgoing': 'a note has the type outgoing',
		'notes-unmarked': 'lists do not show which messages are notes',
		'sender-is-bot': 'a message through the API comes from a bot',
		'activity-moves-updated-at': 'updated_at of the conversation follows its messages',
		'update-by-put': 'a conversation is updated by PUT',
		'update-keeps-the-rest': 'an update does not change other fields',
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
		'window-per-customer':
			'a message of the customer opens the 24 hours for all of their conversations on the channel',
		'delivers-into-closed': 'a message into a snoozed or resolved conversation is delivered',
	}),
	...unless('needs a customer who writes', {
		'reply-moves-updated-at': 'a reply that reopens a conversation moves its updated_at',
	}),
	...unless('needs an automation rule', {
		'rules-send-as-bot': 'messages of rules and auto-replies come from a bot',
	}),
	...unless('needs a contact to be changed', {
		'attributes-not-merged': 'a PUT may drop the custom attributes that it does not name',
		'attributes-keep-values': 'a custom attribute is stored as the value that was sent',
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
