import { listContacts } from '../../api/typedSearch';
import { textField } from '../fieldTypes';
import { listOperation } from '../listOperation';

export const list = listOperation(
	'contacts',
	'List contacts, filtered by name, phone, email or tag. Returns one item per contact.',
	[
		textField('Query', 'query', {
			placeholder: 'e.g. Budi',
			description:
				'Only return contacts whose name, phone or email matches this text. A phone number can have any common format.',
		}),
		textField('Tag', 'tag', {
			placeholder: 'e.g. vip',
			description: 'Only return contacts with this tag',
		}),
	],
	{ q: 'query', tag: 'tag' },
	listContacts,
);
