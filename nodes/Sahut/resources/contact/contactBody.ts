import type { ContactChanges } from '../../transport/types';
import type { Params } from '../../runtime/params';
import { normalizeEmail } from '../../values/emailAddress';
import { normalizePhone } from '../../values/phoneNumber';
import { readNamedRows } from '../namedRows';
import { toAttributeValue } from './attributeValue';

const ATTRIBUTE_ADVICE = {
	noName: 'Enter the key of the attribute in Name, exactly as in Sahut.',
	twice: 'Remove one of the two rows: an attribute can have only one value.',
};

function readAttributes(params: Params, collection: string) {
	const rows = params.rawRows(`${collection}.customAttributes.attribute`);
	const label = 'Custom attribute';
	return readNamedRows(rows, label, ATTRIBUTE_ADVICE, (value, name, { type }) =>
		toAttributeValue(value, type, `${label} "${name}"`, params.timezone()),
	);
}

/**
 * Reads the contact's fields from a collection, without tags. Omits empty fields, so that a gap in a CRM erases nothing.
 *
 * @param hidden a field that n8n hides; a value that is still stored for it is ignored
 * @throws UserError for an invalid phone number, email address or attribute
 */
export function readContactFields(
	params: Params,
	collection: string,
	hidden?: 'phone' | 'email',
): ContactChanges {
	const texts = params.entries(collection, { name: 'name', company: 'company' });
	const identifierOf = (name: 'phone' | 'email') =>
		name === hidden ? '' : params.identifier(`${collection}.${name}`);
	const phone = identifierOf('phone');
	const email = identifierOf('email');
	const attributes = readAttributes(params, collection);
	return {
		...texts,
		...(phone && { phone: normalizePhone(phone) }),
		...(email && { email: normalizeEmail(email) }),
		...(Object.keys(attributes).length > 0 && { custom_attributes: attributes }),
	};
}
