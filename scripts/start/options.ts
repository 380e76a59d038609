import { parseArgs } from 'node:util';

import { parseDeviations, type Deviation } from '../../sandbox/deviations';
import { parsePort } from '../../sandbox/port';

export interface StartOptions {
	port: number;
	sandboxPort: number;
	/** Whether to delete the data of earlier starts. */
	fresh: boolean;
	/** Whether to compile changes into the running n8n. */
	watch: boolean;
	/** The deviations of the sandbox. */
	deviations: Deviation[];
}

const DEFAULT_PORT = 5678;
const DEFAULT_SANDBOX_PORT = 8787;

export function parseOptions(): StartOptions {
	const { values } = parseArgs({
		options: {
			port: { type: 'string', default: String(DEFAULT_PORT) },
			'sandbox-port': { type: 'string', default: String(DEFAULT_SANDBOX_PORT) },
			deviate: { type: 'string' },
			fresh: { type: 'boolean', default: false },
			watch: { type: 'boolean', default: false },
		},
	});
	return {
		port: parsePort(values.port),
		sandboxPort: parsePort(values['sandbox-port']),
		fresh: values.fresh,
		watch: values.watch,
		deviations: parseDeviations(values.deviate),
	};
}
