import { parseOptions } from './checkApi/options';
import { checkApi } from './checkApi/run';

const EXIT_CODES = { fine: 0, differs: 1, incomplete: 2 };

async function main(): Promise<void> {
	const options = parseOptions(process.argv.slice(2));
	const interrupted = new AbortController();
	process.once('SIGINT', () => interrupted.abort(new Error('Interrupted.')));
	const outcome = await checkApi(options, process.env, console.log, interrupted.signal);
	process.exitCode = EXIT_CODES[outcome];
}

main().catch((error: unknown) => {
	console.error(error instanceof Error ? error.message : error);
	process.exitCode = EXIT_CODES.incomplete;
});
