import type { ContactFields } from '../../api/contacts';
import type { Params } from '../../runtime/params';
import { checkEmail } from '../../values/emailAddress';
import { normalizePhone } from '../../values/phoneNumber';
import { readNamedRows } from '../namedRows';
import { toAttributeValue } from './attributeValue';

const ATTRIBUTE_ADVICE = {
	noName: 'Enter the key of the attribute as it stands in Sahut.',
	twice: 'Keep one of the two: an attribute has one value.',
};

function readAttributes(params: Params, collection: string) {
	const rows = params.rawRows(`${collection}.customAttributes.attribute`);
	const label = 'Custom attribute';
	return readNamedRows(rows, label, ATTRIBUTE_ADVICE, (value, name, { type }) =>
		toAttributeValue(value, type, `${label} "${name}"`, params.timezone()),
	);
}

/**
 * Reads the fields of a collection. An empty field counts as not given, so that a gap in a CRM erases
 * nothing.
 *
 * @param hidden an entry that n8n does not show: one that is still stored has no effect
 * @throws UserError for what cannot be a phone number, an email address or an attribute.
 */
export function readContactFields(
	params: Params,
	collection: string,
	hidden?: 'phone' | 'email',
): ContactFields {
	const texts = params.given(collection, { name: 'name', company: 'company' });
	const identifierOf = (name: 'phone' | 'email') =>
		name === hidden ? '' : params.identifier(`${collection}.${name}`);
	const phone = identifierOf('phone');
	const email = identifierOf('email');
	const tags = params.texts(`${collection}.tags`);
	const attributes = readAttributes(params, collection);
	return {
		...texts,
		...(phone && { phone: normalizePhone(phone) }),
		...(email && { email: checkEmail(email) }),
		...(tags && { tags }),
		...(Object.keys(attributes).length > 0 && { custom_attributes: attributes }),
	};
}
