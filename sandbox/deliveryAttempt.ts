import type { EventName } from './events';

/** One POST to a webhook, with its result. */
export interface DeliveryAttempt {
	webhookId: string;
	/** The origin: an event, or a call of `repeat` or `forge`. */
	kind: 'event' | 'repeat' | 'forged';
	/** Undefined if the body was given as text. */
	event?: EventName;
	/** `evt_…` */
	eventId?: string;
	/** The number of the attempt, from 1. Only events are retried. */
	attempt: number;
	/** The start, in milliseconds since the epoch. */
	at: number;
	/** The status of the response. Undefined without a response, like `headers` (lower-case) and `body`. */
	status?: number;
	headers?: Record<string, string>;
	body?: string;
	/** The reason why there was no response. */
	error?: string;
	/** The duration. Undefined while in flight. */
	ms?: number;
	/** The injected fault. */
	fault?: 'dropResponse';
}

function failureReason(error: unknown): string {
	const { cause = error } = error as { cause?: unknown };
	return cause instanceof Error ? cause.message || cause.name : String(cause);
}

/** Posts once, without following redirects. Never rejects: a failure is in `error` of the result. */
export async function postDelivery(
	url: string,
	request: Pick<RequestInit, 'headers' | 'body' | 'signal'>,
): Promise<Pick<DeliveryAttempt, 'status' | 'headers' | 'body' | 'error'>> {
	try {
		const response = await fetch(url, { method: 'POST', redirect: 'manual', ...request });
		const { status, headers } = response;
		return { status, headers: Object.fromEntries(headers), body: await response.text() };
	} catch (error) {
		return { error: failureReason(error) };
	}
}
