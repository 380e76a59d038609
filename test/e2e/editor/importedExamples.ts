import type { INode } from 'n8n-workflow';

import { exampleNames } from '../../../scripts/readyExamples';
import {
	importExample,
	nodeOnCanvas,
	runExample,
	startHandingOverModel,
	startSundaySandbox,
} from '../../../scripts/editor';
import { getExecution, listExecutions, outputItems } from '../../../scripts/n8n';
import type { ScriptedModel } from '../../../scripts/scriptedModel';
import { addCredential, testInEditor, type Desk } from './desk';

export function describeExamples(desk: Desk): void {
	let model: ScriptedModel;

	beforeAll(async () => {
		model = await startHandingOverModel();
	});
	afterAll(async () => await model?.close());
	beforeEach(async () => {
		await desk.sandbox.close();
		desk.sandbox = await startSundaySandbox();
	});

	for (const name of exampleNames()) {
		testInEditor(desk, `${name} runs from its first node to a last one`, async () => {
			const { page, sandbox, session } = desk;
			const workflow = await importExample(
				{ session, sandbox, model },
				name,
				await addCredential(desk),
			);

			expect(await runExample(page, desk, workflow)).toContain('executed successfully');

			const [run] = await listExecutions(session, { workflowId: workflow.id });
			const execution = await getExecution(session, run!.id);
			const { runData } = execution.data.resultData;
			const ran = workflow.nodes.filter((node) => node.name in runData);
			for (const node of ran) {
				const mark = nodeOnCanvas(page, node.name).getByTestId('canvas-node-status-success');
				await mark.first().waitFor();
			}
			const next = ({ name }: INode) => (workflow.connections[name]?.main ?? []).flat();
			const last = ran.filter((node) => next(node).every((each) => !(each!.node in runData)));
			expect(last.flatMap((node) => outputItems(execution, node.name))).not.toEqual([]);
			const requests = sandbox.journal.entries;
			expect(requests.filter(({ status }) => status! >= 400)).toEqual([]);
			expect(requests).not.toEqual([]);
		});
	}
}
