import { existsSync, mkdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

const TEST_LOGS = resolve(__dirname, '../../test-results/n8n');

const SHOWN_LINES = 25;

/** Where the log of a test goes, which is kept after it; the one of the last time is deleted. */
export function newTestLog(name: string): string {
	const logFile = resolve(TEST_LOGS, `${name}.log`);
	rmSync(logFile, { force: true });
	return logFile;
}

/** Makes the log's folder. @returns the length that the log has already, in bytes */
export function endOfLog(logFile: string): number {
	mkdirSync(dirname(logFile), { recursive: true });
	return existsSync(logFile) ? statSync(logFile).size : 0;
}

/** What was written after the first `from` bytes. */
export function readLog(logFile: string, from: number): string {
	return readFileSync(logFile).subarray(from).toString('utf8');
}

/** The end of that, for a message: with where to find the rest. */
export function lastLines(logFile: string, from: number): string {
	const lines = readLog(logFile, from).trim().split('\n').slice(-SHOWN_LINES);
	return [`The end of ${logFile}:`, ...lines].join('\n  ');
}
