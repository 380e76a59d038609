import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

const running: Server[] = [];

/** An HTTP server of the test's own, which the end of the test closes. @returns its origin */
export async function openServer(listener: RequestListener): Promise<string> {
	const server = createServer(listener).listen(0, '127.0.0.1');
	running.push(server);
	await new Promise((resolve) => server.once('listening', resolve));
	return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function close(server: Server): Promise<void> {
	server.closeAllConnections();
	await new Promise((resolve) => server.close(resolve));
}

/** The origin of a port of this machine on which nothing listens. */
export async function closedOrigin(): Promise<string> {
	const origin = await openServer(() => undefined);
	await close(running.pop()!);
	return origin;
}

afterEach(async () => {
	await Promise.all(running.splice(0).map(close));
});
