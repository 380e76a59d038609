import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** Takes one line of what is going on. */
export type Log = (line: string) => void;

/** Sparse, for people who scroll through it. */
const INTERVAL_MS = 30_000;

async function megabytesIn(folder: string): Promise<number> {
	// du complains of files that npm has moved away meanwhile, and still tells the sum.
	const du = promisify(execFile)('du', ['-sk', folder]);
	const { stdout } = await du.catch((error: { stdout: string }) => error);
	return Math.round(Number.parseInt(stdout || '0') / 1024);
}

/** Tells how long `work` has taken so far and how much there is in `folder`, until it is done. */
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
