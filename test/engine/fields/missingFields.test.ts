import { loadOptions, sahutWorkflow, searchList } from '../../support/engine';
import { replaceLists } from '../../support/replaceLists';
import { byId } from '../../support/locator';
import { createCrashedExecution } from '../../support/retryData';
import {
	allSentTexts,
	openConversation,
	openWorkspace,
	sendText,
	toPhone,
} from '../../support/workspace';
import { now } from '../../support/testClock';

const BUDI = { phone: '0812-3456-7890', name: 'Budi Santoso' };

// Sahut's reference does not rule out that fields are null or missing.
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
].map((message) => ({ ...message, created_at: new Date(now()).toISOString() }));

describe('Sending', () => {
	it('works on a channel whose conversations have no contact', async () => {
		const workspace = await openWorkspace();
		replaceLists(workspace, '/conversations', INCOMPLETE_CONVERSATIONS);
		replaceLists(workspace, '/contacts', INCOMPLETE_CONTACTS);

		const { output } = await workspace.run(toPhone(workspace), [BUDI]);

		expect(output('Sahut')[0]!.json).toMatchObject({
			contact_created: true,
			conversation_created: true,
		});
		expect(allSentTexts(workspace)).toHaveLength(1);
	});

	it('reuses a conversation that shows its contact only in the list', async () => {
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

	it('does not match a message without text with a template', async () => {
		const { workspace, conversation } = await openConversation();
		replaceLists(workspace, /messages$/, INCOMPLETE_MESSAGES);
		const send = { ...toPhone(workspace), operation: 'send', conversationId: byId(conversation) };

		const { status } = await createCrashedExecution(workspace, send, [BUDI]).retry();

		expect(status).toBe('success');
		expect(workspace.sent(conversation)).toHaveLength(1);
	});
});

describe('Reading', () => {
	it('returns messages without a text or a sender, as messages and as a transcript', async () => {
		const { workspace, conversation } = await openConversation();
		replaceLists(workspace, /messages$/, INCOMPLETE_MESSAGES);
		const list = { ...sendText, operation: 'list', returnAll: true };

		const listed = await workspace.run(list, [{ conversation }]);
		const transcript = await workspace.run({ ...list, options: { output: 'transcript' } }, [
			{ conversation },
		]);

		expect(listed.output('Sahut').map(({ json }) => json.id)).toEqual(['msg_1', 'msg_2', 'msg_3']);
		expect(transcript.output('Sahut')[0]!.json).toMatchObject({
			count: 3,
			transcript: expect.not.stringMatching(/null|undefined/),
		});
	});

	it('returns a message whose attachment has no URL, without a download', async () => {
		const { workspace, conversation } = await openConversation();
		const file = { content_type: 'image/png', file_name: 'a.png' };
		const [message] = workspace.sandbox.store.messages(conversation);
		const body = { data: [{ ...message, attachments: [file] }], meta: { total: 1 } };
		workspace.sandbox.faults.add({ kind: 'body', method: 'GET', times: 9, body });

		const { status, output } = await workspace.run(
			{ ...sendText, operation: 'list', options: { downloadAttachments: true } },
			[{ conversation }],
		);

		expect(status).toBe('success');
		expect(output('Sahut')).toEqual([
			{
				json: expect.objectContaining({ id: message!.id, attachments: [file] }),
				pairedItem: { item: 0 },
			},
		]);
	});

	it('returns nothing for a list that is null', async () => {
		const { sandbox, run } = await openWorkspace();
		const meta = { total: 0, page: 1, per_page: 100, total_pages: 0 };
		sandbox.faults.add({ kind: 'body', method: 'GET', times: 9, body: { data: null, meta } });

		const { status, output } = await run({ resource: 'contact', operation: 'list' });

		expect([status, output('Sahut')]).toEqual(['success', []]);
	});

	it('reads the next page if meta without total_pages shows more records', async () => {
		const { sandbox, run } = await openWorkspace();
		// Sahut returns fewer records per page than requested.
		const pages = [['ct_1', 'ct_2'], ['ct_3']];
		for (const [index, ids] of pages.entries()) {
			const meta = { total: 3, page: index + 1, per_page: 2 };
			const body = { data: ids.map((id) => ({ id, name: `Budi ${id}` })), meta };
			sandbox.faults.add({ kind: 'body', method: 'GET', body });
		}

		const { output } = await run({ resource: 'contact', operation: 'list', returnAll: true });

		expect(output('Sahut').map(({ json }) => json.id)).toEqual(pages.flat());
		expect(sandbox.journal.entries.map(({ query }) => query.page)).toEqual(['1', '2']);
	});
});

describe('The editor', () => {
	it.each([
		['searchConversations', ['conv_1', 'conv_2', 'conv_3'], ['conv_1']],
		// Sahut filters contacts itself.
		['searchContacts', ['ct_1', 'ct_2'], ['ct_1', 'ct_2']],
		['searchChannels', ['ch_1'], ['ch_1']],
	])('lists incomplete records with %s', async (method, ids, filteredIds) => {
		const workspace = await openWorkspace();
		replaceLists(workspace, '/conversations', INCOMPLETE_CONVERSATIONS);
		replaceLists(workspace, '/contacts', INCOMPLETE_CONTACTS);
		const toRun = { ...sahutWorkflow(sendText), credentials: workspace.credentials };

		const { results } = await searchList(toRun, method);
		const filtered = await searchList(toRun, method, 'utama');

		expect(results.map(({ value }) => value)).toEqual(ids);
		for (const { name } of results) expect(name).not.toMatch(/null|undefined|^$/);
		expect(filtered.results.map(({ value }) => value)).toEqual(filteredIds);
	});

	it('loads agents from conversations without an assignee', async () => {
		const workspace = await openWorkspace();
		replaceLists(workspace, '/conversations', INCOMPLETE_CONVERSATIONS);
		const toRun = { ...sahutWorkflow(sendText), credentials: workspace.credentials };

		const agents = await loadOptions(toRun, 'getAgents');

		expect(agents).toMatchObject([{ value: '' }]);
	});
});
