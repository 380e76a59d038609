import type { INode } from 'n8n-workflow';

import { byId } from '../../support/locator';
import { replaceLists } from '../../support/replaceLists';
import { writeRequestsOf } from '../../support/requests';
import { contactsOf, openWorkspace } from '../../support/workspace';
import {
	BUDI_E164,
	jsonsOf,
	LONG_AGO,
	openWithContact,
	SITI_E164,
} from '../delivery/deliveryFixture';

const EMAIL = 'budi@example.com';

const upsert: INode['parameters'] = {
	resource: 'contact',
	operation: 'upsert',
	matchBy: '={{ $json.by }}',
	phone: BUDI_E164,
	email: EMAIL,
	name: '',
	additionalFields: { company: '={{ $json.company }}' },
};

it('Create or Update overwrites the change of an earlier item that found the contact by its other key', async () => {
	const workspace = await openWorkspace();
	const contact = workspace.sandbox.store.addContact({
		name: 'Budi',
		phone: BUDI_E164,
		email: EMAIL,
		created_at: LONG_AGO,
	});
	const rows = [
		{ by: 'phone', company: 'A' },
		{ by: 'email', company: 'B' },
		{ by: 'phone', company: 'A' },
	];
	const parameters = {
		...upsert,
		additionalFields: { company: '={{ $json.company }}', email: EMAIL, phone: BUDI_E164 },
	};

	const run = await workspace.run(parameters, rows);

	expect(run.error?.message).toBeUndefined();
	expect(jsonsOf(run).map(({ company }) => company)).toEqual(['A', 'B', 'A']);
	expect(contact.company).toBe('A');
});

it('Create or Update writes a value that a stale list still shows', async () => {
	const workspace = await openWorkspace({ deviations: ['stale-lists'] });
	const contact = workspace.sandbox.store.addContact({
		name: 'Budi',
		phone: BUDI_E164,
		email: EMAIL,
		company: 'A',
		created_at: LONG_AGO,
	});
	await workspace.run({
		resource: 'contact',
		operation: 'update',
		contactId: byId(contact.id),
		updateFields: { company: 'B' },
	});
	expect(contact.company).toBe('B');

	await workspace.run({ ...upsert, matchBy: 'phone' }, [{ company: 'A' }]);

	expect(contact.company).toBe('A');
});

/** Creates or updates a contact by the number that Budi had, with another name and a tag. */
const upsertOther: INode['parameters'] = {
	...upsert,
	matchBy: 'phone',
	name: 'Ani',
	additionalFields: { addTags: ['berhenti'] },
};

it('Create or Update creates a contact if the found one has just got another number', async () => {
	const { workspace, contact } = await openWithContact({ deviations: ['stale-lists'] });
	const renumber = {
		resource: 'contact',
		operation: 'update',
		contactId: byId(contact.id),
		updateFields: { phone: SITI_E164 },
	};
	workspace.sandbox.faults.add({ method: 'PUT', kind: 'slow', delayMs: 100, times: 1 });

	// At once, and after the update, while the search still shows the former number.
	const [, atOnce] = await Promise.all([workspace.run(renumber), workspace.run(upsertOther)]);
	const afterwards = await workspace.run(upsertOther);

	expect(contact).toMatchObject({ name: 'Budi', phone: SITI_E164, tags: [] });
	const added = contactsOf(workspace).slice(1);
	expect(added).toMatchObject([{ name: 'Ani', phone: BUDI_E164, tags: ['berhenti'] }]);
	expect([...jsonsOf(atOnce), ...jsonsOf(afterwards)].map(({ id }) => id)).toEqual([
		added[0]!.id,
		added[0]!.id,
	]);
});

it('Create or Update creates a contact if the found one was deleted, unless Sahut refuses it', async () => {
	const { workspace, contact } = await openWithContact();
	const { store, faults } = workspace.sandbox;
	replaceLists(workspace, '/contacts', [{ ...contact }]);
	store.contacts.delete(contact.id);
	faults.add({ method: 'POST', path: '/contacts', kind: 'status', status: 422 });

	const refused = await workspace.run(upsertOther);
	const created = await workspace.run(upsertOther);

	expect(refused.error?.context).toMatchObject({ reason: 'refused' });
	expect(created.status).toBe('success');
	expect(contactsOf(workspace)).toMatchObject([{ name: 'Ani', phone: BUDI_E164 }]);
	expect(writeRequestsOf(workspace)).toEqual(['POST /contacts', 'POST /contacts']);
});
