const NEEDS_CONVERSATION = 'needs --conversation';
const NEEDS_WEBHOOK = 'needs --webhook';
const NEEDS_LISTEN = 'needs --webhook and --listen';
const NEEDS_MESSAGE = 'needs a message to a customer';

/** What can be looked at by writing something that bothers nobody; and, at the end, what cannot. */
export const WRITE_ASSUMPTIONS = {
	'post-status': { expected: 'status 201 for a POST', untried: NEEDS_CONVERSATION },
	'notes-any-time': {
		expected: 'an internal note is always taken',
		untried: NEEDS_CONVERSATION,
	},
	'list-shows-at-once': {
		expected: 'a list shows at once what was written',
		untried: NEEDS_CONVERSATION,
	},
	'text-unchanged': { expected: 'a text is stored as it was sent', untried: NEEDS_CONVERSATION },
	'note-is-outgoing': { expected: 'a note has the type outgoing', untried: NEEDS_CONVERSATION },
	'notes-unmarked': {
		expected: 'lists do not say whether a message is a note',
		untried: NEEDS_CONVERSATION,
	},
	'sender-is-bot': {
		expected: 'what comes in through the API is from a bot',
		untried: NEEDS_CONVERSATION,
	},
	'activity-moves-updated-at': {
		expected: 'updated_at of the conversation follows its messages',
		untried: NEEDS_CONVERSATION,
	},
	'update-by-put': { expected: 'a conversation is updated by PUT', untried: NEEDS_CONVERSATION },
	'update-keeps-the-rest': {
		expected: 'an update leaves alone what is not given',
		untried: NEEDS_CONVERSATION,
	},
	'webhook-with-secret': {
		expected: 'a new webhook comes with its ID and secret',
		untried: NEEDS_WEBHOOK,
	},
	'delete-status': { expected: 'status 204 for a DELETE', untried: NEEDS_WEBHOOK },
	'deleted-is-404': { expected: 'status 404 for a second DELETE', untried: NEEDS_WEBHOOK },
	'delivery-envelope': {
		expected: 'name in "event", records under their names in "data"',
		untried: NEEDS_LISTEN,
	},
	'delivery-signature': { expected: 'lower-case hex', untried: NEEDS_LISTEN },
	'delivery-id': { expected: 'an event has an ID of its own', untried: NEEDS_LISTEN },
	'delivery-conversation': {
		expected: 'a message comes with its conversation, channel and status included',
		untried: NEEDS_LISTEN,
	},
	'template-shows-values': {
		expected: 'a template is stored as the text with its values',
		untried: NEEDS_MESSAGE,
	},
	'window-per-conversation': {
		expected: 'the 24 hours begin with the last message in this conversation',
		untried: NEEDS_MESSAGE,
	},
	'resolved-stays-resolved': {
		expected: 'a resolved conversation stays so when it is written to',
		untried: NEEDS_MESSAGE,
	},
	'attributes-not-merged': {
		expected: 'a PUT may drop the custom attributes that it does not name',
		untried: 'needs a contact to be changed',
	},
	'phones-kept-on-write': {
		expected: 'a phone that is sent as E.164 is stored as E.164',
		untried: 'needs a new contact, which cannot be deleted again',
	},
	'contacts-can-double': {
		expected: 'a second contact with the same phone is made',
		untried: 'needs a new contact, which cannot be deleted again',
	},
	'conversations-can-double': {
		expected: 'a second open conversation with a contact is made',
		untried: 'needs a new conversation, which cannot be deleted again',
	},
	'team-is-hidden': {
		expected: 'a conversation does not show its team',
		untried: 'needs a team to be changed',
	},
} as const;
