import { createServer, type AddressInfo } from 'node:net';

const HOST = '127.0.0.1';

/** Listens on a port for a moment. @returns its number */
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

/** Returns a port of this machine that is free at the moment. */
export async function findFreePort(): Promise<number> {
	return await tryPort(0);
}

/**
 * Returns `port` if it is free, or any free port for 0.
 * @throws {Error} with the code EADDRINUSE when the port is in use.
 */
export async function resolvePort(port: number): Promise<number> {
	return await tryPort(port).catch((error: NodeJS.ErrnoException) => {
		if (error.code !== 'EADDRINUSE') throw error;
		throw Object.assign(new Error(`Port ${port} is already in use.`), { code: error.code });
	});
}
