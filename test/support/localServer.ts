import { faker } from '@faker-js/faker/locale/id_ID';
import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTcpServer, type AddressInfo, type Socket } from 'node:net';

const running: Server[] = [];

/** Starts an HTTP server, which is closed after the test. @returns its origin */
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

/** Below the range from which operating systems choose a free port. */
const PORTS = { min: 20_000, max: 30_000 };

/** Finds a port that no server listens on, not even one of another test. @returns its origin */
export async function findClosedOrigin(): Promise<string> {
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
 * Starts a server that responds in plain text, without TLS. It does not close the connection, because
 * the client could then notice the closed connection before the plain text.
 */
export async function openPlainTextServer(): Promise<{ port: number; connections(): number }> {
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
