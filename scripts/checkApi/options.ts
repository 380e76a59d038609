import { parseArgs } from 'node:util';

import { parsePort } from '../../sandbox/port';

/** Leaves room below the 60 requests a minute of Sahut's smallest plan. */
const DEFAULT_PER_MINUTE = 50;

export interface CheckOptions {
	/** An internal note is written into it. */
	conversation?: string | undefined;
	/** For this address, a webhook is made and deleted again. */
	webhook?: string | undefined;
	/** Here, a delivery to that address arrives. */
	listen?: number | undefined;
	/** Where the findings are written to. */
	json?: string | undefined;
	perMinute: number;
}

function asRate(text: string): number {
	const rate = Number(text);
	if (rate > 0 && Number.isFinite(rate)) return rate;
	throw new Error(`--per-minute must be a number above 0, not "${text}".`);
}

/** @throws Error that says which option cannot be used */
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
		throw new Error('--listen needs --webhook: the HTTPS address that leads to this port.');
	}
	return {
		conversation,
		webhook,
		listen: listen === undefined ? undefined : parsePort(listen),
		json,
		perMinute: asRate(values['per-minute']),
	};
}
