import type { INode } from 'n8n-workflow';

import { byId, byMode } from '../../support/locator';
import { ACCEPTED_PHONES, REJECTED_PHONES } from '../../support/phoneNumbers';
import {
	allSentTexts,
	contactsOf,
	openWorkspace,
	toPhone,
	type Workspace,
} from '../../support/workspace';

type ParametersFor = (workspace: Workspace) => INode['parameters'];

const upsert: INode['parameters'] = {
	resource: 'contact',
	operation: 'upsert',
	matchBy: 'phone',
	phone: '={{ $json.phone }}',
	name: 'Pelanggan',
};

const byPhone = (operation: string, fields: INode['parameters'] = {}): INode['parameters'] => ({
	resource: 'contact',
	operation,
	contactId: byMode('phone', '={{ $json.phone }}'),
	...fields,
});

const OPERATIONS: Array<[string, ParametersFor]> = [
	['Send to Phone Number', toPhone],
	['Contact: Create or Update', () => upsert],
	[
		'Contact: Create',
		() => ({
			resource: 'contact',
			operation: 'create',
			name: 'Pelanggan',
			additionalFields: { phone: '={{ $json.phone }}' },
		}),
	],
	['Contact: Get', () => byPhone('get')],
	['Contact: Update', () => byPhone('update', { updateFields: { company: 'Toko Makmur' } })],
	[
		'Conversation: Create',
		({ sandbox }) => ({
			...byPhone('create', { channelId: byId(sandbox.store.channelOfType('whatsapp').id) }),
			resource: 'conversation',
		}),
	],
];

const rowsOf = (phones: string[]) => phones.map((phone) => ({ phone, name: 'Budi' }));

/** Opens a workspace with one contact for each accepted number. */
async function openWithCustomers() {
	const workspace = await openWorkspace();
	const phones = [...new Set(ACCEPTED_PHONES.map(([, e164]) => e164))];
	const contacts = phones.map((phone) => workspace.sandbox.store.addContact({ phone }));
	const idOf = new Map(contacts.map(({ phone, id }) => [phone, id]));
	return {
		workspace,
		expected: ACCEPTED_PHONES.map(([, e164]) => idOf.get(e164)),
		count: phones.length,
	};
}

it.each(OPERATIONS)(
	'%s rejects a text that is not one phone number, and makes no request',
	async (_, parametersFor) => {
		const workspace = await openWorkspace();

		const { output } = await workspace.run(parametersFor(workspace), rowsOf(REJECTED_PHONES), {
			onError: 'continueRegularOutput',
		});

		const errors = output('Sahut').map(({ json }) => [json.phone, json.error]);
		expect(errors).toEqual(
			REJECTED_PHONES.map((phone) => [phone, expect.objectContaining({ reason: 'invalid_input' })]),
		);
		expect(workspace.sandbox.journal.entries).toEqual([]);
	},
);

it('Send to Phone Number sends to the contact with the number, in whichever form it is given', async () => {
	const { workspace, expected, count } = await openWithCustomers();
	const phones = ACCEPTED_PHONES.map(([given]) => given);

	const { output } = await workspace.run(toPhone(workspace), rowsOf(phones));

	expect(output('Sahut').map(({ json }) => json.contact_id)).toEqual(expected);
	expect(allSentTexts(workspace)).toHaveLength(phones.length);
	expect(contactsOf(workspace)).toHaveLength(count);
});

it('Contact: Create or Update changes the contact with the number, in whichever form it is given', async () => {
	const { workspace, expected, count } = await openWithCustomers();
	const phones = ACCEPTED_PHONES.map(([given]) => given);

	const { output } = await workspace.run(upsert, rowsOf(phones));

	expect(output('Sahut').map(({ json }) => json.id)).toEqual(expected);
	expect(contactsOf(workspace)).toHaveLength(count);
});

it('Contact: Get returns the contact with the number, in whichever form it is given', async () => {
	const { workspace, expected } = await openWithCustomers();
	const phones = ACCEPTED_PHONES.map(([given]) => given);

	const { output } = await workspace.run(byPhone('get'), rowsOf(phones));

	expect(output('Sahut').map(({ json }) => json.id)).toEqual(expected);
});

it('Send to Phone Number reads a national number in a link with the default country code', async () => {
	const workspace = await openWorkspace();
	const parameters = toPhone(workspace, { defaultCountryCode: '65' });

	await workspace.run(parameters, rowsOf(['wa.me/081234567', 'wa.me/6281234567890']));

	const phones = contactsOf(workspace).map(({ phone }) => phone);
	expect(phones.sort()).toEqual(['+6281234567890', '+6581234567']);
});
