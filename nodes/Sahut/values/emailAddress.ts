import { UserError } from 'n8n-workflow';

import { cleanText } from './cleanText';
import { toHalfWidth } from './halfWidth';

/** Rejects texts that cannot be an address. Only its server knows whether the mailbox exists. */
const PLAUSIBLE = /^[^\s@,;<>()"\p{Cs}]+@[^\s@,;<>()"\p{Cs}]+\.[^\s@,;<>()".\p{Cs}]+$/u;

/**
 * Returns the email address in a text: without invisible characters, full-width forms (`＠`), angle
 * brackets around it, `mailto:` and the query behind it. Other characters stay: an address may have
 * letters of any script, which NFKC would change.
 */
function readEmail(text: string): string {
	const clean = toHalfWidth(cleanText(text)).replace(/^<(.*)>$/, '$1');
	const link = /^mailto:([^?]*)/i.exec(clean)?.[1];
	return (link ?? clean).trim();
}

/**
 * Returns the email address in a text from a CRM or a spreadsheet, as {@link readEmail} reads it, in its
 * own upper and lower case.
 *
 * @throws UserError if the text is not an email address
 */
export function checkEmail(text: string): string {
	const email = readEmail(text);
	if (email === '') {
		throw new UserError('The email address is empty', {
			description:
				'Enter an email address. If an expression should give it, check that it has a value for this item.',
		});
	}
	if (!PLAUSIBLE.test(email)) {
		throw new UserError(`"${email}" is not an email address`, {
			description: 'Use one address alone, e.g. budi@example.com, without a name around it.',
		});
	}
	return email;
}

/** Returns the text by which email addresses are compared: the same address in any stored form. */
export function emailKey(text: string): string {
	return readEmail(text).toLowerCase();
}
