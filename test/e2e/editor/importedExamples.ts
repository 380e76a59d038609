import {
	importExample,
	nodeOnCanvas,
	runExample,
	startSundaySandbox,
} from '../../../scripts/editor';
import { startExampleModel } from '../../../scripts/exampleModel';
import { getExecution, listExecutions } from '../../../scripts/n8n';
import type { ScriptedModel } from '../../../scripts/scriptedModel';
import { addCredential } from '../n8nFixture';
import { testInEditor, type EditorFixture } from './editorFixture';

/** Defines the tests of imported examples. */
export function describeExamples(fixture: EditorFixture): void {
	let model: ScriptedModel;

	beforeAll(async () => {
		model = await startExampleModel();
	});
	afterAll(async () => await model?.close());

	testInEditor(
		fixture,
		'runs an AI agent in the editor, which marks all executed nodes as successful',
		async () => {
			const { page, session } = fixture;
			await fixture.sandbox.close();
			fixture.sandbox = await startSundaySandbox();
			const environment = { ...fixture, model };
			const credential = await addCredential(fixture);
			const workflow = await importExample(environment, 'ai-agent-handover', credential);

			expect(await runExample(page, environment, workflow)).toContain('executed successfully');

			const [execution] = await listExecutions(session, { workflowId: workflow.id });
			const { data } = await getExecution(session, execution!.id);
			const executedNodes = workflow.nodes.filter(({ name }) => name in data.resultData.runData);
			expect(executedNodes.map(({ name }) => name)).toContain('AI Agent');
			for (const { name } of executedNodes) {
				const mark = nodeOnCanvas(page, name).getByTestId('canvas-node-status-success');
				await mark.first().waitFor();
			}
		},
	);
}
