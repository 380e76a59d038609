import type { Sandbox } from '../../sandbox';
import { ensureTables } from '../exampleTables';
import type { GoogleSheets } from '../googleSheets';
import { listExampleNames, prepareExample } from '../prepareExamples';
import type { ScriptedModel } from '../scriptedModel';
import {
	createCredential,
	createWorkflow,
	listCredentials,
	listWorkflows,
	updateCredential,
	type CredentialContent,
	type Session,
	type StoredCredential,
} from '../n8n';
import { credentialFor } from '../n8n/workflowBuilder';

/** Creates the credential for the sandbox, or updates its URL and key. */
export async function ensureCredential(
	session: Session,
	sandbox: Sandbox,
): Promise<StoredCredential> {
	return await storeCredential(session, credentialFor(sandbox));
}

/** Creates a credential, or updates the one with this name. */
async function storeCredential(
	session: Session,
	content: CredentialContent,
): Promise<StoredCredential> {
	const known = (await listCredentials(session)).find(({ name }) => name === content.name);
	return known
		? await updateCredential(session, known.id, content)
		: await createCredential(session, content);
}

/** Imports the examples that n8n does not have yet, ready to run. @returns the names of all examples */
export async function ensureExamples(
	session: Session,
	sandbox: Sandbox,
	{ google, model }: { google: GoogleSheets; model: ScriptedModel },
	credential: StoredCredential,
): Promise<string[]> {
	const tables = await ensureTables(session);
	const googleSheetsOAuth2Api = await storeCredential(session, google.credential);
	const openAiApi = await storeCredential(session, model.credential);
	const records = { tables, googleSheetsOAuth2Api, openAiApi };
	const examples = listExampleNames().map((each) =>
		prepareExample(each, sandbox.store, credential, records),
	);
	const known = new Set((await listWorkflows(session)).map((workflow) => workflow.name));
	for (const example of examples) {
		if (known.has(example.name)) continue;
		await createWorkflow(session, example);
	}
	return examples.map((example) => example.name);
}
