/** What came of one POST to a receiver: an answer with a status, or an error in its place. */
export interface ReceiverAnswer {
	status?: number;
	/** Lower-case names; empty without an answer. */
	headers: Record<string, string>;
	/** As text; empty without an answer. */
	body: string;
	/** Why there is no answer. */
	error?: string;
	/** How long it took. */
	ms: number;
}

/** @returns whether the receiver has taken the event. */
export function accepted({ status }: ReceiverAnswer): boolean {
	return status !== undefined && status >= 200 && status < 300;
}

function reasonOf(error: unknown): string {
	const { cause = error } = error as { cause?: unknown };
	return cause instanceof Error ? cause.message || cause.name : String(cause);
}

/**
 * Posts once, and does not follow redirects. Whatever the receiver does, the promise is kept.
 * @param timeoutMs How long the whole answer may take.
 * @param signal Breaks it off.
 */
export async function postTo(
	url: string,
	body: string | Uint8Array<ArrayBuffer>,
	headers: Headers,
	{ timeoutMs, signal }: { timeoutMs: number; signal: AbortSignal },
): Promise<ReceiverAnswer> {
	const startedAt = performance.now();
	const attempt = new AbortController();
	const breakOff = () => attempt.abort(signal.reason);
	signal.addEventListener('abort', breakOff, { once: true });
	const timer = setTimeout(
		() => attempt.abort(new Error(`No answer within ${timeoutMs} ms`)),
		timeoutMs,
	);
	try {
		signal.throwIfAborted();
		const response = await fetch(url, {
			method: 'POST',
			headers,
			body,
			redirect: 'manual',
			signal: attempt.signal,
		});
		const text = await response.text();
		return {
			status: response.status,
			headers: Object.fromEntries(response.headers),
			body: text,
			ms: performance.now() - startedAt,
		};
	} catch (error) {
		return { headers: {}, body: '', error: reasonOf(error), ms: performance.now() - startedAt };
	} finally {
		clearTimeout(timer);
		signal.removeEventListener('abort', breakOff);
	}
}
