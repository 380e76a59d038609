import type { IDataObject, INode } from 'n8n-workflow';

import { createRetryData } from '../../support/retryData';
import { byId } from '../../support/locator';
import { requestBodiesOf, writeRequestsOf } from '../../support/requests';
import { contactsOf, openWorkspace, until } from '../../support/workspace';

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

const upsertAttribute = contact('upsert', {
	matchBy: 'phone',
	phone: '={{ $json.phone }}',
	name: '',
	additionalFields: attributes({ '={{ $json.attribute }}': '={{ $json.kode }}' }),
});

const update = (updateFields: Parameters) =>
	contact('update', { contactId: byId('={{ $json.contact }}'), updateFields });

describe('Contact: Create', () => {
	it('sends all fields in the documented form', async () => {
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

		expect(requestBodiesOf(workspace, 'POST')).toEqual([
			{
				name: 'Budi Santoso',
				phone: '+6281234567890',
				email: 'Budi@Example.com',
				company: 'Toko Makmur',
				tags: ['pelanggan-baru', 'bandung'],
				custom_attributes: { kota: 'Bandung', poin: 12 },
			},
		]);
		expect(output('Sahut')).toEqual([{ json: contactsOf(workspace)[0], pairedItem: { item: 0 } }]);
	});

	it.each<[string, Parameters, IDataObject]>([
		[
			'only the fields that are not empty',
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
		['tags from a comma-separated text', { tags: 'baru, vip' }, { tags: ['baru', 'vip'] }],
		[
			'tags from a list inside an entry',
			{ tags: ['={{ ["baru", "vip"] }}'] },
			{ tags: ['baru', 'vip'] },
		],
	])('sends %s', async (_, additionalFields, body) => {
		const workspace = await openWorkspace();
		await workspace.run(contact('create', { name: 'Budi', additionalFields }));
		expect(requestBodiesOf(workspace, 'POST')).toEqual([{ name: 'Budi', ...body }]);
	});

	it.each([
		['by its phone number', { name: 'Budi', phone: '0812-3456-7890' }],
		['by its email address', { name: 'Budi', email: 'budi@example.com' }],
		['by its name', { name: 'Budi' }],
	])('finds the created contact %s after a lost response', async (_, row) => {
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
		expect(contactsOf(workspace)).toHaveLength(2);
		expect(output('Sahut')[0]!.json.id).toBe(contactsOf(workspace)[1]!.id);
		expect(writeRequestsOf(workspace)).toHaveLength(1);
	});

	it('distinguishes two equal contacts after a lost response', async () => {
		const workspace = await openWorkspace();
		workspace.sandbox.faults.add({ method: 'POST', kind: 'dropAfter', skip: 1 });

		const { output } = await workspace.run(create, [{ name: 'Budi' }, { name: 'Budi' }]);

		expect(output('Sahut').map(({ json }) => json.id)).toEqual(
			contactsOf(workspace).map(({ id }) => id),
		);
	});

	it.each([
		['email address', { email: 'toko@example.com' }, 'Ani', 'Budi'],
		['name', {}, 'Budi', 'Budi'],
	])('does not match another contact with the same %s after a lost request', async (...row) => {
		const [, alike, name, otherName] = row;
		const workspace = await openWorkspace();
		const { faults } = workspace.sandbox;
		faults.add({ method: 'POST', kind: 'slow', delayMs: 200, bodyContains: '+6281234567890' });
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
		expect(first!.id).toBe(contactsOf(workspace)[0]!.id);
		expect(second!.error).toMatchObject({ mayHaveArrived: true });
	});
});

describe('Contact: Create or Update', () => {
	it('creates a contact if none matches', async () => {
		const workspace = await openWorkspace();

		const { output } = await workspace.run(upsert, [
			{ phone: '0812 3456 7890', name: 'Budi', email: 'budi@example.com' },
		]);

		expect(requestBodiesOf(workspace, 'POST')).toEqual([
			{ phone: '+6281234567890', name: 'Budi', email: 'budi@example.com' },
		]);
		expect(output('Sahut')).toEqual([{ json: contactsOf(workspace)[0], pairedItem: { item: 0 } }]);
	});

	it('updates only the given fields of a contact', async () => {
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

		expect(writeRequestsOf(workspace)).toEqual([`PUT /contacts/${id}`]);
		expect(requestBodiesOf(workspace, 'PUT')).toEqual([
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

	it('returns an unchanged contact without writing it', async () => {
		const workspace = await openWorkspace();
		workspace.sandbox.store.addContact({ name: 'Budi', phone: '+6281234567890' });

		const { output } = await workspace.run(upsert, [
			{ phone: '081234567890', name: 'Budi' },
			{ phone: '081234567890' },
		]);

		expect(output('Sahut').map(({ json }) => json)).toEqual([
			contactsOf(workspace)[0],
			contactsOf(workspace)[0],
		]);
		expect(writeRequestsOf(workspace)).toEqual([]);
	});

	it('matches email addresses regardless of case, and only complete ones', async () => {
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
		expect(requestBodiesOf(workspace, 'PUT')).toEqual([
			{ phone: '+6281234567890', name: 'Budi Santoso' },
		]);
	});

	it('matches the oldest contact with exactly the number, even beyond the first page of the search', async () => {
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

	it('matches the oldest contact with an email address, although an earlier item gave it to another contact', async () => {
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

		expect(contactsOf(workspace).map(({ name, company }) => [name, company])).toEqual([
			['Ani', 'email'],
			['Budi', 'phone'],
		]);
	});

	it('writes an attribute whose text differs from the stored number', async () => {
		const workspace = await openWorkspace();
		const texts = ['01234', '12345678901234567', '1e3', '0x1F'];
		const rows = texts.map((kode, index) => {
			const phone = `+62812345678${10 + index}`;
			workspace.sandbox.store.addContact({ phone, custom_attributes: { kode: Number(kode) } });
			return { phone, attribute: 'kode', kode };
		});

		await workspace.run(upsertAttribute, rows);

		expect(contactsOf(workspace).map(({ custom_attributes }) => custom_attributes.kode)).toEqual(
			texts,
		);
	});

	describe('keeps an attribute that an agent changes between two items with the same contact', () => {
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
			const running = run(upsertAttribute, rows);
			await until(() => 'a' in ani.custom_attributes);
			changeCity();
			await running;

			expect(ani.custom_attributes).toEqual(changed);
		});

		it('before Retry', async () => {
			const { sandbox, run, ani, changeCity } = await openWithAni();
			sandbox.faults.add({ method: 'PUT', kind: 'status', status: 403, skip: 1 });
			const failed = await run(upsertAttribute, rows);
			expect(failed.status).toBe('error');
			changeCity();
			const executionData = createRetryData(failed);

			const { status } = await run(upsertAttribute, [], {}, { mode: 'retry', executionData });

			expect(status).toBe('success');
			expect(ani.custom_attributes).toEqual(changed);
		});
	});

	it('creates one contact after a lost response with Retry On Fail', async () => {
		const workspace = await openWorkspace();
		const { faults } = workspace.sandbox;
		faults.add({ method: 'POST', kind: 'dropAfter' });
		// The search of the first try fails, so that only the second try can find the contact.
		faults.add({ method: 'GET', kind: 'status', status: 403, skip: 1 });

		const { status, output } = await workspace.run(
			upsert,
			[{ phone: '0812-3456-7890', name: 'Budi' }],
			RETRY_ON_FAIL,
		);

		expect(status).toBe('success');
		expect(contactsOf(workspace)).toHaveLength(1);
		expect(output('Sahut')[0]!.json).toEqual(contactsOf(workspace)[0]);
		expect(writeRequestsOf(workspace)).toEqual(['POST /contacts']);
	});

	it('requires Name to create a contact', async () => {
		const workspace = await openWorkspace();

		const { error } = await workspace.run(upsert, [{ phone: '0812-3456-7890' }]);

		expect(error?.message).toBe(
			'Sahut has no contact with +6281234567890, and Name is empty [item 0]',
		);
		expect(error?.description).toContain('Enter a Name');
		expect(error?.description).toContain('0 of 1 items were created or updated.');
		expect(writeRequestsOf(workspace)).toEqual([]);
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

	it('sends only the given fields', async () => {
		const workspace = await openWithBudi();

		const { output } = await workspace.run(
			update({ name: 'Budi Santoso', phone: '0812-3456-7890', email: '', tags: '={{ [] }}' }),
			workspace.rows,
		);

		expect(workspace.requests()).toEqual([
			`GET /contacts/${workspace.id}`,
			`PUT /contacts/${workspace.id}`,
		]);
		expect(requestBodiesOf(workspace, 'PUT')).toEqual([
			{ name: 'Budi Santoso', phone: '+6281234567890', tags: [] },
		]);
		expect(output('Sahut')).toEqual([{ json: contactsOf(workspace)[0], pairedItem: { item: 0 } }]);
	});

	it('updates a contact in item order, one request at a time', async () => {
		const workspace = await openWithBudi();
		workspace.sandbox.faults.add({ method: 'PUT', kind: 'slow', delayMs: 60 });

		await workspace.run(
			update({ name: '={{ $json.name }}' }),
			['Budi 1', 'Budi 2', 'Budi 3'].map((name) => ({ contact: workspace.id, name })),
		);

		expect(requestBodiesOf(workspace, 'PUT')).toEqual(
			['Budi 1', 'Budi 2', 'Budi 3'].map((name) => ({ name })),
		);
		expect(workspace.sandbox.journal.maxInFlight).toBe(1);
	});

	it('succeeds after a lost response if the contact has the new values', async () => {
		const workspace = await openWithBudi();
		workspace.sandbox.faults.add({ method: 'PUT', kind: 'dropAfter' });

		const { status, output } = await workspace.run(
			update({ name: 'Budi Santoso', tags: ['vip', 'baru'] }),
			workspace.rows,
		);

		expect(status).toBe('success');
		expect(output('Sahut')[0]!.json).toEqual(contactsOf(workspace)[0]);
		expect(writeRequestsOf(workspace)).toHaveLength(1);
	});

	it('names a contact that does not exist', async () => {
		const workspace = await openWorkspace();

		const { error } = await workspace.run(update({ name: 'Budi' }), [{ contact: 'ct_X' }]);

		expect(error?.message).toBe('Contact "ct_X" was not found in Sahut [item 0]');
		expect(error?.description).toContain('0 of 1 items were updated.');
	});
});

describe('Contact: Get', () => {
	it('returns the contact', async () => {
		const workspace = await openWorkspace();
		const { id } = workspace.sandbox.store.addContact({ name: 'Budi' });

		const { output } = await workspace.run(contact('get', { contactId: byId(` ${id} `) }));

		expect(output('Sahut')).toEqual([{ json: contactsOf(workspace)[0], pairedItem: { item: 0 } }]);
	});
});

describe('Contact: List', () => {
	it('requests the filtered contacts, and no more than Limit', async () => {
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

	expect(writeRequestsOf(workspace)).toEqual([]);
});
