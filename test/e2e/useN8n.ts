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

/** The n8n that is tested: jest.e2e.config.js takes it from the environment. */
export const VERSION = (globalThis as { N8N_VERSION?: N8nVersion }).N8N_VERSION ?? NEWEST;

/** What a test works with. */
export interface Bench {
	home: N8nOptions;
	n8n: RunningN8n;
	session: Session;
	/** New in each test. */
	sandbox: Sandbox;
}

/**
 * An n8n with this package for a file of tests, in which no test has a credential yet. The end of the
 * tests deletes it, and keeps its log.
 */
export function useN8n(
	name: string,
	{ env = {}, ...options }: Pick<N8nOptions, 'env'> & SandboxOptions = {},
): Bench {
	const bench = {} as Bench;
	const folder = makeTempFolder();

	beforeAll(async () => {
		const logFile = createTestLog(`${name}-${VERSION}`);
		bench.home = { version: VERSION, userFolder: folder.path, logFile };
		await installBuild(folder.path);
		bench.n8n = await startN8n({ ...bench.home, env, port: 0 });
		bench.session = await signIn(bench.n8n);
	});
	afterAll(async () => {
		await bench.n8n?.kill();
		folder.remove();
	});
	beforeEach(async () => {
		bench.sandbox = await startSandbox({ data: 'empty', ...options });
	});
	afterEach(async () => {
		for (const { id } of await listCredentials(bench.session)) {
			await deleteCredential(bench.session, id);
		}
		await bench.sandbox?.close();
	});
	return bench;
}

/** Stores the credential for the test's sandbox. */
export async function addCredential({ session, sandbox }: Bench): Promise<StoredCredential> {
	return await createCredential(session, credentialFor(sandbox));
}

/** A conversation in which a customer has just written. @returns its ID */
export function addConversation({ sandbox: { store } }: Bench, name = 'Budi Santoso'): string {
	const { id } = store.addConversation({ contact: store.addContact({ name }) });
	store.addIncoming(id, 'Halo, apakah barangnya masih ada?');
	return id;
}

/** The texts that were sent to each of the conversations, internal notes included. */
export function sentTo({ sandbox: { store } }: Bench, conversations: string[]): string[][] {
	return conversations.map((id) =>
		store
			.messages(id)
			.filter(({ type }) => type === 'outgoing')
			.map(({ content }) => content),
	);
}
