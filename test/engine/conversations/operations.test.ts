import type { IDataObject, INode } from 'n8n-workflow';

import { byId } from '../../support/locator';
import { bodiesOf, writesOf } from '../../support/requests';
import { conversationsOf as stored, openWorkspace, type Workspace } from '../../support/workspace';

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

/** A conversation as the API shows it. */
async function shown({ sandbox }: Workspace, id: string): Promise<IDataObject> {
	return (await sandbox.request('GET', `/conversations/${id}`)).body.data;
}

async function openInbox() {
	const workspace = await openWorkspace();
	const { store } = workspace.sandbox;
	const [whatsapp, email] = [...store.channels.values()];
	const [agent] = store.agents.values();
	const contact = store.addContact({ name: 'Budi Santoso' });
	return { ...workspace, store, whatsapp: whatsapp!, email: email!, agent: agent!, contact };
}

describe('Conversation: Create', () => {
	it('opens a conversation of the contact on the channel', async () => {
		const workspace = await openInbox();
		const { contact, whatsapp, agent } = workspace;

		const { output } = await workspace.run(create({ assigneeId: agent.id, firstMessage: ' ' }), [
			{ contact: contact.id, channel: whatsapp.id },
		]);

		expect(bodiesOf(workspace, 'POST')).toEqual([
			{ contact_id: contact.id, channel_id: whatsapp.id, assignee_id: agent.id },
		]);
		expect(output('Sahut')).toEqual([
			{ json: await shown(workspace, stored(workspace)[0]!.id), pairedItem: { item: 0 } },
		]);
	});

	it('says that the conversation exists when its first message is refused', async () => {
		const workspace = await openInbox();

		const { error } = await workspace.run(create({ firstMessage: 'Halo Budi' }), [
			{ contact: workspace.contact.id, channel: workspace.whatsapp.id },
		]);

		const { id } = stored(workspace)[0]!;
		expect(error?.message).toBe(
			`Sahut refused to send the message to conversation "${id}" [item 0]`,
		);
		expect(error?.description).toContain(`Conversation ${id} exists`);
		expect(error?.description).toContain('WhatsApp accepts only an approved template');
	});

	it('finds the conversation among hundreds when the answer is lost, and opens no second one', async () => {
		const workspace = await openInbox();
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
		expect(stored(workspace)).toHaveLength(213);
		expect(output('Sahut')[0]!.json.id).toBe(stored(workspace)[212]!.id);
		expect(writesOf(workspace)).toHaveLength(1);
	});

	it('tells two conversations with the same contact apart after a lost answer', async () => {
		const workspace = await openInbox();
		const row = { contact: workspace.contact.id, channel: workspace.whatsapp.id };
		workspace.sandbox.faults.add({ method: 'POST', kind: 'dropAfter', skip: 1 });

		const { output } = await workspace.run(create(), [row, row]);

		expect(output('Sahut').map(({ json }) => json.id)).toEqual(
			stored(workspace).map(({ id }) => id),
		);
	});

	it('with an unknown contact names it', async () => {
		const workspace = await openInbox();

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
		const inbox = await openInbox();
		const { contact, agent } = inbox;
		const { id } = inbox.store.addConversation({ contact, assignee: agent, labels: ['lama'] });
		return { ...inbox, id, rows: [{ conversation: id }] };
	}

	it('sends the chosen fields, as the API documents them', async () => {
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
		expect(bodiesOf(workspace, 'PUT')).toEqual([
			{ status: 'resolved', assignee_id: agent.id, team_id: 'team_1', labels: ['lunas', 'vip'] },
		]);
		expect(output('Sahut')).toEqual([
			{ json: await shown(workspace, id), pairedItem: { item: 0 } },
		]);
	});

	it.each<[string, Parameters, IDataObject]>([
		['takes the assignee away', { unassign: true }, { assignee_id: null }],
		['gives it to nobody', { assigneeId: 'unassigned' }, { assignee_id: null }],
		[
			'does so when both say it',
			{ assigneeId: 'unassigned', unassign: true },
			{ assignee_id: null },
		],
		['takes all labels away', { labels: '={{ [] }}' }, { labels: [] }],
		[
			'takes labels from a text with commas',
			{ labels: '={{ "lunas, vip" }}' },
			{ labels: ['lunas', 'vip'] },
		],
		[
			'leaves out what is empty',
			{ status: 'pending', assigneeId: '', teamId: ' ', labels: [''], unassign: false },
			{ status: 'pending' },
		],
	])('%s', async (_, updateFields, body) => {
		const workspace = await openConversation();
		await workspace.run(update(updateFields), workspace.rows);
		expect(bodiesOf(workspace, 'PUT')).toEqual([body]);
	});

	it('of one conversation by several items keeps their order', async () => {
		const workspace = await openConversation();
		workspace.sandbox.faults.add({ method: 'PUT', kind: 'slow', delayMs: 60 });

		await workspace.run(
			update({ status: '={{ $json.status }}' }),
			['pending', 'open', 'resolved'].map((status) => ({ conversation: workspace.id, status })),
		);

		expect(bodiesOf(workspace, 'PUT')).toEqual([
			{ status: 'pending' },
			{ status: 'open' },
			{ status: 'resolved' },
		]);
		expect(workspace.sandbox.journal.maxInFlight).toBe(1);
	});

	it.each<[string, Parameters]>([
		['status and labels', { status: 'resolved', labels: ['lunas', 'vip'] }],
		['no assignee', { unassign: true }],
	])('counts as done when the answer is lost and it has %s', async (_, updateFields) => {
		const workspace = await openConversation();
		workspace.sandbox.faults.add({ method: 'PUT', kind: 'dropAfter' });

		const { status, output } = await workspace.run(update(updateFields), workspace.rows);

		expect(status).toBe('success');
		expect(writesOf(workspace)).toHaveLength(1);
		expect(output('Sahut')[0]!.json).toEqual(await shown(workspace, workspace.id));
	});

	it('of the team, which Sahut does not show, is made again in the next try of Retry On Fail', async () => {
		const workspace = await openConversation();
		workspace.sandbox.faults.add({ method: 'PUT', kind: 'dropBefore' });

		const { status } = await workspace.run(
			update({ teamId: 'team_1' }),
			workspace.rows,
			RETRY_ON_FAIL,
		);

		expect(status).toBe('success');
		expect(writesOf(workspace)).toHaveLength(2);
	});
});

describe('Conversation: Get and List', () => {
	it('get of one that is not there says so', async () => {
		const { run } = await openInbox();

		const { error } = await run(conversation('get', { conversationId: byId('conv_X') }));

		expect(error?.message).toBe('Conversation "conv_X" was not found in Sahut [item 0]');
		expect(error?.description).toContain('0 of 1 items were read.');
	});

	it('list asks for what the filters say', async () => {
		const workspace = await openInbox();
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

it('keeps PUT for updates when PATCH is rejected after a single 405 to PUT', async () => {
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
