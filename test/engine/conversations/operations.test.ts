import type { IDataObject, INode } from 'n8n-workflow';

import { byId } from '../../support/locator';
import { requestBodiesOf, writeRequestsOf } from '../../support/requests';
import { conversationsOf, openWorkspace, type Workspace } from '../../support/workspace';

type Parameters = INode['parameters'];

const RETRY_ON_FAIL = { retryOnFail: true, maxTries: 3, waitBetweenTries: 1 };
const LONG_AGO = '2024-03-15T08:30:00Z';

const conversation = (operation: string, parameters: Parameters): Parameters => ({
	resource: 'conversation',
	operation,
	...parameters,
});

const create = (additionalFields: Parameters = {}) =>
	conversation('create', {
		contactId: byId('={{ $json.contact }}'),
		channelId: byId('={{ $json.channel }}'),
		additionalFields,
	});

const update = (updateFields: Parameters) =>
	conversation('update', { conversationId: byId('={{ $json.conversation }}'), updateFields });

/** Returns a conversation as the API shows it. */
async function readConversation({ sandbox }: Workspace, id: string): Promise<IDataObject> {
	return (await sandbox.request('GET', `/conversations/${id}`)).body.data;
}

/** Opens a workspace with a contact, two channels and an agent, but no conversation. */
async function openWithContact() {
	const workspace = await openWorkspace();
	const { store } = workspace.sandbox;
	const [whatsapp, email] = [...store.channels.values()];
	const [agent] = store.agents.values();
	const contact = store.addContact({ name: 'Budi Santoso' });
	return { ...workspace, store, whatsapp: whatsapp!, email: email!, agent: agent!, contact };
}

describe('Conversation: Create', () => {
	it('creates a conversation with the contact on the channel', async () => {
		const workspace = await openWithContact();
		const { contact, whatsapp, agent } = workspace;

		const { output } = await workspace.run(create({ assigneeId: agent.id, firstMessage: ' ' }), [
			{ contact: contact.id, channel: whatsapp.id },
		]);

		expect(requestBodiesOf(workspace, 'POST')).toEqual([
			{ contact_id: contact.id, channel_id: whatsapp.id, assignee_id: agent.id },
		]);
		expect(output('Sahut')).toEqual([
			{
				json: await readConversation(workspace, conversationsOf(workspace)[0]!.id),
				pairedItem: { item: 0 },
			},
		]);
	});

	it('reports the ID of the created conversation if Sahut refuses its first message', async () => {
		const workspace = await openWithContact();

		const { error } = await workspace.run(create({ firstMessage: 'Halo Budi' }), [
			{ contact: workspace.contact.id, channel: workspace.whatsapp.id },
		]);

		const { id } = conversationsOf(workspace)[0]!;
		expect(error?.message).toBe(
			`Sahut refused to send the message to conversation "${id}" [item 0]`,
		);
		expect(error?.description).toContain(`Conversation ${id} exists`);
		expect(error?.description).toContain('WhatsApp accepts only an approved template');
	});

	it('finds the created conversation among hundreds after a lost response, and creates no second one', async () => {
		const workspace = await openWithContact();
		const { store, contact, whatsapp, email, sandbox } = workspace;
		for (let index = 0; index < 210; index++) {
			store.addConversation({ contact, channel: whatsapp, created_at: LONG_AGO });
		}
		store.addConversation({ contact, channel: email });
		store.addConversation({ channel: whatsapp });
		sandbox.faults.add({ method: 'POST', kind: 'dropAfter' });

		const { status, output } = await workspace.run(
			create(),
			[{ contact: contact.id, channel: whatsapp.id }],
			RETRY_ON_FAIL,
		);

		expect(status).toBe('success');
		expect(conversationsOf(workspace)).toHaveLength(213);
		expect(output('Sahut')[0]!.json.id).toBe(conversationsOf(workspace)[212]!.id);
		expect(writeRequestsOf(workspace)).toHaveLength(1);
	});

	it('distinguishes two conversations with the same contact after a lost response', async () => {
		const workspace = await openWithContact();
		const row = { contact: workspace.contact.id, channel: workspace.whatsapp.id };
		workspace.sandbox.faults.add({ method: 'POST', kind: 'dropAfter', skip: 1 });

		const { output } = await workspace.run(create(), [row, row]);

		expect(output('Sahut').map(({ json }) => json.id)).toEqual(
			conversationsOf(workspace).map(({ id }) => id),
		);
	});

	it('names a contact that does not exist', async () => {
		const workspace = await openWithContact();

		const { error } = await workspace.run(create(), [
			{ contact: 'ct_X', channel: workspace.whatsapp.id },
		]);

		expect(error?.message).toBe(
			'Sahut refused to create a conversation with contact "ct_X" [item 0]',
		);
		expect(error?.description).toContain('Check the IDs of the contact, of the channel');
		expect(error?.description).toContain('0 of 1 items were created.');
	});
});

describe('Conversation: Update', () => {
	async function openConversation() {
		const workspace = await openWithContact();
		const { contact, agent, store } = workspace;
		const { id } = store.addConversation({ contact, assignee: agent, labels: ['lama'] });
		return { ...workspace, id, rows: [{ conversation: id }] };
	}

	it('sends the given fields in the documented form', async () => {
		const workspace = await openConversation();
		const { id, agent, rows } = workspace;

		const { output } = await workspace.run(
			update({
				status: 'resolved',
				assigneeId: ` ${agent.id} `,
				teamId: 'team_1',
				labels: ['lunas', 'vip', 'lunas'],
			}),
			rows,
		);

		expect(workspace.requests()).toEqual([`GET /conversations/${id}`, `PUT /conversations/${id}`]);
		expect(requestBodiesOf(workspace, 'PUT')).toEqual([
			{ status: 'resolved', assignee_id: agent.id, team_id: 'team_1', labels: ['lunas', 'vip'] },
		]);
		expect(output('Sahut')).toEqual([
			{ json: await readConversation(workspace, id), pairedItem: { item: 0 } },
		]);
	});

	it.each<[string, Parameters, IDataObject]>([
		['removes the assignee with the option Unassign', { unassign: true }, { assignee_id: null }],
		[
			'removes the assignee if the assignee is Unassigned',
			{ assigneeId: 'unassigned' },
			{ assignee_id: null },
		],
		[
			'removes the assignee once if both are given',
			{ assigneeId: 'unassigned', unassign: true },
			{ assignee_id: null },
		],
		['removes all labels if the list is empty', { labels: '={{ [] }}' }, { labels: [] }],
		[
			'splits a text with commas into labels',
			{ labels: '={{ "lunas, vip" }}' },
			{ labels: ['lunas', 'vip'] },
		],
		[
			'omits empty fields',
			{ status: 'pending', assigneeId: '', teamId: ' ', labels: [''], unassign: false },
			{ status: 'pending' },
		],
	])('%s', async (_, updateFields, body) => {
		const workspace = await openConversation();

		await workspace.run(update(updateFields), workspace.rows);

		expect(requestBodiesOf(workspace, 'PUT')).toEqual([body]);
	});

	it('updates a conversation in item order, one request at a time', async () => {
		const workspace = await openConversation();
		workspace.sandbox.faults.add({ method: 'PUT', kind: 'slow', delayMs: 60 });

		await workspace.run(
			update({ status: '={{ $json.status }}' }),
			['pending', 'open', 'resolved'].map((status) => ({ conversation: workspace.id, status })),
		);

		expect(requestBodiesOf(workspace, 'PUT')).toEqual([
			{ status: 'pending' },
			{ status: 'open' },
			{ status: 'resolved' },
		]);
		expect(workspace.sandbox.journal.maxInFlight).toBe(1);
	});

	it.each<[string, Parameters]>([
		['status and labels', { status: 'resolved', labels: ['lunas', 'vip'] }],
		['no assignee', { unassign: true }],
	])(
		'succeeds after a lost response if the conversation has the new values: %s',
		async (_, updateFields) => {
			const workspace = await openConversation();
			workspace.sandbox.faults.add({ method: 'PUT', kind: 'dropAfter' });

			const { status, output } = await workspace.run(update(updateFields), workspace.rows);

			expect(status).toBe('success');
			expect(writeRequestsOf(workspace)).toHaveLength(1);
			expect(output('Sahut')[0]!.json).toEqual(await readConversation(workspace, workspace.id));
		},
	);

	it('writes the team again with Retry On Fail after a lost request, since Sahut does not return the team', async () => {
		const workspace = await openConversation();
		workspace.sandbox.faults.add({ method: 'PUT', kind: 'dropBefore' });

		const { status } = await workspace.run(
			update({ teamId: 'team_1' }),
			workspace.rows,
			RETRY_ON_FAIL,
		);

		expect(status).toBe('success');
		expect(writeRequestsOf(workspace)).toHaveLength(2);
	});
});

describe('Conversation', () => {
	it('Get names a conversation that does not exist', async () => {
		const { run } = await openWithContact();

		const { error } = await run(conversation('get', { conversationId: byId('conv_X') }));

		expect(error?.message).toBe('Conversation "conv_X" was not found in Sahut [item 0]');
		expect(error?.description).toContain('0 of 1 items were read.');
	});

	it('List sends the filters to Sahut', async () => {
		const workspace = await openWithContact();
		const { store, whatsapp, email, agent, sandbox } = workspace;
		store.addConversation({ channel: email });
		store.addConversation({ assignee: agent });
		store.addConversation({ status: 'resolved' });
		const { id } = store.addConversation();

		const { output } = await workspace.run(
			conversation('list', {
				limit: 20,
				filters: { status: 'open', channelId: ` ${whatsapp.id}`, assigneeId: 'unassigned' },
			}),
		);

		expect(sandbox.journal.entries.map(({ query }) => query)).toEqual([
			{
				status: 'open',
				channel_id: whatsapp.id,
				assignee_id: 'unassigned',
				page: '1',
				per_page: '20',
			},
		]);
		expect(output('Sahut').map(({ json }) => json.id)).toEqual([id]);
	});
});

it('Conversation: Update continues to use PUT if PATCH fails after a single 405', async () => {
	const { sandbox, run } = await openWorkspace();
	const { id } = sandbox.store.addConversation();
	const update = async () =>
		await run({
			resource: 'conversation',
			operation: 'update',
			conversationId: byId(id),
			updateFields: { status: 'pending' },
		});
	// The sandbox itself does not support PATCH.
	sandbox.faults.add({ kind: 'status', status: 405, method: 'PUT' });
	expect((await update()).status).toBe('error');

	expect((await update()).status).toBe('success');
});
