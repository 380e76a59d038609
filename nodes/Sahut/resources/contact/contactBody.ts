import type { ContactFields } from '../../api/contacts';
import type { Params } from '../../runtime/params';
import type { Contact } from '../../transport/types';
import { checkEmail } from '../../values/emailAddress';
import { normalizePhone } from '../../values/phoneNumber';
import { readNamedRows } from '../namedRows';

const ATTRIBUTE_ADVICE = {
	noName: 'Enter the key of the attribute as it stands in Sahut.',
	twice: 'Keep one of the two: an attribute has one value.',
};

/**
 * The fields of a collection that hold something: an empty one counts as not given, so that a gap in
 * a CRM wipes nothing out.
 *
 * @throws UserError for what cannot be a phone number, an email address or an attribute.
 */
export function readContactFields(params: Params, collection: string): ContactFields {
	const names = { name: 'name', phone: 'phone', email: 'email', company: 'company' };
	const texts = params.given(collection, names);
	const tags = params.texts(`${collection}.tags`);
	const attributes = readNamedRows(
		params.rows(`${collection}.customAttributes.attribute`),
		'Custom attribute',
		ATTRIBUTE_ADVICE,
		// A row whose expression finds no value is left out.
		(value) => value,
	);
	return {
		...texts,
		...(texts.phone && { phone: normalizePhone(texts.phone) }),
		...(texts.email && { email: checkEmail(texts.email) }),
		...(tags && { tags }),
		...(Object.keys(attributes).length > 0 && { custom_attributes: attributes }),
	};
}

/**
 * The changes, with the custom attributes that stay: the API reference does not say whether those
 * that are not sent are kept.
 */
export function keepAttributes(
	{ custom_attributes: existing }: Contact,
	{ custom_attributes: given, ...changes }: ContactFields,
): ContactFields {
	return given ? { ...changes, custom_attributes: { ...existing, ...given } } : changes;
}
