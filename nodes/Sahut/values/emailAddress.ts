import { UserError } from 'n8n-workflow';

import { cleanText } from './cleanText';
import { toHalfWidth } from './halfWidth';

/** Matches texts that can be an address. Only the mail server knows whether the mailbox exists. */
const PLAUSIBLE = /^[^\s@,;<>()"\p{Cs}]+@[^\s@,;<>()"\p{Cs}]+\.[^\s@,;<>()".\p{Cs}]+$/u;

/**
 * Extracts the email address from a text: removes invisible characters, angle brackets, `mailto:` and the
 * query after it, and converts full-width characters (`＠`). Does not apply NFKC to other characters, since
 * it would change letters of some scripts, which an address may contain.
 */
function readEmail(text: string): string {
	const clean = toHalfWidth(cleanText(text)).replace(/^<(.*)>$/, '$1');
	const link = /^mailto:([^?]*)/i.exec(clean)?.[1];
	return (link ?? clean).trim();
}

/**
 * Extracts the email address from a text of a CRM or a spreadsheet. Keeps upper and lower case.
 *
 * @throws UserError if the text is not an email address
 */
export function normalizeEmail(text: string): string {
	const email = readEmail(text);
	if (email === '') {
		throw new UserError('The email address is empty', {
			description:
				'Enter an email address. If an expression provides it, check that it has a value for this item.',
		});
	}
	if (!PLAUSIBLE.test(email)) {
		throw new UserError(`"${email}" is not an email address`, {
			description: 'Enter a single address without a name, e.g. budi@example.com.',
		});
	}
	return email;
}

/** Returns a text that is equal for all forms of an email address. */
export function emailKey(text: string): string {
	return readEmail(text).toLowerCase();
}
