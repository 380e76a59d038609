/** The ways in which the sandbox can deviate from its default behavior. */
export const DEVIATIONS = {
	'patch-only': 'PUT of a conversation returns 405; PATCH updates it',
	'trimmed-texts': 'texts are stored without outer whitespace, and with \\r\\n as line breaks',
	'late-lists': 'lists show a new record 2 s after it was stored',
	'stale-lists': 'lists show the former state of a record until 2 s after a change',
	'missing-fields':
		'empty fields of records are null or missing, and so is the phone of a conversation’s contact',
	'raw-phones':
		'phone numbers are stored as typed; a q of digits matches their digits, a q with + only the same text',
	'plain-records': 'a single record is returned without data around it',
	'no-meta': 'lists have no meta',
	'other-statuses': 'POST returns 200, DELETE returns 200 with a body',
	milliseconds: 'times have milliseconds',
	'oldest-first': 'conversations and contacts are listed oldest first',
	'sent-by-agent': 'the sender of messages through the API is an agent, always the same one',
	'hidden-values': 'the stored content of a template message is the name of the template',
	'attributes-replaced':
		'PUT of custom_attributes replaces all existing ones, which is also the default',
	'attributes-merged': 'PUT of custom_attributes keeps the existing ones that it does not contain',
	'full-rows': 'lists of contacts show custom_attributes',
	'typed-attributes': 'a custom attribute returns 422 if its value does not have the defined type',
	'converted-attributes':
		'values of custom attributes are stored in their defined type: "12" as 12, a date with a time',
	'exact-search': 'q matches only complete values: a name, a phone number, an email',
	'unique-phones': 'a contact with the phone number of another contact returns 422',
	'existing-conversations':
		'POST /conversations returns 200 with the latest conversation of the contact on the channel, if any',
	'open-only': 'a message into a resolved or snoozed conversation returns 422',
	'window-per-conversation':
		'WhatsApp accepts free text for 24 hours after the last message of the customer in the same conversation',
	'auto-reply': 'a bot replies to each message of a customer at once',
	rules: 'automation rules assign, label and resolve conversations, and a bot sends messages',
} as const;

/** The name of a deviation. */
export type Deviation = keyof typeof DEVIATIONS;

/** The enabled deviations. */
export type Deviations = ReadonlySet<Deviation>;

/**
 * Parses a comma-separated list of deviations from the command line.
 * @throws {Error} that lists all deviations when a name is unknown.
 */
export function parseDeviations(text = ''): Deviation[] {
	const names = text
		.split(',')
		.map((name) => name.trim())
		.filter((name) => name !== '');
	const unknown = names.filter((name) => !Object.hasOwn(DEVIATIONS, name));
	if (unknown.length > 0) {
		const known = Object.entries(DEVIATIONS).map(([name, text]) => `  ${name.padEnd(24)} ${text}`);
		throw new Error(
			`Unknown deviation: ${unknown.map((name) => `"${name}"`).join(', ')}. Known deviations:\n${known.join('\n')}`,
		);
	}
	return names as Deviation[];
}
