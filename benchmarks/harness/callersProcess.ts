import { setTimeout as wait } from 'node:timers/promises';

import { SIGNATURE_HEADER, signature } from '../../sandbox/events';
import type { Receiver } from './sandboxProcess';
import { obey } from './worker';

/** Before one that has had no answer asks again. */
const RETRY_MS = 5;

/** Who asks n8n for something again and again, while it is busy. */
interface Callers {
	/** Of n8n. */
	healthz: { url: string; everyMs: number };
	/** A Sahut Trigger, to which new events are delivered as Sahut does. */
	trigger: Receiver & { everyMs: number };
}

/** The longest that an answer took, in milliseconds. */
type Pauses = Record<keyof Callers, number>;

let events = 0;
let isOver = false;
let calling: Promise<Pauses> | undefined;

/** An event as Sahut delivers it, which has not been delivered before. */
function newEvent(): string {
	const created_at = new Date().toISOString();
	const id = `${process.pid}_${++events}`;
	const sender = { type: 'contact', id: 'ct_1', name: 'Siti Aminah' };
	const message = { id: `msg_${id}`, type: 'incoming', content: 'Halo', sender, created_at };
	const data = { message, conversation: { id: 'conv_1', status: 'open' } };
	return JSON.stringify({ id: `evt_${id}`, event: 'message.created', created_at, data });
}

async function deliver({ url, secret }: Receiver): Promise<Response> {
	const body = newEvent();
	const headers = {
		'content-type': 'application/json',
		[SIGNATURE_HEADER]: signature(body, secret, 'hex'),
	};
	return await fetch(url, { method: 'POST', headers, body });
}

/**
 * Asks until there is an answer. Where n8n pauses for long, connections break off, and for a while
 * after it n8n answers 503.
 *
 * @throws {Error} when there is none by the end.
 */
async function untilAnswered(ask: () => Promise<Response>): Promise<void> {
	for (;;) {
		try {
			const answer = await ask();
			await answer.text();
			if (answer.ok) return;
			throw new Error(`${answer.url} answered ${answer.status}`);
		} catch (error) {
			if (isOver) throw error;
			await wait(RETRY_MS);
		}
	}
}

async function longestPause(ask: () => Promise<Response>, everyMs: number): Promise<number> {
	let longest = 0;
	while (!isOver) {
		const askedAt = performance.now();
		await untilAnswered(ask);
		longest = Math.max(longest, performance.now() - askedAt);
		await wait(everyMs);
	}
	return longest;
}

const commands = {
	/**
	 * Each of them asks, waits for the answer and a little while, and asks again. Returns when n8n
	 * answers both; that does not count.
	 */
	async begin({ healthz, trigger }: Callers): Promise<void> {
		isOver = false;
		const askHealthz = async () => await fetch(healthz.url);
		const askTrigger = async () => await deliver(trigger);
		await Promise.all([untilAnswered(askHealthz), untilAnswered(askTrigger)]);
		calling = Promise.all([
			longestPause(askHealthz, healthz.everyMs),
			longestPause(askTrigger, trigger.everyMs),
		]).then(([ofHealthz, ofTrigger]) => ({ healthz: ofHealthz, trigger: ofTrigger }));
		// What went wrong is told at the end.
		calling.catch(() => undefined);
	},

	/**
	 * The longest that each of them has waited for an answer since.
	 * @throws {Error} when one of them has had none.
	 */
	async end(): Promise<Pauses> {
		isOver = true;
		if (!calling) throw new Error('Nobody has called');
		return await calling;
	},
};

export type CallersCommands = typeof commands;

obey(commands);
