/**
 * A port from a command line; 0 stands for a free one.
 * @throws {Error} when it is none.
 */
export function parsePort(text: string): number {
	const port = Number(text);
	if (!Number.isInteger(port) || port < 0 || port > 65_535) {
		throw new Error(`The port must be a number from 0 to 65535, not "${text}".`);
	}
	return port;
}
