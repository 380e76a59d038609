import type { INode } from 'n8n-workflow';

import type { SandboxOptions } from '../../../sandbox';
import { sahutWorkflow, searchList } from '../../support/engine';
import { openWorkspace, sendText, type Workspace } from '../../support/workspace';

const E164 = '+6281234567890';

/** A number as it may be in a sheet. */
const TYPED = [
	'0812-3456-7890',
	'+62 812 3456 7890',
	'62 812-3456-7890',
	"'081234567890",
	'\u2068+62 812\u200b34567890\u2069',
	'０８１２ ３４５６ ７８９０',
	'https://wa.me/6281234567890',
];

const list = (more: INode['parameters'] = {}): INode['parameters'] => ({
	resource: 'contact',
	operation: 'list',
	returnAll: true,
	filters: { query: '={{ $json.query }}' },
	...more,
});

/** A workspace with a contact that has this number, and others with similar ones. */
async function openWithNumber(phone: string, options: SandboxOptions = {}) {
	const workspace = await openWorkspace(options);
	const { store } = workspace.sandbox;
	store.addContact({ name: 'Siti', phone: '+62 813 9999 7890' });
	const { id } = store.addContact({ name: 'Budi', phone });
	store.addContact({ name: 'Joko', phone: '0877-0001-7890' });
	store.addContact({ name: 'Toko 7890' });
	return { workspace, id };
}

async function idsOf(workspace: Workspace, query: string, more?: INode['parameters']) {
	const { output } = await workspace.run(list(more), [{ query }]);
	return output('Sahut').map(({ json }) => json.id);
}

const asked = ({ sandbox }: Workspace) => sandbox.journal.entries.map(({ query }) => query.q);

describe('Contact: List', () => {
	it.each(TYPED)('finds a number that is given as %j with one request', async (query) => {
		const { workspace, id } = await openWithNumber(E164);

		expect(await idsOf(workspace, query)).toEqual([id]);
		expect(asked(workspace)).toEqual([E164]);
	});

	it.each(TYPED)(
		'finds a number that is stored as 0812-3456-7890 and given as %j',
		async (query) => {
			const { workspace, id } = await openWithNumber('0812-3456-7890');

			expect(await idsOf(workspace, query)).toEqual([id]);
		},
	);

	it.each([
		['(0812) 3456-7890', '+6281234567890', [E164, '81234567890', '7890']],
		['0812-3456-7890', '0812-3456-7890', [E164, '81234567890', '0812-3456-7890']],
		['0812-3456-7890', '(0812) 3456-7890', [E164, '81234567890', '(0812) 3456-7890', '7890']],
		['6281234567890', '0812-3456-7890', [E164, '81234567890']],
	])('finds a number that is stored as %s and given as %s by the searches %j', async (...row) => {
		const [stored, query, searches] = row;
		const { workspace, id } = await openWithNumber(stored);

		expect(await idsOf(workspace, query)).toEqual([id]);
		expect(asked(workspace)).toEqual(searches);
	});

	it('finds a stored 0812-3456-7890 by its digits with the deviation raw-phones', async () => {
		const { workspace, id } = await openWithNumber('0812-3456-7890', {
			deviations: ['raw-phones'],
		});

		expect(await idsOf(workspace, '+62 812 3456 7890')).toEqual([id]);
		expect(asked(workspace)).toEqual([E164, '81234567890']);
	});

	it('outputs nothing for a number that no contact has', async () => {
		const { workspace } = await openWithNumber('+6281300001111');

		expect(await idsOf(workspace, '0812-3456-7890')).toEqual([]);
		expect(asked(workspace)).toHaveLength(4);
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

		await idsOf(workspace, query);

		expect(asked(workspace)).toEqual([q]);
	});

	it('finds a part of a number', async () => {
		const { workspace, id } = await openWithNumber(E164);

		expect(await idsOf(workspace, '0812-34')).toEqual([id]);
		expect(asked(workspace)).toEqual(['+6281234']);
	});

	it.each(['021', '(021)', '062', '0021'])(
		'does not find a number that contains only some digits of %j',
		async (query) => {
			const workspace = await openWorkspace();
			workspace.sandbox.store.addContact({ phone: '+6281234562189' });

			expect(await idsOf(workspace, query)).toEqual([]);
		},
	);

	it('keeps Limit, Tag, the order and all pages in the search that finds contacts', async () => {
		const workspace = await openWorkspace();
		const { store } = workspace.sandbox;
		for (let index = 0; index < 230; index++) {
			const tags = index % 2 ? ['vip'] : [];
			store.addContact({ phone: `0812345${1000 + index}`, tags });
		}
		const newestFirst = [...store.contacts.values()].reverse();
		const vips = newestFirst.filter(({ tags }) => tags.includes('vip'));
		const idsFrom = (contacts: Array<{ id: string }>) => contacts.map(({ id }) => id);

		const all = await idsOf(workspace, '0812-345');
		const some = await idsOf(workspace, '0812-345', { returnAll: false, limit: 120 });
		const filters = { query: '={{ $json.query }}', tag: 'vip' };
		const tagged = await idsOf(workspace, '0812-345', { returnAll: false, limit: 5, filters });

		expect(all).toEqual(idsFrom(newestFirst));
		expect(some).toEqual(idsFrom(newestFirst).slice(0, 120));
		expect(tagged).toEqual(idsFrom(vips).slice(0, 5));
	});

	it('keeps Limit and the order in the search by the last digits, and reads all of its pages', async () => {
		const workspace = await openWorkspace();
		const { store } = workspace.sandbox;
		const stored = ['0812 3456 7890', '(0812) 3456-7890', '0812.3456.7890'];
		const ids = stored.map((phone) => store.addContact({ phone }).id).reverse();
		for (let index = 0; index < 230; index++) {
			store.addContact({ phone: `+62813${1000 + index}7890` });
		}

		expect(await idsOf(workspace, '0812-3456-7890')).toEqual(ids);
		const limited = { returnAll: false, limit: 2 };
		expect(await idsOf(workspace, '0812-3456-7890', limited)).toEqual(ids.slice(0, 2));
	});
});

describe('the list of contacts in the editor', () => {
	const search = async ({ credentials }: Workspace, filter: string, token?: string) =>
		await searchList({ ...sahutWorkflow(sendText), credentials }, 'searchContacts', filter, token);

	it.each([E164, '0812-3456-7890', '(0812) 3456 7890'])(
		'finds a number that is stored as %s, in whichever form it is typed',
		async (phone) => {
			const { workspace, id } = await openWithNumber(phone);

			for (const typed of TYPED) {
				const { results } = await search(workspace, typed);
				expect(results.map(({ value }) => value)).toEqual([id]);
			}
		},
	);

	it('does not continue a search with the results of another one', async () => {
		const { workspace, id } = await openWithNumber(E164);

		expect((await search(workspace, '0812-3456-7890', '2 0')).results).toEqual([]);
		expect((await search(workspace, '0812-3456-7890', '1 1')).results).toMatchObject([
			{ value: id },
		]);
		expect(asked(workspace)).toEqual([E164, '81234567890']);
	});
});
