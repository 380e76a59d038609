import type { IDataObject, INode } from 'n8n-workflow';

import { createFakeNode } from '../../support/builtInNodes';
import { runWorkflow, sahutWorkflow, toItems } from '../../support/engine';
import { retry } from '../../support/retryData';
import { openConversation, openWorkspace, toPhone } from '../../support/workspace';
import { sendTextOnce, skipWithin } from '../delivery/acrossExecutions/skipHelpers';
import { BUDI, jsonsOf, runItem } from '../delivery/deliveryFixture';

const TEXT = 'Pesanan ORD-12 sudah dikirim';
const CHANGED = 'changed by a later node';

/** Returns a value and all objects and arrays in it. */
function objectsIn(value: unknown, found = new Set<object>()): Set<object> {
	if (typeof value !== 'object' || value === null || found.has(value)) return found;
	found.add(value);
	for (const part of Object.values(value)) objectsIn(part, found);
	return found;
}

/** Returns the objects that occur in both values. */
function sharedObjects(first: unknown, second: unknown): object[] {
	const inSecond = objectsIn(second);
	return [...objectsIn(first)].filter((each) => inSecond.has(each));
}

const senderOf = (json: IDataObject | undefined) => json?.sender as IDataObject;

it('a node that changes the output of a sent message does not change a later skipped item', async () => {
	const { workspace, conversation } = await openConversation({ deviations: ['late-lists'] });
	const row = { conversation, text: TEXT };
	const { nodes, connections } = sahutWorkflow(sendTextOnce);
	const changer: INode = {
		...nodes[1]!,
		id: 'changer',
		name: 'Changer',
		type: 'test.changer',
		parameters: {},
		credentials: {},
	};
	const changeSender = createFakeNode('changer', [], async function () {
		const items = this.getInputData();
		for (const { json } of items) senderOf(json).name = CHANGED;
		return [items];
	});
	const first = await runWorkflow({
		nodes: [...nodes, changer],
		connections: {
			...connections,
			Sahut: { main: [[{ node: 'Changer', type: 'main', index: 0 }]] },
		},
		nodeTypes: { 'test.changer': changeSender },
		items: toItems([row]),
		credentials: workspace.credentials,
	});

	expect(senderOf(first.output('Changer')[0]?.json).name).toBe(CHANGED);

	const skipped = await runItem(workspace, sendTextOnce, row);

	expect(skipped).toMatchObject({ skip_reason: 'sent_before' });
	expect(senderOf(skipped).name).toBe(workspace.sandbox.store.bot.name);
});

it('a change of a skipped item does not affect the next skipped item', async () => {
	const { workspace, conversation } = await openConversation({ deviations: ['late-lists'] });
	const row = { conversation, text: TEXT };
	await runItem(workspace, sendTextOnce, row);
	const skipped = await runItem(workspace, sendTextOnce, row);
	senderOf(skipped).name = CHANGED;

	const next = await runItem(workspace, sendTextOnce, row);

	expect(next).toMatchObject({ skip_reason: 'sent_before' });
	expect(senderOf(next).name).toBe(workspace.sandbox.store.bot.name);
});

it('a change of the output of a sent message does not affect the Retry of another execution', async () => {
	const workspace = await openWorkspace({ deviations: ['late-lists'] });
	const [a, b] = workspace.addConversations(2);
	const sent = await runItem(workspace, sendTextOnce, { conversation: a, text: TEXT });
	workspace.rejectMessages(b);
	const parameters = { ...sendTextOnce, ...skipWithin(24, { concurrency: 1 }) };
	const rows = [a, b].map((conversation) => ({ conversation, text: TEXT }));
	const failed = await workspace.run(parameters, rows);
	expect(failed.status).toBe('error');
	senderOf(sent).name = CHANGED;

	const retried = await retry(workspace, failed, parameters);

	const [first] = jsonsOf(retried);
	expect(first).toMatchObject({ skip_reason: 'sent_before' });
	expect(senderOf(first).name).toBe(workspace.sandbox.store.bot.name);
});

describe('Items of one run share no objects', () => {
	it('if the second one is skipped because of the first one', async () => {
		const { workspace, conversation } = await openConversation({ deviations: ['late-lists'] });
		const row = { conversation, text: TEXT };

		const [sent, skipped] = jsonsOf(await workspace.run(sendTextOnce, [row, row]));

		expect(skipped).toMatchObject({ skip_reason: 'sent_before' });
		expect(sharedObjects(sent, skipped)).toEqual([]);
	});

	it('if they are sent to the same number', async () => {
		const workspace = await openWorkspace({ deviations: ['late-lists'] });

		const [first, second] = jsonsOf(await workspace.run(toPhone(workspace), [BUDI, BUDI]));

		expect(second).toMatchObject({ type: 'outgoing' });
		expect(sharedObjects(first, second)).toEqual([]);
	});

	it('if they create or update the same contact', async () => {
		const workspace = await openWorkspace({ deviations: ['late-lists'] });
		const parameters = {
			resource: 'contact',
			operation: 'upsert',
			matchBy: 'phone',
			phone: '={{ $json.phone }}',
			name: '={{ $json.name }}',
			additionalFields: { tags: ['pelanggan'] },
		};

		const rows = [BUDI, BUDI, BUDI];
		const [created, second, third] = jsonsOf(await workspace.run(parameters, rows));

		expect(second).toMatchObject({ id: created!.id, tags: ['pelanggan'] });
		expect(third).toEqual(second);
		expect(sharedObjects(created, second)).toEqual([]);
		expect(sharedObjects(second, third)).toEqual([]);
	});
});
