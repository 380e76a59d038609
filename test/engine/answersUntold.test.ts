import type { IDataObject, INode } from 'n8n-workflow';

import { loadOptions, sahutWorkflow, searchList } from '../support/engine';
import { byId } from '../support/locator';
import { executionThatDied, letPass, retry } from '../support/retryData';
import {
	allSent,
	contactsOf,
	conversationsOf,
	openChat,
	openWorkspace,
	sendText,
	toPhone,
	type Workspace,
} from '../support/workspace';
import { goOnInAnotherProcess } from './budi';
import { skip } from './skipping';

const ONCE = 1;
const CONTINUE = { onError: 'continueRegularOutput' } as const;
const SARI = { phone: '0813-9876-5432', name: 'Sari Dewi', email: 'Sari@Example.com' };

const withoutValues: INode['parameters'] = {
	...sendText,
	messageType: 'template',
	templateId: '={{ $json.template }}',
};

/** Two items change the company of a contact; where one of them fails, the node runs again over both. */
async function changeTwice(run: Workspace['run'], contactId: string): Promise<void> {
	await run(
		{
			resource: 'contact',
			operation: 'update',
			contactId: byId(contactId),
			updateFields: { company: '={{ $json.company }}' },
		},
		['Satu', 'Dua'].map((company) => ({ company: `Toko ${company}` })),
		{ ...CONTINUE, retryOnFail: true, maxTries: 2, waitBetweenTries: 1 },
	);
}

describe('a message whose answer is lost is not one that another execution has sent', () => {
	it.each([
		['the same text', sendText, { text: 'Pesanan 12 sudah dikirim' }],
		['a template without values', withoutValues, { template: 'tmpl_greeting' }],
	])('a moment before: %s', async (_, parameters, row) => {
		const { workspace, conversation } = await openChat();
		const { store, faults } = workspace.sandbox;
		store.addTemplate({ id: 'tmpl_greeting', body: 'Halo Kak, ada kabar baik' });
		await workspace.run(parameters, [{ conversation, ...row }]);
		faults.add({ kind: 'dropBefore', method: 'POST' });

		const { error } = await workspace.run(parameters, [{ conversation, ...row }]);

		expect(error?.context).toMatchObject({ mayHaveArrived: true });
		expect(allSent(workspace)).toHaveLength(ONCE);
	});

	it('since, when its own execution is retried', async () => {
		const { workspace, conversation } = await openChat();
		const rows = [{ conversation, text: 'Pesanan 12 sudah dikirim' }];
		workspace.sandbox.faults.add({ kind: 'dropBefore', method: 'POST' });
		const failed = await workspace.run(sendText, rows);
		await workspace.run(sendText, rows);

		const again = await retry(workspace, failed, sendText);

		expect(again.error?.message).toMatch(/not known whether/);
		expect(allSent(workspace)).toHaveLength(ONCE);
	});

	it('while its process was dead: another template without values', async () => {
		const { workspace, conversation } = await openChat();
		const { store } = workspace.sandbox;
		store.addTemplate({ id: 'tmpl_paid', body: 'Terima kasih, sudah lunas' });
		store.addTemplate({ id: 'tmpl_greeting', body: 'Halo Kak, ada kabar baik' });
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

	await changeTwice(run, budi.id);

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
	const { workspace, conversation } = await openChat();
	const file = { content_type: 'image/png', file_name: 'a.png' };
	const [message] = workspace.sandbox.store.messages(conversation);
	const body = { data: [{ ...message, attachments: [file] }] };
	workspace.sandbox.faults.add({ kind: 'body', method: 'GET', times: 9, body });

	const { status, output } = await workspace.run(
		{ ...sendText, operation: 'list', options: { downloadAttachments: true } },
		[{ conversation }],
	);

	expect([status, output('Sahut').length]).toEqual(['success', 1]);
});

const create = (more: INode['parameters'] = {}): INode['parameters'] => ({
	resource: 'contact',
	operation: 'create',
	name: '={{ $json.name }}',
	additionalFields: { phone: '={{ $json.phone }}', ...more },
});

describe('a contact made a moment ago', () => {
	it('is not written to under the number that was corrected since', async () => {
		const workspace = await openWorkspace();
		await workspace.run(create(), [SARI]);
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

	it('does not keep its number from being written to once it was deleted', async () => {
		const workspace = await openWorkspace();
		await workspace.run(create(), [SARI]);
		workspace.sandbox.store.contacts.clear();
		const { error } = await workspace.run(toPhone(workspace), [SARI]);
		expect([error?.message, allSent(workspace).length]).toEqual([undefined, 1]);
	});

	it('is skipped for its tag, also where no list shows it yet', async () => {
		const workspace = await openWorkspace({ deviations: ['late-lists'] });
		await workspace.run(create({ tags: ['stop'] }), [SARI]);
		const { output } = await workspace.run(toPhone(workspace, { skipContactTags: ['stop'] }), [
			SARI,
		]);
		expect(allSent(workspace)).toEqual([]);
		expect(output('Sahut')[0]!.json).toMatchObject({ skipped: true });
	});
});

describe('a template without values whose answer is lost is not', () => {
	it('what the agent whose key it is writes by hand', async () => {
		const { workspace, conversation } = await openChat({ deviations: ['sent-by-agent'] });
		const { store, faults } = workspace.sandbox;
		store.addTemplate({ id: 'tmpl_greeting', body: 'Halo Kak, ada kabar baik' });
		await workspace.run(sendText, [{ conversation, text: 'Halo' }]);
		const sender = store.messages(conversation).at(-1)!.sender!;
		store.addMessage(conversation, {
			type: 'outgoing',
			content: 'Sebentar ya, saya cek dulu',
			sender,
			attachments: [],
			created_at: new Date(Date.now() + 1000).toISOString(),
		});
		faults.add({ kind: 'dropBefore', method: 'POST' });
		const { status } = await workspace.run(withoutValues, [
			{ conversation, template: 'tmpl_greeting' },
		]);
		expect(status).toBe('error');
	});
});

it('two lost answers of two executions are not both found in one message', async () => {
	const { workspace, conversation } = await openChat();
	const { store, faults } = workspace.sandbox;
	const rows = [{ conversation, text: 'Pesanan 12 sudah dikirim' }];
	// The first one's is stored late, after it was given up.
	faults.add({ kind: 'dropBefore', method: 'POST', times: 2 });
	const first = await workspace.run(sendText, rows);
	expect(first.status).toBe('error');
	store.send(conversation, { content: 'Pesanan 12 sudah dikirim' });
	const second = await workspace.run(sendText, rows);
	const again = await retry(workspace, first, sendText);
	expect(allSent(workspace)).toHaveLength(1);
	expect([second.status, again.status].filter((s) => s === 'success')).toHaveLength(1);
});

it('changes keep their order where IDs are numbers', async () => {
	const { sandbox, run } = await openWorkspace();
	const budi = sandbox.store.addContact();
	sandbox.store.contacts.set('123', budi);
	sandbox.faults.add({ kind: 'status', status: 500, method: 'PUT' });
	sandbox.faults.add({ kind: 'body', method: 'PUT', times: 9, body: { data: { id: 123 } } });
	await changeTwice(run, '123');
	expect(budi.company).toBe('Toko Dua');
});

it('a list of which meta says that there is more is not cut off in silence', async () => {
	const { sandbox, run } = await openWorkspace();
	const data = [1, 2].map((n) => ({ id: `ct_${n}`, name: `Budi ${n}` }));
	// No total_pages, and fewer to a page than asked for.
	const body = { data, meta: { total: 3, page: 1, per_page: 2 } };
	sandbox.faults.add({ kind: 'body', method: 'GET', times: 99, body });
	const { status } = await run({ resource: 'contact', operation: 'list', returnAll: true });
	const hasAskedOn = JSON.stringify(sandbox.journal.entries).includes('"page":"2"');
	expect(hasAskedOn || status === 'error').toBe(true);
});

describe('a message is not sent twice where a list has', () => {
	const hole = { created_at: null };
	it.each([
		['nothing strange (control)', {}],
		['no time for it', hole],
		['the time as a number of seconds', { created_at: Math.floor(Date.now() / 1000) }],
		['another type for it', { type: 'template' }],
	])('%s: retry of an execution whose process died', async (_, change) => {
		const { workspace, conversation } = await openChat();
		const { store, faults } = workspace.sandbox;
		const died = executionThatDied(workspace, sendText, [{ conversation, text: 'Halo' }]);
		// What the process has sent before it died; another process does not remember it.
		store.send(conversation, { content: 'Halo' });
		const data = store
			.messages(conversation)
			.map((m) => (m.type === 'outgoing' ? { ...m, ...change } : m));
		const meta = { total: data.length, page: 1, per_page: 100, total_pages: 1 };
		faults.add({ kind: 'body', method: 'GET', path: /messages/, times: 99, body: { data, meta } });
		await died.retry();
		expect(allSent(workspace)).toHaveLength(1);
	});

	it('another type for it: Skip If Sent Within', async () => {
		const { workspace, conversation } = await openChat();
		const { store, faults } = workspace.sandbox;
		store.send(conversation, { content: 'Halo' });
		const data = store
			.messages(conversation)
			.map((m) => (m.type === 'outgoing' ? { ...m, type: 'template' } : m));
		const meta = { total: data.length, page: 1, per_page: 100, total_pages: 1 };
		faults.add({ kind: 'body', method: 'GET', path: /messages/, times: 99, body: { data, meta } });
		await workspace.run({ ...sendText, ...skip() }, [{ conversation, text: 'Halo' }]);
		expect(allSent(workspace)).toHaveLength(1);
	});
});

it.each([
	['bot (control)', []],
	['agent', ['sent-by-agent']],
] as const)(
	'a retry after the process died does not send again what the API sends as an %s',
	async (_, deviations) => {
		const { workspace, conversation } = await openChat({ deviations: [...deviations] });
		const died = executionThatDied(workspace, sendText, [{ conversation, text: 'Halo' }]);
		await died.run();
		goOnInAnotherProcess(workspace);
		await died.retry();
		expect(allSent(workspace)).toHaveLength(1);
	},
);

it('a retried Create does not make its old contact one of a moment ago', async () => {
	const workspace = await openWorkspace();
	const { store, faults } = workspace.sandbox;
	faults.add({ kind: 'status', status: 403, method: 'POST', mentions: 'Tono' });
	const rows = [SARI, { phone: '0822-2222-2222', name: 'Tono' }];
	const failed = await workspace.run(create(), rows);
	// Days later, her number is another one's.
	letPass(workspace, 3000);
	contactsOf(workspace)[0]!.phone = '+6281111111111';
	await retry(workspace, failed, create());
	const { id } = contactsOf(workspace)[0]!;
	await workspace.run(toPhone(workspace), [{ phone: SARI.phone, name: 'Wati' }]);
	expect(store.contacts.get(id)!.phone).toBe('+6281111111111');
	expect(conversationsOf(workspace).map(({ contact }) => contact.id)).not.toContain(id);
});

it('a text that is stored in another Unicode form is not sent again by the retry', async () => {
	const { workspace, conversation } = await openChat();
	const died = executionThatDied(workspace, sendText, [{ conversation, text: 'Kafé dibuka' }]);
	workspace.sandbox.store.send(conversation, { content: 'Kafé dibuka'.normalize('NFD') });
	await died.retry();
	expect(allSent(workspace)).toHaveLength(1);
});

/** What Sahut's reference does not rule out: records with parts that are null or not there. */
const CHANNEL = { id: 'ch_1', type: 'whatsapp', name: 'WhatsApp Utama' };
const HOLED_CONVERSATIONS = [
	{ id: 'conv_1', status: 'open', channel: CHANNEL, contact: null, assignee: null },
	{ id: 'conv_2', status: 'open', channel: null, contact: { id: 'ct_2', name: null } },
	{ id: 'conv_3' },
];
const HOLED_CONTACTS = [{ id: 'ct_1', name: null, email: null, phone: null }, { id: 'ct_2' }];
const HOLED_MESSAGES = [
	{ id: 'msg_1', type: 'outgoing', content: null, sender: null, attachments: null },
	{
		id: 'msg_2',
		type: 'outgoing',
		content: null,
		sender: { type: 'bot', id: 'usr_1', name: null },
	},
	{ id: 'msg_3', type: 'incoming', sender: { type: 'contact' }, attachments: [null] },
].map((message) => ({ ...message, created_at: new Date().toISOString() }));

/** All GETs of this path are answered with the records. */
function answer({ sandbox }: Workspace, path: RegExp | string, data: unknown[]) {
	const meta = { total: data.length, page: 1, per_page: 100, total_pages: 1 };
	sandbox.faults.add({ kind: 'body', method: 'GET', path, times: 99, body: { data, meta } });
}

const BUDI = { phone: '0812-3456-7890', name: 'Budi Santoso' };

it('conversations without a contact do not keep others of the channel from being reached', async () => {
	const workspace = await openWorkspace();
	answer(workspace, '/conversations', HOLED_CONVERSATIONS);
	answer(workspace, '/contacts', HOLED_CONTACTS);

	const { output } = await workspace.run(toPhone(workspace), [BUDI]);

	expect(output('Sahut')[0]!.json).toMatchObject({ contact_created: true });
});

it('a conversation that shows no contact when it is looked at is that of the contact in the list', async () => {
	const workspace = await openWorkspace();
	const { store } = workspace.sandbox;
	store.addContact({ phone: '+6281234567890', created_at: '2024-03-15T08:30:00Z' });
	const contact = store.addContact({ phone: '+6281234567890' });
	const { id } = store.addConversation({ contact });
	const data = { id, status: 'open', channel: null, contact: null };
	workspace.sandbox.faults.add({
		kind: 'body',
		method: 'GET',
		path: `/conversations/${id}`,
		body: { data },
	});

	const { output } = await workspace.run(toPhone(workspace), [BUDI]);

	expect(output('Sahut')[0]!.json).toMatchObject({ contact_id: contact.id, conversation_id: id });
});

it.each([
	['searchConversations', ['conv_1', 'conv_2', 'conv_3']],
	['searchContacts', ['ct_1', 'ct_2']],
	['searchChannels', ['ch_1']],
])('%s shows what it can', async (method, ids) => {
	const workspace = await openWorkspace();
	answer(workspace, '/conversations', HOLED_CONVERSATIONS);
	answer(workspace, '/contacts', HOLED_CONTACTS);
	const toRun = { ...sahutWorkflow(sendText), credentials: workspace.credentials };

	const { results } = await searchList(toRun, method);

	expect(results.map(({ value }) => value)).toEqual(ids);
	for (const { name } of results) expect(name).not.toMatch(/null|undefined|^$/);
	expect((await searchList(toRun, method, 'utama')).results.length).toBeLessThanOrEqual(ids.length);
	expect(await loadOptions(toRun, 'getAgents')).toMatchObject([{ value: '' }]);
});

it('messages without text or sender are listed, and stand in a transcript', async () => {
	const { workspace, conversation } = await openChat();
	answer(workspace, /messages$/, HOLED_MESSAGES);
	const list = { ...sendText, operation: 'list', returnAll: true };

	const listed = await workspace.run(list, [{ conversation }]);
	const transcript = await workspace.run({ ...list, options: { output: 'transcript' } }, [
		{ conversation },
	]);

	expect(listed.output('Sahut')).toHaveLength(3);
	expect(transcript.output('Sahut')[0]!.json.transcript).not.toMatch(/null|undefined/);
});

it('a picture without a text is not taken for a template that was sent', async () => {
	const { workspace, conversation } = await openChat();
	answer(workspace, /messages$/, HOLED_MESSAGES);
	const send = { ...toPhone(workspace), operation: 'send', conversationId: byId(conversation) };

	const { status } = await executionThatDied(workspace, send, [BUDI]).retry();

	expect(status).toBe('success');
	expect(workspace.sent(conversation)).toHaveLength(1);
});
