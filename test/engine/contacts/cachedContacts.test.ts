import type { INode } from 'n8n-workflow';

import { byId } from '../../support/locator';
import { openWorkspace } from '../../support/workspace';
import { BUDI_E164, jsonsOf, LONG_AGO } from '../delivery/deliveryFixture';

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
