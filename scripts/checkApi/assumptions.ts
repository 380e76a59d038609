/** An assumption about behavior that the API reference does not document. */
export interface Assumption {
	/** The behavior that the nodes expect, for the table. */
	expected: string;
	/** The reason to report if no check records a result. */
	notTriedReason: string;
}

/** Creates assumptions that share the reason for the verdict `not tried`. */
function notTriedIf<Name extends string>(notTriedReason: string, expected: Record<Name, string>) {
	const entries = Object.entries<string>(expected);
	return Object.fromEntries(
		entries.map(([name, text]) => [name, { expected: text, notTriedReason }]),
	) as Record<Name, Assumption>;
}

/**
 * All assumptions, with the names and in the order of docs/assumptions.md: those that reads can check,
 * those that need a harmless write, and those that the check does not try.
 */
export const ASSUMPTIONS = {
	...notTriedIf('no response contained a record', {
		'records-in-data': 'a response contains its record in "data"',
	}),
	...notTriedIf('no list was read', {
		'list-meta': 'a list has "meta" with total, page, per_page, total_pages',
	}),
	...notTriedIf('no response contained a record', {
		'no-missing-fields': 'no documented field is null or missing',
	}),
	...notTriedIf('all contacts have an email, phone and company', {
		'unknown-is-null': 'an unknown email, phone or company is null',
	}),
	...notTriedIf('no response contained a record', {
		'known-values': 'statuses, message types and sender types are those of the reference',
		'id-prefixes': 'IDs start with conv_, msg_, ct_ …',
		'no-undocumented-fields': 'records have only the documented fields',
	}),
	...notTriedIf('no request was sent', {
		'documented-behavior': 'all other behavior is as in docs/sahut-openapi.yaml',
	}),
	...notTriedIf('no response contained a record', {
		'whole-seconds': 'times are ISO 8601 in UTC with whole seconds',
	}),
	...notTriedIf('no request was sent', { 'date-header': 'responses have a Date header' }),
	...notTriedIf('the rate limit was not reached; the check does not provoke it', {
		'retry-after-seconds': 'a 429 has Retry-After in seconds',
	}),
	...notTriedIf('no request was sent', { 'unknown-is-404': 'status 404 for an unknown ID' }),
	...notTriedIf('there was no error', {
		'error-envelope': 'an error is {"error": {code, message, status}}',
	}),
	...notTriedIf('no list is long enough', { 'page-of-100': 'per_page=100 returns 100 rows' }),
	...notTriedIf('no list was read', { 'page-after-last': 'a page after the last one is empty' }),
	...notTriedIf('no list shows the total', {
		'total-is-exact': 'meta.total is the number of rows',
	}),
	...notTriedIf('too few conversations on the first page', {
		'conversation-order': 'conversations are listed by activity, latest first',
	}),
	...notTriedIf('too few contacts on the first page', {
		'contact-order': 'contacts are listed in any order',
	}),
	...notTriedIf('there is no conversation', {
		'conversation-filters': 'status, channel_id and assignee_id return only matching conversations',
	}),
	...notTriedIf('no conversation on the first page shows a phone', {
		'conversation-shows-phone': 'a conversation shows the current phone of its contact',
	}),
	...notTriedIf('too few messages in the conversations that were read', {
		'messages-oldest-first': 'messages are listed oldest first',
	}),
	...notTriedIf('no conversation on the first page is recognizable as WhatsApp', {
		'whatsapp-by-type': 'the type of a WhatsApp channel contains "whatsapp"',
	}),
	...notTriedIf('the messages that were read have no attachment', {
		'attachments-without-key': 'an attachment can be downloaded without the key',
	}),
	...notTriedIf('no contact on the first page has a phone', {
		'phones-e164': 'phones are stored as E.164',
	}),
	...notTriedIf('no contact on the first page has a phone as E.164', {
		'search-by-e164': 'q finds a contact by its phone as +62…',
	}),
	...notTriedIf('no contact on the first page has a name and a phone as E.164', {
		'search-by-part': 'q finds a contact by a part of its phone or name',
	}),
	...notTriedIf('there is no contact', {
		'search-excludes-others': 'q finds no contact for an invented number',
	}),
	...notTriedIf('no contact on the first page has a tag', {
		'contact-tag-filter': 'tag returns only contacts with the tag',
	}),
	...notTriedIf('no contact was read by its ID', {
		'contact-shows-attributes':
			'GET /contacts/{id} shows custom_attributes; rows of the list may lack them',
	}),
	...notTriedIf('needs --conversation', {
		'post-status': 'a POST returns status 201',
		'notes-always-accepted': 'an internal note is always accepted',
		'lists-are-current': 'a list shows a new record immediately',
		'text-unchanged': 'a text is stored unchanged',
		'note-is-outgoing': 'a note has the type outgoing',
		'notes-unmarked': 'lists do not mark notes',
		'sender-is-bot': 'the sender of a message through the API is a bot',
		'message-changes-updated-at': 'a message changes updated_at of its conversation',
		'update-by-put': 'PUT updates a conversation',
		'update-keeps-other-fields': 'an update does not change other fields',
	}),
	...notTriedIf('needs --webhook', {
		'webhook-with-secret': 'the response for a new webhook has its ID and secret',
		'delete-status': 'a DELETE returns status 204',
		'deleted-is-404': 'a second DELETE returns status 404',
	}),
	...notTriedIf('needs --webhook and --listen', {
		'delivery-envelope': 'name in "event", records under their names in "data"',
		'delivery-signature': 'the signature is lower-case hex',
		'delivery-id': 'an event has an ID',
		'delivery-conversation': 'a message event includes its conversation, with channel and status',
	}),
	...notTriedIf('needs a message to a customer', {
		'template-shows-values': 'the stored text of a template contains its values',
		'window-per-customer':
			'a message of the customer opens the 24-hour window for all of their conversations on the channel',
		'closed-conversations-accept-messages':
			'a message into a snoozed or resolved conversation is delivered',
	}),
	...notTriedIf('needs a customer who writes', {
		'reply-changes-updated-at': 'a reply that reopens a conversation changes its updated_at',
	}),
	...notTriedIf('needs a conversation to be resolved', {
		'status-changes-updated-at':
			'a change of the status or the assignee changes updated_at of the conversation',
	}),
	...notTriedIf('needs an automation rule', {
		'rules-send-as-bot': 'the sender of messages from rules and auto-replies is a bot',
	}),
	...notTriedIf('needs a contact to be changed', {
		'attributes-not-merged': 'a PUT may delete custom attributes that it does not contain',
		'attributes-stored-unchanged': 'the value of a custom attribute is stored unchanged',
	}),
	...notTriedIf('needs a new contact, which cannot be deleted again', {
		'phones-stored-unchanged': 'a phone that is sent as E.164 is stored as E.164',
		'duplicate-contacts': 'a second contact with the same phone is created',
	}),
	...notTriedIf('needs a new conversation, which cannot be deleted again', {
		'duplicate-conversations': 'a second open conversation with a contact is created',
	}),
	...notTriedIf('needs a team to be changed', {
		'team-is-hidden': 'a conversation does not show its team',
	}),
};

/** The name of an assumption. */
export type AssumptionName = keyof typeof ASSUMPTIONS;
