import type { Sandbox } from '../../sandbox';
import { listExampleNames, ensureFollowUpTable, prepareExample } from '../prepareExamples';
import {
	createCredential,
	createWorkflow,
	listCredentials,
	listWorkflows,
	updateCredential,
	type Session,
	type StoredCredential,
} from '../n8n';
import { CREDENTIAL_NAME, credentialFor } from '../n8n/workflowBuilder';

/** Creates the credential for the sandbox, or updates its URL and key. */
export async function ensureCredential(
	session: Session,
	sandbox: Sandbox,
): Promise<StoredCredential> {
	const content = credentialFor(sandbox);
	const known = (await listCredentials(session)).find(({ name }) => name === CREDENTIAL_NAME);
	return known
		? await updateCredential(session, known.id, content)
		: await createCredential(session, content);
}

/** Imports the examples that n8n does not have yet, ready to run. @returns the names of all examples */
export async function ensureExamples(
	session: Session,
	sandbox: Sandbox,
	credential: StoredCredential,
): Promise<string[]> {
	const table = await ensureFollowUpTable(session);
	const examples = listExampleNames().map((each) =>
		prepareExample(each, sandbox.store, credential, { dataTableId: table.id }),
	);
	const known = new Set((await listWorkflows(session)).map((workflow) => workflow.name));
	for (const example of examples) {
		if (known.has(example.name)) continue;
		await createWorkflow(session, example);
	}
	return examples.map((example) => example.name);
}
