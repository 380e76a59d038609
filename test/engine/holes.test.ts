import { searchList, loadOptions, sahutWorkflow } from '../support/engine';
import { executionThatDied } from '../support/retryData';
import { byId } from '../support/locator';
import { openWorkspace, sendText, toPhone, type Workspace } from '../support/workspace';

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
	const workspace = await openWorkspace();
	const [conversation] = workspace.addConversations(1);
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
	const workspace = await openWorkspace();
	const [conversation] = workspace.addConversations(1);
	answer(workspace, /messages$/, HOLED_MESSAGES);
	const send = { ...toPhone(workspace), operation: 'send', conversationId: byId(conversation!) };

	const { status } = await executionThatDied(workspace, send, [BUDI]).retry();

	expect(status).toBe('success');
	expect(workspace.sent(conversation!)).toHaveLength(1);
});
