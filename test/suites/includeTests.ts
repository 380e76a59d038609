import { readdirSync } from 'node:fs';
import { join, relative } from 'node:path';

// Imported here, their hooks apply to all files of a suite. Imported in one file, they would apply only to it.
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
 * Runs the tests of these folders of test/ as one Jest file, so that n8n's engine is loaded only once.
 * Loading it takes seconds.
 */
export function includeTests(...folders: string[]): void {
	for (const file of folders.flatMap(testFilesIn)) {
		describe(relative(TESTS, file), () => {
			jest.requireActual(file);
		});
	}
}
