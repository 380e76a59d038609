import type { INode } from 'n8n-workflow';

import { createFakeNode } from '../../../support/builtInNodes';
import { runWorkflow, sahutWorkflow, toItems } from '../../../support/engine';
import { createStartData, createRetryData } from '../../../support/retryData';
import { openConversation, sendText } from '../../../support/workspace';

const UNKNOWN_CONVERSATION = 'conv_00000000000000';

/**
 * Prepares a workflow of Sahut → Other → `target`, all with the same item.
 *
 * @param execute called when Other runs; on `stop`, Other returns no item
 * @param target the first Sahut node, which makes a loop, or a second one
 */
async function prepareWorkflow(execute: () => 'stop' | 'continue', target: 'Sahut' | 'Second') {
	const { workspace, conversation } = await openConversation();
	const rows = [{ conversation, text: 'Halo' }];
	const { nodes, connections } = sahutWorkflow(sendText);
	const [trigger, sahut] = nodes;
	const other: INode = { ...sahut!, id: 'other', name: 'Other', type: 'test.other' };
	const second: INode = { ...sahut!, id: 'second', name: 'Second' };
	connections.Sahut = { main: [[{ node: 'Other', type: 'main', index: 0 }]] };
	connections.Other = { main: [[{ node: target, type: 'main', index: 0 }]] };
	const otherType = createFakeNode('Other', [], async () => [
		execute() === 'stop' ? [] : toItems(rows),
	]);
	return {
		workflow: {
			nodes: [...nodes, other, second],
			connections,
			credentials: workspace.credentials,
			nodeTypes: { 'test.other': otherType },
		},
		start: createStartData(trigger!, rows),
		sent: () => workspace.sent(conversation),
	};
}

describe('an execution', () => {
	it('sends the same text again for the second of two equal items', async () => {
		const { workspace, conversation } = await openConversation();
		const row = { conversation, text: 'Halo' };

		await workspace.run(sendText, [row, row, { conversation: UNKNOWN_CONVERSATION, text: 'x' }], {
			retryOnFail: true,
			maxTries: 3,
			waitBetweenTries: 1,
		});

		expect(workspace.sent(conversation)).toEqual(['Halo', 'Halo']);
	});

	it('sends the same text again in the next run of a loop', async () => {
		const { workspace, conversation } = await openConversation();
		const { nodes, connections } = sahutWorkflow(sendText, { onError: 'continueRegularOutput' });
		const again: INode = { ...nodes[1]!, id: 'again', name: 'Again', type: 'test.twice' };
		connections.Sahut = { main: [[{ node: 'Again', type: 'main', index: 0 }]] };
		connections.Again = { main: [[{ node: 'Sahut', type: 'main', index: 0 }]] };
		const items = toItems([
			{ conversation, text: 'Halo' },
			{ conversation: UNKNOWN_CONVERSATION, text: 'x' },
		]);
		let rounds = 0;

		const { runs } = await runWorkflow({
			nodes: [...nodes, again],
			connections,
			items,
			credentials: workspace.credentials,
			nodeTypes: {
				'test.twice': createFakeNode('Again', [], async () => [rounds++ < 2 ? items : []]),
			},
		});

		expect(runs('Sahut')).toHaveLength(3);
		expect(workspace.sent(conversation)).toEqual(['Halo', 'Halo', 'Halo']);
	});

	it('sends the same text again in a new execution', async () => {
		const { workspace, conversation } = await openConversation();

		await workspace.run(sendText, [{ conversation, text: 'Halo' }]);
		await workspace.run(sendText, [{ conversation, text: 'Halo' }]);

		expect(workspace.sent(conversation)).toEqual(['Halo', 'Halo']);
	});
});

describe('a retried execution', () => {
	it('sends the same text again in the next run of a loop', async () => {
		let rounds = 0;
		const { workflow, start, sent } = await prepareWorkflow(
			() => (rounds++ < 2 ? 'continue' : 'stop'),
			'Sahut',
		);

		const { runs } = await runWorkflow({ ...workflow, mode: 'retry', executionData: start });

		expect(runs('Sahut')).toHaveLength(3);
		expect(sent()).toEqual(['Halo', 'Halo', 'Halo']);
	});

	it('sends the same text again from a Sahut node that follows the failed node', async () => {
		let isOtherFailing = true;
		const { workflow, start, sent } = await prepareWorkflow(() => {
			if (isOtherFailing) throw new Error('not yet');
			return 'continue';
		}, 'Second');
		const failed = await runWorkflow({ ...workflow, executionData: start });
		expect(failed.status).toBe('error');
		expect(sent()).toEqual(['Halo']);
		isOtherFailing = false;

		const { status } = await runWorkflow({
			...workflow,
			mode: 'retry',
			executionData: createRetryData(failed),
		});

		expect(status).toBe('success');
		expect(sent()).toEqual(['Halo', 'Halo']);
	});
});
