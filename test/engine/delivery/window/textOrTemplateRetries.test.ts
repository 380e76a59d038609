import type { INode } from 'n8n-workflow';

import { HOUR_MS } from '../../../../sandbox/clock';
import { type FinishedRun, sahutWorkflow } from '../../../support/engine';
import { createRetryData, createCrashedExecution, retry } from '../../../support/retryData';
import {
	allSentTexts,
	openConversation,
	openWorkspace,
	type Workspace,
} from '../../../support/workspace';
import { sendTemplateOnce } from '../acrossExecutions/skipHelpers';
import { addConversation, timeAgo, sendTextOrTemplate, TEMPLATE_TEXT } from './windowHelpers';

/** Retries a failed execution with the saved workflow, in which the node was edited in the meantime. */
async function retryEdited(
	workspace: Workspace,
	failed: FinishedRun,
	parameters: INode['parameters'],
) {
	const executionData = createRetryData(failed);
	executionData.executionData!.nodeExecutionStack[0]!.node = sahutWorkflow(parameters).nodes[1]!;
	return await workspace.run(parameters, [], {}, { mode: 'retry', executionData });
}

/**
 * Sends a template to two conversations, of which the second one refuses it.
 *
 * @returns the first conversation, and a Retry after the node was changed to *Text, or Template After 24 Hours*
 */
async function sendOneOfTwo(workspace: Workspace) {
	const [a, b] = workspace.addConversations(2);
	const before = sendTemplateOnce(
		'tmpl_follow_up',
		{ customer_name: 'Budi' },
		{ options: { concurrency: 1 } },
	);
	workspace.rejectMessages(b);
	const failed = await workspace.run(before, [{ conversation: a }, { conversation: b }]);
	const textOrTemplate = { ...before, messageType: 'textOrTemplate', content: 'Dikirim' };
	const retryAsTextOrTemplate = async () => await retryEdited(workspace, failed, textOrTemplate);
	return { a: a!, retryAsTextOrTemplate };
}

describe('a Retry of Text, or Template After 24 Hours', () => {
	it('returns the recorded form although the customer has written in the meantime', async () => {
		const workspace = await openWorkspace();
		const { store } = workspace.sandbox;
		const conversation = addConversation(workspace, 25 * HOUR_MS);
		const refused = addConversation(workspace, 25 * HOUR_MS);
		workspace.rejectMessages(refused);

		const rows = [{ conversation }, { conversation: refused }];
		const failed = await workspace.run(sendTextOrTemplate, rows, { onError: 'stopWorkflow' });
		store.addIncoming(conversation, 'Halo lagi');
		const { output } = await retry(workspace, failed, sendTextOrTemplate);

		expect(output('Sahut').map(({ json }) => json.sent_as)).toEqual(['template', 'template']);
		expect(workspace.sent(conversation)).toEqual([expect.stringMatching(TEMPLATE_TEXT)]);
	});

	it('sends the template when the window has closed since the text was refused', async () => {
		const workspace = await openWorkspace();
		const { store, faults } = workspace.sandbox;
		const conversation = addConversation(workspace, HOUR_MS);
		faults.add({ kind: 'status', status: 403, method: 'POST' });

		const failed = await workspace.run(sendTextOrTemplate, [{ conversation }]);
		for (const message of store.messages(conversation)) {
			message.created_at = timeAgo(workspace, 25 * HOUR_MS).toISOString();
		}
		const { output } = await retry(workspace, failed, sendTextOrTemplate);

		expect(output('Sahut')[0]!.json.sent_as).toBe('template');
		expect(workspace.sent(conversation)).toEqual([expect.stringMatching(TEMPLATE_TEXT)]);
	});

	it('finds the sent text when the ledger is lost and the window has closed', async () => {
		const workspace = await openWorkspace();
		const { store } = workspace.sandbox;
		const conversation = addConversation(workspace, HOUR_MS);
		const execution = createCrashedExecution(workspace, sendTextOrTemplate, [{ conversation }]);

		await execution.run();
		for (const message of store.messages(conversation)) {
			if (message.type === 'incoming') {
				message.created_at = timeAgo(workspace, 25 * HOUR_MS).toISOString();
			}
		}
		const { output } = await execution.retry();

		expect(output('Sahut')[0]!.json.sent_as).toBe('text');
		expect(workspace.sent(conversation)).toEqual(['Pesanan sudah dikirim']);
	});

	it('sends one message even if the same execution is retried four times', async () => {
		const { workspace, conversation } = await openConversation();
		const { store, faults } = workspace.sandbox;
		const parameters = sendTextOrTemplate;
		faults.add({ kind: 'status', status: 403, method: 'POST' });
		const failed = await workspace.run(parameters, [{ conversation }]);
		for (const message of store.messages(conversation)) {
			message.created_at = timeAgo(workspace, 25 * HOUR_MS).toISOString();
		}

		const retries = [await retry(workspace, failed, parameters)];
		store.addIncoming(conversation, 'Halo');
		retries.push(await retry(workspace, failed, parameters));
		retries.push(
			...(await Promise.all([
				retry(workspace, failed, parameters),
				retry(workspace, failed, parameters),
			])),
		);

		expect(retries.map(({ status }) => status)).toEqual(Array(4).fill('success'));
		expect(allSentTexts(workspace)).toHaveLength(1);
	});

	it('reports that nothing was sent when it cannot read the conversation', async () => {
		const workspace = await openWorkspace();
		const { faults } = workspace.sandbox;
		const [a] = workspace.addConversations(1);
		faults.add({ kind: 'status', status: 403, method: 'GET', times: 2 });

		const failed = await workspace.run(sendTextOrTemplate, [{ conversation: a }]);
		const again = await retry(workspace, failed, sendTextOrTemplate);

		expect(failed.error?.description).toContain(
			'Nothing was sent, because the node could not check whether the customer has written within 24 hours.',
		);
		expect(again.error?.description).toContain(
			'Nothing was sent in this try, because the node could not check whether the message was sent before.',
		);
	});
});

describe('a Retry after Message Type was changed from template to Text, or Template', () => {
	it('reports in sent_as the form that was sent', async () => {
		const workspace = await openWorkspace();
		const { a, retryAsTextOrTemplate } = await sendOneOfTwo(workspace);
		expect(workspace.sent(a)).toHaveLength(1);

		const again = await retryAsTextOrTemplate();

		const { json } = again.output('Sahut')[0]!;
		expect(json.content).toMatch(/^Halo Kak Budi/);
		expect(json.sent_as).toBe('template');
	});

	it('returns the recorded message and does not send it again if the conversation cannot be read', async () => {
		const workspace = await openWorkspace();
		const { a, retryAsTextOrTemplate } = await sendOneOfTwo(workspace);
		workspace.sandbox.faults.add({
			kind: 'status',
			status: 403,
			path: new RegExp(a),
			method: 'GET',
		});

		const { error, output } = await retryAsTextOrTemplate();

		expect(error).toBeUndefined();
		expect(output('Sahut')[0]!.json.content).toMatch(/^Halo Kak Budi/);
		expect(workspace.sent(a)).toHaveLength(1);
	});
});

it('Retry On Fail sends one message when the response is lost and the conversation cannot be read', async () => {
	const { workspace, conversation } = await openConversation();
	workspace.sandbox.faults.add({ kind: 'dropAfter', method: 'POST' });
	workspace.sandbox.faults.add({ kind: 'status', status: 403, method: 'GET', skip: 1 });
	const parameters = {
		...sendTextOrTemplate,
		options: { skipIfSentWithin: 1 },
	};

	const run = await workspace.run(parameters, [{ conversation }], {
		retryOnFail: true,
		maxTries: 3,
		waitBetweenTries: 100,
	});

	expect(run.status).toBe('success');
	expect(allSentTexts(workspace)).toHaveLength(1);
});

it('a Retry that cannot read the conversation of a template does not mention the 24-hour window', async () => {
	const { workspace, conversation } = await openConversation();
	const sendTemplate = sendTemplateOnce(
		'tmpl_follow_up',
		{ customer_name: 'Budi' },
		{ options: {} },
	);
	const execution = createCrashedExecution(workspace, sendTemplate, [{ conversation }]);
	await execution.run();
	const path = /messages$/;
	workspace.sandbox.faults.add({
		kind: 'status',
		status: 500,
		method: 'GET',
		path,
		times: Infinity,
	});

	const { error } = await execution.retry();

	expect(error?.description).toContain('Nothing was sent in this try');
	expect(error?.description).not.toContain('24 hours');
});
