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
	/** Returns the highest number of requests that waited for a response at once. */
	maxWaiting(): number;
}

/** Sends the response to an event. */
type Respond = (response: ServerResponse, event: ReceivedEvent) => void;

/** Parses a body as JSON. @returns its text if it is not JSON */
function parseBody(raw: Buffer): unknown {
	try {
		return JSON.parse(raw.toString());
	} catch {
		return raw.toString();
	}
}

/** Starts a server that receives events until the end of the test. Responds with 200 by default. */
export async function openReceiver(
	respond: Respond = (response) => response.end('ok'),
): Promise<Receiver> {
	const received: ReceivedEvent[] = [];
	let waiting = 0;
	let maxWaiting = 0;
	async function receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
		waiting++;
		maxWaiting = Math.max(maxWaiting, waiting);
		response.once('close', () => waiting--);
		const raw = await buffer(request);
		const event = { headers: request.headers, raw, body: parseBody(raw) };
		received.push(event);
		respond(response, event);
	}
	const origin = await openServer((request, response) => void receive(request, response));
	return { url: `${origin}/sahut`, received, maxWaiting: () => maxWaiting };
}

/** Returns a function that responds with these statuses in order, and repeats the last one. */
export function respondWith(...statuses: number[]): Respond {
	return (response) => {
		response.statusCode = (statuses.length > 1 ? statuses.shift() : statuses[0]) ?? 200;
		response.end();
	};
}
