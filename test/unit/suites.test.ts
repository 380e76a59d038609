import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { TESTS, testFilesIn } from '../suites/testFiles';

const SUITES = join(TESTS, 'suites');
/** Jest runs them with other configurations. */
const OTHER_FOLDERS = ['checkApi', 'e2e', 'package', 'queue'];

const includedFolders = readdirSync(SUITES)
	.filter((file) => file.endsWith('.suite.ts'))
	.flatMap((file) => [
		...readFileSync(join(SUITES, file), 'utf8').matchAll(/includeTests\((.*)\)/gs),
	])
	.flatMap(([, list]) => [...list!.matchAll(/'([^']+)'/g)].map(([, folder]) => folder!));

const testFiles = testFilesIn('').filter(
	(file) => !OTHER_FOLDERS.some((folder) => file.startsWith(`${folder}/`)),
);

it('No test file runs only some of its tests, since that would skip the other files of its suite', () => {
	const files = testFilesIn('').filter((file) => file !== 'unit/suites.test.ts');

	const withOnly = files.filter((file) =>
		/\b(describe|it|test)\.only\b/.test(readFileSync(join(TESTS, file), 'utf8')),
	);

	expect(withOnly).toEqual([]);
});

it.each(testFiles)('%s is in exactly one suite', (file) => {
	const including = includedFolders.filter((folder) =>
		`${dirname(file)}/`.startsWith(`${folder}/`),
	);

	expect(including).toHaveLength(1);
});
