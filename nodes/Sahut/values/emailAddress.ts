import { UserError } from 'n8n-workflow';

/** Catches what is no address; whether there is such a mailbox, only its server knows. */
const PLAUSIBLE = /^[^\s@,;<>()"]+@[^\s@,;<>()"]+\.[^\s@,;<>()".]+$/;

/**
 * An email address, without white space around it.
 *
 * @throws UserError when it is empty or cannot be one.
 */
export function checkEmail(text: string): string {
	const email = text.trim();
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
