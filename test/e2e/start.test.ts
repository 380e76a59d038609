import { spawn, type ChildProcess } from 'node:child_process';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import {
	resolvePort,
	cacheFolder,
	findFreePort,
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

let port: number;
let sandboxPort: number;
let userFolder: string;
let running: ChildProcess | undefined;

beforeAll(async () => {
	[port, sandboxPort] = [await findFreePort(), await findFreePort()];
	userFolder = join(cacheFolder(), `editor-${port}`);
});
afterAll(async () => {
	running?.kill('SIGKILL');
	rmSync(userFolder, { recursive: true, force: true });
});

/** Runs `npm start` without the build. @returns its output until it is ready */
async function start(options: string[]): Promise<string> {
	const args = ['--import', 'tsx', 'scripts/start.ts', ...options];
	const ports = ['--port', String(port), '--sandbox-port', String(sandboxPort)];
	const child = spawn(process.execPath, [...args, ...ports], { cwd: REPOSITORY, stdio: 'pipe' });
	running = child;
	let printed = '';
	for (const stream of [child.stdout, child.stderr]) {
		stream.setEncoding('utf8').on('data', (text: string) => (printed += text));
	}
	return await until('npm start', START_TIMEOUT_MS, () => {
		if (child.exitCode !== null) throw new Error(printed);
		return printed.includes('Ctrl-C') ? printed : undefined;
	});
}

/** Ends it as Ctrl-C does. @returns the exit code */
async function interrupt(): Promise<number | null> {
	const ended = new Promise<number | null>((resolve) => running?.once('exit', resolve));
	running?.kill('SIGINT');
	return await ended;
}

/** Signs in with the login that was printed. */
async function signInAsPrinted(printed: string): Promise<Session> {
	const valueOf = (label: string) => new RegExp(`^ +${label} +(.+)$`, 'm').exec(printed)?.[1] ?? '';
	return await signIn(
		{ url: valueOf('n8n'), version: NEWEST, userFolder },
		{ email: valueOf('Email'), password: valueOf('Password') },
	);
}

const workflowNames = async (session: Session) =>
	(await listWorkflows(session)).map(({ name }) => name).sort();

/** Runs the imported follow-up workflow. @returns the orders whose messages it has sent */
async function runFollowUp(session: Session): Promise<unknown[]> {
	const workflows = await listWorkflows(session);
	const workflow = workflows.find(({ name }) => name === 'Follow-up that runs by itself')!;
	const id = await startWorkflow(session, workflow, 'In working hours');
	const execution = await waitForExecution(session, id);
	return outputItems(execution, 'Write when it was sent').map(({ json }) => json.order_id);
}

/** Waits until n8n has reloaded the package after its first compilation. n8n logs only the start of it. */
async function untilReloaded(): Promise<void> {
	const log = join(userFolder, 'n8n.log');
	const isLogged = () => readLog(log, 0).includes('Hot reload triggered for n8n-nodes-sahut');
	await until('n8n to reload the package', START_TIMEOUT_MS, () => isLogged() || undefined);
	await sleep(3_000);
}

it('npm start opens an editor with all examples, keeps its data until the next start, reloads the package with --watch, and ends completely', async () => {
	const examples = readdirSync(EXAMPLES)
		.filter((file) => file.endsWith('.json'))
		.map((file) => JSON.parse(readFileSync(join(EXAMPLES, file), 'utf8')) as { name: string });

	for (const isDev of [false, true]) {
		const session = await signInAsPrinted(await start(isDev ? ['--watch'] : []));
		expect(await workflowNames(session)).toEqual(examples.map(({ name }) => name).sort());
		if (isDev) await untilReloaded();
		expect(await runFollowUp(session)).toHaveLength(isDev ? 0 : 6);

		expect(await interrupt()).toBe(0);
		expect(await resolvePort(port)).toBe(port);
		expect(await resolvePort(sandboxPort)).toBe(sandboxPort);
	}
});
