import { spawn, type ChildProcess } from 'node:child_process';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import {
	resolvePort,
	cacheFolder,
	findFreePort,
	listExecutions,
	listWorkflows,
	NEWEST,
	outputItems,
	readLog,
	signIn,
	startWorkflow,
	until,
	waitForExecution,
	type Session,
} from '../../scripts/n8n';

const REPOSITORY = resolve(__dirname, '../..');
const EXAMPLES = join(REPOSITORY, 'examples');
const START_TIMEOUT_MS = 180_000;
/** Longer than a reload of the package takes. */
const RELOAD_MS = 3_000;

let port: number;
let sandboxPort: number;
let userFolder: string;
let startedProcess: ChildProcess | undefined;

beforeAll(async () => {
	[port, sandboxPort] = [await findFreePort(), await findFreePort()];
	userFolder = join(cacheFolder(), `editor-${port}`);
});
afterAll(async () => {
	startedProcess?.kill('SIGKILL');
	rmSync(userFolder, { recursive: true, force: true });
});

/** Runs `npm start` without the build, and waits until it is ready. @returns its output */
async function runNpmStart(options: string[]): Promise<string> {
	const args = ['--import', 'tsx', 'scripts/start.ts', ...options];
	const ports = ['--port', String(port), '--sandbox-port', String(sandboxPort)];
	const child = spawn(process.execPath, [...args, ...ports], { cwd: REPOSITORY, stdio: 'pipe' });
	startedProcess = child;
	let printed = '';
	for (const stream of [child.stdout, child.stderr]) {
		stream.setEncoding('utf8').on('data', (text: string) => (printed += text));
	}
	return await until('npm start', START_TIMEOUT_MS, () => {
		if (child.exitCode !== null) throw new Error(printed);
		return printed.includes('Ctrl-C') ? printed : undefined;
	});
}

/** Interrupts `npm start` as Ctrl-C does. @returns its exit code */
async function pressCtrlC(): Promise<number | null> {
	const ended = new Promise<number | null>((resolve) => startedProcess?.once('exit', resolve));
	startedProcess?.kill('SIGINT');
	return await ended;
}

/** Signs in with the login that `npm start` has printed. */
async function signInAsPrinted(printed: string): Promise<Session> {
	const valueOf = (label: string) => new RegExp(`^ +${label} +(.+)$`, 'm').exec(printed)?.[1] ?? '';
	return await signIn(
		{ url: valueOf('n8n'), version: NEWEST, userFolder },
		{ email: valueOf('Email'), password: valueOf('Password') },
	);
}

/** Lists the names of all workflows in n8n, sorted. */
const listWorkflowNames = async (session: Session) =>
	(await listWorkflows(session)).map(({ name }) => name).sort();

/** Runs the imported follow-up workflow. @returns the IDs of the orders for which it would send a message */
async function runFollowUp(session: Session): Promise<unknown[]> {
	const workflows = await listWorkflows(session);
	const workflow = workflows.find(({ name }) => name === 'Follow-up that runs by itself')!;
	const id = await startWorkflow(session, workflow, 'In working hours');
	const execution = await waitForExecution(session, id);
	return outputItems(execution, 'Write when it was sent').map(({ json }) => json.order_id);
}

/** Waits until n8n has reloaded the package after the first compilation. */
async function waitForReload(): Promise<void> {
	const log = join(userFolder, 'n8n.log');
	const isLogged = () => readLog(log, 0).includes('Hot reload triggered for n8n-nodes-sahut');
	await until('n8n to reload the package', START_TIMEOUT_MS, () => isLogged() || undefined);
	// n8n logs only the start of a reload.
	await sleep(RELOAD_MS);
}

it('npm start runs n8n with all examples, keeps its data for the next start, reloads the package with --watch, and stops all processes', async () => {
	const exampleNames = readdirSync(EXAMPLES)
		.filter((file) => file.endsWith('.json'))
		.map((file) => JSON.parse(readFileSync(join(EXAMPLES, file), 'utf8')) as { name: string })
		.map(({ name }) => name)
		.sort();

	for (const watches of [false, true]) {
		const printed = await runNpmStart(watches ? ['--watch'] : []);
		const session = await signInAsPrinted(printed);

		expect(await listWorkflowNames(session)).toEqual(exampleNames);
		if (watches) await waitForReload();
		// Dry Run is on, so that each run has all rows.
		expect(await runFollowUp(session)).toHaveLength(6);
		expect(await listExecutions(session)).toHaveLength(watches ? 2 : 1);

		expect(await pressCtrlC()).toBe(0);
		expect(await resolvePort(port)).toBe(port);
		expect(await resolvePort(sandboxPort)).toBe(sandboxPort);
	}
});
