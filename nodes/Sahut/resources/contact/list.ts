import type { Operation } from '../../runtime/operation';
import { fetchList } from '../../transport/pagination';
import type { Contact } from '../../transport/types';
import { collection, listOptions, returnAllAndLimit } from '../fields';

interface Input {
	limit: number;
	query: Record<string, string>;
}

export const list: Operation<Input> = {
	value: 'list',
	name: 'List',
	action: 'List contacts',
	description: 'Find contacts by name, phone, email or tag; returns one item per contact',
	done: 'read',
	readsOnly: true,
	fields: [
		...returnAllAndLimit,
		collection('filters', [
			{
				displayName: 'Query',
				name: 'query',
				type: 'string',
				default: '',
				placeholder: 'e.g. Budi',
				description: 'Only contacts whose name, phone or email matches this text',
			},
			{
				displayName: 'Tag',
				name: 'tag',
				type: 'string',
				default: '',
				placeholder: 'e.g. pelanggan-setia',
				description: 'Only contacts with this tag',
			},
		]),
		listOptions('contacts'),
	],
	read(params) {
		const q = params.text('filters.query').trim();
		const tag = params.text('filters.tag').trim();
		return { limit: params.limit(), query: { ...(q && { q }), ...(tag && { tag }) } };
	},
	async run({ limit, query }, sahut) {
		const contacts = await fetchList<Contact>(
			sahut,
			{ path: ['contacts'], query, wording: { subject: 'list of contacts' } },
			limit,
		);
		return contacts.map((contact) => ({ json: contact }));
	},
};
