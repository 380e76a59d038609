import type { IDataObject, INode } from 'n8n-workflow';

import { executionThatDied, retry } from '../support/retryData';
import { byId } from '../support/locator';
import { allSent, contactsOf, openWorkspace, sendText, toPhone } from '../support/workspace';

const ONCE = 1;
const CONTINUE = { onError: 'continueRegularOutput' } as const;
const SARI = { phone: '0813-9876-5432', name: 'Sari Dewi', email: 'Sari@Example.com' };

const withoutValues: INode['parameters'] = {
	...sendText,
	messageType: 'template',
	templateId: '={{ $json.template }}',
};

describe('a message whose answer is lost is not one that another execution has sent', () => {
	it.each([
		['the same text', sendText, { text: 'Pesanan 12 sudah dikirim' }],
		['a template without values', withoutValues, { template: 'tmpl_greeting' }],
	])('a moment before: %s', async (_, parameters, row) => {
		const workspace = await openWorkspace();
		const { store, faults } = workspace.sandbox;
		store.addTemplate({ id: 'tmpl_greeting', body: 'Halo Kak, ada kabar baik' });
		const [conversation] = workspace.addConversations(1);
		await workspace.run(parameters, [{ conversation, ...row }]);
		faults.add({ kind: 'dropBefore', method: 'POST' });

		const { error } = await workspace.run(parameters, [{ conversation, ...row }]);

		expect(error?.context).toMatchObject({ mayHaveArrived: true });
		expect(allSent(workspace)).toHaveLength(ONCE);
	});

	it('since, when its own execution is retried', async () => {
		const workspace = await openWorkspace();
		const [conversation] = workspace.addConversations(1);
		const rows = [{ conversation, text: 'Pesanan 12 sudah dikirim' }];
		workspace.sandbox.faults.add({ kind: 'dropBefore', method: 'POST' });
		const failed = await workspace.run(sendText, rows);
		await workspace.run(sendText, rows);

		const again = await retry(workspace, failed, sendText);

		expect(again.error?.message).toMatch(/not known whether/);
		expect(allSent(workspace)).toHaveLength(ONCE);
	});

	it('while its process was dead: another template without values', async () => {
		const workspace = await openWorkspace();
		const { store } = workspace.sandbox;
		store.addTemplate({ id: 'tmpl_paid', body: 'Terima kasih, sudah lunas' });
		store.addTemplate({ id: 'tmpl_greeting', body: 'Halo Kak, ada kabar baik' });
		const [conversation] = workspace.addConversations(1);
		await workspace.run(withoutValues, [{ conversation, template: 'tmpl_paid' }]);

		const row = { conversation, template: 'tmpl_greeting' };
		const died = executionThatDied(workspace, withoutValues, [row]);
		await died.retry();
		await died.retry();

		expect(allSent(workspace)).toEqual(['Terima kasih, sudah lunas', 'Halo Kak, ada kabar baik']);
	});
});

describe('a contact that was made a moment ago, and that no list shows yet, is known to', () => {
	const by = (matchBy: 'phone' | 'email'): INode['parameters'] => ({
		resource: 'contact',
		operation: 'upsert',
		matchBy,
		[matchBy]: `={{ $json.${matchBy} }}`,
		name: '={{ $json.name }}',
	});
	const create: INode['parameters'] = {
		resource: 'contact',
		operation: 'create',
		name: '={{ $json.name }}',
		additionalFields: { phone: '={{ $json.phone }}', email: '={{ $json.email }}' },
	};
	const phoneAndEmail = {
		...by('phone'),
		additionalFields: { email: '={{ $json.email }}' },
	} as INode['parameters'];

	it.each([
		['Create or Update by phone, after itself', by('phone'), by('phone')],
		['Create or Update by email, after one by phone', phoneAndEmail, by('email')],
		['Create or Update, after Create', create, by('phone')],
		['Create or Update, after Send to Phone Number', undefined, by('phone')],
		['Send to Phone Number, after Create or Update', by('phone'), undefined],
		['Send to Phone Number, after Create', create, undefined],
	])('%s', async (_, first, second) => {
		const workspace = await openWorkspace({ deviations: ['late-lists'] });
		const run = async (parameters = toPhone(workspace)) =>
			expect((await workspace.run(parameters, [SARI])).error?.message).toBeUndefined();

		await run(first);
		await run(second);

		expect(contactsOf(workspace)).toHaveLength(1);
	});

	it('nobody once it was deleted', async () => {
		const workspace = await openWorkspace({ deviations: ['late-lists'] });
		await workspace.run(by('phone'), [SARI]);
		workspace.sandbox.store.contacts.clear();

		const { status } = await workspace.run(by('phone'), [SARI]);

		expect([status, contactsOf(workspace).length]).toEqual(['success', 1]);
	});
});

it('a made contact whose answer was lost is found where Sahut has an empty email for none', async () => {
	const workspace = await openWorkspace();
	const { store, faults } = workspace.sandbox;
	faults.add({ kind: 'dropAfter', method: 'POST' });
	store.notices.on('event', ({ name }) => {
		if (name !== 'contact.created') return;
		for (const contact of store.contacts.values()) contact.email = '' as never;
	});

	const { status } = await workspace.run({
		resource: 'contact',
		operation: 'create',
		name: 'Sari Dewi',
		additionalFields: { phone: '0813-9876-5432' },
	});

	expect([status, contactsOf(workspace).length]).toEqual(['success', 1]);
});

it.each([
	['contact', { tags: [] }, 'tags'],
	['conversation', { labels: [] }, 'labels'],
] as const)(
	'no %s fields and null are the same: a change whose answer was lost is found',
	async (resource, change, field) => {
		const workspace = await openWorkspace();
		const { store, faults } = workspace.sandbox;
		const contact = store.addContact();
		const record = resource === 'contact' ? contact : store.addConversation({ contact });
		faults.add({ kind: 'statusAfterStore', method: 'PUT', status: 500 });
		const body = { data: { ...record, [field]: null } };
		faults.add({ kind: 'body', method: 'GET', path: `/${resource}s/${record.id}`, times: 9, body });

		const { status } = await workspace.run({
			resource,
			operation: 'update',
			[`${resource}Id`]: byId(record.id),
			updateFields: change as unknown as IDataObject,
		} as INode['parameters']);

		expect(status).toBe('success');
	},
);

it('a change that is answered without an ID keeps its order when it is made again', async () => {
	const { sandbox, run } = await openWorkspace();
	const budi = sandbox.store.addContact();
	sandbox.faults.add({ kind: 'status', status: 500, method: 'PUT' });
	const body = { data: { name: 'Budi' } };
	sandbox.faults.add({ kind: 'body', method: 'PUT', times: 9, body });

	await run(
		{
			resource: 'contact',
			operation: 'update',
			contactId: byId(budi.id),
			updateFields: { company: '={{ $json.company }}' },
		},
		['Satu', 'Dua'].map((company) => ({ company: `Toko ${company}` })),
		{ ...CONTINUE, retryOnFail: true, maxTries: 2, waitBetweenTries: 1 },
	);

	expect(budi.company).toBe('Toko Dua');
});

it('one stray 405 does not change the verb for good', async () => {
	const { sandbox, run } = await openWorkspace();
	const { id } = sandbox.store.addConversation();
	const update = async () =>
		await run({
			resource: 'conversation',
			operation: 'update',
			conversationId: byId(id),
			updateFields: { status: 'pending' },
		});
	// The sandbox itself knows no PATCH.
	sandbox.faults.add({ kind: 'status', status: 405, method: 'PUT' });
	expect((await update()).status).toBe('error');

	expect((await update()).status).toBe('success');
});

it('a list with null in the place of its rows is empty', async () => {
	const { sandbox, run } = await openWorkspace();
	const meta = { total: 0, page: 1, per_page: 100, total_pages: 0 };
	sandbox.faults.add({ kind: 'body', method: 'GET', times: 9, body: { data: null, meta } });

	const { status, output } = await run({ resource: 'contact', operation: 'list' });

	expect([status, output('Sahut')]).toEqual(['success', []]);
});

it('an attachment without an address is left out of the downloads', async () => {
	const workspace = await openWorkspace();
	const [conversation] = workspace.addConversations(1);
	const file = { content_type: 'image/png', file_name: 'a.png' };
	const [message] = workspace.sandbox.store.messages(conversation!);
	const body = { data: [{ ...message, attachments: [file] }] };
	workspace.sandbox.faults.add({ kind: 'body', method: 'GET', times: 9, body });

	const { status, output } = await workspace.run(
		{ ...sendText, operation: 'list', options: { downloadAttachments: true } },
		[{ conversation }],
	);

	expect([status, output('Sahut').length]).toEqual(['success', 1]);
});
