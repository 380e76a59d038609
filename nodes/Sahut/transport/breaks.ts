import { sleep } from 'n8n-workflow';

/** How long work may go on before others are let in, in milliseconds. */
const WORK_MS = 10;

/**
 * Lets others of this n8n in after some milliseconds of work: its editor, `/healthz`, and Sahut's
 * deliveries, which are repeated when they are not answered in time. What only waits for promises that
 * are ready keeps all of them out.
 *
 * @returns to be awaited between two pieces of long work
 */
export function createBreaks(): () => Promise<void> {
	let since = Date.now();
	return async () => {
		if (Date.now() - since < WORK_MS) return;
		await sleep(0);
		since = Date.now();
	};
}
