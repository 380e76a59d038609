import type { IDataObject, INode } from 'n8n-workflow';

import type { SandboxOptions } from '../../../sandbox';
import { byId } from '../../support/locator';
import { replaceLists } from '../../support/replaceLists';
import { requestBodiesOf, writeRequestsOf } from '../../support/requests';
import { contactsOf, openWorkspace, type Workspace } from '../../support/workspace';
import { now } from '../../support/testClock';

type Parameters = INode['parameters'];

const RETRY_ON_FAIL = { retryOnFail: true, maxTries: 2, waitBetweenTries: 1 };
const PHONE = '+6281234567890';

const attributes = (...attribute: IDataObject[]) =>
	({ customAttributes: { attribute } }) as Parameters;

const create = (...rows: IDataObject[]): Parameters => ({
	resource: 'contact',
	operation: 'create',
	name: 'Budi',
	additionalFields: { phone: PHONE, ...attributes(...rows) },
});

const upsert = (...rows: IDataObject[]): Parameters => ({
	resource: 'contact',
	operation: 'upsert',
	matchBy: 'phone',
	phone: PHONE,
	name: '',
	additionalFields: attributes(...rows),
});

const update = (id: string, ...rows: IDataObject[]): Parameters => ({
	resource: 'contact',
	operation: 'update',
	contactId: byId(id),
	updateFields: attributes(...rows),
});

/** Makes Sahut list the current contacts in another form. */
function changeListRows(workspace: Workspace, toRow: (contact: IDataObject) => IDataObject): void {
	const rows = contactsOf(workspace).map((contact) => toRow({ ...contact }));
	replaceLists(workspace, '/contacts', rows);
}

/** The example of a row in Sahut's reference has no custom attributes. */
const withoutAttributes = (row: IDataObject) => ({ ...row, custom_attributes: undefined });

async function openWithContact(
	custom_attributes: Record<string, unknown>,
	options: SandboxOptions = {},
) {
	const workspace = await openWorkspace(options);
	const budi = workspace.sandbox.store.addContact({
		name: 'Budi',
		phone: PHONE,
		custom_attributes,
	});
	return { ...workspace, workspace, budi };
}

describe.each([
	['without custom attributes', withoutAttributes],
	['with null as custom attributes', (row: IDataObject) => ({ ...row, custom_attributes: null })],
])('If lists show contacts %s, Contact: Create or Update', (_, toRow) => {
	it.each(['attributes-replaced', 'attributes-merged'] as const)(
		'keeps the other attributes with the deviation %s',
		async (deviation) => {
			const opened = await openWithContact({ kota: 'Bandung' }, { deviations: [deviation] });
			const { workspace, budi } = opened;
			changeListRows(workspace, toRow);

			const { output } = await workspace.run(upsert({ name: 'tier', value: 'emas' }));

			const all = { kota: 'Bandung', tier: 'emas' };
			expect(budi.custom_attributes).toEqual(all);
			expect(requestBodiesOf(workspace, 'PUT')).toEqual([{ custom_attributes: all }]);
			expect(output('Sahut')[0]!.json).toEqual(budi);
			expect(workspace.requests()).toEqual([
				'GET /contacts',
				`GET /contacts/${budi.id}`,
				`PUT /contacts/${budi.id}`,
			]);
		},
	);

	it('writes nothing and returns the complete contact if it already has the attributes', async () => {
		const { workspace, budi } = await openWithContact({ kota: 'Bandung', tier: 'emas' });
		changeListRows(workspace, toRow);

		const { output } = await workspace.run(upsert({ name: 'tier', value: 'emas' }));

		expect(writeRequestsOf(workspace)).toEqual([]);
		expect(output('Sahut')[0]!.json).toEqual(budi);
	});

	it('writes nothing and returns the complete contact if no attributes are given', async () => {
		const { workspace, budi } = await openWithContact({ kota: 'Bandung' });
		changeListRows(workspace, toRow);

		const { output } = await workspace.run(upsert());

		expect(writeRequestsOf(workspace)).toEqual([]);
		expect(output('Sahut')[0]!.json).toEqual(budi);
	});
});

it('Contact: Create or Update keeps an attribute that the list does not show yet', async () => {
	const deviations: SandboxOptions['deviations'] = ['stale-lists'];
	const { workspace, budi } = await openWithContact({ kota: 'Bandung' }, { deviations });
	workspace.sandbox.store.updateContact(budi, {
		custom_attributes: { kota: 'Solo', tier: 'emas' },
	});

	await workspace.run(upsert({ name: 'poin', value: '12' }));

	expect(budi.custom_attributes).toEqual({ kota: 'Solo', tier: 'emas', poin: '12' });
});

it('Contact: Create or Update clears tags that the list does not show', async () => {
	const { workspace, budi } = await openWithContact({ kota: 'Bandung' });
	budi.tags = ['vip'];
	changeListRows(workspace, (row) => ({ ...row, tags: undefined }));
	const parameters = { ...upsert(), additionalFields: { tags: '={{ [] }}' } };

	await workspace.run(parameters);

	expect(budi.tags).toEqual([]);
});

it('Contact: Create finds its contact after a lost response if lists show no attributes', async () => {
	const workspace = await openWorkspace();
	const { store, faults } = workspace.sandbox;
	faults.add({ method: 'POST', kind: 'dropAfter' });
	store.emitter.on('event', () => changeListRows(workspace, withoutAttributes));

	const { status, output } = await workspace.run(create({ name: 'kota', value: 'Bandung' }));

	expect(status).toBe('success');
	expect(output('Sahut')[0]!.json).toEqual(contactsOf(workspace)[0]);
	expect(writeRequestsOf(workspace)).toEqual(['POST /contacts']);
});

it('Contact: Create does not match a contact with another attribute after a lost response', async () => {
	const workspace = await openWorkspace();
	const { store, faults } = workspace.sandbox;
	faults.add({ method: 'POST', kind: 'dropBefore' });
	const kota = { custom_attributes: { kota: 'Jakarta' } };
	const created_at = new Date(now() + 60_000).toISOString();
	store.addContact({ name: 'Budi', phone: PHONE, ...kota, created_at });
	changeListRows(workspace, withoutAttributes);

	const { error } = await workspace.run(create({ name: 'kota', value: 'Bandung' }));

	expect(error?.message).toContain('The connection was lost before Sahut responded');
});

it('Contact: Update adds an attribute to a contact that Sahut returns without custom_attributes', async () => {
	const { workspace, budi } = await openWithContact({}, { deviations: ['missing-fields'] });

	const { status } = await workspace.run(update(budi.id, { name: 'kota', value: 'Bandung' }));

	expect(status).toBe('success');
	expect(budi.custom_attributes).toEqual({ kota: 'Bandung' });
});

it.each([[[]], [[{ key: 'kota', value: 'Bandung' }]], ['{"kota":"Bandung"}']])(
	'Contact: Update sends only the given attribute if Sahut returns %j instead of attributes',
	async (shown) => {
		const { workspace, budi } = await openWithContact({});
		const body = { data: { ...budi, custom_attributes: shown } };
		workspace.sandbox.faults.add({
			method: 'GET',
			path: `/contacts/${budi.id}`,
			kind: 'body',
			body,
		});

		await workspace.run(update(budi.id, { name: 'tier', value: 'emas' }));

		expect(requestBodiesOf(workspace, 'PUT')).toEqual([{ custom_attributes: { tier: 'emas' } }]);
	},
);

it('Contact: Update accepts attributes that are called __proto__ and constructor, and keeps them', async () => {
	const { workspace, budi } = await openWithContact({});
	const odd = JSON.parse('{ "__proto__": "x", "constructor": "y" }') as IDataObject;
	const rows = Object.entries(odd).map(([name, value]) => ({ name, value }));

	await workspace.run(update(budi.id, ...(rows as IDataObject[])));
	await workspace.run(update(budi.id, { name: 'kota', value: 'Solo' }));
	await workspace.run(update(budi.id, ...(rows as IDataObject[])));

	const all = [...Object.entries(odd), ['kota', 'Solo']];
	expect(Object.entries(budi.custom_attributes)).toEqual(all);
	expect(writeRequestsOf(workspace)).toHaveLength(2);
});

describe('A custom attribute', () => {
	it.each<[type: string | undefined, value: unknown, sent: unknown]>([
		[undefined, '12', '12'],
		['asGiven', '12', '12'],
		['asGiven', '={{ 12 }}', 12],
		['asGiven', '={{ $json.poin }}', 12.5],
		['asGiven', '={{ $json.vip }}', false],
		['asGiven', '={{ $json.kode }}', '08123'],
		['asGiven', '=No. {{ $json.poin }}', 'No. 12.5'],
		['asGiven', '={{ DateTime.fromISO("2026-11-30T08:30:00Z") }}', '2026-11-30T15:30:00.000+07:00'],
		['text', '={{ $json.poin }}', '12.5'],
		['number', '12', 12],
		['number', '={{ $json.poin }}', 12.5],
		['date', '2026-11-30', '2026-11-30'],
		['date', '={{ DateTime.fromISO("2026-11-30").startOf("day") }}', '2026-11-30'],
		['date', '={{ new Date("2026-11-30T08:30:00Z") }}', '2026-11-30T08:30:00Z'],
		['date', '2026-11-30 08:30', '2026-11-30T01:30:00Z'],
		['checkbox', 'ya', true],
		['checkbox', '={{ $json.vip }}', false],
		['={{ $json.type }}', '12', 12],
	])('of the type %s sends %p as %p', async (type, value, sent) => {
		const workspace = await openWorkspace();
		const row = { name: 'x', ...(type !== undefined && { type }), value } as IDataObject;
		const json = { poin: 12.5, vip: false, kode: '08123', type: 'number' };

		await workspace.run(create(row), [json]);

		expect(requestBodiesOf(workspace, 'POST')).toMatchObject([{ custom_attributes: { x: sent } }]);
	});

	it.each([
		['number', '1.000', 'Custom attribute "x" is not a valid number', '"1.000"'],
		['date', '05/03/2024', 'Custom attribute "x" is not a date', '"05/03/2024"'],
		['checkbox', 'mungkin', 'Custom attribute "x" is not true or false', '"mungkin"'],
		['text', '={{ [1, 2] }}', 'Custom attribute "x" is not text', 'a list'],
		['asGiven', '={{ { a: 1 } }}', 'Custom attribute "x" is not a single value', 'an object'],
		['={{ "angka" }}', '1', 'Custom attribute "x" has an unknown type', '"angka"'],
	])('of the type %s rejects %s before any request', async (type, value, message, shown) => {
		const { workspace, budi } = await openWithContact({});

		const { error } = await workspace.run(update(budi.id, { name: 'x', type, value }));

		expect(error?.message).toBe(`${message} [item 0]`);
		expect(error?.description).toContain(`for this item is ${shown}.`);
		expect(workspace.requests()).toEqual([]);
	});

	it.each(['asGiven', 'text', 'number', 'date', 'checkbox'])(
		'of the type %s does not change if its value is empty',
		async (type) => {
			const { workspace, budi } = await openWithContact({ a: 1, b: 2, c: 3, d: 4 });
			const values = ['', ' \u200b', '={{ null }}', '={{ $json.missing }}'];
			const rows = ['a', 'b', 'c', 'd'].map((name, i) => ({ name, type, value: values[i]! }));

			await workspace.run(update(budi.id, ...rows, { name: 'e', value: '5' }));

			expect(budi.custom_attributes).toEqual({ a: 1, b: 2, c: 3, d: 4, e: '5' });
		},
	);
});

describe('If Sahut stores attributes in another JSON type, Contact: Update', () => {
	const rows = [
		{ name: 'poin', type: 'number', value: '12' },
		{ name: 'vip', type: 'checkbox', value: 'ya' },
		{ name: 'tanggal', type: 'date', value: '2026-11-30' },
	];
	const asTexts = { poin: '12', vip: 'true', tanggal: '2026-11-30T00:00:00Z' };

	it('does not write an unchanged contact', async () => {
		const { workspace, budi } = await openWithContact({ ...asTexts, kota: 'Solo' });

		await workspace.run(update(budi.id, ...rows));

		expect(writeRequestsOf(workspace)).toEqual([]);
	});

	it('recognizes its change after a lost response', async () => {
		const { workspace, budi } = await openWithContact({ kota: 'Solo' });
		const { store, faults } = workspace.sandbox;
		faults.add({ method: 'PUT', kind: 'dropAfter' });
		const updateContact = store.updateContact.bind(store);
		store.updateContact = (contact) =>
			updateContact(contact, { custom_attributes: { kota: 'Solo', ...asTexts } });

		const { status } = await workspace.run(update(budi.id, ...rows), [{}], RETRY_ON_FAIL);

		expect(status).toBe('success');
		expect(writeRequestsOf(workspace)).toHaveLength(1);
	});
});
