import { parseOptions } from './checkApi/options';
import { checkApi } from './checkApi/run';

/** It could not be checked, which says nothing about the API. */
const NOT_CHECKED = 2;

async function main(): Promise<void> {
	const isFine = await checkApi(parseOptions(process.argv.slice(2)), process.env, console.log);
	if (!isFine) process.exitCode = 1;
}

main().catch((error: unknown) => {
	console.error(error instanceof Error ? error.message : error);
	process.exitCode = NOT_CHECKED;
});
