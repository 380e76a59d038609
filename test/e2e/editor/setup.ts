import {
	addAction,
	addNode,
	closeCredentialDialog,
	openExistingCredential,
	openCredentialDialog,
	openNewWorkflow,
	saveCredential,
	searchNodes,
	openNodeActions,
	expandSection,
} from '../../../scripts/editor';
import { listCredentials } from '../../../scripts/n8n';
import { testInEditor, type EditorFixture } from './editorFixture';

export function describeSetup(fixture: EditorFixture): void {
	testInEditor(
		fixture,
		'finds both nodes with the search texts "sahut" and "whatsapp"',
		async () => {
			const { page } = fixture;
			for (const text of ['sahut', 'whatsapp']) {
				await openNewWorkflow(page);
				await (await searchNodes(page, text)).getByText('Sahut', { exact: true }).waitFor();

				// n8n shows a node and its trigger as one entry.
				const picker = await openNodeActions(page, text, 'Sahut');
				await (await expandSection(picker, 'Triggers', 'On message created')).waitFor();
				await (await expandSection(picker, 'Actions', 'Send a message')).waitFor();
			}
			expect(fixture.sandbox.journal.entries).toEqual([]);
		},
	);

	testInEditor(fixture, 'tests a new credential, and explains a failed test', async () => {
		const { page, sandbox, session } = fixture;
		await openNewWorkflow(page);
		await addNode(page, 'manual', 'Manual Trigger');
		await addAction(page, 'Sahut', 'Actions', 'Send a message');

		const dialog = await openCredentialDialog(page);
		await saveCredential(page, { apiKey: sandbox.apiKey, baseUrl: sandbox.url });
		await dialog.waitFor({ state: 'hidden' });
		await openExistingCredential(page);
		await dialog.getByText('Connection tested successfully').waitFor();
		const statuses = () => sandbox.journal.entries.map(({ path, status }) => [path, status]);
		expect(new Set(statuses().map(String))).toEqual(new Set(['/conversations,200']));
		expect(await listCredentials(session)).toEqual([
			expect.objectContaining({ name: 'Sahut account', type: 'sahutApi' }),
		]);

		await saveCredential(page, { apiKey: 'sk_live_wrong' });
		await dialog.getByText('Couldn’t connect with these settings').waitFor();
		await dialog.getByText('More details').click();
		await dialog.getByText('Sahut does not accept this API key. Copy it again from').waitFor();
		expect(statuses().at(-1)).toEqual(['/conversations', 401]);
		await closeCredentialDialog(page);
	});
}
