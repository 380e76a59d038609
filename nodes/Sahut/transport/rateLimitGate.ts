import type { Clock } from './clock';
import type { Outcome } from './outcome';
import { MAX_RETRY_AFTER_MS } from './retryPolicy';

const MINUTE_MS = 60_000;

/**
 * The one door through which all requests of the node go, in the order in which they come.
 *
 * After a 429 it is closed for all of them, and opens gently: one request goes first, and the others
 * only when it was not turned back. With `requestsPerMinute` it lets them through at even distances.
 */
export class RateLimitGate {
	private line: Promise<void> = Promise.resolve();

	private opensAt = 0;

	/** The 429 that closed the gate; gone when a request has passed since. */
	private refusal: Outcome | undefined;

	private nextTurnAt = 0;

	private readonly distanceMs: number;

	constructor(
		private readonly clock: Clock,
		requestsPerMinute = Infinity,
	) {
		this.distanceMs = MINUTE_MS / requestsPerMinute;
	}

	/** Closes the gate after a 429, for `ms` milliseconds from now. */
	close(ms: number, refusal: Outcome): void {
		this.opensAt = Math.max(this.opensAt, this.clock.now() + ms);
		this.refusal = refusal;
	}

	/**
	 * Sends when it is this request's turn. While the gate is closed for longer than anyone may wait,
	 * nothing is sent and the 429 that closed it stands for this request too.
	 *
	 * @throws when the signal is aborted while this request waits for the gate to open.
	 */
	async pass(send: () => Promise<Outcome>, signal?: AbortSignal): Promise<Outcome> {
		const before = this.line;
		let leave = () => {};
		this.line = new Promise((resolve) => {
			leave = resolve;
		});
		try {
			await before;
			const refusal = await this.untilOpen(signal);
			if (refusal) return refusal;
			const goesFirst = this.refusal;
			if (!goesFirst) {
				leave();
				return await send();
			}
			const outcome = await send();
			// A new refusal, its own or of one still in flight, keeps the gate wary.
			if (this.refusal === goesFirst) this.refusal = undefined;
			return outcome;
		} finally {
			leave();
		}
	}

	private async untilOpen(signal?: AbortSignal): Promise<Outcome | undefined> {
		for (;;) {
			signal?.throwIfAborted();
			const now = this.clock.now();
			const closedForMs = this.opensAt - now;
			if (closedForMs > MAX_RETRY_AFTER_MS) return this.refusal;
			const waitMs = Math.max(closedForMs, this.nextTurnAt - now);
			if (waitMs <= 0) break;
			await this.clock.sleep(waitMs, signal);
		}
		this.nextTurnAt = this.clock.now() + this.distanceMs;
		return undefined;
	}
}
