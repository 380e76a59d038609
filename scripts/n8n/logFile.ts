import { existsSync, mkdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

const TEST_LOGS = resolve(__dirname, '../../test-results/n8n');

const SHOWN_LINES = 25;

/** Returns the log file of a test, which is kept after the test. Deletes the previous log. */
export function createTestLog(name: string): string {
	const logFile = resolve(TEST_LOGS, `${name}.log`);
	rmSync(logFile, { force: true });
	return logFile;
}

/** Returns the size of a log in bytes; 0 if there is none. Creates the folder of the log. */
export function logSize(logFile: string): number {
	mkdirSync(dirname(logFile), { recursive: true });
	return existsSync(logFile) ? statSync(logFile).size : 0;
}

/** Returns the text of a log after its first `from` bytes. */
export function readLog(logFile: string, from: number): string {
	return readFileSync(logFile).subarray(from).toString('utf8');
}

/** Returns the last lines of a log after its first `from` bytes, with its path, for a message. */
export function logTail(logFile: string, from: number): string {
	const lines = readLog(logFile, from).trim().split('\n').slice(-SHOWN_LINES);
	return [`The end of ${logFile}:`, ...lines].join('\n  ');
}
