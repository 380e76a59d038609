import { readdirSync } from 'node:fs';
import { join, relative } from 'node:path';

// Their hooks apply to all files of a suite; within the block of one file, they would apply only to it.
import '../support/localServer';
import '../support/openSandbox';
import '../support/transport';

const TESTS = join(__dirname, '..');
const SLOW = /\.slow\.test\.ts$/;

/** Returns the test files below a folder of test/, without the slow ones, as absolute paths. */
function testFilesIn(folder: string): string[] {
	return readdirSync(join(TESTS, folder), { recursive: true, encoding: 'utf8' })
		.filter((file) => file.endsWith('.test.ts') && !SLOW.test(file))
		.sort()
		.map((file) => join(TESTS, folder, file));
}

/**
 * Runs the tests of these folders of test/ as one file of Jest, so that n8n's engine, which takes
 * seconds to load, is loaded once for all of them.
 */
export function includeTests(...folders: string[]): void {
	for (const file of folders.flatMap(testFilesIn)) {
		describe(relative(TESTS, file), () => {
			require(file);
		});
	}
}
