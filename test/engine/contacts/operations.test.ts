import type { IDataObject, INode } from 'n8n-workflow';

import { dataForRetry } from '../../support/retryData';
import { byId } from '../../support/locator';
import { bodiesOf, writesOf } from '../../support/requests';
import { contactsOf as stored, openWorkspace, until } from '../../support/workspace';

type Parameters = INode['parameters'];

const RETRY_ON_FAIL = { retryOnFail: true, maxTries: 3, waitBetweenTries: 1 };

const contact = (operation: string, parameters: Parameters): Parameters => ({
	resource: 'contact',
	operation,
	...parameters,
});

const attributes = (rows: Record<string, unknown>): Parameters =>
	({
		customAttributes: {
			attribute: Object.entries(rows).map(([name, value]) => ({ name, value })),
		},
	}) as Parameters;

const create = contact('create', {
	name: '={{ $json.name }}',
	additionalFields: { phone: '={{ $json.phone }}', email: '={{ $json.email }}' },
});

const upsert = contact('upsert', {
	matchBy: 'phone',
	phone: '={{ $json.phone }}',
	name: '={{ $json.name }}',
	additionalFields: { email: '={{ $json.email }}', company: '={{ $json.company }}' },
});

const withAttribute = contact('upsert', {
	matchBy: 'phone',
	phone: '={{ $json.phone }}',
	name: '',
	additionalFields: attributes({ '={{ $json.attribute }}': '={{ $json.kode }}' }),
});

const update = (updateFields: Parameters) =>
	contact('update', { contactId: byId('={{ $json.contact }}'), updateFields });

describe('Contact: Create', () => {
	it('stores what is given, as the API documents it', async () => {
		const workspace = await openWorkspace();

		const { output } = await workspace.run(
			contact('create', {
				name: ' Budi Santoso ',
				additionalFields: {
					phone: '0812-3456-7890',
					email: ' Budi@Example.com ',
					company: 'Toko Makmur',
					tags: ['pelanggan-baru', ' bandung ', 'pelanggan-baru', ''],
					...attributes({ kota: 'Bandung', poin: 12 }),
				},
			}),
		);

		expect(bodiesOf(workspace, 'POST')).toEqual([
			{
				name: 'Budi Santoso',
				phone: '+6281234567890',
				email: 'Budi@Example.com',
				company: 'Toko Makmur',
				tags: ['pelanggan-baru', 'bandung'],
				custom_attributes: { kota: 'Bandung', poin: 12 },
			},
		]);
		expect(output('Sahut')).toEqual([{ json: stored(workspace)[0], pairedItem: { item: 0 } }]);
	});

	it.each<[string, Parameters, IDataObject]>([
		[
			'what is empty for an item left out',
			{
				phone: '={{ $json.phone }}',
				email: ' ',
				company: '',
				tags: [''],
				...attributes({ kota: '={{ $json.city }}' }),
			},
			{},
		],
		['tags from a list', { tags: '={{ ["baru", "vip"] }}' }, { tags: ['baru', 'vip'] }],
		['tags from a text with commas', { tags: 'baru, vip' }, { tags: ['baru', 'vip'] }],
		[
			'tags from an entry that is a list',
			{ tags: ['={{ ["baru", "vip"] }}'] },
			{ tags: ['baru', 'vip'] },
		],
	])('sends %s', async (_, additionalFields, body) => {
		const workspace = await openWorkspace();
		await workspace.run(contact('create', { name: 'Budi', additionalFields }));
		expect(bodiesOf(workspace, 'POST')).toEqual([{ name: 'Budi', ...body }]);
	});

	it.each([
		['by its phone number', { name: 'Budi', phone: '0812-3456-7890' }],
		['by its email address', { name: 'Budi', email: 'budi@example.com' }],
		['by its name', { name: 'Budi' }],
	])('finds a contact %s when the answer is lost, and makes no second one', async (_, row) => {
		const workspace = await openWorkspace();
		const { sandbox } = workspace;
		sandbox.store.addContact({
			...row,
			phone: '+6281234567890',
			created_at: '2024-03-15T08:30:00Z',
		});
		sandbox.faults.add({ method: 'POST', kind: 'dropAfter' });

		const { status, output } = await workspace.run(create, [row], RETRY_ON_FAIL);

		expect(status).toBe('success');
		expect(stored(workspace)).toHaveLength(2);
		expect(output('Sahut')[0]!.json.id).toBe(stored(workspace)[1]!.id);
		expect(writesOf(workspace)).toHaveLength(1);
	});

	it('tells two contacts that are alike apart after a lost answer', async () => {
		const workspace = await openWorkspace();
		workspace.sandbox.faults.add({ method: 'POST', kind: 'dropAfter', skip: 1 });

		const { output } = await workspace.run(create, [{ name: 'Budi' }, { name: 'Budi' }]);

		expect(output('Sahut').map(({ json }) => json.id)).toEqual(
			stored(workspace).map(({ id }) => id),
		);
	});

	it.each([
		['email address', { email: 'toko@example.com' }, 'Ani', 'Budi'],
		['name', {}, 'Budi', 'Budi'],
	])('does not take another with the same %s for the one that has not arrived', async (...row) => {
		const [, alike, name, otherName] = row;
		const workspace = await openWorkspace();
		const { faults } = workspace.sandbox;
		faults.add({ method: 'POST', kind: 'slow', delayMs: 200, mentions: '+6281234567890' });
		faults.add({ method: 'POST', kind: 'dropBefore' });

		const { output } = await workspace.run(
			create,
			[
				{ ...alike, name, phone: '0812-3456-7890' },
				{ ...alike, name: otherName },
			],
			{ onError: 'continueRegularOutput' },
		);

		const [first, second] = output('Sahut').map(({ json }) => json);
		expect(first!.id).toBe(stored(workspace)[0]!.id);
		expect(second!.error).toMatchObject({ mayHaveArrived: true });
	});
});

describe('Contact: Create or Update', () => {
	it('creates a contact that is not there', async () => {
		const workspace = await openWorkspace();

		const { output } = await workspace.run(upsert, [
			{ phone: '0812 3456 7890', name: 'Budi', email: 'budi@example.com' },
		]);

		expect(bodiesOf(workspace, 'POST')).toEqual([
			{ phone: '+6281234567890', name: 'Budi', email: 'budi@example.com' },
		]);
		expect(output('Sahut')).toEqual([{ json: stored(workspace)[0], pairedItem: { item: 0 } }]);
	});

	it('changes what is given of one that is there, and nothing else', async () => {
		const workspace = await openWorkspace();
		const { id } = workspace.sandbox.store.addContact({
			name: 'Budi Santoso',
			phone: '+6281234567890',
			email: 'budi@example.com',
			company: 'Toko Lama',
			tags: ['vip'],
			custom_attributes: { kota: 'Bandung', poin: 12 },
		});

		const { output } = await workspace.run(
			contact('upsert', {
				matchBy: 'phone',
				phone: '+62 812-3456-7890',
				name: '',
				additionalFields: {
					company: 'Toko Baru',
					email: '={{ $json.email }}',
					...attributes({ kota: 'Jakarta' }),
				},
			}),
		);

		expect(writesOf(workspace)).toEqual([`PUT /contacts/${id}`]);
		expect(bodiesOf(workspace, 'PUT')).toEqual([
			{ company: 'Toko Baru', custom_attributes: { kota: 'Jakarta', poin: 12 } },
		]);
		expect(output('Sahut')[0]!.json).toMatchObject({
			id,
			name: 'Budi Santoso',
			email: 'budi@example.com',
			company: 'Toko Baru',
			tags: ['vip'],
			custom_attributes: { kota: 'Jakarta', poin: 12 },
		});
	});

	it('returns one that is as wanted already, without a write', async () => {
		const workspace = await openWorkspace();
		workspace.sandbox.store.addContact({ name: 'Budi', phone: '+6281234567890' });

		const { output } = await workspace.run(upsert, [
			{ phone: '081234567890', name: 'Budi' },
			{ phone: '081234567890' },
		]);

		expect(output('Sahut').map(({ json }) => json)).toEqual([
			stored(workspace)[0],
			stored(workspace)[0],
		]);
		expect(writesOf(workspace)).toEqual([]);
	});

	it('matches email addresses in whatever case, and takes no similar one', async () => {
		const workspace = await openWorkspace();
		const { store } = workspace.sandbox;
		store.addContact({ name: 'Lain', email: 'xbudi@example.com' });
		const { id } = store.addContact({ name: 'Budi', email: 'Budi@Example.com' });
		const byEmail = contact('upsert', {
			matchBy: 'email',
			email: '={{ $json.email }}',
			name: 'Budi Santoso',
			additionalFields: { phone: '0812-3456-7890' },
		});

		const { output } = await workspace.run(byEmail, [{ email: ' budi@example.com ' }]);

		expect(output('Sahut')[0]!.json.id).toBe(id);
		expect(bodiesOf(workspace, 'PUT')).toEqual([{ phone: '+6281234567890', name: 'Budi Santoso' }]);
	});

	it('takes the exact number among more than a page that the search finds, and of several the oldest', async () => {
		const workspace = await openWorkspace();
		const { store } = workspace.sandbox;
		const at = (year: number) => ({ created_at: `${year}-01-01T00:00:00Z` });
		store.addContact({ name: 'Baru', phone: '+6281234567', ...at(2024) });
		const { id } = store.addContact({ name: 'Lama', phone: '+6281234567', ...at(2020) });
		for (let index = 0; index < 110; index++) {
			store.addContact({ phone: `+6281234567${String(index).padStart(3, '0')}`, ...at(2019) });
		}

		const { output } = await workspace.run(upsert, [{ phone: '081234567', name: 'Budi' }]);

		expect(output('Sahut')[0]!.json.id).toBe(id);
	});

	it('takes the oldest with an email address also when an earlier item has given it to another', async () => {
		const workspace = await openWorkspace();
		const { store } = workspace.sandbox;
		const at = (year: number) => ({ created_at: `${year}-01-01T00:00:00Z` });
		store.addContact({ name: 'Ani', email: 'toko@example.com', ...at(2020) });
		store.addContact({ name: 'Budi', phone: '+6281234567890', ...at(2024) });

		await workspace.run(
			contact('upsert', {
				matchBy: '={{ $json.by }}',
				phone: '0812-3456-7890',
				email: 'toko@example.com',
				name: '',
				additionalFields: { company: '={{ $json.by }}', email: 'toko@example.com' },
			}),
			[{ by: 'phone' }, { by: 'email' }],
		);

		expect(stored(workspace).map(({ name, company }) => [name, company])).toEqual([
			['Ani', 'email'],
			['Budi', 'phone'],
		]);
	});

	it('writes an attribute that reads otherwise than the number that is stored', async () => {
		const workspace = await openWorkspace();
		const texts = ['01234', '12345678901234567', '1e3', '0x1F'];
		const rows = texts.map((kode, index) => {
			const phone = `+62812345678${10 + index}`;
			workspace.sandbox.store.addContact({ phone, custom_attributes: { kode: Number(kode) } });
			return { phone, attribute: 'kode', kode };
		});

		await workspace.run(withAttribute, rows);

		expect(stored(workspace).map(({ custom_attributes }) => custom_attributes.kode)).toEqual(texts);
	});

	describe('of one contact by two items, keeps an attribute that the team changes between them', () => {
		const rows = ['a', 'b'].map((kode) => ({ phone: '0812-3456-7890', attribute: kode, kode }));
		const changed = { kota: 'Solo', a: 'a', b: 'b' };

		async function openWithAni() {
			const workspace = await openWorkspace();
			const ani = workspace.sandbox.store.addContact({
				phone: '+6281234567890',
				custom_attributes: { kota: 'Bandung' },
			});
			const changeCity = () => (ani.custom_attributes = { ...ani.custom_attributes, kota: 'Solo' });
			return { ...workspace, ani, changeCity };
		}

		it('while the node runs', async () => {
			const { sandbox, run, ani, changeCity } = await openWithAni();
			sandbox.faults.add({ method: 'PUT', kind: 'slow', delayMs: 150 });
			const running = run(withAttribute, rows);
			await until(() => 'a' in ani.custom_attributes);
			changeCity();
			await running;
			expect(ani.custom_attributes).toEqual(changed);
		});

		it('before Retry', async () => {
			const { sandbox, run, ani, changeCity } = await openWithAni();
			sandbox.faults.add({ method: 'PUT', kind: 'status', status: 403, skip: 1 });
			const failed = await run(withAttribute, rows);
			expect(failed.status).toBe('error');
			changeCity();
			const executionData = dataForRetry(failed);
			const { status } = await run(withAttribute, [], {}, { mode: 'retry', executionData });
			expect(status).toBe('success');
			expect(ani.custom_attributes).toEqual(changed);
		});
	});

	it('makes one contact although the answer is lost, also on Retry On Fail', async () => {
		const workspace = await openWorkspace();
		const { faults } = workspace.sandbox;
		faults.add({ method: 'POST', kind: 'dropAfter' });
		// The look for it fails, so that only the second try can find it.
		faults.add({ method: 'GET', kind: 'status', status: 403, skip: 1 });

		const { status, output } = await workspace.run(
			upsert,
			[{ phone: '0812-3456-7890', name: 'Budi' }],
			RETRY_ON_FAIL,
		);

		expect(status).toBe('success');
		expect(stored(workspace)).toHaveLength(1);
		expect(output('Sahut')[0]!.json).toEqual(stored(workspace)[0]);
		expect(writesOf(workspace)).toEqual(['POST /contacts']);
	});

	it('needs a name only for a contact that is not there', async () => {
		const workspace = await openWorkspace();

		const { error } = await workspace.run(upsert, [{ phone: '0812-3456-7890' }]);

		expect(error?.message).toBe(
			'There is no contact with +6281234567890 yet, and Name is empty [item 0]',
		);
		expect(error?.description).toContain('Enter a Name');
		expect(error?.description).toContain('0 of 1 items were created or updated.');
		expect(writesOf(workspace)).toEqual([]);
	});
});

describe('Contact: Update', () => {
	async function openWithBudi() {
		const workspace = await openWorkspace();
		const { id } = workspace.sandbox.store.addContact({
			name: 'Budi',
			tags: ['lama'],
			custom_attributes: { kota: 'Bandung', poin: 12 },
		});
		return { ...workspace, id, rows: [{ contact: id }] };
	}

	it('sends the given fields alone', async () => {
		const workspace = await openWithBudi();

		const { output } = await workspace.run(
			update({ name: 'Budi Santoso', phone: '0812-3456-7890', email: '', tags: '={{ [] }}' }),
			workspace.rows,
		);

		expect(workspace.requests()).toEqual([
			`GET /contacts/${workspace.id}`,
			`PUT /contacts/${workspace.id}`,
		]);
		expect(bodiesOf(workspace, 'PUT')).toEqual([
			{ name: 'Budi Santoso', phone: '+6281234567890', tags: [] },
		]);
		expect(output('Sahut')).toEqual([{ json: stored(workspace)[0], pairedItem: { item: 0 } }]);
	});

	it('of one contact by several items keeps their order', async () => {
		const workspace = await openWithBudi();
		workspace.sandbox.faults.add({ method: 'PUT', kind: 'slow', delayMs: 60 });

		await workspace.run(
			update({ name: '={{ $json.name }}' }),
			['Budi 1', 'Budi 2', 'Budi 3'].map((name) => ({ contact: workspace.id, name })),
		);

		expect(bodiesOf(workspace, 'PUT')).toEqual(
			['Budi 1', 'Budi 2', 'Budi 3'].map((name) => ({ name })),
		);
		expect(workspace.sandbox.journal.maxInFlight).toBe(1);
	});

	it('counts as done when the answer is lost and the contact is as wanted', async () => {
		const workspace = await openWithBudi();
		workspace.sandbox.faults.add({ method: 'PUT', kind: 'dropAfter' });

		const { status, output } = await workspace.run(
			update({ name: 'Budi Santoso', tags: ['vip', 'baru'] }),
			workspace.rows,
		);

		expect(status).toBe('success');
		expect(output('Sahut')[0]!.json).toEqual(stored(workspace)[0]);
		expect(writesOf(workspace)).toHaveLength(1);
	});

	it('of a contact that is not there names it', async () => {
		const workspace = await openWorkspace();

		const { error } = await workspace.run(update({ name: 'Budi' }), [{ contact: 'ct_X' }]);

		expect(error?.message).toBe('Sahut has no contact "ct_X" [item 0]');
		expect(error?.description).toContain('0 of 1 items were updated.');
	});
});

describe('Contact: Get and List', () => {
	it('get returns the contact', async () => {
		const workspace = await openWorkspace();
		const { id } = workspace.sandbox.store.addContact({ name: 'Budi' });

		const { output } = await workspace.run(contact('get', { contactId: byId(` ${id} `) }));

		expect(output('Sahut')).toEqual([{ json: stored(workspace)[0], pairedItem: { item: 0 } }]);
	});

	it('list asks for what the filters say, and no more than the limit', async () => {
		const workspace = await openWorkspace();
		const { store, journal } = workspace.sandbox;
		for (let index = 0; index < 5; index++) {
			store.addContact({ name: `Budi ${index}`, tags: ['vip'] });
			store.addContact({ name: `Siti ${index}`, tags: ['vip'] });
		}

		const { output } = await workspace.run(
			contact('list', { limit: 3, filters: { query: ' budi ', tag: 'vip' } }),
		);

		expect(output('Sahut').map(({ json }) => json.name)).toEqual(['Budi 4', 'Budi 3', 'Budi 2']);
		expect(journal.entries.map(({ query }) => query)).toEqual([
			{ q: 'budi', tag: 'vip', page: '1', per_page: '3' },
		]);
	});
});

it('Create or Update does not rewrite custom attributes that Sahut stores as numbers', async () => {
	const workspace = await openWorkspace();
	workspace.sandbox.store.addContact({
		phone: '+6281234567890',
		custom_attributes: { orders: 3, vip: true },
	});
	const attribute = [
		{ name: 'orders', value: '3' },
		{ name: 'vip', value: 'true' },
	];

	await workspace.run({
		resource: 'contact',
		operation: 'upsert',
		matchBy: 'phone',
		phone: '0812 3456 7890',
		additionalFields: { customAttributes: { attribute } },
	});

	expect(writesOf(workspace)).toEqual([]);
});
