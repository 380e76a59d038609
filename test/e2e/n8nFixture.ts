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
export const VERSION = (globalThis as { N8N_VERSION?: N8nVersion }).N8N_VERSION ?? NEWEST;

/** A running n8n, and a sandbox. */
export interface N8nFixture {
	home: N8nOptions;
	n8n: RunningN8n;
	session: Session;
	/** Each test has a new one. */
	sandbox: Sandbox;
}

/**
 * Starts an n8n with this package for the tests of a file, and a sandbox for each test. Each test
 * starts without credentials. The n8n is deleted after the tests, except for its log.
 */
export function useN8n(
	name: string,
	{ env = {}, ...options }: Pick<N8nOptions, 'env'> & SandboxOptions = {},
): N8nFixture {
	const fixture = {} as N8nFixture;
	const folder = makeTempFolder();

	beforeAll(async () => {
		const logFile = createTestLog(`${name}-${VERSION}`);
		fixture.home = { version: VERSION, userFolder: folder.path, logFile };
		await installBuild(folder.path);
		fixture.n8n = await startN8n({ ...fixture.home, env, port: 0 });
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

/** Stores the credential for the test's sandbox. */
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
export function sentTo({ sandbox: { store } }: N8nFixture, conversations: string[]): string[][] {
	return conversations.map((id) =>
		store
			.messages(id)
			.filter(({ type }) => type === 'outgoing')
			.map(({ content }) => content),
	);
}
