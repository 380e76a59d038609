/** In which ways the server can differ from what the sandbox otherwise takes for granted. */
export const DEVIATIONS = {
	'patch-only': 'PUT of a conversation answers 405; PATCH does what PUT did',
	'trimmed-texts':
		'texts are stored without white space at their ends, and with \\r\\n for line breaks',
	'late-lists': 'lists show a new record 2 s after it was stored',
	'stale-lists': 'lists show a changed record as it was until 2 s after the change',
	holes:
		'parts of records that are empty are null or missing, and so is the phone of a conversation’s contact',
	'raw-phones':
		'contacts keep their phone number as it was typed; q finds digits in its digits, and a + only in the text',
	'plain-records': 'one record is answered as it is, without data around it',
	'no-meta': 'lists have no meta',
	'other-statuses': 'POST answers 200, DELETE 200 with a body',
	milliseconds: 'time stamps have milliseconds',
	'oldest-first': 'conversations and contacts are listed oldest first',
	'sent-by-agent': 'what is sent through the API comes from an agent, always the same one',
	'hidden-values': 'the stored content of a template message is the name of the template',
	'attributes-replaced':
		'PUT of custom_attributes replaces all that there are, which is so without this deviation, too',
	'attributes-merged': 'PUT of custom_attributes leaves those alone that it does not name',
	'full-rows': 'lists of contacts show custom_attributes',
	'typed-attributes': 'a custom attribute whose value does not have its defined type answers 422',
	'converted-attributes':
		'values of custom attributes are stored in their defined type: "12" as 12, a date with a time',
	'exact-search': 'q finds whole values only: a name, a phone number, an email',
	'unique-phones': 'a contact with a phone number that another contact has answers 422',
	'existing-conversations':
		'POST /conversations answers 200 with the latest conversation of the contact on the channel, if there is one',
	'open-only': 'a message into a resolved or snoozed conversation answers 422',
	'window-per-conversation':
		'on WhatsApp, free text is taken for 24 hours after the last message of the customer in the same conversation',
	'auto-reply': 'a bot answers each message of a customer at once',
	rules: 'automation rules assign, label and resolve conversations, and a bot writes into them',
} as const;

export type Deviation = keyof typeof DEVIATIONS;

export type Deviations = ReadonlySet<Deviation>;

/**
 * Names from a command line, separated by commas.
 * @throws {Error} that lists those there are, when one is unknown.
 */
export function parseDeviations(text = ''): Deviation[] {
	const names = text
		.split(',')
		.map((name) => name.trim())
		.filter((name) => name !== '');
	const unknown = names.filter((name) => !Object.hasOwn(DEVIATIONS, name));
	if (unknown.length > 0) {
		const known = Object.entries(DEVIATIONS).map(([name, does]) => `  ${name.padEnd(20)} ${does}`);
		throw new Error(
			`There is no deviation ${unknown.map((name) => `"${name}"`).join(', ')}. There are:\n${known.join('\n')}`,
		);
	}
	return names as Deviation[];
}
