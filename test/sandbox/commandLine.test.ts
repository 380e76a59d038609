import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';

import { startMessage } from '../../sandbox/startMessage';
import { openSandbox } from '../support/openSandbox';

const REPOSITORY = resolve(__dirname, '../..');
const COMMAND = ['--import', 'tsx', 'sandbox/main.ts', '--port', '0'];

let running: ChildProcess | undefined;
afterEach(() => running?.kill());

/** What `npm run sandbox` does. @returns what it prints when it is ready */
async function start(...args: string[]): Promise<string> {
	const child = spawn(process.execPath, [...COMMAND, ...args], { cwd: REPOSITORY });
	running = child;
	let printed = '';
	for await (const text of child.stdout.setEncoding('utf8')) {
		printed += text;
		if (printed.includes('/sandbox/incoming')) break;
	}
	return printed;
}

const baseUrlIn = (printed: string) => /Base URL +(\S+)/.exec(printed)?.[1];

/** The status of an answer, or what became of the connection. */
const visit = async (url: string) =>
	await fetch(`${url}/conversations`).then(
		({ status }) => status,
		(refusal: Error) => (refusal.cause as { code: string }).code,
	);

it.each([
	['this computer alone', '127.0.0.1', '127.0.0.2', []],
	['where it is told', '127.0.0.2', '127.0.0.1', ['--host', '127.0.0.2']],
])('listens to %s', async (_, here, elsewhere, args) => {
	const url = baseUrlIn(await start(...args))!;

	expect(new URL(url)).toMatchObject({ hostname: here, pathname: '/v1' });
	expect(await visit(url)).toBe(401);
	expect(await visit(url.replace(here, elsewhere))).toBe('ECONNREFUSED');
});

it('says by which address a container reaches it, where it listens to all', async () => {
	const sandbox = await openSandbox();
	const { port } = new URL(sandbox.url);
	const address = `http://host.docker.internal:${port}/v1`;

	expect(startMessage(sandbox, '0.0.0.0')).toContain(`${address} from a container`);
	expect(startMessage(sandbox, '0.0.0.0')).toContain('in your network can reach it too');
	expect(startMessage(sandbox, '127.0.0.1')).not.toMatch(/container|network/);
});

it.each(['nowhere.invalid', '192.0.2.1', ''])(
	'says that %j is no address of this computer',
	async (host) => {
		const run = promisify(execFile)(process.execPath, [...COMMAND, '--host', host], {
			cwd: REPOSITORY,
		});

		await expect(run).rejects.toMatchObject({
			code: 1,
			stderr: `This computer cannot listen on "${host}". Use 127.0.0.1 for this computer only, or 0.0.0.0 for all network interfaces.\n`,
		});
	},
);
