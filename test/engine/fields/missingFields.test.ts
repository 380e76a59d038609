import { loadOptions, sahutWorkflow, searchList } from '../../support/engine';
import { replaceLists } from '../../support/replaceLists';
import { byId } from '../../support/locator';
import { crashedExecution } from '../../support/retryData';
import { openConversation, openWorkspace, sendText, toPhone } from '../../support/workspace';

// Sahut's reference does not rule out records with fields that are null or missing.
const CHANNEL = { id: 'ch_1', type: 'whatsapp', name: 'WhatsApp Utama' };
const INCOMPLETE_CONVERSATIONS = [
	{ id: 'conv_1', status: 'open', channel: CHANNEL, contact: null, assignee: null },
	{ id: 'conv_2', status: 'open', channel: null, contact: { id: 'ct_2', name: null } },
	{ id: 'conv_3' },
];
const INCOMPLETE_CONTACTS = [{ id: 'ct_1', name: null, email: null, phone: null }, { id: 'ct_2' }];
const INCOMPLETE_MESSAGES = [
	{ id: 'msg_1', type: 'outgoing', content: null, sender: null, attachments: null },
	{
		id: 'msg_2',
		type: 'outgoing',
		content: null,
		sender: { type: 'bot', id: 'usr_1', name: null },
	},
	{ id: 'msg_3', type: 'incoming', sender: { type: 'contact' }, attachments: [null] },
].map((message) => ({ ...message, created_at: new Date().toISOString() }));

const BUDI = { phone: '0812-3456-7890', name: 'Budi Santoso' };

describe('sending', () => {
	it('reaches a contact on a channel that has conversations without a contact', async () => {
		const workspace = await openWorkspace();
		replaceLists(workspace, '/conversations', INCOMPLETE_CONVERSATIONS);
		replaceLists(workspace, '/contacts', INCOMPLETE_CONTACTS);

		const { output } = await workspace.run(toPhone(workspace), [BUDI]);

		expect(output('Sahut')[0]!.json).toMatchObject({ contact_created: true });
	});

	it('reuses a conversation that shows its contact in the list, but not when it is read', async () => {
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

	it('does not match an image without a text with a template', async () => {
		const { workspace, conversation } = await openConversation();
		replaceLists(workspace, /messages$/, INCOMPLETE_MESSAGES);
		const send = { ...toPhone(workspace), operation: 'send', conversationId: byId(conversation) };

		const { status } = await crashedExecution(workspace, send, [BUDI]).retry();

		expect(status).toBe('success');
		expect(workspace.sent(conversation)).toHaveLength(1);
	});
});

describe('reading', () => {
	it('returns messages without a text or a sender, also in a transcript', async () => {
		const { workspace, conversation } = await openConversation();
		replaceLists(workspace, /messages$/, INCOMPLETE_MESSAGES);
		const list = { ...sendText, operation: 'list', returnAll: true };

		const listed = await workspace.run(list, [{ conversation }]);
		const transcript = await workspace.run({ ...list, options: { output: 'transcript' } }, [
			{ conversation },
		]);

		expect(listed.output('Sahut')).toHaveLength(3);
		expect(transcript.output('Sahut')[0]!.json.transcript).not.toMatch(/null|undefined/);
	});

	it('does not download an attachment without an address', async () => {
		const { workspace, conversation } = await openConversation();
		const file = { content_type: 'image/png', file_name: 'a.png' };
		const [message] = workspace.sandbox.store.messages(conversation);
		const body = { data: [{ ...message, attachments: [file] }], meta: { total: 1 } };
		workspace.sandbox.faults.add({ kind: 'body', method: 'GET', times: 9, body });

		const { status, output } = await workspace.run(
			{ ...sendText, operation: 'list', options: { downloadAttachments: true } },
			[{ conversation }],
		);

		expect([status, output('Sahut').length]).toEqual(['success', 1]);
	});

	it('returns nothing for a list that is null', async () => {
		const { sandbox, run } = await openWorkspace();
		const meta = { total: 0, page: 1, per_page: 100, total_pages: 0 };
		sandbox.faults.add({ kind: 'body', method: 'GET', times: 9, body: { data: null, meta } });

		const { status, output } = await run({ resource: 'contact', operation: 'list' });

		expect([status, output('Sahut')]).toEqual(['success', []]);
	});

	it('reads the next page or fails when meta without total_pages shows more records', async () => {
		const { sandbox, run } = await openWorkspace();
		const data = [1, 2].map((n) => ({ id: `ct_${n}`, name: `Budi ${n}` }));
		// No total_pages, and fewer records per page than requested.
		const body = { data, meta: { total: 3, page: 1, per_page: 2 } };
		sandbox.faults.add({ kind: 'body', method: 'GET', times: 99, body });
		const { status } = await run({ resource: 'contact', operation: 'list', returnAll: true });
		const hasReadOn = JSON.stringify(sandbox.journal.entries).includes('"page":"2"');
		expect(hasReadOn || status === 'error').toBe(true);
	});
});

describe('the editor', () => {
	it.each([
		['searchConversations', ['conv_1', 'conv_2', 'conv_3']],
		['searchContacts', ['ct_1', 'ct_2']],
		['searchChannels', ['ch_1']],
	])('shows incomplete records with %s', async (method, ids) => {
		const workspace = await openWorkspace();
		replaceLists(workspace, '/conversations', INCOMPLETE_CONVERSATIONS);
		replaceLists(workspace, '/contacts', INCOMPLETE_CONTACTS);
		const toRun = { ...sahutWorkflow(sendText), credentials: workspace.credentials };

		const { results } = await searchList(toRun, method);

		expect(results.map(({ value }) => value)).toEqual(ids);
		for (const { name } of results) expect(name).not.toMatch(/null|undefined|^$/);
		expect((await searchList(toRun, method, 'utama')).results.length).toBeLessThanOrEqual(
			ids.length,
		);
		expect(await loadOptions(toRun, 'getAgents')).toMatchObject([{ value: '' }]);
	});
});
