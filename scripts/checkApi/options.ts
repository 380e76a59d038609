import { parseArgs } from 'node:util';

import { parsePort } from '../../sandbox/port';

/** Below the 60 requests per minute of Sahut's smallest plan. */
const DEFAULT_PER_MINUTE = 50;

/** The options of `npm run check:api`. */
export interface CheckOptions {
	/** The ID of a conversation for the internal note and the update. */
	conversation?: string | undefined;
	/** The URL for which a webhook is created and deleted. */
	webhook?: string | undefined;
	/** The local port that receives deliveries to this URL. */
	listen?: number | undefined;
	/** The file for the report. */
	json?: string | undefined;
	perMinute: number;
}

function parseRate(text: string): number {
	const rate = Number(text);
	if (rate > 0 && Number.isFinite(rate)) return rate;
	throw new Error(`--per-minute must be a number above 0, not "${text}".`);
}

/** Parses the command line. @throws {Error} that names the invalid option. */
export function parseOptions(args: string[]): CheckOptions {
	const { values } = parseArgs({
		args,
		options: {
			conversation: { type: 'string' },
			webhook: { type: 'string' },
			listen: { type: 'string' },
			json: { type: 'string' },
			'per-minute': { type: 'string', default: String(DEFAULT_PER_MINUTE) },
		},
	});
	const { conversation, webhook, listen, json } = values;
	if (listen !== undefined && webhook === undefined) {
		throw new Error(
			'--listen requires --webhook. Set it to the HTTPS address that forwards to this port.',
		);
	}
	return {
		conversation,
		webhook,
		listen: listen === undefined ? undefined : parsePort(listen),
		json,
		perMinute: parseRate(values['per-minute']),
	};
}
