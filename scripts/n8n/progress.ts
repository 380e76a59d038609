import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** Prints a line about the progress. */
export type Log = (line: string) => void;

/** Long, so that logs stay short. */
const INTERVAL_MS = 30_000;

async function megabytesIn(folder: string): Promise<number> {
	// du fails if npm moved files meanwhile, but it still prints the sum.
	const du = promisify(execFile)('du', ['-sk', folder]);
	const { stdout } = await du.catch((error: { stdout: string }) => error);
	return Math.round(Number.parseInt(stdout || '0') / 1024);
}

/** Logs the elapsed time and the size of `folder` until `work` ends. @returns the result of `work` */
export async function withProgress<Result>(
	label: string,
	folder: string,
	log: Log,
	work: Promise<Result>,
): Promise<Result> {
	const startedAt = Date.now();
	const report = async () => {
		const megabytes = await megabytesIn(folder);
		log(`${label}: ${Math.round((Date.now() - startedAt) / 1000)} s, ${megabytes} MB`);
	};
	const timer = setInterval(() => void report(), INTERVAL_MS);
	try {
		return await work;
	} finally {
		clearInterval(timer);
		await report();
	}
}
