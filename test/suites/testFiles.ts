import { readdirSync } from 'node:fs';
import { join } from 'node:path';

export const TESTS = join(__dirname, '..');

/** Returns the test files below a folder of test/, without the slow ones, as paths relative to test/. */
export function testFilesIn(folder: string): string[] {
	return readdirSync(join(TESTS, folder), { recursive: true, encoding: 'utf8' })
		.filter((file) => file.endsWith('.test.ts') && !file.endsWith('.slow.test.ts'))
		.sort()
		.map((file) => join(folder, file));
}
