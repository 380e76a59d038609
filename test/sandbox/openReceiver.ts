import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';

import { openServer } from '../support/localServer';

export interface ReceivedEvent {
	headers: IncomingHttpHeaders;
	raw: Buffer;
	// The shape of the body is what the tests are about.
	// eslint-disable-next-line @typescript-eslint/no-explicit-any
	body: any;
}

export interface Receiver {
	url: string;
	/** In order of arrival. */
	received: ReceivedEvent[];
	/** The highest number of requests that were without an answer at once. */
	maxWaiting(): number;
}

type Answer = (response: ServerResponse, event: ReceivedEvent) => void;

function parsed(raw: Buffer): unknown {
	try {
		return JSON.parse(raw.toString());
	} catch {
		return raw.toString();
	}
}

/** A server that takes events until the end of the test, by default with a 200. */
export async function openReceiver(
	answer: Answer = (response) => response.end('ok'),
): Promise<Receiver> {
	const received: ReceivedEvent[] = [];
	let waiting = 0;
	let maxWaiting = 0;
	async function take(request: IncomingMessage, response: ServerResponse): Promise<void> {
		waiting++;
		maxWaiting = Math.max(maxWaiting, waiting);
		response.once('close', () => waiting--);
		const raw = await buffer(request);
		const event = { headers: request.headers, raw, body: parsed(raw) };
		received.push(event);
		answer(response, event);
	}
	const origin = await openServer((request, response) => void take(request, response));
	return { url: `${origin}/sahut`, received, maxWaiting: () => maxWaiting };
}

/** Answers with these statuses by turns, and with the last one from then on. */
export function statuses(...all: number[]): Answer {
	return (response) => {
		response.statusCode = (all.length > 1 ? all.shift() : all[0]) ?? 200;
		response.end();
	};
}
