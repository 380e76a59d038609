import type { INode } from 'n8n-workflow';

import { byId } from '../../../support/locator';
import { retry } from '../../../support/retryData';
import {
	allSentTexts,
	contactsOf,
	conversationsOf,
	openConversation,
	openWorkspace,
	sendText,
	toPhone,
} from '../../../support/workspace';

const RETRY_ON_FAIL = { retryOnFail: true, maxTries: 3, waitBetweenTries: 5 };

/** An expression that returns another value in each run, like `$execution.id` in a retry. */
const CHANGING = '{{ $now.toMillis() }} {{ Math.random() }}';

describe('an expression that returns another value in each run of Retry On Fail', () => {
	it('does not cause a second message to any customer', async () => {
		const workspace = await openWorkspace();
		const conversations = workspace.addConversations(5);
		const refused = `/conversations/${conversations[2]}/messages`;
		workspace.sandbox.faults.add({ kind: 'status', status: 422, path: refused, times: 3 });

		await workspace.run(
			{ ...sendText, content: `=Halo ${CHANGING}` },
			conversations.map((conversation) => ({ conversation })),
			RETRY_ON_FAIL,
		);

		expect(conversations.map((id) => workspace.sent(id).length)).toEqual([1, 1, 0, 1, 1]);
	});

	it.each<[string, INode['parameters']]>([
		['creates', { operation: 'create', name: `={{ $json.name }} ${CHANGING}` }],
		[
			'creates or updates',
			{
				operation: 'upsert',
				matchBy: 'phone',
				phone: '={{ $json.phone }}',
				name: `={{ $json.name }} ${CHANGING}`,
			},
		],
	])(
		'does not cause a second contact or an update if the node %s contacts',
		async (_, parameters) => {
			const workspace = await openWorkspace();
			const rows = [1, 2, 3, 4].map((index) => ({
				name: index === 3 ? 'ditolak' : `Pelanggan ${index}`,
				phone: `0812 0000 000${index}`,
			}));
			workspace.sandbox.faults.add({
				kind: 'status',
				status: 422,
				method: 'POST',
				bodyContains: 'ditolak',
				times: 3,
			});

			await workspace.run({ resource: 'contact', ...parameters }, rows, RETRY_ON_FAIL);

			expect(workspace.sandbox.store.contacts.size).toBe(3);
			expect(workspace.requests().filter((request) => request.startsWith('PUT'))).toEqual([]);
		},
	);

	it('does not cause a second update of a contact', async () => {
		const workspace = await openWorkspace();
		const { store, faults } = workspace.sandbox;
		const ids = [1, 2, 3].map(() => store.addContact().id);
		faults.add({
			kind: 'status',
			status: 422,
			method: 'PUT',
			path: `/contacts/${ids[1]}`,
			times: 3,
		});

		await workspace.run(
			{
				resource: 'contact',
				operation: 'update',
				contactId: byId('={{ $json.id }}'),
				updateFields: { company: `=Toko ${CHANGING}` },
			},
			ids.map((id) => ({ id })),
			RETRY_ON_FAIL,
		);

		const requestsOf = (id: string) => workspace.requests().filter((each) => each.endsWith(id));
		const [first, , third] = ids as [string, string, string];
		expect(requestsOf(first)).toEqual([`GET /contacts/${first}`, `PUT /contacts/${first}`]);
		expect(requestsOf(third)).toEqual([`GET /contacts/${third}`, `PUT /contacts/${third}`]);
	});

	it('does not cause a second contact, conversation or message for a phone number', async () => {
		const workspace = await openWorkspace();
		workspace.sandbox.faults.add({
			kind: 'status',
			status: 422,
			method: 'POST',
			bodyContains: '+6281300000002',
			times: 2,
		});

		const { status } = await workspace.run(
			{
				...toPhone(workspace, { contactName: `=Kak ${CHANGING}` }),
				templateVariables: { variable: [{ name: 'customer_name', value: `=Kak ${CHANGING}` }] },
			},
			[{ phone: '0813 0000 0001' }, { phone: '0813 0000 0002' }],
			RETRY_ON_FAIL,
		);

		expect(status).toBe('success');
		const records = [contactsOf(workspace), conversationsOf(workspace), allSentTexts(workspace)];
		expect(records.map(({ length }) => length)).toEqual([2, 2, 2]);
	});

	it('does not change the text that the node searches for after a lost response', async () => {
		const { workspace, conversation } = await openConversation();
		const { faults, store } = workspace.sandbox;
		faults.add({ kind: 'dropAfter', method: 'POST' });
		// The first search fails, so that only the second try can find it.
		faults.add({ kind: 'status', status: 403, method: 'GET' });

		const { output } = await workspace.run(
			{ ...sendText, content: `=Halo ${CHANGING}` },
			[{ conversation }],
			RETRY_ON_FAIL,
		);

		expect(output('Sahut')[0]!.json.id).toBe(store.messages(conversation).at(-1)!.id);
		expect(workspace.sent(conversation)).toHaveLength(1);
	});
});

describe('a Retry after a value was corrected', () => {
	it('sends the corrected text only to customers who have received no message', async () => {
		const workspace = await openWorkspace();
		const conversations = workspace.addConversations(3);
		const rows = conversations.map((conversation) => ({ conversation, text: 'Halo' }));
		const refused = `/conversations/${conversations[1]}/messages`;
		workspace.sandbox.faults.add({ kind: 'status', status: 422, path: refused });
		const oneByOne = { ...sendText, options: { concurrency: 1 } };
		const failed = await workspace.run(oneByOne, rows);

		const { output } = await retry(workspace, failed, oneByOne, (items) => {
			for (const row of items) row.text = 'Halo Kak';
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

	it('sends to the corrected phone number, and sends nothing to the wrong one', async () => {
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
