import { setTimeout as wait } from 'node:timers/promises';

import { SIGNATURE_HEADER, signBody } from '../../sandbox/events';
import type { WebhookReceiver } from './sandboxProcess';
import { serveCommands } from './worker';

/** The delay before a failed probe is retried. */
const RETRY_MS = 5;

/** The URLs that are requested repeatedly while n8n is busy. */
interface ProbeTargets {
	/** The health check of n8n. */
	healthz: { url: string; intervalMs: number };
	/** A Sahut Trigger, which gets new events as from Sahut. */
	trigger: WebhookReceiver & { intervalMs: number };
}

/** The longest response times in milliseconds. */
type LongestPauses = Record<keyof ProbeTargets, number>;

let events = 0;
let isOver = false;
let measuring: Promise<LongestPauses> | undefined;

/** Creates a new event as Sahut delivers it. */
function newEvent(): string {
	const created_at = new Date().toISOString();
	const id = `${process.pid}_${++events}`;
	const sender = { type: 'contact', id: 'ct_1', name: 'Siti Aminah' };
	const message = { id: `msg_${id}`, type: 'incoming', content: 'Halo', sender, created_at };
	const data = { message, conversation: { id: 'conv_1', status: 'open' } };
	return JSON.stringify({ id: `evt_${id}`, event: 'message.created', created_at, data });
}

async function deliver({ url, secret }: WebhookReceiver): Promise<Response> {
	const body = newEvent();
	const headers = {
		'content-type': 'application/json',
		[SIGNATURE_HEADER]: signBody(body, secret, 'hex'),
	};
	return await fetch(url, { method: 'POST', headers, body });
}

/**
 * Retries a request until it succeeds. While n8n is blocked, connections may fail, and for a while after
 * that n8n returns 503.
 * @throws {Error} when the measurement ends before a success.
 */
async function retryUntilOk(request: () => Promise<Response>): Promise<void> {
	for (;;) {
		try {
			const response = await request();
			await response.text();
			if (response.ok) return;
			throw new Error(`${response.url} returned ${response.status}`);
		} catch (error) {
			if (isOver) throw error;
			await wait(RETRY_MS);
		}
	}
}

async function measureLongestPause(
	request: () => Promise<Response>,
	intervalMs: number,
): Promise<number> {
	let longest = 0;
	while (!isOver) {
		const startedAt = performance.now();
		await retryUntilOk(request);
		longest = Math.max(longest, performance.now() - startedAt);
		await wait(intervalMs);
	}
	return longest;
}

const commands = {
	/**
	 * Starts the probes. Each sends a request, waits for the response and a pause, and repeats. Returns after a
	 * first successful request of each, which is not measured.
	 */
	async begin({ healthz, trigger }: ProbeTargets): Promise<void> {
		isOver = false;
		const requestHealthz = async () => await fetch(healthz.url);
		const requestTrigger = async () => await deliver(trigger);
		await Promise.all([retryUntilOk(requestHealthz), retryUntilOk(requestTrigger)]);
		measuring = Promise.all([
			measureLongestPause(requestHealthz, healthz.intervalMs),
			measureLongestPause(requestTrigger, trigger.intervalMs),
		]).then(([ofHealthz, ofTrigger]) => ({ healthz: ofHealthz, trigger: ofTrigger }));
		// `end` reports the error.
		measuring.catch(() => undefined);
	},

	/**
	 * Stops the probes. @returns the longest response time of each
	 * @throws {Error} when the last request of a probe failed.
	 */
	async end(): Promise<LongestPauses> {
		isOver = true;
		if (!measuring) throw new Error('The probes have not been started');
		return await measuring;
	},
};

export type ProbeCommands = typeof commands;

serveCommands(commands);
