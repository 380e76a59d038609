import type { IDataObject } from 'n8n-workflow';

import type { Deviation } from '../../../sandbox/deviations';
import { loadOptions, sahutWorkflow, searchList } from '../../support/engine';
import { byId } from '../../support/locator';
import { openSandbox } from '../../support/openSandbox';
import { openWorkspace, sendText, type Workspace } from '../../support/workspace';
import { openWithCustomer } from '../delivery/customerFixture';
import { openTriggerHost } from '../trigger/triggerHost';

const MANY = 120;
const READ_DEVIATIONS = [
	'missing-fields',
	'plain-records',
	'no-meta',
	'milliseconds',
	'oldest-first',
] as const;

it.each<Deviation>(['raw-phones', 'exact-search'])(
	'The editor finds a contact by its stored phone number with the deviation %s',
	async (deviation) => {
		const phone = deviation === 'raw-phones' ? '0812-3456-7890' : '+6281234567890';
		const workspace = await openWithCustomer([deviation], phone);
		const toRun = { ...sahutWorkflow({}), credentials: workspace.credentials };
		const { results } = await searchList(toRun, 'searchContacts', phone);
		expect(results.map(({ value }) => value)).toEqual([workspace.row.contact]);
	},
);

it.each<Deviation>(['plain-records', 'other-statuses'])(
	'The trigger creates one webhook and deletes it with the deviation %s',
	async (deviation) => {
		const sandbox = await openSandbox({ data: 'empty', deviations: [deviation] });
		const host = await openTriggerHost(sandbox);
		const { webhooks } = sandbox.store;

		await host.publish({ events: ['message.created'] });
		await host.publish();

		const [webhook] = webhooks.values();
		expect(host.stored).toMatchObject({ webhookId: webhook!.id, secret: webhook!.secret });
		expect(webhooks.size).toBe(1);
		await host.unpublish();
		expect(webhooks.size).toBe(0);
	},
);

/** Opens a workspace with more records than fit on a page. */
async function openWithMany(deviation: Deviation) {
	const workspace = await openWorkspace({ deviations: [deviation] });
	const { store } = workspace.sandbox;
	const records = store.addConversations(MANY, { assignee: [...store.agents.values()][0]! });
	const { id, contact } = records.at(-1)!;
	store.addMessages(id, 2 * MANY + 5);
	const line = { type: 'activity', content: 'Dibuka', sender: store.bot } as const;
	store.addMessage(id, { ...line, attachments: [], created_at: '2024-03-15T08:30:00Z' });
	const read = async (resource: string, operation: string, parameters: IDataObject) => {
		const { output, error } = await workspace.run({
			resource,
			operation,
			conversationId: byId(id),
			contactId: byId(contact.id),
			...(parameters as object),
		});
		expect(error?.message).toBeUndefined();
		return output('Sahut').map(({ json }) => json);
	};
	return { ...workspace, conversation: id, contact, read };
}

const ids = (records: Iterable<{ id?: unknown }>) => Array.from(records, ({ id }) => id);

/** Returns all values that the editor shows, page by page. */
async function searchAll({ credentials }: Workspace, method: string): Promise<unknown[]> {
	const values: unknown[] = [];
	let token: string | undefined;
	do {
		const toRun = { ...sahutWorkflow(sendText), credentials };
		const page = await searchList(toRun, method, undefined, token);
		for (const { name, value } of page.results) {
			expect(name).not.toMatch(/null|undefined|^$/);
			values.push(value);
		}
		token = page.paginationToken as string | undefined;
	} while (token);
	return values;
}

describe.each(READ_DEVIATIONS)('With the deviation %s', (deviation) => {
	it('Message: List returns all or the newest messages in order', async () => {
		const { read, conversation, sandbox } = await openWithMany(deviation);
		const all = ids(sandbox.store.messages(conversation));

		expect(ids(await read('message', 'list', { returnAll: true }))).toEqual(all);
		const newest = { returnAll: false, limit: 5, options: { order: 'newestFirst' } };
		expect(ids(await read('message', 'list', newest))).toEqual(all.slice(-5).reverse());
		const options = { output: 'transcript' };
		const [item] = await read('message', 'list', { returnAll: true, options });
		expect(item!.transcript).toMatch(/Pesan 1:[^]*Pesan 245:/);
		expect(item!.transcript).not.toMatch(/null|undefined/);
	});

	it('List and Get return conversations and contacts', async () => {
		const { read, conversation, contact, sandbox } = await openWithMany(deviation);
		const { conversations, contacts } = sandbox.store;
		const all = { conversation: [...conversations.keys()], contact: [...contacts.keys()] };

		for (const resource of ['conversation', 'contact'] as const) {
			const listed = ids(await read(resource, 'list', { returnAll: true }));
			expect(listed.sort()).toEqual(all[resource].sort());
			const some = ids(await read(resource, 'list', { returnAll: false, limit: 7 }));
			expect(new Set(some).size).toBe(7);
		}
		expect(ids(await read('conversation', 'get', {}))).toEqual([conversation]);
		expect(ids(await read('contact', 'get', {}))).toEqual([contact.id]);
	});

	it('the editor shows all conversations and contacts', async () => {
		const workspace = await openWithMany(deviation);
		const { conversations, contacts } = workspace.sandbox.store;

		const found = [
			await searchAll(workspace, 'searchConversations'),
			await searchAll(workspace, 'searchContacts'),
		];

		expect(found.map((values) => values.sort())).toEqual([
			[...conversations.keys()].sort(),
			[...contacts.keys()].sort(),
		]);
	});

	it('the editor shows the channels and agents of conversations', async () => {
		const workspace = await openWithMany(deviation);
		const { store } = workspace.sandbox;
		const toRun = { ...sahutWorkflow(sendText), credentials: workspace.credentials };

		const channel = store.channelOfType('whatsapp').id;
		expect(await searchAll(workspace, 'searchChannels')).toEqual([channel]);
		const found = await loadOptions(toRun, 'getAgents');
		expect(found.map(({ value }) => value)).toEqual(['', [...store.agents.keys()][0]]);
	});
});
