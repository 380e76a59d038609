import { once } from 'node:events';
import {
	createServer,
	type IncomingHttpHeaders,
	type IncomingMessage,
	type Server,
	type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

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

const running: Server[] = [];

async function listen(server: Server): Promise<string> {
	await once(server.listen(0, '127.0.0.1'), 'listening');
	return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function end(server: Server): Promise<void> {
	server.closeAllConnections();
	await new Promise((resolve) => server.close(resolve));
}

afterEach(async () => {
	await Promise.all(running.splice(0).map(end));
});

/** The origin of a port on which nothing listens any more. */
export async function closedOrigin(): Promise<string> {
	const server = createServer();
	const origin = await listen(server);
	await end(server);
	return origin;
}

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
	const server = createServer((request, response) => void take(request, response));
	running.push(server);
	return { url: `${await listen(server)}/sahut`, received, maxWaiting: () => maxWaiting };
}

/** Answers with these statuses by turns, and with the last one from then on. */
export function statuses(...all: number[]): Answer {
	return (response) => {
		response.statusCode = (all.length > 1 ? all.shift() : all[0]) ?? 200;
		response.end();
	};
}
