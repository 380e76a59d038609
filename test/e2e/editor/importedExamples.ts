import {
	importExample,
	nodeOnCanvas,
	runExample,
	startHandoverModel,
	startSundaySandbox,
} from '../../../scripts/editor';
import { getExecution, listExecutions } from '../../../scripts/n8n';
import type { ScriptedModel } from '../../../scripts/scriptedModel';
import { addCredential } from '../n8nFixture';
import { testInEditor, type EditorFixture } from './editorFixture';

export function describeExamples(fixture: EditorFixture): void {
	let model: ScriptedModel;

	beforeAll(async () => {
		model = await startHandoverModel();
	});
	afterAll(async () => await model?.close());

	testInEditor(fixture, 'runs an AI agent, and marks the executed nodes', async () => {
		const { page, session } = fixture;
		await fixture.sandbox.close();
		fixture.sandbox = await startSundaySandbox();
		const stage = { ...fixture, model };
		const credential = await addCredential(fixture);
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
