import { setMaxListeners } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import fastq, { type queueAsPromised } from 'fastq';

/** How many deliveries to one webhook are in flight at once; others wait for their turn. */
const MAX_IN_FLIGHT = 20;

/** One attempt of a delivery, numbered from 1. @returns whether the receiver was heard to take it. */
export type Attempt = (number: number) => Promise<boolean>;

/** What is on its way to one webhook. */
export class Outbox {
	private readonly stopping = new AbortController();
	private readonly queue: queueAsPromised<() => Promise<boolean>, boolean> = fastq.promise(
		(attempt: () => Promise<boolean>) => attempt(),
		MAX_IN_FLIGHT,
	);

	constructor() {
		// Every pause listens to it.
		setMaxListeners(0, this.stopping.signal);
	}

	/** Attempts after each of the pauses until one succeeds, none is left, or the outbox is stopped. */
	async deliver(attempt: Attempt, pausesMs: readonly number[]): Promise<void> {
		const { signal } = this.stopping;
		for (const [index, pauseMs] of pausesMs.entries()) {
			if (pauseMs > 0) await wait(pauseMs, undefined, { signal }).catch(() => undefined);
			// The turn may come after the stop.
			const over = await this.queue.push(async () => signal.aborted || (await attempt(index + 1)));
			if (over) return;
		}
	}

	/** Begins no more attempts; those in flight go on. */
	stop(): void {
		this.stopping.abort();
	}
}
