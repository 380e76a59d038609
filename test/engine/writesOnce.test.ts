import type { INode } from 'n8n-workflow';

import { byId } from '../support/locator';
import { retry } from '../support/retryData';
import {
	allSent,
	contactsOf,
	conversationsOf,
	openChat,
	openWorkspace,
	sendText,
	toPhone,
} from '../support/workspace';

const RETRY_ON_FAIL = { retryOnFail: true, maxTries: 3, waitBetweenTries: 5 };
const MINUTE_MS = 60_000;

/** Another text at each try, as with `$execution.id` in a retry or a random code. */
const NOW = '{{ $now.toMillis() }} {{ Math.random() }}';

describe('an expression that differs at each try', () => {
	it('sends each customer one message, and one more to none', async () => {
		const workspace = await openWorkspace();
		const conversations = workspace.addConversations(5);
		const refused = `/conversations/${conversations[2]}/messages`;
		workspace.sandbox.faults.add({ kind: 'status', status: 422, path: refused, times: 3 });

		await workspace.run(
			{ ...sendText, content: `=Halo ${NOW}` },
			conversations.map((conversation) => ({ conversation })),
			RETRY_ON_FAIL,
		);

		expect(conversations.map((id) => workspace.sent(id).length)).toEqual([1, 1, 0, 1, 1]);
	});

	it.each<[string, INode['parameters']]>([
		['created', { operation: 'create', name: `={{ $json.name }} ${NOW}` }],
		[
			'created or updated',
			{
				operation: 'upsert',
				matchBy: 'phone',
				phone: '={{ $json.phone }}',
				name: `={{ $json.name }} ${NOW}`,
			},
		],
	])('makes one contact for each item that is %s, and changes none', async (_, parameters) => {
		const workspace = await openWorkspace();
		const rows = [1, 2, 3, 4].map((index) => ({
			name: index === 3 ? 'ditolak' : `Pelanggan ${index}`,
			phone: `0812 0000 000${index}`,
		}));
		workspace.sandbox.faults.add({
			kind: 'status',
			status: 422,
			method: 'POST',
			mentions: 'ditolak',
			times: 3,
		});

		await workspace.run({ resource: 'contact', ...parameters }, rows, RETRY_ON_FAIL);

		expect(workspace.sandbox.store.contacts.size).toBe(3);
		expect(workspace.requests().filter((request) => request.startsWith('PUT'))).toEqual([]);
	});

	it('updates each contact once', async () => {
		const workspace = await openWorkspace();
		const { store, faults } = workspace.sandbox;
		const ids = [1, 2, 3].map(() => store.addContact().id);
		faults.add({ kind: 'status', status: 422, path: `/contacts/${ids[1]}`, times: 3 });

		await workspace.run(
			{
				resource: 'contact',
				operation: 'update',
				contactId: byId('={{ $json.id }}'),
				updateFields: { company: `=Toko ${NOW}` },
			},
			ids.map((id) => ({ id })),
			RETRY_ON_FAIL,
		);

		const changes = (id: string) => workspace.requests().filter((each) => each.endsWith(id)).length;
		expect([changes(ids[0]!), changes(ids[2]!)]).toEqual([1, 1]);
	});

	it('reaches each phone number once, with one contact and one conversation', async () => {
		const workspace = await openWorkspace();
		workspace.sandbox.faults.add({
			kind: 'status',
			status: 422,
			method: 'POST',
			mentions: '+6281300000002',
			times: 2,
		});

		const { status } = await workspace.run(
			{
				...toPhone(workspace, { contactName: `=Kak ${NOW}` }),
				templateVariables: { variable: [{ name: 'customer_name', value: `=Kak ${NOW}` }] },
			},
			[{ phone: '0813 0000 0001' }, { phone: '0813 0000 0002' }],
			RETRY_ON_FAIL,
		);

		expect(status).toBe('success');
		const made = [contactsOf(workspace), conversationsOf(workspace), allSent(workspace)];
		expect(made.map(({ length }) => length)).toEqual([2, 2, 2]);
	});

	it('looks after a lost answer for what was sent, and not for what it says now', async () => {
		const { workspace, conversation } = await openChat();
		const { faults, store } = workspace.sandbox;
		faults.add({ kind: 'dropAfter', method: 'POST' });
		// The first look fails, so that only the second try can find it.
		faults.add({ kind: 'status', status: 403, method: 'GET' });

		const { output } = await workspace.run(
			{ ...sendText, content: `=Halo ${NOW}` },
			[{ conversation }],
			RETRY_ON_FAIL,
		);

		expect(output('Sahut')[0]!.json.id).toBe(store.messages(conversation).at(-1)!.id);
		expect(workspace.sent(conversation)).toHaveLength(1);
	});
});

describe('a text that was changed before Retry', () => {
	it('goes only to those who have had none', async () => {
		const workspace = await openWorkspace();
		const conversations = workspace.addConversations(3);
		const rows = conversations.map((conversation) => ({ conversation, text: 'Halo' }));
		const refused = `/conversations/${conversations[1]}/messages`;
		workspace.sandbox.faults.add({ kind: 'status', status: 422, path: refused });
		const oneByOne = { ...sendText, options: { concurrency: 1 } };
		const failed = await workspace.run(oneByOne, rows);

		const { output } = await retry(workspace, failed, oneByOne, (given) => {
			for (const row of given) row.text = 'Halo Kak';
		});

		expect(conversations.map((id) => workspace.sent(id))).toEqual([
			['Halo'],
			['Halo Kak'],
			['Halo Kak'],
		]);
		expect(output('Sahut').map(({ json }) => json.content)).toEqual([
			'Halo',
			'Halo Kak',
			'Halo Kak',
		]);
	});
});

describe('a phone number that was corrected before Retry', () => {
	it('is a target of its own: nothing goes to the contact of the wrong one', async () => {
		const workspace = await openWorkspace();
		const parameters = toPhone(workspace);
		workspace.sandbox.faults.add({
			kind: 'status',
			status: 422,
			method: 'POST',
			path: '/conversations',
		});
		const failed = await workspace.run(parameters, [{ phone: '0812 0000 0001', name: 'Ani' }]);
		expect(failed.status).toBe('error');

		await retry(workspace, failed, parameters, ([row]) => (row!.phone = '0812 0000 0002'));

		const [conversation, ...others] = conversationsOf(workspace);
		expect(others).toEqual([]);
		expect(conversation!.contact.phone).toBe('+6281200000002');
		expect(workspace.sent(conversation!.id)).toHaveLength(1);
	});
});

describe('a template without variables', () => {
	const template = {
		...sendText,
		messageType: 'template',
		templateId: 'tmpl_thanks',
		options: { concurrency: 1 },
	};

	it('goes out once, however often the same failed execution is retried', async () => {
		const workspace = await openWorkspace();
		workspace.sandbox.store.addTemplate({ id: 'tmpl_thanks', body: 'Terima kasih, Kak.' });
		const conversations = workspace.addConversations(3);
		const rows = conversations.map((conversation) => ({ conversation }));
		workspace.refuse(conversations[0]);
		const failed = await workspace.run(template, rows);
		expect(failed.status).toBe('error');

		for (let time = 1; time <= 3; time++) {
			expect((await retry(workspace, failed, template)).status).toBe('success');
		}

		expect(conversations.map((id) => workspace.sent(id).length)).toEqual([1, 1, 1]);
	});

	it('is sent in a retry although a bot wrote before the execution began, or an agent since', async () => {
		const { workspace, conversation } = await openChat();
		const { store, faults } = workspace.sandbox;
		store.addTemplate({ id: 'tmpl_thanks', body: 'Terima kasih, Kak.' });
		const outgoing = { type: 'outgoing' as const, attachments: [] };
		store.addMessage(conversation, {
			...outgoing,
			content: 'Kami buka jam 9.',
			sender: store.bot,
			created_at: new Date(Date.now() - MINUTE_MS).toISOString(),
		});
		faults.add({ kind: 'status', status: 422, method: 'POST' });
		const failed = await workspace.run(template, [{ conversation }]);
		store.addMessage(conversation, {
			...outgoing,
			content: 'Sebentar ya, Kak.',
			sender: { type: 'agent', ...store.addAgent() },
			created_at: new Date().toISOString(),
		});

		await retry(workspace, failed, template);

		expect(workspace.sent(conversation)).toContain('Terima kasih, Kak.');
	});
});

describe('what is taken for a template that was sent', () => {
	const ani = {
		...sendText,
		messageType: 'template',
		templateId: 'tmpl_follow_up',
		templateVariables: { variable: [{ name: 'customer_name', value: 'Ani' }] },
	};

	async function retryAfter(content: string, senderType: 'agent' | 'bot') {
		const { workspace, conversation } = await openChat();
		const { store, faults } = workspace.sandbox;
		faults.add({ kind: 'status', status: 422, method: 'POST' });
		const failed = await workspace.run(ani, [{ conversation }]);
		store.addMessage(conversation, {
			type: 'outgoing',
			content,
			sender: { type: senderType, id: 'usr_1', name: 'Dewi' },
			attachments: [],
			created_at: new Date().toISOString(),
		});
		const { output } = await retry(workspace, failed, ani);
		return { sent: workspace.sent(conversation).length, found: output('Sahut')[0]!.json.content };
	}

	it.each([
		['an agent wrote the same words', 'Selamat pagi Kak Ani', 'agent'],
		['the value is a part of another word', 'Selamat pagi Kak Anita', 'bot'],
	] as const)('is nothing when %s', async (_, content, sender) => {
		const { sent, found } = await retryAfter(content, sender);
		expect(sent).toBe(2);
		expect(found).toContain('Halo Kak Ani');
	});

	it('is what another retry sent', async () => {
		expect(await retryAfter('Halo Kak  Ani, ini pengingat.', 'bot')).toEqual({
			sent: 1,
			found: 'Halo Kak  Ani, ini pengingat.',
		});
	});
});

describe('an internal note', () => {
	const note = { ...sendText, options: { private: true } };

	it('whose answer is lost is not taken for a message to the customer with the same text', async () => {
		const { workspace, conversation } = await openChat();
		const { faults, store } = workspace.sandbox;
		faults.add({ kind: 'dropBefore', method: 'POST' });
		const running = workspace.run(note, [{ conversation, text: 'Halo' }], {
			onError: 'continueRegularOutput',
		});
		store.send(conversation, { content: 'Halo' });

		const [item] = (await running).output('Sahut');

		expect(item!.json.error).toMatchObject({ mayHaveArrived: true });
	});

	it('is not written again in a retry when Sahut does not say what a message with its text is', async () => {
		const workspace = await openWorkspace();
		const [refused, conversation] = workspace.addConversations(2);
		const rows = [refused, conversation].map((id) => ({ conversation: id, text: 'Halo' }));
		const oneByOne = { ...sendText, options: { private: true, concurrency: 1 } };
		workspace.refuse(refused);
		const failed = await workspace.run(oneByOne, rows);
		await retry(workspace, failed, oneByOne);

		const again = await retry(workspace, failed, oneByOne);

		expect(again.error?.message).toContain('Sahut does not say whether that is a note');
		expect(workspace.sent(conversation!)).toEqual(['Halo']);
	});
});

it('custom attributes that Sahut keeps as numbers are not written again', async () => {
	const workspace = await openWorkspace();
	workspace.sandbox.store.addContact({
		phone: '+6281234567890',
		custom_attributes: { orders: 3, vip: true },
	});
	const attribute = [
		{ name: 'orders', value: '3' },
		{ name: 'vip', value: 'true' },
	];

	await workspace.run({
		resource: 'contact',
		operation: 'upsert',
		matchBy: 'phone',
		phone: '0812 3456 7890',
		additionalFields: { customAttributes: { attribute } },
	});

	expect(workspace.requests()).toEqual(['GET /contacts']);
});

it('a contact that one item names by phone and another by email is one', async () => {
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

describe('when n8n runs the node again, the value of the last item stays', () => {
	it.each([
		['stopWorkflow', [ONE, TWO, OTHER]],
		['continueRegularOutput', [OTHER, ONE, TWO]],
	] as const)('for Create or Update, with another contact refused (%s)', async (onError, rows) => {
		const { sandbox, run } = await openWorkspace();
		sandbox.faults.add({
			kind: 'status',
			status: 403,
			method: 'POST',
			mentions: '+6281300000000',
		});

		const { status } = await run(upsertCompany, [...rows], { ...RETRY_ON_FAIL, onError });

		const contacts = [...sandbox.store.contacts.values()];
		expect(status).toBe('success');
		expect(contacts.map(({ company }) => company).sort()).toEqual(['Toko Dua', 'Toko Lain']);
		const changes = sandbox.journal.entries.filter(({ method }) => method === 'PUT');
		expect(changes.map(({ body }) => body)).toEqual([{ company: 'Toko Dua', name: 'Budi' }]);
	});

	it('for the custom attributes of a contact, and those of other items stay too', async () => {
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
			{ name: '={{ $json.more }}', value: 'ya' },
		];

		const { status } = await run(
			{
				resource: 'contact',
				operation: 'update',
				contactId: byId('={{ $json.id }}'),
				updateFields: { customAttributes: { attribute } },
			},
			[
				{ id: budi.id, stage: 'satu', more: 'x' },
				{ id: budi.id, stage: 'dua', more: 'y' },
				{ id: siti.id, stage: 'satu', more: 'x' },
			],
			RETRY_ON_FAIL,
		);

		expect(status).toBe('success');
		expect(budi.custom_attributes).toEqual({ tahap: 'dua', x: 'ya', y: 'ya' });
		const changes = sandbox.journal.entries.filter(
			({ method, path }) => method === 'PUT' && path.endsWith(budi.id),
		);
		expect(changes).toHaveLength(2);
	});

	it.each([
		['conversation', 'status', ['pending', 'snoozed', 'resolved']],
		['contact', 'company', ['Toko Satu', 'Toko Dua', 'Toko Tiga']],
	] as const)('for a %s whose first change was lost', async (resource, field, values) => {
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
	});
});
