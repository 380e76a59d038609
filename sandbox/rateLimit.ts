import { SECOND_MS } from './clock';
import { ApiError } from './errors';

export interface RateLimit {
	/** How many requests a key may make in one window. */
	requests: number;
	windowMs: number;
}

/** A fixed window per key, which begins with the key's first request and runs on this machine's clock. */
export class RateLimiter {
	private readonly windows = new Map<string, { endsAt: number; used: number }>();

	constructor(private readonly limit: RateLimit) {}

	/** @throws {ApiError} 429 with Retry-After in whole seconds, rounded up. */
	take(key: string): void {
		const now = Date.now();
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
