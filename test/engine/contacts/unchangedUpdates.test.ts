import type { IDataObject, INode } from 'n8n-workflow';

import { byId } from '../../support/locator';
import { requestBodiesOf, writeRequestsOf } from '../../support/requests';
import { retry } from '../../support/retryData';
import { openWorkspace } from '../../support/workspace';

type Parameters = INode['parameters'];

const CONTINUE = { onError: 'continueRegularOutput' } as const;
const RETRY_ON_FAIL = { ...CONTINUE, retryOnFail: true, maxTries: 2, waitBetweenTries: 1 };

const update = (resource: 'contact' | 'conversation', updateFields: IDataObject) =>
	({
		resource,
		operation: 'update',
		[`${resource}Id`]: byId('={{ $json.id }}'),
		updateFields,
	}) as Parameters;

const setStatus = update('conversation', { status: '={{ $json.status }}' });

async function openWithRecords() {
	const workspace = await openWorkspace();
	const { store } = workspace.sandbox;
	const [agent] = [...store.agents.values()];
	const contact = store.addContact({
		name: 'Budi',
		phone: '+6281234567890',
		tags: ['vip', 'baru'],
		custom_attributes: { kota: 'Bandung', poin: 12 },
	});
	const labels = ['lunas', 'vip'];
	const conversation = store.addConversation({ contact, assignee: agent!, labels });
	return { ...workspace, workspace, agent: agent!, contact, conversation };
}

type Opened = Awaited<ReturnType<typeof openWithRecords>>;

/** Returns a record as the API shows it. */
const readRecord = async ({ sandbox }: Opened, path: string) =>
	(await sandbox.request('GET', path)).body.data as IDataObject;

it('Contact: Update writes nothing if nothing changes, and returns the contact', async () => {
	const opened = await openWithRecords();
	const { workspace, contact } = opened;
	const attribute = [
		{ name: 'kota', value: 'Bandung' },
		{ name: 'poin', type: 'number', value: '12' },
	];
	const fields = { name: ' Budi ', phone: '0812-3456-7890', tags: ['baru', 'vip'] };
	const parameters = update('contact', { ...fields, customAttributes: { attribute } });

	const { output } = await workspace.run(parameters, [{ id: contact.id }]);

	expect(workspace.requests()).toEqual([`GET /contacts/${contact.id}`]);
	expect(output('Sahut')).toEqual([{ json: contact, pairedItem: { item: 0 } }]);
});

describe('An email address that Sahut stores in lower case', () => {
	const address = 'Budi@Toko.co.id';

	it.each<[string, (id: string) => Parameters]>([
		['Update', () => update('contact', { email: address })],
		[
			'Create or Update',
			() => ({
				resource: 'contact',
				operation: 'upsert',
				matchBy: 'phone',
				phone: '+6281234567890',
				name: 'Budi',
				additionalFields: { email: address },
			}),
		],
	])('is not written again by Contact: %s', async (_, parametersOf) => {
		const { workspace, contact } = await openWithRecords();
		contact.email = address.toLowerCase();

		await workspace.run(parametersOf(contact.id), [{ id: contact.id }]);

		expect(writeRequestsOf(workspace)).toEqual([]);
	});

	it('is recognized after a lost response', async () => {
		const { workspace, contact, sandbox } = await openWithRecords();
		const { store } = sandbox;
		const updateContact = store.updateContact.bind(store);
		store.updateContact = (each) => updateContact(each, { email: address.toLowerCase() });
		sandbox.faults.add({ method: 'PUT', kind: 'dropAfter' });

		const { status } = await workspace.run(update('contact', { email: address }), [
			{ id: contact.id },
		]);

		expect(status).toBe('success');
		expect(writeRequestsOf(workspace)).toHaveLength(1);
	});

	it('is written if it differs', async () => {
		const { workspace, contact } = await openWithRecords();
		contact.email = 'ani@toko.co.id';

		await workspace.run(update('contact', { email: address }), [{ id: contact.id }]);

		expect(contact.email).toBe(address);
	});
});

it('Conversation: Update writes nothing if nothing changes, and returns the conversation', async () => {
	const opened = await openWithRecords();
	const { workspace, conversation, agent } = opened;
	const fields = { status: 'open', assigneeId: agent.id, labels: ['vip', 'lunas'] };

	const { output } = await workspace.run(update('conversation', fields), [{ id: conversation.id }]);

	const path = `/conversations/${conversation.id}`;
	expect(workspace.requests()).toEqual([`GET ${path}`]);
	const json = await readRecord(opened, path);
	expect(output('Sahut')).toEqual([{ json, pairedItem: { item: 0 } }]);
});

it.each<[string, IDataObject]>([
	['null', { assignee: null }],
	['missing', {}],
])('Unassign writes nothing if the assignee is %s', async (_, shown) => {
	const { workspace, conversation, sandbox } = await openWithRecords();
	const { id } = conversation;
	const data = { id, status: 'open', ...shown };
	const path = `/conversations/${id}`;
	sandbox.faults.add({ method: 'GET', path, kind: 'body', body: { data } });

	await workspace.run(update('conversation', { unassign: true }), [{ id }]);

	expect(writeRequestsOf(workspace)).toEqual([]);
});

it.each<[string, 'contact' | 'conversation', IDataObject]>([
	['the case of a tag', 'contact', { tags: ['VIP', 'baru'] }],
	['the removal of one tag', 'contact', { tags: ['vip'] }],
	['the removal of all tags', 'contact', { tags: '={{ [] }}' }],
	['the case of a name', 'contact', { name: 'budi' }],
	[
		'the leading zero of an attribute',
		'contact',
		{ customAttributes: { attribute: [{ name: 'poin', value: '012' }] } },
	],
	['the case of a label', 'conversation', { labels: ['Lunas', 'vip'] }],
	['the removal of the assignee', 'conversation', { unassign: true }],
	['one of several fields', 'conversation', { status: 'pending', labels: ['lunas', 'vip'] }],
])('An update writes a change of %s', async (_, resource, fields) => {
	const opened = await openWithRecords();
	const { id } = opened[resource];

	await opened.workspace.run(update(resource, fields), [{ id }]);

	expect(opened.requests()).toEqual([`GET /${resource}s/${id}`, `PUT /${resource}s/${id}`]);
});

describe('A team', () => {
	it('that Sahut does not return is written each time', async () => {
		const { workspace, conversation } = await openWithRecords();
		const parameters = update('conversation', { teamId: 'team_1' });

		await workspace.run(parameters, [{ id: conversation.id }, { id: conversation.id }]);

		expect(requestBodiesOf(workspace, 'PUT')).toEqual([
			{ team_id: 'team_1' },
			{ team_id: 'team_1' },
		]);
	});

	it.each([{ team_id: 'team_1' }, { team: { id: 'team_1', name: 'Penjualan' } }])(
		'that Sahut returns as %j is written if it differs',
		async (shown) => {
			const { workspace, conversation, sandbox } = await openWithRecords();
			const { id } = conversation;
			const body = { data: { id, status: 'open', ...shown } };
			sandbox.faults.add({ method: 'GET', kind: 'body', body, times: 2 });
			const parameters = update('conversation', { teamId: '={{ $json.team }}' });

			await workspace.run(parameters, [
				{ id, team: 'team_1' },
				{ id, team: 'team_2' },
			]);

			expect(requestBodiesOf(workspace, 'PUT')).toEqual([{ team_id: 'team_2' }]);
		},
	);
});

describe('The second of two updates of a record does not write the same values again', () => {
	it('in items of one run', async () => {
		const { workspace, conversation } = await openWithRecords();
		const { id } = conversation;
		const statuses = ['pending', 'pending', 'open', 'open'];

		await workspace.run(
			setStatus,
			statuses.map((status) => ({ id, status })),
		);

		expect(requestBodiesOf(workspace, 'PUT')).toEqual([{ status: 'pending' }, { status: 'open' }]);
	});

	it.each(['contact', 'conversation'] as const)('in two executions, for a %s', async (resource) => {
		const opened = await openWithRecords();
		const { workspace, sandbox } = opened;
		sandbox.faults.add({ method: 'PUT', kind: 'slow', delayMs: 100 });
		const fields = resource === 'contact' ? { name: 'Budi Baru' } : { status: 'pending' };
		const run = async () =>
			await workspace.run(update(resource, fields), [{ id: opened[resource].id }]);

		await Promise.all([run(), run()]);

		expect(writeRequestsOf(workspace)).toHaveLength(1);
	});
});

describe('Concurrent updates', () => {
	it('by Update and Create or Update keep the attributes of each other', async () => {
		const { workspace, contact, sandbox } = await openWithRecords();
		sandbox.faults.add({ method: 'PUT', kind: 'slow', delayMs: 100, times: 2 });
		const attribute = (name: string) => ({ attribute: [{ name, value: 'x' }] });
		const upsert: Parameters = {
			resource: 'contact',
			operation: 'upsert',
			matchBy: 'phone',
			phone: contact.phone!,
			name: '',
			additionalFields: { customAttributes: attribute('a') },
		};

		await Promise.all([
			workspace.run(upsert),
			workspace.run(update('contact', { customAttributes: attribute('b') }), [{ id: contact.id }]),
		]);

		expect(contact.custom_attributes).toEqual({ kota: 'Bandung', poin: 12, a: 'x', b: 'x' });
	});
});

describe('If n8n runs the node again', () => {
	it('an item that had nothing to change does not write, although the record has changed since', async () => {
		const { workspace, conversation, sandbox } = await openWithRecords();
		const rows = [
			{ id: conversation.id, status: 'open' },
			{ id: 'conv_X', status: 'open' },
		];
		const failed = await workspace.run(setStatus, rows);
		expect(failed.status).toBe('error');
		sandbox.store.updateConversation(conversation, { status: 'resolved' });

		await retry(workspace, failed, setStatus);

		expect(writeRequestsOf(workspace)).toEqual([]);
		expect(conversation.status).toBe('resolved');
	});

	it('an item whose write succeeded does not write again, although the record has changed since', async () => {
		const { workspace, conversation, sandbox } = await openWithRecords();
		const rows = [
			{ id: conversation.id, status: 'pending' },
			{ id: 'conv_X', status: 'open' },
		];
		const failed = await workspace.run(setStatus, rows);
		expect(failed.status).toBe('error');
		sandbox.store.updateConversation(conversation, { status: 'resolved' });

		await retry(workspace, failed, setStatus);

		expect(writeRequestsOf(workspace)).toHaveLength(1);
		expect(conversation.status).toBe('resolved');
	});

	it.each(['contact', 'conversation'] as const)(
		'a change whose response was lost is not written again, for a %s',
		async (resource) => {
			const opened = await openWithRecords();
			const { workspace, sandbox } = opened;
			const fields = resource === 'contact' ? { name: 'Budi Baru' } : { status: 'pending' };
			sandbox.faults.add({ method: 'PUT', kind: 'dropAfter' });
			// The first try cannot read the record, so only the second try can find the change.
			sandbox.faults.add({ method: 'GET', kind: 'status', status: 403, skip: 1 });
			const parameters = update(resource, fields);

			const { output } = await workspace.run(
				parameters,
				[{ id: opened[resource].id }],
				RETRY_ON_FAIL,
			);

			expect(output('Sahut')[0]!.json).toMatchObject(fields);
			expect(writeRequestsOf(workspace)).toHaveLength(1);
		},
	);

	it('an item that had nothing to change writes its value after the retry of an earlier item', async () => {
		const { workspace, conversation, sandbox } = await openWithRecords();
		const { id } = conversation;
		sandbox.faults.add({ method: 'PUT', kind: 'dropBefore' });

		const { output } = await workspace.run(
			setStatus,
			[
				{ id, status: 'pending' },
				{ id, status: 'open' },
			],
			RETRY_ON_FAIL,
		);

		expect(output('Sahut').map(({ json }) => json.status)).toEqual(['pending', 'open']);
		expect(conversation.status).toBe('open');
		expect(requestBodiesOf(workspace, 'PUT')).toEqual(
			['pending', 'pending', 'open'].map((status) => ({ status })),
		);
	});
});

describe('If the record cannot be read', () => {
	it.each<['contact' | 'conversation', IDataObject]>([
		['contact', { name: 'Ani' }],
		['conversation', { status: 'pending' }],
	])('because it does not exist, the error names the %s', async (resource, fields) => {
		const { workspace } = await openWithRecords();

		const { error } = await workspace.run(update(resource, fields), [{ id: 'x_1' }]);

		const record = resource === 'contact' ? 'Contact' : 'Conversation';
		expect(error?.message).toBe(`${record} "x_1" was not found in Sahut [item 0]`);
		expect(writeRequestsOf(workspace)).toEqual([]);
	});

	it('because the API key has no permission, nothing is written', async () => {
		const { workspace, contact, sandbox } = await openWithRecords();
		sandbox.faults.add({ method: 'GET', kind: 'status', status: 403 });

		const { error } = await workspace.run(update('contact', { name: 'Ani' }), [{ id: contact.id }]);

		expect(error?.message).toContain(`contact "${contact.id}"`);
		expect(writeRequestsOf(workspace)).toEqual([]);
	});

	it.each([
		['response', 'dropAfter'],
		['request', 'dropBefore'],
	] as const)('because the %s is lost, it is read again', async (_, kind) => {
		const { workspace, contact, sandbox } = await openWithRecords();
		sandbox.faults.add({ method: 'GET', kind, times: 2 });

		const { status } = await workspace.run(update('contact', { name: 'Ani' }), [
			{ id: contact.id },
		]);

		expect(status).toBe('success');
		expect(contact.name).toBe('Ani');
		expect(writeRequestsOf(workspace)).toHaveLength(1);
	});
});
