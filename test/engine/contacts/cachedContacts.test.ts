import type { IDataObject, INode } from 'n8n-workflow';

import { byId } from '../../support/locator';
import { allSent, openWorkspace } from '../../support/workspace';
import {
	BUDI_E164,
	jsonsOf,
	LONG_AGO,
	openWithContact,
	runItem,
	templateToPhone,
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

it('Create or Update outputs items that share no objects', async () => {
	const { workspace, contact } = await openWithContact();
	contact.tags.push('vip');
	const parameters = { ...upsert, matchBy: 'phone' };
	const run = await workspace.run(parameters, [
		{ company: 'A' },
		{ company: 'A' },
		{ company: 'A' },
	]);
	const [first, second, third] = jsonsOf(run) as [IDataObject, IDataObject, IDataObject];
	expect(second).toEqual(first);
	expect(second.tags).not.toBe(first.tags);
	expect(third.tags).not.toBe(second.tags);
	expect(second.custom_attributes).not.toBe(first.custom_attributes);
});

it('Create or Update writes again what another item of the run has changed by the other key', async () => {
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
	const run = await workspace.run(
		{
			...upsert,
			additionalFields: { company: '={{ $json.company }}', email: EMAIL, phone: BUDI_E164 },
		},
		rows,
	);
	expect(run.error?.message).toBeUndefined();
	expect(jsonsOf(run).map(({ company }) => company)).toEqual(['A', 'B', 'A']);
	expect(contact.company).toBe('A');
});

it('Create or Update writes although a list still shows the former value', async () => {
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

it.each([
	['width', 'ＳＴＯＰ'],
	['an invisible character', 'stop\u200b'],
	['whitespace', 'jangan  hubungi'],
])('Skip Contacts With Tags ignores %s', async (_, tag) => {
	const { workspace, contact } = await openWithContact();
	contact.tags.push(tag);
	const parameters = templateToPhone(workspace, { skipContactTags: ['stop', 'jangan hubungi'] });
	expect(await runItem(workspace, parameters)).toMatchObject({ skip_reason: 'contact_tag' });
	expect(allSent(workspace)).toEqual([]);
});

it('does not send if a list row has no tags at all', async () => {
	const { workspace, contact } = await openWithContact();
	contact.tags.push('stop');
	const row = {
		id: contact.id,
		name: 'Budi',
		phone: contact.phone,
		created_at: contact.created_at,
	};
	workspace.sandbox.faults.add({
		kind: 'body',
		method: 'GET',
		path: '/contacts',
		times: 9,
		body: { data: [row], meta: { total: 1, page: 1, per_page: 100, total_pages: 1 } },
	});
	await runItem(workspace, templateToPhone(workspace, { skipContactTags: ['stop'] }));
	expect(allSent(workspace)).toEqual([]);
});
