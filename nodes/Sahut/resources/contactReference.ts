import type { ContactReference } from '../api/contactReference';
import type { Params } from '../runtime/params';
import { normalizeEmail } from '../values/emailAddress';
import { normalizePhone } from '../values/phoneNumber';

/**
 * Reads the Contact of an item, in any mode of its locator.
 *
 * @throws UserError if the value is blank or does not fit the mode
 */
export function readContactReference(params: Params): ContactReference {
	const { mode, identifier } = params.locatorEntry('contactId');
	if (mode === 'phone') return { phone: normalizePhone(identifier()) };
	if (mode === 'email') return { email: normalizeEmail(identifier()) };
	return { id: params.locator('contactId') };
}
