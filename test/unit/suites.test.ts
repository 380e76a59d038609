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

it.each(testFiles)('%s is in exactly one suite', (file) => {
	const including = includedFolders.filter((folder) =>
		`${dirname(file)}/`.startsWith(`${folder}/`),
	);

	expect(including).toHaveLength(1);
});
