import { join } from 'node:path';

// Imported here, their hooks apply to all files of a suite. Imported in one file, they would apply only to it.
import '../support/localServer';
import '../support/openSandbox';
import '../support/transport';
import { TESTS, testFilesIn } from './testFiles';

/**
 * Runs the tests of these folders of test/ as one Jest file, so that n8n's engine is loaded only once.
 * Loading it takes seconds.
 */
export function includeTests(...folders: string[]): void {
	for (const file of folders.flatMap(testFilesIn)) {
		describe(file, () => {
			jest.requireActual(join(TESTS, file));
		});
	}
}
