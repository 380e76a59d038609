import { startSandbox, type Sandbox, type SandboxOptions } from '../../sandbox';
import {
	createCredential,
	deleteCredential,
	installBuild,
	listCredentials,
	makeTempFolder,
	NEWEST,
	createTestLog,
	signIn,
	startN8n,
	type N8nOptions,
	type N8nVersion,
	type RunningN8n,
	type Session,
	type StoredCredential,
} from '../../scripts/n8n';
import { credentialFor } from '../../scripts/n8n/workflowBuilder';

/** The tested version of n8n, which jest.e2e.config.js reads from the environment. */
export const N8N_VERSION = (globalThis as { N8N_VERSION?: N8nVersion }).N8N_VERSION ?? NEWEST;

/** A running n8n, and a sandbox for each test. */
export interface N8nFixture {
	/** The version, data folder and log file of the n8n. */
	n8nOptions: N8nOptions;
	n8n: RunningN8n;
	/** The signed-in owner of the n8n. */
	session: Session;
	/** The sandbox of the current test. */
	sandbox: Sandbox;
}

/**
 * Starts an n8n with this package for the tests of a file, and a sandbox for each test. Each test starts
 * without credentials. After the tests, the data of the n8n are deleted, except for its log.
 *
 * @param name the name of the log file
 */
export function useN8n(
	name: string,
	{ env = {}, ...options }: Pick<N8nOptions, 'env'> & SandboxOptions = {},
): N8nFixture {
	const fixture = {} as N8nFixture;
	const folder = makeTempFolder();

	beforeAll(async () => {
		const logFile = createTestLog(`${name}-${N8N_VERSION}`);
		fixture.n8nOptions = { version: N8N_VERSION, userFolder: folder.path, logFile };
		await installBuild(folder.path);
		fixture.n8n = await startN8n({ ...fixture.n8nOptions, env, port: 0 });
		fixture.session = await signIn(fixture.n8n);
	});
	afterAll(async () => {
		await fixture.n8n?.kill();
		folder.remove();
	});
	beforeEach(async () => {
		fixture.sandbox = await startSandbox({ data: 'empty', ...options });
	});
	afterEach(async () => {
		for (const { id } of await listCredentials(fixture.session)) {
			await deleteCredential(fixture.session, id);
		}
		await fixture.sandbox?.close();
	});
	return fixture;
}

/** Stores a credential for the sandbox of the current test. */
export async function addCredential({ session, sandbox }: N8nFixture): Promise<StoredCredential> {
	return await createCredential(session, credentialFor(sandbox));
}

/** Adds a conversation in which a customer has just written. @returns its ID */
export function addConversation({ sandbox: { store } }: N8nFixture, name = 'Budi Santoso'): string {
	const { id } = store.addConversation({ contact: store.addContact({ name }) });
	store.addIncoming(id, 'Halo, apakah barangnya masih ada?');
	return id;
}

/** Returns the texts that were sent to each of the conversations, including internal notes. */
export function textsSentTo(
	{ sandbox: { store } }: N8nFixture,
	conversations: string[],
): string[][] {
	return conversations.map((id) =>
		store
			.messages(id)
			.filter(({ type }) => type === 'outgoing')
			.map(({ content }) => content),
	);
}
