import type { IDataObject } from 'n8n-workflow';

const USE_A_TEMPLATE =
	'If the customer has not written within the last 24 hours, WhatsApp accepts only an approved template: set Message Type to "WhatsApp Template" or to "Text, or Template After 24 Hours".';

/**
 * The maximum number of characters that WhatsApp accepts in a text, and in the value of a template
 * variable.
 */
const MAX_TEXT_LENGTH = 4_096;
const MAX_VALUE_LENGTH = 1_024;

/**
 * English and Indonesian words that appear in messages about the 24-hour rule. WhatsApp calls this error
 * "Re-engagement message" (code 131047).
 */
const RULE_WORDS =
	/\b(24h?|hours?|jam|windows?|templates?|templat|sessions?|sesi|re-?engagement|131047)\b/i;

const lengthOf = (value: unknown) => Array.from(String(value ?? '')).length;

const formatCount = (count: number) => count.toLocaleString('en-US');

/** Returns advice for each text that is too long for WhatsApp. */
function describeLongTexts({ content, template_variables }: IDataObject): string[] {
	const tooLong = Object.entries(template_variables ?? {})
		.filter(([, value]) => lengthOf(value) > MAX_VALUE_LENGTH)
		.map(
			([name, value]) =>
				`WhatsApp accepts at most ${formatCount(MAX_VALUE_LENGTH)} characters in a template variable, but "${name}" has ${formatCount(lengthOf(value))}. Shorten the value.`,
		);
	const length = lengthOf(content);
	if (length > MAX_TEXT_LENGTH) {
		tooLong.push(
			`WhatsApp accepts at most ${formatCount(MAX_TEXT_LENGTH)} characters in a text, but this text has ${formatCount(length)}. Shorten it, or split it into several messages.`,
		);
	}
	return tooLong;
}

/**
 * Returns the advice for a message that Sahut refused (422). Mentions the 24-hour rule only for a text to
 * the customer, and only if Sahut's message is about this rule or is empty.
 *
 * @param body the message as it was sent
 * @param sahutMessage the message in Sahut's response, if there is one
 */
export function refusalAdvice(body: IDataObject, sahutMessage = ''): string {
	if (body.private) return 'Check the text of the note for this item.';
	const tooLong = describeLongTexts(body);
	if (tooLong.length > 0) return tooLong.join(' ');
	if (body.template_id !== undefined)
		return 'Check the template ID and its variables for this item.';
	const mayBeRule = sahutMessage.trim() === '' || RULE_WORDS.test(sahutMessage);
	return mayBeRule ? USE_A_TEMPLATE : 'Check the text of the message for this item.';
}
