/**
 * Parses a port from the command line. 0 means any free port.
 * @throws {Error} unless it is a number from 0 to 65535.
 */
export function parsePort(text: string): number {
	const port = Number(text);
	if (!Number.isInteger(port) || port < 0 || port > 65_535) {
		throw new Error(`The port must be a number from 0 to 65535, not "${text}".`);
	}
	return port;
}
