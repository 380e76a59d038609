import type { Clock } from './clock';
import type { Outcome } from './outcome';
import { MAX_RETRY_AFTER_MS } from './retryPolicy';

const MINUTE_MS = 60_000;

/**
 * Admits all requests of the node, in the order of the calls.
 *
 * A 429 closes the gate for all of them. After the wait, the gate is in probe mode: it sends one request, and
 * admits further requests once Sahut has responded without another 429. With `requestsPerMinute`, it starts
 * requests at equal intervals.
 */
export class RateLimitGate {
	/** Resolves when the previous request has left the queue. */
	private queue: Promise<void> = Promise.resolve();

	private opensAt = 0;

	/** The 429 that closed the gate; undefined once a probe has succeeded. */
	private refusal: Outcome | undefined;

	private nextSendAt = 0;

	private readonly intervalMs: number;

	constructor(
		private readonly clock: Clock,
		requestsPerMinute = Infinity,
	) {
		this.intervalMs = MINUTE_MS / requestsPerMinute;
	}

	/** Closes the gate after a 429, for `ms` milliseconds from now. */
	close(ms: number, refusal: Outcome): void {
		this.opensAt = Math.max(this.opensAt, this.clock.now() + ms);
		this.refusal = refusal;
	}

	/**
	 * Calls `prepare` and `send` when the gate admits the request.
	 *
	 * @param prepare creates the request; if it throws, nothing is sent, and the next request need not wait
	 * @returns the outcome; if the gate stays closed for more than 120 s, the 429 that closed it, without
	 * sending the request
	 * @throws if `prepare` throws, or if the signal is aborted while the request waits
	 */
	async pass<T>(
		prepare: () => T,
		send: (prepared: T) => Promise<Outcome>,
		signal?: AbortSignal,
	): Promise<Outcome> {
		const previous = this.queue;
		let leaveQueue = () => {};
		this.queue = new Promise((resolve) => {
			leaveQueue = resolve;
		});
		try {
			await previous;
			const refusal = await this.waitUntilOpen(signal);
			if (refusal) return refusal;
			const prepared = prepare();
			this.nextSendAt = this.clock.now() + this.intervalMs;
			const lastRefusal = this.refusal;
			if (!lastRefusal) {
				leaveQueue();
				return await send(prepared);
			}
			const outcome = await send(prepared);
			// After a new 429, to this request or to one in flight, the gate stays in probe mode.
			if (this.refusal === lastRefusal) this.refusal = undefined;
			return outcome;
		} finally {
			leaveQueue();
		}
	}

	/** Waits until the gate is open. @returns the 429 that closed it, if the wait would be too long */
	private async waitUntilOpen(signal?: AbortSignal): Promise<Outcome | undefined> {
		for (;;) {
			signal?.throwIfAborted();
			const now = this.clock.now();
			const closedForMs = this.opensAt - now;
			if (closedForMs > MAX_RETRY_AFTER_MS) return this.refusal;
			const waitMs = Math.max(closedForMs, this.nextSendAt - now);
			if (waitMs <= 0) return undefined;
			await this.clock.sleep(waitMs, signal);
		}
	}
}
