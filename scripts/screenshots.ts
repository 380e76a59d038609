import { resolve } from 'node:path';

import { updateDocsScreenshots } from './screenshots/docs';
import { takeAllScreenshots } from './screenshots/panels';
import { withScreenshotEnvironment } from './screenshots/environment';

const FOLDER = 'test-results/screenshots';

/**
 * Takes screenshots of all panels into a folder. With `--docs`, updates those of the documentation: all, or
 * those of the examples with the given names.
 */
async function main([argument = FOLDER, ...names]: string[]): Promise<void> {
	if (argument === '--docs') {
		await withScreenshotEnvironment(
			async (environment) =>
				await updateDocsScreenshots(environment, names.length > 0 ? names : undefined),
		);
		return;
	}
	const folder = resolve(argument);
	await withScreenshotEnvironment(
		async (environment) => await takeAllScreenshots(environment, folder),
	);
	console.log(`Wrote the screenshots to ${folder}.`);
}

main(process.argv.slice(2)).catch((error: unknown) => {
	console.error(error);
	process.exitCode = 1;
});
