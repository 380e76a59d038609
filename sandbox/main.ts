import { parseArgs } from 'node:util';
import { parseDeviations } from './deviations';
import { DEFAULT_HOST, ALL_INTERFACES, startSandbox } from './index';
import { startMessage } from './startMessage';
import { parsePort } from './port';

const DEFAULT_PORT = 8787;

/** Parses `--time-scale`. @throws {Error} unless it is a number above 0. */
function parseTimeScale(text = '1'): number {
	const timeScale = Number(text);
	if (!(timeScale > 0 && Number.isFinite(timeScale))) {
		throw new Error(`The time scale must be a number above 0, such as 0.01, not "${text}".`);
	}
	return timeScale;
}

const codeOf = (error: unknown) => (error instanceof Error && 'code' in error ? error.code : '');
/** Unknown host name, or an address that this machine does not have. */
const INVALID_HOST_CODES = ['ENOTFOUND', 'EAI_AGAIN', 'EADDRNOTAVAIL'];

const invalidHostError = (host: string) =>
	new Error(
		`This computer cannot listen on "${host}". Use ${DEFAULT_HOST} for this computer only, or ${ALL_INTERFACES} for all network interfaces.`,
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
	const timeScale = parseTimeScale(values['time-scale']);
	const deviations = parseDeviations(values.deviate);
	const { host } = values;
	// Node.js would listen on all interfaces.
	if (host === '') throw invalidHostError(host);
	const options = { host, port, webhooks: { timeScale }, deviations };
	const sandbox = await startSandbox(options).catch((error: unknown) => {
		if (codeOf(error) === 'EADDRINUSE') {
			throw new Error(
				`Port ${port} is already in use. Choose another: npm run sandbox -- --port ${port + 1}`,
			);
		}
		if (!INVALID_HOST_CODES.includes(String(codeOf(error)))) throw error;
		throw invalidHostError(host);
	});
	console.log(startMessage(sandbox, host));
	process.once('SIGINT', () => void sandbox.close());
	process.once('SIGTERM', () => void sandbox.close());
}

main().catch((error: unknown) => {
	console.error(error instanceof Error ? error.message : error);
	process.exitCode = 1;
});
