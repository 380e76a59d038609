import { faker } from '@faker-js/faker/locale/id_ID';
import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTcpServer, type AddressInfo, type Socket } from 'node:net';

const running: Server[] = [];

/** An HTTP server of the test's own, which the end of the test closes. @returns its origin */
export async function openServer(listener: RequestListener, port = 0): Promise<string> {
	const server = createServer(listener).listen(port, '127.0.0.1');
	await once(server, 'listening');
	running.push(server);
	return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function close(server: Server): Promise<void> {
	server.closeAllConnections();
	await new Promise((resolve) => server.close(resolve));
}

/** Below the ports that systems give to whoever asks for any. */
const PORTS = { min: 20_000, max: 30_000 };

/** The origin of a port of this machine on which nothing listens, nor does another test's server. */
export async function closedOrigin(): Promise<string> {
	for (;;) {
		const origin = await openServer(() => undefined, faker.number.int(PORTS)).catch(
			() => undefined,
		);
		if (origin === undefined) continue;
		await close(running.pop()!);
		return origin;
	}
}

afterEach(async () => {
	await Promise.all(running.splice(0).map(close));
});

/**
 * A server that answers whatever comes in plain text, and leaves it to the client to hang up: which of
 * the two is noticed first would else be left to chance.
 */
export async function openPlainServer(): Promise<{ port: number; connections(): number }> {
	const sockets = new Set<Socket>();
	const server = createTcpServer((socket) => {
		sockets.add(socket);
		socket.once('data', () => socket.write('HTTP/1.1 400 Bad Request\r\n\r\n'));
		socket.on('error', () => socket.destroy());
	}).listen(0, '127.0.0.1');
	await new Promise((resolve) => server.once('listening', resolve));
	server.unref();
	return { port: (server.address() as AddressInfo).port, connections: () => sockets.size };
}
