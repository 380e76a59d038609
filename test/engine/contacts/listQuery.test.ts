import type { INode } from 'n8n-workflow';

import type { SandboxOptions } from '../../../sandbox';
import { sahutWorkflow, searchList } from '../../support/engine';
import { openWorkspace, sendText, type Workspace } from '../../support/workspace';

const E164 = '+6281234567890';

/** Forms of this number that occur in spreadsheets. */
const INPUT_FORMS = [
	'0812-3456-7890',
	'+62 812 3456 7890',
	'62 812-3456-7890',
	"'081234567890",
	'\u2068+62 812\u200b34567890\u2069',
	'０８１２ ３４５６ ７８９０',
	'https://wa.me/6281234567890',
];

const listContacts = (overrides: INode['parameters'] = {}): INode['parameters'] => ({
	resource: 'contact',
	operation: 'list',
	returnAll: true,
	filters: { query: '={{ $json.query }}' },
	...overrides,
});

/** Opens a workspace with one contact that has this number, and three that have similar ones. */
async function openWithNumber(phone: string, options: SandboxOptions = {}) {
	const workspace = await openWorkspace(options);
	const { store } = workspace.sandbox;
	store.addContact({ name: 'Siti', phone: '+62 813 9999 7890' });
	const { id } = store.addContact({ name: 'Budi', phone });
	store.addContact({ name: 'Joko', phone: '0877-0001-7890' });
	store.addContact({ name: 'Toko 7890' });
	return { workspace, id };
}

/** Runs Contact: List. @returns the IDs in the output */
async function findIds(workspace: Workspace, query: string, overrides?: INode['parameters']) {
	const { output } = await workspace.run(listContacts(overrides), [{ query }]);
	return output('Sahut').map(({ json }) => json.id);
}

/** Returns the search text of each request. */
const searchTexts = ({ sandbox }: Workspace) => sandbox.journal.entries.map(({ query }) => query.q);

describe('Contact: List', () => {
	it.each(INPUT_FORMS)('finds a number that is entered as %j with one request', async (query) => {
		const { workspace, id } = await openWithNumber(E164);

		expect(await findIds(workspace, query)).toEqual([id]);
		expect(searchTexts(workspace)).toEqual([E164]);
	});

	it.each(INPUT_FORMS)(
		'finds a number that is stored as 0812-3456-7890 and entered as %j',
		async (query) => {
			const { workspace, id } = await openWithNumber('0812-3456-7890');

			expect(await findIds(workspace, query)).toEqual([id]);
		},
	);

	it.each([
		['(0812) 3456-7890', '+6281234567890', [E164, '81234567890', '7890']],
		['0812-3456-7890', '0812-3456-7890', [E164, '81234567890', '0812-3456-7890']],
		['0812-3456-7890', '(0812) 3456-7890', [E164, '81234567890', '(0812) 3456-7890', '7890']],
		['6281234567890', '0812-3456-7890', [E164, '81234567890']],
	])(
		'finds a number that is stored as %s and entered as %s with the searches %j',
		async (...row) => {
			const [stored, query, searches] = row;
			const { workspace, id } = await openWithNumber(stored);

			expect(await findIds(workspace, query)).toEqual([id]);
			expect(searchTexts(workspace)).toEqual(searches);
		},
	);

	it('finds a number in its stored form by its digits with the deviation raw-phones', async () => {
		const { workspace, id } = await openWithNumber('0812-3456-7890', {
			deviations: ['raw-phones'],
		});

		expect(await findIds(workspace, '+62 812 3456 7890')).toEqual([id]);
		expect(searchTexts(workspace)).toEqual([E164, '81234567890']);
	});

	it('outputs nothing for a number that no contact has', async () => {
		const { workspace } = await openWithNumber('+6281300001111');

		expect(await findIds(workspace, '0812-3456-7890')).toEqual([]);
		expect(searchTexts(workspace)).toHaveLength(4);
	});

	it.each([
		['Budi', 'Budi'],
		['Zainal', 'Zainal'],
		['Toko 7890', 'Toko 7890'],
		['(1)', '(1)'],
		['-', '-'],
		['budi@', 'budi@'],
		['mailto:budi\u200b@example.com', 'budi@example.com'],
	])('searches for %j with one request', async (query, q) => {
		const { workspace } = await openWithNumber(E164);

		await findIds(workspace, query);

		expect(searchTexts(workspace)).toEqual([q]);
	});

	it('finds a part of a number', async () => {
		const { workspace, id } = await openWithNumber(E164);

		expect(await findIds(workspace, '0812-34')).toEqual([id]);
		expect(searchTexts(workspace)).toEqual(['+6281234']);
	});

	it.each(['021', '(021)', '062', '0021'])(
		'does not find a number that contains only some digits of %j',
		async (query) => {
			const workspace = await openWorkspace();
			workspace.sandbox.store.addContact({ phone: '+6281234562189' });

			expect(await findIds(workspace, query)).toEqual([]);
		},
	);

	it('applies Limit, Tag and the order to all pages of a search by number', async () => {
		const workspace = await openWorkspace();
		const { store } = workspace.sandbox;
		for (let index = 0; index < 230; index++) {
			const tags = index % 2 ? ['vip'] : [];
			store.addContact({ phone: `0812345${1000 + index}`, tags });
		}
		const newestFirst = [...store.contacts.values()].reverse();
		const vips = newestFirst.filter(({ tags }) => tags.includes('vip'));
		const toIds = (contacts: Array<{ id: string }>) => contacts.map(({ id }) => id);

		const all = await findIds(workspace, '0812-345');
		const limited = await findIds(workspace, '0812-345', { returnAll: false, limit: 120 });
		const filters = { query: '={{ $json.query }}', tag: 'vip' };
		const tagged = await findIds(workspace, '0812-345', { returnAll: false, limit: 5, filters });

		expect(all).toEqual(toIds(newestFirst));
		expect(limited).toEqual(toIds(newestFirst).slice(0, 120));
		expect(tagged).toEqual(toIds(vips).slice(0, 5));
	});

	it('applies Limit and the order to all pages of a search by the last four digits', async () => {
		const workspace = await openWorkspace();
		const { store } = workspace.sandbox;
		const stored = ['0812 3456 7890', '(0812) 3456-7890', '0812.3456.7890'];
		const ids = stored.map((phone) => store.addContact({ phone }).id).reverse();
		for (let index = 0; index < 230; index++) {
			store.addContact({ phone: `+62813${1000 + index}7890` });
		}

		const all = await findIds(workspace, '0812-3456-7890');
		const limited = await findIds(workspace, '0812-3456-7890', { returnAll: false, limit: 2 });

		expect(all).toEqual(ids);
		expect(limited).toEqual(ids.slice(0, 2));
	});
});

describe('The contact list in the editor', () => {
	const search = async ({ credentials }: Workspace, filter: string, token?: string) =>
		await searchList({ ...sahutWorkflow(sendText), credentials }, 'searchContacts', filter, token);

	it.each([E164, '0812-3456-7890', '(0812) 3456 7890'])(
		'finds a number that is stored as %s, in any form that the user enters',
		async (phone) => {
			const { workspace, id } = await openWithNumber(phone);

			const found: unknown[] = [];
			for (const typed of INPUT_FORMS) {
				const { results } = await search(workspace, typed);
				found.push(results.map(({ value }) => value));
			}

			expect(found).toEqual(INPUT_FORMS.map(() => [id]));
		},
	);

	it('continues only the search to which the page token belongs', async () => {
		const { workspace, id } = await openWithNumber(E164);

		const secondPageOfFirst = await search(workspace, '0812-3456-7890', '2 0');
		const firstPageOfSecond = await search(workspace, '0812-3456-7890', '1 1');

		expect(secondPageOfFirst.results).toEqual([]);
		expect(firstPageOfSecond.results).toMatchObject([{ value: id }]);
		expect(searchTexts(workspace)).toEqual([E164, '81234567890']);
	});
});
