import { execFile } from 'node:child_process';
import { clearLine, cursorTo } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

/** Takes one line of what is going on. */
export type Log = (line: string) => void;

const TERMINAL_INTERVAL_MS = 2_000;
/** Sparse, for logs that people scroll through. */
const LOG_INTERVAL_MS = 30_000;

const run = promisify(execFile);

async function megabytesIn(folder: string): Promise<number> {
	// du complains of files that npm has moved away meanwhile, and still tells the sum.
	const { stdout } = await run('du', ['-sk', folder]).catch((error: { stdout?: string }) => ({
		stdout: error.stdout ?? '',
	}));
	return Math.round(Number.parseInt(stdout || '0') / 1024);
}

function showStatus(text: string): void {
	clearLine(process.stderr, 0);
	cursorTo(process.stderr, 0);
	process.stderr.write(text);
}

/** Tells how long `work` has taken so far and how much there is in `folder`, until it is done. */
export async function withProgress<Result>(
	label: string,
	folder: string,
	log: Log,
	work: Promise<Result>,
): Promise<Result> {
	const startedAt = Date.now();
	const done = new AbortController();
	const onTerminal = process.stderr.isTTY === true;
	const interval = onTerminal ? TERMINAL_INTERVAL_MS : LOG_INTERVAL_MS;

	const seconds = () => Math.round((Date.now() - startedAt) / 1000);
	const status = async () => `${label}: ${seconds()} s, ${await megabytesIn(folder)} MB`;
	const report = async () => {
		while (!done.signal.aborted) {
			await sleep(interval, undefined, { signal: done.signal }).catch(() => undefined);
			if (done.signal.aborted) return;
			const text = await status();
			if (onTerminal) showStatus(text);
			else log(text);
		}
	};

	const reporting = report();
	try {
		return await work;
	} finally {
		done.abort();
		await reporting;
		if (onTerminal) showStatus('');
		log(await status());
	}
}
