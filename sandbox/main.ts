import { parseArgs } from 'node:util';
import { parseDeviations } from './deviations';
import { DEFAULT_HOST, EVERYWHERE, startSandbox } from './index';
import { introduction } from './introduction';
import { parsePort } from './port';

const DEFAULT_PORT = 8787;

/** `text` is from `--time-scale`. */
function chosenTimeScale(text = '1'): number {
	const timeScale = Number(text);
	if (!(timeScale > 0 && Number.isFinite(timeScale))) {
		throw new Error(`The time scale must be a number above 0, such as 0.01, not "${text}".`);
	}
	return timeScale;
}

const codeOf = (error: unknown) => (error instanceof Error && 'code' in error ? error.code : '');
/** No such name; no such address on this machine. */
const NO_SUCH_HOST = ['ENOTFOUND', 'EAI_AGAIN', 'EADDRNOTAVAIL'];

const noSuchHost = (host: string) =>
	new Error(
		`This computer has no address "${host}" to listen at. Choose ${DEFAULT_HOST} for this computer alone, or ${EVERYWHERE} for all that reach it.`,
	);

async function main(): Promise<void> {
	const { values } = parseArgs({
		options: {
			host: { type: 'string', default: DEFAULT_HOST },
			port: { type: 'string' },
			'time-scale': { type: 'string' },
			deviate: { type: 'string' },
		},
	});
	const port = parsePort(values.port ?? process.env['PORT'] ?? String(DEFAULT_PORT));
	const timeScale = chosenTimeScale(values['time-scale']);
	const deviations = parseDeviations(values.deviate);
	const { host } = values;
	// Node.js takes an empty one for all addresses.
	if (host === '') throw noSuchHost(host);
	const options = { host, port, webhooks: { timeScale }, deviations };
	const sandbox = await startSandbox(options).catch((error: unknown) => {
		if (codeOf(error) === 'EADDRINUSE') {
			throw new Error(
				`Port ${port} is taken. Choose another: npm run sandbox -- --port ${port + 1}`,
			);
		}
		if (!NO_SUCH_HOST.includes(String(codeOf(error)))) throw error;
		throw noSuchHost(host);
	});
	console.log(introduction(sandbox, host));
	process.once('SIGINT', () => void sandbox.close());
	process.once('SIGTERM', () => void sandbox.close());
}

main().catch((error: unknown) => {
	console.error(error instanceof Error ? error.message : error);
	process.exitCode = 1;
});
