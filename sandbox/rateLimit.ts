import { SECOND_MS } from './clock';
import { ApiError } from './errors';

/** A rate limit for each API key. */
export interface RateLimit {
	/** The number of requests per key and window. */
	requests: number;
	windowMs: number;
}

/** Limits requests in fixed windows. The window of a key starts with its first request. */
export class RateLimiter {
	private readonly windows = new Map<string, { endsAt: number; used: number }>();

	constructor(
		private readonly limit: RateLimit,
		private readonly clock: () => Date,
	) {}

	/** Counts a request. @throws {ApiError} 429 over the limit, with Retry-After in seconds, rounded up. */
	take(key: string): void {
		const now = this.clock().getTime();
		let window = this.windows.get(key);
		if (!window || now >= window.endsAt) {
			window = { endsAt: now + this.limit.windowMs, used: 0 };
			this.windows.set(key, window);
		}
		if (window.used >= this.limit.requests) {
			throw new ApiError(429, 'Too many requests', Math.ceil((window.endsAt - now) / SECOND_MS));
		}
		window.used++;
	}
}
