import { spawn } from 'node:child_process';

const SHOWN_LINES = 20;

/**
 * Runs npm and returns when it has succeeded.
 * @throws {Error} with the command and the last lines that npm printed.
 */
export async function npm(args: string[], cwd: string, env = process.env): Promise<void> {
	const quiet = ['--no-audit', '--no-fund', '--no-update-notifier'];
	const child = spawn('npm', [...args, ...quiet], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
	let output = '';
	for (const stream of [child.stdout, child.stderr]) {
		stream.setEncoding('utf8').on('data', (text: string) => (output += text));
	}
	const outcome = await new Promise<number | string | null>((resolve) => {
		child.once('error', ({ message }) => resolve(message));
		child.once('close', (code, signal) => resolve(code ?? signal));
	});
	if (outcome === 0) return;
	const lines = output.trim().split('\n').slice(-SHOWN_LINES);
	throw new Error([`npm ${args.join(' ')} failed in ${cwd} (${outcome}):`, ...lines].join('\n  '));
}
