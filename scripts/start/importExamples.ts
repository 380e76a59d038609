import type { Sandbox } from '../../sandbox';
import { exampleNames, provideFollowUpTable, readyExample } from '../readyExamples';
import {
	createCredential,
	createWorkflow,
	listCredentials,
	listWorkflows,
	updateCredential,
	type Session,
	type StoredCredential,
} from '../n8n';
import { CREDENTIAL_NAME, credentialFor } from '../n8n/parts';

/** The credential for the sandbox, with the address and the key that it has this time. */
export async function provideCredential(
	session: Session,
	sandbox: Sandbox,
): Promise<StoredCredential> {
	const content = credentialFor(sandbox);
	const known = (await listCredentials(session)).find(({ name }) => name === CREDENTIAL_NAME);
	return known
		? await updateCredential(session, known.id, content)
		: await createCredential(session, content);
}

/** Adds the examples that n8n does not have yet, ready to run. @returns the names of all */
export async function provideExamples(
	session: Session,
	sandbox: Sandbox,
	credential: StoredCredential,
): Promise<string[]> {
	const table = await provideFollowUpTable(session);
	const examples = exampleNames().map((each) =>
		readyExample(each, sandbox.store, credential, { dataTableId: table.id }),
	);
	const known = new Set((await listWorkflows(session)).map((workflow) => workflow.name));
	for (const example of examples) {
		if (known.has(example.name)) continue;
		await createWorkflow(session, example);
	}
	return examples.map((example) => example.name);
}
