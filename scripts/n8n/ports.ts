import { createServer, type AddressInfo } from 'node:net';

const HOST = '127.0.0.1';

/** Takes the port for a moment. @returns its number */
async function tryPort(port: number): Promise<number> {
	const server = createServer();
	await new Promise<void>((resolve, reject) => {
		server.once('error', reject);
		server.listen(port, HOST, resolve);
	});
	const { port: bound } = server.address() as AddressInfo;
	await new Promise((resolve) => server.close(resolve));
	return bound;
}

/** A port of this machine that nobody listens on at the moment. */
export async function freePort(): Promise<number> {
	return await tryPort(0);
}

/**
 * `port` itself, or a free one for 0.
 * @throws {Error} with the code EADDRINUSE when it is taken.
 */
export async function availablePort(port: number): Promise<number> {
	return await tryPort(port).catch((error: NodeJS.ErrnoException) => {
		if (error.code !== 'EADDRINUSE') throw error;
		throw Object.assign(new Error(`Port ${port} is taken.`), { code: error.code });
	});
}
