import { resolve } from 'node:path';

import { shootForDocs } from './pictures/docs';
import { shootEverything } from './pictures/panels';
import { inStudio } from './pictures/studio';

const FOLDER = 'test-results/screenshots';

/** Takes pictures of all panels into a folder; with `--docs`, renews those of the documentation. */
async function main([argument = FOLDER]: string[]): Promise<void> {
	if (argument === '--docs') {
		await inStudio(shootForDocs);
		return;
	}
	const folder = resolve(argument);
	await inStudio(async (studio) => await shootEverything(studio, folder));
	console.log(`The pictures are in ${folder}.`);
}

main(process.argv.slice(2)).catch((error: unknown) => {
	console.error(error);
	process.exitCode = 1;
});
