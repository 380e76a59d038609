import { listContacts } from '../../api/typedSearch';
import { textField } from '../fieldTypes';
import { listOperation } from '../listOperation';

export const list = listOperation(
	'contacts',
	'Find contacts by name, phone, email or tag; returns one item per contact',
	[
		textField('Query', 'query', {
			placeholder: 'e.g. Budi',
			description:
				'Only contacts whose name, phone or email matches this text. You can enter a phone number in any common format.',
		}),
		textField('Tag', 'tag', {
			placeholder: 'e.g. pelanggan-setia',
			description: 'Only contacts with this tag',
		}),
	],
	{ q: 'query', tag: 'tag' },
	listContacts,
);
