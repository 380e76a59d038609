import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

const TESTS = join(__dirname, '..');
const SUITES = join(TESTS, 'suites');
/** Jest runs them with other configurations. */
const OTHER_FOLDERS = ['checkApi', 'e2e', 'package', 'queue'];

const includedFolders = readdirSync(SUITES)
	.filter((file) => file.endsWith('.suite.ts'))
	.flatMap((file) => [
		...readFileSync(join(SUITES, file), 'utf8').matchAll(/includeTests\((.*)\)/gs),
	])
	.flatMap(([, list]) => [...list!.matchAll(/'([^']+)'/g)].map(([, folder]) => folder!));

const testFiles = readdirSync(TESTS, { recursive: true, encoding: 'utf8' })
	.map((file) => relative(TESTS, join(TESTS, file)))
	.filter((file) => file.endsWith('.test.ts') && !file.endsWith('.slow.test.ts'))
	.filter((file) => !OTHER_FOLDERS.some((folder) => file.startsWith(`${folder}/`)));

it.each(testFiles)('%s is in exactly one suite', (file) => {
	const including = includedFolders.filter((folder) =>
		`${dirname(file)}/`.startsWith(`${folder}/`),
	);

	expect(including).toHaveLength(1);
});
