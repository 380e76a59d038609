import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';

import { startMessage } from '../../sandbox/startMessage';
import { openSandbox } from '../support/openSandbox';

const REPOSITORY = resolve(__dirname, '../..');
/** The last line that the command prints when it is ready. */
const LAST_LINE = '/sandbox/incoming';
const COMMAND = ['--import', 'tsx', 'sandbox/main.ts', '--port', '0'];

let running: ChildProcess | undefined;
afterEach(() => running?.kill());

/** Starts the sandbox as `npm run sandbox` does. @returns the start message */
async function start(...args: string[]): Promise<string> {
	const child = spawn(process.execPath, [...COMMAND, ...args], { cwd: REPOSITORY });
	running = child;
	let printed = '';
	for await (const text of child.stdout.setEncoding('utf8')) {
		printed += text;
		if (printed.includes(LAST_LINE)) break;
	}
	return printed;
}

const baseUrlIn = (printed: string) => /Base URL +(\S+)/.exec(printed)?.[1];

/** Requests a list. @returns the status of the response, or the code of the connection error */
const statusOrErrorCode = async (url: string) =>
	await fetch(`${url}/conversations`).then(
		({ status }) => status,
		(error: Error) => (error.cause as { code: string }).code,
	);

it.each([
	['this computer by default', '127.0.0.1', '127.0.0.2', []],
	['the address in --host', '127.0.0.2', '127.0.0.1', ['--host', '127.0.0.2']],
])('listens only on %s', async (_, host, otherHost, args) => {
	const url = baseUrlIn(await start(...args))!;

	expect(new URL(url)).toMatchObject({ hostname: host, pathname: '/v1' });
	expect(await statusOrErrorCode(url)).toBe(401);
	expect(await statusOrErrorCode(url.replace(host, otherHost))).toBe('ECONNREFUSED');
});

it('prints the address for containers if it listens on all network interfaces', async () => {
	const sandbox = await openSandbox();
	const { port } = new URL(sandbox.url);
	const address = `http://host.docker.internal:${port}/v1`;

	expect(startMessage(sandbox, '0.0.0.0')).toContain(`${address} from a container`);
	expect(startMessage(sandbox, '0.0.0.0')).toContain('in your network can reach it too');
	expect(startMessage(sandbox, '127.0.0.1')).not.toMatch(/container|network/);
});

it.each(['nowhere.invalid', '192.0.2.1', ''])(
	'reports that it cannot listen on %j',
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
