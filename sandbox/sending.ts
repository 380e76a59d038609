import type { EventName } from './events';

/** One POST to a webhook, and what came of it. */
export interface DeliveryAttempt {
	webhookId: string;
	/** What made it: an event, or a call of `repeat` or `forge`. */
	kind: 'event' | 'repeat' | 'forged';
	/** Not known of a text that was given. */
	event?: EventName;
	/** `evt_…` */
	eventId?: string;
	/** From 1; only an event has more than one. */
	attempt: number;
	/** When it began, in milliseconds since the epoch. */
	at: number;
	/** As answered, like headers (lower-case names) and body; undefined while there is no answer. */
	status?: number;
	headers?: Record<string, string>;
	body?: string;
	/** Why there was no answer. */
	error?: string;
	/** How long it took; undefined while in flight. */
	ms?: number;
	/** The fault that hit it. */
	fault?: 'dropAnswer';
}

function reasonOf(error: unknown): string {
	const { cause = error } = error as { cause?: unknown };
	return cause instanceof Error ? cause.message || cause.name : String(cause);
}

/** Posts once, and follows no redirect. Whatever the receiver does, the promise is kept. */
export async function post(
	url: string,
	request: Pick<RequestInit, 'headers' | 'body' | 'signal'>,
): Promise<Pick<DeliveryAttempt, 'status' | 'headers' | 'body' | 'error'>> {
	try {
		const response = await fetch(url, { method: 'POST', redirect: 'manual', ...request });
		const { status, headers } = response;
		return { status, headers: Object.fromEntries(headers), body: await response.text() };
	} catch (error) {
		return { error: reasonOf(error) };
	}
}
