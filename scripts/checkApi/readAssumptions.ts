const NO_CONVERSATION = 'there is no conversation';
const NO_CONTACT = 'there is no contact';

/** What can be looked at without writing anything. */
export const READ_ASSUMPTIONS = {
	'records-in-data': { expected: 'a record comes in "data"', untried: 'there is no record' },
	'list-meta': {
		expected: 'a list has "meta" with total, page, per_page, total_pages',
		untried: 'no list was read',
	},
	'no-holes': { expected: 'nothing documented is null or left out', untried: 'there is no record' },
	'unknown-is-null': {
		expected: 'an email, phone or company that is not known is null',
		untried: 'all contacts have all three',
	},
	'known-values': {
		expected: 'statuses, message types and sender types are those of the reference',
		untried: 'there is no record',
	},
	'id-prefixes': { expected: 'IDs begin with conv_, msg_, ct_ …', untried: 'there is no record' },
	'no-further-fields': {
		expected: 'records have the documented fields only',
		untried: 'there is no record',
	},
	'answers-as-documented': {
		expected: 'all else is as in docs/sahut-openapi.yaml',
		untried: 'nothing was asked',
	},
	'whole-seconds': {
		expected: 'times are ISO 8601 in UTC, in whole seconds',
		untried: 'there is no record',
	},
	'date-header': { expected: 'answers have a Date header', untried: 'nothing was asked' },
	'retry-after-seconds': {
		expected: 'a 429 has Retry-After in seconds',
		untried: 'the limit was not reached: it is not tried on purpose',
	},
	'unknown-is-404': { expected: 'status 404 for an unknown ID', untried: 'nothing was asked' },
	'error-envelope': {
		expected: 'errors come as {"error": {code, message, status}}',
		untried: 'there was no error',
	},
	'page-of-100': { expected: 'per_page=100 gives 100 rows', untried: 'no list is that long' },
	'page-past-the-end': { expected: 'an empty page', untried: 'no list was read' },
	'total-is-count': { expected: 'meta.total is the number of rows', untried: 'no list told it' },
	'conversation-order': {
		expected: 'conversations come by latest activity, the latest first',
		untried: 'too few conversations on the first page to tell',
	},
	'contact-order': { expected: 'any', untried: 'too few contacts on the first page to tell' },
	'conversation-filters': {
		expected: 'status, channel_id and assignee_id leave out all others',
		untried: NO_CONVERSATION,
	},
	'messages-oldest-first': {
		expected: 'messages come from the oldest to the newest',
		untried: 'too few messages in the conversations that were read',
	},
	'whatsapp-by-type': {
		expected: 'a WhatsApp channel has "whatsapp" in its type',
		untried: 'no conversation on the first page is on WhatsApp, as far as it tells',
	},
	'attachments-without-key': {
		expected: 'status 200 for the url of an attachment, without the key',
		untried: 'there is no attachment in the messages that were read',
	},
	'phones-e164': {
		expected: 'phones are stored as E.164',
		untried: 'no contact on the first page has a phone',
	},
	'search-plus': {
		expected: 'q finds a contact by +62…',
		untried: 'no contact on the first page has a phone in this form',
	},
	'search-part': {
		expected: 'q finds a part of a phone and of a name',
		untried: 'no contact on the first page has a name and a phone as E.164',
	},
	'search-narrows': { expected: 'q that nobody has finds nobody', untried: NO_CONTACT },
	'contact-tag-filter': {
		expected: 'tag leaves out all others',
		untried: 'no contact on the first page has a tag',
	},
} as const;
