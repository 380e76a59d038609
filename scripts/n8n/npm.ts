import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const SHOWN_LINES = 20;

/** The output and the exit code or signal of a failed npm. */
interface NpmFailure {
	stdout: string;
	stderr: string;
	code: number | string | null;
}

/**
 * Runs npm, and waits until it succeeds.
 * @throws {Error} with the command and the last lines that npm printed.
 */
export async function npm(args: string[], cwd: string, env = process.env): Promise<void> {
	const quiet = ['--no-audit', '--no-fund', '--no-update-notifier'];
	const options = { cwd, env, maxBuffer: Infinity };
	const run = promisify(execFile)('npm', [...args, ...quiet], options);
	await run.catch(({ stdout, stderr, code }: NpmFailure) => {
		const lines = `${stdout}${stderr}`.trim().split('\n').slice(-SHOWN_LINES);
		throw new Error([`npm ${args.join(' ')} failed in ${cwd} (${code}):`, ...lines].join('\n  '));
	});
}
