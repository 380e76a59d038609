import type { IDataObject, INode } from 'n8n-workflow';

import { byId, byMode } from '../../support/locator';
import { replaceLists } from '../../support/replaceLists';
import { requestBodiesOf, writeRequestsOf } from '../../support/requests';
import { retry } from '../../support/retryData';
import { contactsOf, openWorkspace, until } from '../../support/workspace';
import {
	BUDI_E164,
	jsonsOf,
	LONG_AGO,
	openWithContact,
	SITI_E164,
} from '../delivery/deliveryFixture';

const EMAIL = 'budi@example.com';
const NUMBER = '0812-777-0001';
const RETRY_ON_FAIL = { retryOnFail: true, maxTries: 3, waitBetweenTries: 1 };

const update = (contactId: unknown, updateFields: IDataObject) =>
	({ resource: 'contact', operation: 'update', contactId, updateFields }) as INode['parameters'];

const byPhone = byMode('phone', '={{ $json.phone }}');
const setCompany = update(byPhone, { company: '={{ $json.company }}' });
const rows = (...phones: string[]) => phones.map((phone) => ({ phone, company: 'Toko Baru' }));

/** Opens a workspace with Budi, who has an email address, an attribute and a tag. */
async function openWithBudi() {
	const opened = await openWithContact();
	Object.assign(opened.contact, {
		email: EMAIL,
		tags: ['vip'],
		custom_attributes: { kota: 'Bandung' },
	});
	return opened;
}

const attribute = (name: string, value: string) => ({
	customAttributes: { attribute: [{ name, value }] },
});

describe('Contact: Update changes the contact', () => {
	it.each<[string, (id: string) => unknown, searches: number]>([
		['from the list', (id) => byMode('list', id), 0],
		['by its ID', byId, 0],
		['by its phone number', () => byMode('phone', NUMBER), 1],
		['by its email address', () => byMode('email', ' BUDI@example.com'), 1],
		[
			'by an expression for the whole locator',
			() => `={{ ({ __rl: true, mode: 'phone', value: '${NUMBER}' }) }}`,
			1,
		],
	])('%s, and keeps its other values', async (_, locatorOf, searches) => {
		const { workspace, contact } = await openWithBudi();
		const { id } = contact;
		const fields = { ...attribute('poin', '12'), addTags: ['baru'] };

		const { output } = await workspace.run(update(locatorOf(id), fields));

		expect(workspace.requests()).toEqual([
			...Array.from({ length: searches }, () => 'GET /contacts'),
			`GET /contacts/${id}`,
			`PUT /contacts/${id}`,
		]);
		expect(contact).toMatchObject({
			tags: ['vip', 'baru'],
			custom_attributes: { kota: 'Bandung', poin: '12' },
		});
		expect(output('Sahut')).toEqual([{ json: contact, pairedItem: { item: 0 } }]);
	});

	it('whose number is not stored as E.164', async () => {
		const { workspace, contact } = await openWithBudi();
		contact.phone = '0812 777 0001';

		const { status } = await workspace.run(setCompany, rows(NUMBER));

		expect(status).toBe('success');
		expect(contact.company).toBe('Toko Baru');
		expect(workspace.requests()).toHaveLength(4);
	});

	it('that has just been created, although lists do not show it yet', async () => {
		const workspace = await openWorkspace({ deviations: ['late-lists'] });
		const additionalFields = { phone: NUMBER };
		await workspace.run({
			resource: 'contact',
			operation: 'create',
			name: 'Budi',
			additionalFields,
		});

		const { status } = await workspace.run(setCompany, rows(NUMBER));

		expect(status).toBe('success');
		expect(contactsOf(workspace)).toMatchObject([{ company: 'Toko Baru' }]);
	});

	it('and writes nothing if nothing changes', async () => {
		const { workspace, contact } = await openWithBudi();
		contact.company = 'Toko Baru';

		const { output } = await workspace.run(setCompany, rows(NUMBER));

		expect(output('Sahut')[0]!.json).toEqual(contact);
		expect(writeRequestsOf(workspace)).toEqual([]);
	});

	it('once per item, in item order, for two items with the same number', async () => {
		const { workspace, contact, sandbox } = await openWithBudi();
		sandbox.faults.add({ method: 'GET', path: '/contacts', kind: 'slow', delayMs: 100 });
		const items = [NUMBER, BUDI_E164].map((phone, index) => ({ phone, company: `Toko ${index}` }));

		const run = await workspace.run(setCompany, items);

		expect(jsonsOf(run).map(({ company }) => company)).toEqual(['Toko 0', 'Toko 1']);
		expect(contact.company).toBe('Toko 1');
		expect(requestBodiesOf(workspace, 'PUT')).toEqual([
			{ company: 'Toko 0' },
			{ company: 'Toko 1' },
		]);
	});

	it('together with concurrent changes by Create or Update and by ID', async () => {
		const { workspace, contact, sandbox } = await openWithBudi();
		sandbox.faults.add({ method: 'PUT', kind: 'slow', delayMs: 60, times: 4 });
		const upsert = { resource: 'contact', operation: 'upsert', phone: NUMBER, name: '' };

		await Promise.all([
			workspace.run({ ...upsert, additionalFields: attribute('a', 'x') }),
			workspace.run(update(byMode('phone', NUMBER), attribute('b', 'x'))),
			workspace.run(update(byMode('email', EMAIL), attribute('c', 'x'))),
			workspace.run(update(byId(contact.id), attribute('d', 'x'))),
		]);

		expect(contact.custom_attributes).toEqual({ kota: 'Bandung', a: 'x', b: 'x', c: 'x', d: 'x' });
	});

	it('that another execution creates at the same time', async () => {
		const workspace = await openWorkspace({ latencyMs: 30 });
		const upsert = { resource: 'contact', operation: 'upsert', phone: NUMBER, name: 'Budi' };

		const [, { status }] = await Promise.all([
			workspace.run(upsert),
			workspace.run(setCompany, rows(NUMBER)),
		]);

		expect(status).toBe('success');
		expect(contactsOf(workspace)).toMatchObject([{ name: 'Budi', company: 'Toko Baru' }]);
	});

	it('of each of many items, with the complete list instead of searches', async () => {
		const workspace = await openWorkspace();
		const phones = Array.from({ length: 60 }, (_, index) => `+62812777${1000 + index}`);
		for (const phone of phones) workspace.sandbox.store.addContact({ phone });

		const { status } = await workspace.run(setCompany, rows(...phones));

		expect(status).toBe('success');
		expect(contactsOf(workspace).every(({ company }) => company === 'Toko Baru')).toBe(true);
		// The list, and a read and a write per item, beside the first searches.
		expect(workspace.requests().length).toBeLessThanOrEqual(120 + 1 + 20);
	});
});

describe('Contact: Update changes nothing', () => {
	it.each(['continueRegularOutput', 'continueErrorOutput', 'stopWorkflow'] as const)(
		'for a number without a contact, with On Error %s',
		async (onError) => {
			const { workspace } = await openWithBudi();
			const items = rows(SITI_E164);

			const { output, error } = await workspace.run(setCompany, items, { onError });

			const message = `Sahut has no contact with ${SITI_E164}`;
			if (onError === 'stopWorkflow') {
				expect(error?.message).toBe(`${message} [item 0]`);
				expect(error?.context).toMatchObject({ reason: 'not_found' });
			} else {
				const failed = output('Sahut', onError === 'continueErrorOutput' ? 1 : 0);
				const advice = expect.stringContaining('Create or Update');
				const json = { ...items[0], error: { message, advice, reason: 'not_found' } };
				expect(failed).toMatchObject([{ json, pairedItem: { item: 0 } }]);
			}
			expect(writeRequestsOf(workspace)).toEqual([]);
			expect(contactsOf(workspace)).toHaveLength(1);
		},
	);

	it.each<[string, unknown, IDataObject]>([
		['the number', byMode('phone', NUMBER), { phone: BUDI_E164 }],
		['the number in another form', byMode('phone', NUMBER), { phone: '0812-777 0001' }],
		['the email address', byMode('email', EMAIL), { email: 'BUDI@example.com' }],
	])('if several contacts have %s, and names them', async (_, locator, fields) => {
		const { workspace, contact } = await openWithBudi();
		const other = workspace.sandbox.store.addContact({ name: 'Budi Kantor', ...fields });

		const { output } = await workspace.run(update(locator, { company: 'Toko Baru' }), [{}], {
			onError: 'continueRegularOutput',
		});

		const error = output('Sahut')[0]!.json.error as IDataObject;
		expect(error.reason).toBe('ambiguous');
		expect(error.message).toContain(
			`2 contacts with ${'phone' in fields ? BUDI_E164 : EMAIL}: ${contact.id} (Budi), ${other.id} (Budi Kantor)`,
		);
		expect(error.advice).toContain('"By ID"');
		expect(writeRequestsOf(workspace)).toEqual([]);
	});

	it('if more contacts match the last digits than the node reads', async () => {
		const { workspace } = await openWithBudi();
		for (let index = 0; index < 350; index++) {
			const phone = `+62813${String(index).padStart(4, '0')}0001`;
			workspace.sandbox.store.addContact({ phone });
		}

		const { error } = await workspace.run(setCompany, rows(NUMBER));

		expect(error?.message).toContain('could not determine whether Sahut has several contacts');
		expect(error?.context).toMatchObject({ reason: 'ambiguous' });
		expect(writeRequestsOf(workspace)).toEqual([]);
	});

	it.each<[string, (contact: IDataObject, remove: () => void) => void]>([
		['was deleted', (_, remove) => remove()],
		['got another number', (contact) => (contact.phone = SITI_E164)],
	])('if the contact %s after the search', async (_, change) => {
		const { workspace, contact } = await openWithBudi();
		const { store } = workspace.sandbox;
		replaceLists(workspace, '/contacts', [{ ...contact }]);
		change(contact as unknown as IDataObject, () => store.contacts.delete(contact.id));

		const { error } = await workspace.run(setCompany, rows(NUMBER));

		expect(error?.message).toContain(`Sahut has no contact with ${BUDI_E164}`);
		expect(error?.context).toMatchObject({ reason: 'not_found' });
		expect(writeRequestsOf(workspace)).toEqual([]);
	});

	it('for the second item if the first one has changed the number', async () => {
		const workspace = await openWorkspace({ deviations: ['stale-lists'] });
		workspace.sandbox.store.addContact({ phone: BUDI_E164, created_at: LONG_AGO });
		const changeNumber = update(byPhone, { phone: SITI_E164 });

		const run = await workspace.run(changeNumber, rows(NUMBER, NUMBER), {
			onError: 'continueRegularOutput',
		});

		const [first, second] = jsonsOf(run);
		expect(first).toMatchObject({ phone: SITI_E164 });
		expect(second!.error).toMatchObject({ reason: 'not_found' });
		expect(writeRequestsOf(workspace)).toHaveLength(1);
	});
});

describe('If n8n runs the node again, Contact: Update by number', () => {
	it('returns the result of a successful item, although the contact has changed since', async () => {
		const { workspace, contact } = await openWithBudi();
		const failed = await workspace.run(setCompany, rows(NUMBER, SITI_E164));
		expect(failed.status).toBe('error');
		contact.phone = '+6281111111111';
		contact.company = 'Toko Agen';
		workspace.sandbox.store.addContact({ phone: SITI_E164 });

		const { output } = await retry(workspace, failed, setCompany);

		expect(output('Sahut')[0]!.json).toMatchObject({ id: contact.id, company: 'Toko Baru' });
		expect(contact.company).toBe('Toko Agen');
		expect(writeRequestsOf(workspace)).toHaveLength(2);
	});

	it('finds a contact that was added in the meantime', async () => {
		const { workspace } = await openWithBudi();
		const failed = await workspace.run(setCompany, rows(SITI_E164));
		const siti = workspace.sandbox.store.addContact({ phone: SITI_E164 });

		const { status } = await retry(workspace, failed, setCompany);

		expect(status).toBe('success');
		expect(siti.company).toBe('Toko Baru');
	});

	it('does not repeat a change of the number itself after a lost response', async () => {
		const { workspace, contact, sandbox } = await openWithBudi();
		sandbox.faults.add({ method: 'PUT', kind: 'dropAfter' });
		// The first try cannot read the contact after the write.
		sandbox.faults.add({ method: 'GET', kind: 'status', status: 403, skip: 2, times: 1 });
		const changeNumber = update(byPhone, { phone: SITI_E164 });

		const { output, error } = await workspace.run(changeNumber, rows(NUMBER), RETRY_ON_FAIL);

		expect(error?.message).toBeUndefined();
		expect(output('Sahut')[0]!.json).toMatchObject({ id: contact.id, phone: SITI_E164 });
		expect(writeRequestsOf(workspace)).toHaveLength(1);
	});

	it('repeats a write that Sahut did not receive', async () => {
		const { workspace, contact, sandbox } = await openWithBudi();
		sandbox.faults.add({ method: 'PUT', kind: 'dropBefore' });

		const { status } = await workspace.run(setCompany, rows(NUMBER), RETRY_ON_FAIL);

		expect(status).toBe('success');
		expect(contact.company).toBe('Toko Baru');
		expect(writeRequestsOf(workspace)).toHaveLength(2);
	});
});

it('an agent’s change between two items with the same number is kept', async () => {
	const { workspace, contact, sandbox } = await openWithBudi();
	sandbox.faults.add({ method: 'PUT', kind: 'slow', delayMs: 100 });
	const setAttribute = update(byPhone, attribute('={{ $json.company }}', 'x'));
	const items = ['a', 'b'].map((company) => ({ phone: NUMBER, company }));

	const running = workspace.run(setAttribute, items);
	await until(() => 'a' in contact.custom_attributes);
	contact.custom_attributes = { ...contact.custom_attributes, kota: 'Solo' };
	await running;

	expect(contact.custom_attributes).toEqual({ kota: 'Solo', a: 'x', b: 'x' });
});
