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

/** Defines the tests of the node picker and the credential. */
export function describeSetup(fixture: EditorFixture): void {
	testInEditor(fixture, 'shows both nodes in a search for "sahut" and for "whatsapp"', async () => {
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
	});

	testInEditor(
		fixture,
		'tests a new credential, and explains why the test of an invalid one fails',
		async () => {
			const { page, sandbox, session } = fixture;
			await openNewWorkflow(page);
			await addNode(page, 'manual', 'Manual Trigger');
			await addAction(page, 'Sahut', 'Actions', 'Send a message');

			const dialog = await openCredentialDialog(page);
			await saveCredential(page, { apiKey: sandbox.apiKey, baseUrl: sandbox.url });
			await dialog.waitFor({ state: 'hidden' });
			await openExistingCredential(page);
			await dialog.getByText('Connection tested successfully').waitFor();

			const responses = () => sandbox.journal.entries.map(({ path, status }) => [path, status]);
			expect(new Set(responses().map(String))).toEqual(new Set(['/conversations,200']));
			expect(await listCredentials(session)).toEqual([
				expect.objectContaining({ name: 'Sahut account', type: 'sahutApi' }),
			]);

			await saveCredential(page, { apiKey: 'sk_live_wrong' });
			await dialog.getByText('Couldn’t connect with these settings').waitFor();
			await dialog.getByText('More details').click();
			await dialog.getByText('Sahut does not accept this API key. Copy it again from').waitFor();
			expect(responses().at(-1)).toEqual(['/conversations', 401]);
			await closeCredentialDialog(page);
		},
	);
}
