import {
	importExample,
	nodeOnCanvas,
	runExample,
	startHandoverModel,
	startSundaySandbox,
} from '../../../scripts/editor';
import { getExecution, listExecutions } from '../../../scripts/n8n';
import type { ScriptedModel } from '../../../scripts/scriptedModel';
import { addCredential } from '../useN8n';
import { testInEditor, type Desk } from './desk';

export function describeExamples(desk: Desk): void {
	let model: ScriptedModel;

	beforeAll(async () => {
		model = await startHandoverModel();
	});
	afterAll(async () => await model?.close());

	testInEditor(desk, 'runs the AI agent, and marks the nodes that ran', async () => {
		const { page, session } = desk;
		await desk.sandbox.close();
		desk.sandbox = await startSundaySandbox();
		const stage = { ...desk, model };
		const credential = await addCredential(desk);
		const workflow = await importExample(stage, 'ai-agent-handover', credential);

		expect(await runExample(page, stage, workflow)).toContain('executed successfully');

		const [run] = await listExecutions(session, { workflowId: workflow.id });
		const { data } = await getExecution(session, run!.id);
		const ran = workflow.nodes.filter(({ name }) => name in data.resultData.runData);
		expect(ran.map(({ name }) => name)).toContain('AI Agent');
		for (const { name } of ran) {
			const mark = nodeOnCanvas(page, name).getByTestId('canvas-node-status-success');
			await mark.first().waitFor();
		}
	});
}
