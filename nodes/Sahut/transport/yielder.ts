import { sleep } from 'n8n-workflow';

const MAX_BLOCKING_MS = 10;

/**
 * Creates a function that yields to the event loop after 10 ms of work. Otherwise, long work would block
 * n8n's editor, `/healthz`, and Sahut's deliveries, which Sahut repeats if n8n does not respond in time.
 * Awaiting promises that are already settled does not yield.
 *
 * @returns a function to await between two parts of long work
 */
export function createYielder(): () => Promise<void> {
	let lastYieldAt = Date.now();
	return async () => {
		if (Date.now() - lastYieldAt < MAX_BLOCKING_MS) return;
		await sleep(0);
		lastYieldAt = Date.now();
	};
}
