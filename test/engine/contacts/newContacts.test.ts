import type { INode } from 'n8n-workflow';

import { byId } from '../../support/locator';
import { ageRecords, retry } from '../../support/retryData';
import {
	allSentTexts,
	contactsOf,
	conversationsOf,
	openWorkspace,
	toPhone,
} from '../../support/workspace';

const SARI = { phone: '0813-9876-5432', name: 'Sari Dewi', email: 'Sari@Example.com' };

const createContact = (fields: INode['parameters'] = {}): INode['parameters'] => ({
	resource: 'contact',
	operation: 'create',
	name: '={{ $json.name }}',
	additionalFields: { phone: '={{ $json.phone }}', ...fields },
});

describe('If lists do not show a new contact yet', () => {
	const upsertBy = (matchBy: 'phone' | 'email'): INode['parameters'] => ({
		resource: 'contact',
		operation: 'upsert',
		matchBy,
		[matchBy]: `={{ $json.${matchBy} }}`,
		name: '={{ $json.name }}',
	});

	const createWithEmail: INode['parameters'] = {
		resource: 'contact',
		operation: 'create',
		name: '={{ $json.name }}',
		additionalFields: { phone: '={{ $json.phone }}', email: '={{ $json.email }}' },
	};

	const phoneAndEmail = {
		...upsertBy('phone'),
		additionalFields: { email: '={{ $json.email }}' },
	} as INode['parameters'];

	it.each([
		['Create or Update by phone after the same operation', upsertBy('phone'), upsertBy('phone')],
		['Create or Update by email after Create or Update by phone', phoneAndEmail, upsertBy('email')],
		['Create or Update after Create', createWithEmail, upsertBy('phone')],
		['Create or Update after Send to Phone Number', undefined, upsertBy('phone')],
		['Send to Phone Number after Create or Update', upsertBy('phone'), undefined],
		['Send to Phone Number after Create', createWithEmail, undefined],
	])('%s does not create the contact again', async (_, first, second) => {
		const workspace = await openWorkspace({ deviations: ['late-lists'] });
		const run = async (parameters = toPhone(workspace)) => await workspace.run(parameters, [SARI]);

		const errors = [(await run(first)).error, (await run(second)).error];

		expect(errors).toEqual([undefined, undefined]);
		expect(contactsOf(workspace)).toHaveLength(1);
	});

	it('Create or Update does not reuse a deleted contact', async () => {
		const workspace = await openWorkspace({ deviations: ['late-lists'] });
		await workspace.run(upsertBy('phone'), [SARI]);
		workspace.sandbox.store.contacts.clear();

		const { status } = await workspace.run(upsertBy('phone'), [SARI]);

		expect([status, contactsOf(workspace).length]).toEqual(['success', 1]);
	});

	it('Send to Phone Number skips the contact because of its tag', async () => {
		const workspace = await openWorkspace({ deviations: ['late-lists'] });
		await workspace.run(createContact({ tags: ['stop'] }), [SARI]);
		const parameters = toPhone(workspace, { skipContactTags: ['stop'] });

		const { output } = await workspace.run(parameters, [SARI]);

		expect(allSentTexts(workspace)).toEqual([]);
		expect(output('Sahut')[0]!.json).toMatchObject({ skip_reason: 'contact_tag' });
	});
});

describe('After this process has created a contact, Send to Phone Number', () => {
	it('does not use it if its phone number was changed in the meantime', async () => {
		const workspace = await openWorkspace();
		await workspace.run(createContact(), [SARI]);
		const [sari] = contactsOf(workspace);
		await workspace.run({
			resource: 'contact',
			operation: 'update',
			contactId: byId(sari!.id),
			updateFields: { phone: '0811-1111-1111' },
		});

		await workspace.run(toPhone(workspace), [{ phone: SARI.phone, name: 'Tono' }]);

		const phones = conversationsOf(workspace).map(
			({ contact }) => workspace.sandbox.store.contacts.get(contact.id)!.phone,
		);
		expect(phones).toEqual(['+6281398765432']);
	});

	it('creates it again if it was deleted in the meantime', async () => {
		const workspace = await openWorkspace();
		await workspace.run(createContact(), [SARI]);
		workspace.sandbox.store.contacts.clear();

		const { error } = await workspace.run(toPhone(workspace), [SARI]);

		expect([error?.message, allSentTexts(workspace).length]).toEqual([undefined, 1]);
	});

	it('does not use it for its former number after Contact: Create was retried', async () => {
		const workspace = await openWorkspace();
		const { store, faults } = workspace.sandbox;
		faults.add({ kind: 'status', status: 403, method: 'POST', bodyContains: 'Tono' });
		const rows = [SARI, { phone: '0822-2222-2222', name: 'Tono' }];
		const failed = await workspace.run(createContact(), rows);
		// Two days later, the former phone number of the contact belongs to another person.
		ageRecords(workspace, 3_000);
		contactsOf(workspace)[0]!.phone = '+6281111111111';
		await retry(workspace, failed, createContact());
		const { id } = contactsOf(workspace)[0]!;

		await workspace.run(toPhone(workspace), [{ phone: SARI.phone, name: 'Wati' }]);

		expect(store.contacts.get(id)!.phone).toBe('+6281111111111');
		expect(conversationsOf(workspace).map(({ contact }) => contact.id)).not.toContain(id);
	});
});

it('Create or Update creates one contact for two items that match by phone and by email', async () => {
	const workspace = await openWorkspace({ latencyMs: 10 });
	const rows = [
		{ by: 'phone', phone: '0812 3456 7890', email: 'ani@example.com' },
		{ by: 'email', phone: '0812 3456 7890', email: 'Ani@example.com' },
	];

	await workspace.run(
		{
			resource: 'contact',
			operation: 'upsert',
			matchBy: '={{ $json.by }}',
			phone: '={{ $json.phone }}',
			email: '={{ $json.email }}',
			name: 'Ani',
			additionalFields: { phone: '={{ $json.phone }}', email: '={{ $json.email }}' },
		},
		rows,
	);

	expect(workspace.sandbox.store.contacts.size).toBe(1);
});
