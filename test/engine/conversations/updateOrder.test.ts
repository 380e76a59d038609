import type { INode } from 'n8n-workflow';

import { byId } from '../../support/locator';
import { openWorkspace, type Workspace } from '../../support/workspace';

const RETRY_ON_FAIL = { retryOnFail: true, maxTries: 3, waitBetweenTries: 5 };

const upsertCompany: INode['parameters'] = {
	resource: 'contact',
	operation: 'upsert',
	matchBy: 'phone',
	phone: '={{ $json.phone }}',
	name: 'Budi',
	additionalFields: { company: '={{ $json.company }}' },
};

const ONE = { phone: '0812 0000 0000', company: 'Toko Satu' };
const TWO = { phone: '0812 0000 0000', company: 'Toko Dua' };
const OTHER = { phone: '0813 0000 0000', company: 'Toko Lain' };

/** Updates the company of a contact with two items. If one of them fails, n8n runs the node again. */
async function updateTwice(run: Workspace['run'], contactId: string): Promise<void> {
	await run(
		{
			resource: 'contact',
			operation: 'update',
			contactId: byId(contactId),
			updateFields: { company: '={{ $json.company }}' },
		},
		['Satu', 'Dua'].map((company) => ({ company: `Toko ${company}` })),
		{ onError: 'continueRegularOutput', retryOnFail: true, maxTries: 2, waitBetweenTries: 1 },
	);
}

describe('If n8n runs the node again', () => {
	it.each([
		['stopWorkflow', [ONE, TWO, OTHER]],
		['continueRegularOutput', [OTHER, ONE, TWO]],
	] as const)(
		'Create or Update keeps the value of the last item if another contact is rejected, with On Error %s',
		async (onError, rows) => {
			const { sandbox, run } = await openWorkspace();
			sandbox.faults.add({
				kind: 'status',
				status: 403,
				method: 'POST',
				bodyContains: '+6281300000000',
			});

			const { status } = await run(upsertCompany, [...rows], { ...RETRY_ON_FAIL, onError });

			const contacts = [...sandbox.store.contacts.values()];
			expect(status).toBe('success');
			expect(contacts.map(({ company }) => company).sort()).toEqual(['Toko Dua', 'Toko Lain']);
			const updates = sandbox.journal.entries.filter(({ method }) => method === 'PUT');
			expect(updates.map(({ body }) => body)).toEqual([{ company: 'Toko Dua', name: 'Budi' }]);
		},
	);

	it('Contact: Update keeps the last value of each custom attribute, and the attributes of other items', async () => {
		const { sandbox, run } = await openWorkspace();
		const budi = sandbox.store.addContact({ name: 'Budi' });
		const siti = sandbox.store.addContact({ name: 'Siti' });
		sandbox.faults.add({
			kind: 'status',
			status: 403,
			method: 'PUT',
			path: `/contacts/${siti.id}`,
		});
		const attribute = [
			{ name: 'tahap', value: '={{ $json.stage }}' },
			{ name: '={{ $json.key }}', value: 'ya' },
		];

		const { status } = await run(
			{
				resource: 'contact',
				operation: 'update',
				contactId: byId('={{ $json.id }}'),
				updateFields: { customAttributes: { attribute } },
			},
			[
				{ id: budi.id, stage: 'satu', key: 'x' },
				{ id: budi.id, stage: 'dua', key: 'y' },
				{ id: siti.id, stage: 'satu', key: 'x' },
			],
			RETRY_ON_FAIL,
		);

		expect(status).toBe('success');
		expect(budi.custom_attributes).toEqual({ tahap: 'dua', x: 'ya', y: 'ya' });
		const updates = sandbox.journal.entries.filter(
			({ method, path }) => method === 'PUT' && path.endsWith(budi.id),
		);
		expect(updates).toHaveLength(2);
	});

	it.each([
		['conversation', 'status', ['pending', 'snoozed', 'resolved']],
		['contact', 'company', ['Toko Satu', 'Toko Dua', 'Toko Tiga']],
	] as const)(
		'Update keeps the value of the last item for a %s whose first update failed',
		async (resource, field, values) => {
			const { sandbox, run } = await openWorkspace();
			const { store } = sandbox;
			const record = resource === 'contact' ? store.addContact() : store.addConversation();
			sandbox.faults.add({ kind: 'status', status: 500, method: 'PUT' });

			const { output } = await run(
				{
					resource,
					operation: 'update',
					[`${resource}Id`]: byId(record.id),
					updateFields: { [field]: '={{ $json.value }}' },
				},
				values.map((value) => ({ value })),
				{ ...RETRY_ON_FAIL, onError: 'continueRegularOutput' },
			);

			expect(output('Sahut').map(({ json }) => json[field])).toEqual(values);
			expect(record).toMatchObject({ [field]: values.at(-1) });
		},
	);

	it('Contact: Update keeps the order of two updates if responses have no ID', async () => {
		const { sandbox, run } = await openWorkspace();
		const budi = sandbox.store.addContact();
		sandbox.faults.add({ kind: 'status', status: 500, method: 'PUT' });
		const body = { data: { name: 'Budi' } };
		sandbox.faults.add({ kind: 'body', method: 'PUT', times: 9, body });

		await updateTwice(run, budi.id);

		expect(budi.company).toBe('Toko Dua');
	});

	it('Contact: Update keeps the order of two updates if IDs are numbers', async () => {
		const { sandbox, run } = await openWorkspace();
		const budi = sandbox.store.addContact();
		sandbox.store.contacts.set('123', budi);
		sandbox.faults.add({ kind: 'status', status: 500, method: 'PUT' });
		sandbox.faults.add({ kind: 'body', method: 'PUT', times: 9, body: { data: { id: 123 } } });

		await updateTwice(run, '123');

		expect(budi.company).toBe('Toko Dua');
	});
});
