import { setMaxListeners } from 'node:events';
import type { DeliveryAttempt } from './deliveryLog';
import { answerTimeoutMs, type DeliverySettings } from './deliverySettings';
import { postTo, type ReceiverAnswer } from './receiver';
import type { Webhook } from './records';
import { SIGNATURE_HEADER, signature } from './signature';

export type Bytes = string | Uint8Array<ArrayBuffer>;

/** What is known of an attempt before it begins. */
export type Occasion = Omit<
	DeliveryAttempt,
	'webhookId' | 'at' | 'status' | 'error' | 'ms' | 'fault'
>;

/** Posts to webhooks and keeps the log of it. */
export class Courier {
	readonly log: DeliveryAttempt[] = [];
	private readonly closing = new AbortController();
	private readonly underWay = new Set<Promise<unknown>>();

	constructor(private readonly settings: DeliverySettings) {
		// Every post listens to it.
		setMaxListeners(0, this.closing.signal);
	}

	/** One POST, signed unless the `headers`, which are put over the usual ones, say otherwise. */
	async post(
		{ id, url, secret }: Pick<Webhook, 'id' | 'url' | 'secret'>,
		body: Bytes,
		occasion: Occasion,
		headers: Record<string, string | undefined> = {},
	): Promise<{ attempt: DeliveryAttempt; answer: ReceiverAnswer }> {
		const sent = new Headers({
			'content-type': 'application/json',
			[SIGNATURE_HEADER]: signature(body, secret, this.settings.signature),
		});
		for (const [name, value] of Object.entries(headers)) {
			if (value === undefined) sent.delete(name);
			else sent.set(name, value);
		}
		const attempt: DeliveryAttempt = { ...occasion, webhookId: id, at: Date.now() };
		this.log.push(attempt);
		const answer = await postTo(url, body, sent, {
			timeoutMs: answerTimeoutMs(this.settings),
			signal: this.closing.signal,
		});
		attempt.ms = answer.ms;
		if (answer.status !== undefined) attempt.status = answer.status;
		if (answer.error !== undefined) attempt.error = answer.error;
		return { attempt, answer };
	}

	/** Has `settled` wait for it. */
	track<T>(work: Promise<T>): Promise<T> {
		this.underWay.add(work);
		const done = () => this.underWay.delete(work);
		work.then(done, done);
		return work;
	}

	async settled(): Promise<void> {
		while (this.underWay.size > 0) await Promise.allSettled(this.underWay);
	}

	/** Breaks off what is in flight; what is posted later fails at once. */
	close(): void {
		this.closing.abort(new Error('The sandbox was closed'));
	}
}
