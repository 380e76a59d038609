import type { INode } from 'n8n-workflow';

import { byId } from '../../../support/locator';
import { openWorkspace } from '../../../support/workspace';
import { BUDI_E164, LONG_AGO } from '../deliveryFixture';

const EMAIL = 'budi@example.com';

type Method = 'Update by ID' | 'Create or Update by phone' | 'Create or Update by email';

/** Returns the parameters that set a custom attribute of the contact. */
function setAttribute(method: Method, contactId: string, name: string): INode['parameters'] {
	const fields = { customAttributes: { attribute: [{ name, value: 'ya' }] } };
	if (method === 'Update by ID') {
		return {
			resource: 'contact',
			operation: 'update',
			contactId: byId(contactId),
			updateFields: fields,
		};
	}
	return {
		resource: 'contact',
		operation: 'upsert',
		matchBy: method.endsWith('phone') ? 'phone' : 'email',
		phone: BUDI_E164,
		email: EMAIL,
		name: '',
		additionalFields: fields,
	};
}

const PAIRS: Array<[first: Method, second: Method]> = [
	['Update by ID', 'Create or Update by phone'],
	['Create or Update by phone', 'Update by ID'],
	['Update by ID', 'Create or Update by email'],
	['Create or Update by phone', 'Create or Update by email'],
];

it.each(PAIRS)(
	'two concurrent executions keep each other’s attributes of a contact: %s and %s',
	async (first, second) => {
		const workspace = await openWorkspace({ latencyMs: 50 });
		const contact = workspace.sandbox.store.addContact({
			phone: BUDI_E164,
			email: EMAIL,
			custom_attributes: { poin: 5 },
			created_at: LONG_AGO,
		});

		const runs = await Promise.all([
			workspace.run(setAttribute(first, contact.id, 'vip')),
			workspace.run(setAttribute(second, contact.id, 'lunas')),
		]);

		expect(runs.map(({ status }) => status)).toEqual(['success', 'success']);
		expect(workspace.sandbox.store.contacts.size).toBe(1);
		expect(contact.custom_attributes).toEqual({ poin: 5, vip: 'ya', lunas: 'ya' });
	},
);
