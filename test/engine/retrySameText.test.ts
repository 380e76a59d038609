import type { INode, INodeType } from 'n8n-workflow';

import { runWorkflow, sahutWith, sahutWorkflow, toItems } from '../support/engine';
import { dataAtStart, dataForRetry } from '../support/retryData';
import { openWorkspace, sendText } from '../support/workspace';

/** A workflow of Sahut → Other → `back`, all with the same rows. */
async function workflowAround(execute: () => 'ends' | 'goesOn', back: 'Sahut' | 'Second') {
	const workspace = await openWorkspace();
	const [conversation] = workspace.addConversations(1);
	const rows = [{ conversation, text: 'Halo' }];
	const { nodes, connections } = sahutWorkflow(sendText);
	const [trigger, sahut] = nodes;
	const other: INode = { ...sahut!, id: 'other', name: 'Other', type: 'test.other' };
	const second: INode = { ...sahut!, id: 'second', name: 'Second' };
	connections.Sahut = { main: [[{ node: 'Other', type: 'main', index: 0 }]] };
	connections.Other = { main: [[{ node: back, type: 'main', index: 0 }]] };
	const { description } = (await sahutWith({}))['n8n-nodes-sahut.sahut']!;
	const otherType: INodeType = {
		description: { ...description, credentials: [] },
		execute: async () => await Promise.resolve([execute() === 'ends' ? [] : toItems(rows)]),
	};
	return {
		workflow: {
			nodes: [...nodes, other, second],
			connections,
			credentials: workspace.credentials,
			nodeTypes: { 'test.other': otherType },
		},
		start: dataAtStart(trigger!, rows),
		sent: () => workspace.sent(conversation!),
	};
}

it('in a retry, the same text in the next run of a loop is another message', async () => {
	let rounds = 0;
	const { workflow, start, sent } = await workflowAround(
		() => (rounds++ < 2 ? 'goesOn' : 'ends'),
		'Sahut',
	);

	const { runs } = await runWorkflow({ ...workflow, mode: 'retry', executionData: start });

	expect(runs('Sahut')).toHaveLength(3);
	expect(sent()).toEqual(['Halo', 'Halo', 'Halo']);
});

it('in a retry, the same text from a node behind the one that failed is another message', async () => {
	let fails = true;
	const { workflow, start, sent } = await workflowAround(() => {
		if (fails) throw new Error('not yet');
		return 'goesOn';
	}, 'Second');
	const failed = await runWorkflow({ ...workflow, executionData: start });
	expect(failed.status).toBe('error');
	expect(sent()).toEqual(['Halo']);
	fails = false;

	const { status } = await runWorkflow({
		...workflow,
		mode: 'retry',
		executionData: dataForRetry(failed),
	});

	expect(status).toBe('success');
	expect(sent()).toEqual(['Halo', 'Halo']);
});
