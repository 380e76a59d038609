import { setMaxListeners } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import fastq, { type queueAsPromised } from 'fastq';
import { MINUTE_MS, SECOND_MS, timestamp } from './clock';
import {
	eventBody,
	signature,
	SIGNATURE_HEADER,
	type Envelope,
	type EventName,
	type SignatureEncoding,
	type WorkspaceEvent,
} from './events';
import { FaultQueue, type FaultList, type Occurrences } from './faults';
import { idMaker } from './ids';
import type { Webhook } from './records';
import type { Store } from './store';

/** How long a receiver may take for its answer. */
const ANSWER_TIMEOUT_MS = 10 * SECOND_MS;

/** Before each attempt of a delivery; there is another one unless a 2xx came in time. */
const PAUSES_MS: readonly number[] = [
	0,
	5 * SECOND_MS,
	30 * SECOND_MS,
	2 * MINUTE_MS,
	10 * MINUTE_MS,
	30 * MINUTE_MS,
];

/** How many deliveries to one webhook are in flight at once; others wait for their turn. */
const MAX_IN_FLIGHT = 20;

export interface DeliverySettings {
	/** What all times are multiplied by. Default 1; at 0.001, the five pauses take 2.6 s together. */
	timeScale: number;
	/**
	 * How long a receiver may take, unscaled: for a small `timeScale`, which would leave it only a few
	 * milliseconds. Default: 10 s × `timeScale`.
	 */
	answerTimeoutMs?: number | undefined;
	envelope: Envelope;
	/** Default `hex`. */
	signature: SignatureEncoding;
}

export type DeliveryOptions = Partial<Omit<DeliverySettings, 'envelope'>> & {
	envelope?: Partial<Envelope>;
};

/** One POST to a webhook. */
export interface DeliveryAttempt {
	/** `dlv_…`, the same for all attempts of one delivery. */
	deliveryId: string;
	webhookId: string;
	/** What made it: an event, or a call of `repeat`, `forge` or `post`. */
	kind: 'event' | 'repeat' | 'forged' | 'post';
	/** Not known of bytes that were given. */
	event?: EventName;
	/** `evt_…` */
	eventId?: string;
	/** From 1; only an event has more than one. */
	attempt: number;
	/** When it began, in milliseconds since the epoch. */
	at: number;
	/** As answered; undefined while in flight, and without an answer. */
	status?: number;
	/** Why there was no answer. */
	error?: string;
	/** How long it took; undefined while in flight. */
	ms?: number;
	/** The fault that hit it. */
	fault?: DeliveryFault['kind'];
}

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

/** One thing that goes wrong with deliveries of events. What it does not say matches everything. */
export interface DeliveryFault extends Occurrences {
	/** The receiver has answered with 2xx, and the sandbox has not heard it: it delivers again by its schedule. */
	kind: 'dropAnswer';
	event?: EventName;
	webhookId?: string;
}

/** An event in the bytes that are delivered. */
export interface Report {
	/** `evt_…` */
	eventId: string;
	event: EventName;
	body: string;
}

export type Bytes = string | Uint8Array<ArrayBuffer>;

/** What is on its way to one webhook. */
interface Outbox {
	queue: queueAsPromised<() => Promise<boolean>, boolean>;
	/** Ends its pauses; no more attempts begin, those in flight go on. */
	stopping: AbortController;
}

function newOutbox(): Outbox {
	const stopping = new AbortController();
	// Every pause listens to it.
	setMaxListeners(0, stopping.signal);
	const queue = fastq.promise((attempt: () => Promise<boolean>) => attempt(), MAX_IN_FLIGHT);
	return { queue, stopping };
}

const CLOSED = new Error('The sandbox was closed');

function reasonOf(error: unknown): string {
	const { cause = error } = error as { cause?: unknown };
	return cause instanceof Error ? cause.message || cause.name : String(cause);
}

/** Delivers what happens in the store to the webhooks that ask for it, and keeps the log of all that is sent. */
export class Sending {
	/** In order of their beginnings. */
	readonly log: DeliveryAttempt[] = [];
	/** May be changed at any time: an envelope holds from the next event on, the rest from the next attempt. */
	readonly settings: DeliverySettings;
	/** What was delivered, by the event's ID, oldest first. */
	protected readonly reports = new Map<string, Report>();
	private readonly queuedFaults = new FaultQueue<DeliveryFault, DeliveryAttempt>(
		({ event, webhookId }, attempt) =>
			(event ?? attempt.event) === attempt.event &&
			(webhookId ?? attempt.webhookId) === attempt.webhookId,
	);
	private readonly newId: ReturnType<typeof idMaker>;
	private readonly outboxes = new Map<string, Outbox>();
	/** Breaks them off. */
	private readonly inFlight = new Set<AbortController>();
	private closed = false;
	private readonly underWay = new Set<Promise<unknown>>();

	/** @param host Where attachments can be fetched, with the port; asked for when there is an event. */
	constructor(
		protected readonly store: Store,
		{ envelope, ...settings }: DeliveryOptions,
		seed: number,
		private readonly host: () => string,
	) {
		this.settings = {
			timeScale: 1,
			signature: 'hex',
			...settings,
			envelope: { name: 'event', object: 'data', nested: true, withId: true, ...envelope },
		};
		this.newId = idMaker(seed);
		store.notices.on('event', this.report);
		store.notices.on('webhookDeleted', this.forget);
	}

	/** What is to go wrong with deliveries. */
	get faults(): FaultList<DeliveryFault> {
		return this.queuedFaults;
	}

	/** Resolves when nothing is in flight and nothing waits for its next attempt. */
	async settled(): Promise<void> {
		while (this.underWay.size > 0) await Promise.allSettled(this.underWay);
	}

	/** Forgets the log and the events that could be repeated; what is under way goes on. */
	clear(): void {
		this.log.length = 0;
		this.reports.clear();
	}

	/** Ends everything: what is in flight is broken off, nothing more goes out. */
	async close(): Promise<void> {
		this.store.notices.off('event', this.report);
		this.store.notices.off('webhookDeleted', this.forget);
		for (const { stopping } of this.outboxes.values()) stopping.abort();
		this.closed = true;
		for (const request of this.inFlight) request.abort(CLOSED);
		await this.settled();
	}

	/** The webhooks that ask for such events, oldest first. */
	protected webhooksFor(event: EventName): Webhook[] {
		return [...this.store.webhooks.values()].filter(({ events }) => events.includes(event));
	}

	/** An event as it is told now, with an ID of its own. */
	protected write(event: WorkspaceEvent): Report {
		const eventId = this.newId('evt');
		const telling = { id: eventId, createdAt: timestamp(this.store.now()), host: this.host() };
		return { eventId, event: event.name, body: eventBody(event, telling, this.settings.envelope) };
	}

	/** Has `settled` wait for it. */
	protected track<T>(work: Promise<T>): Promise<T> {
		this.underWay.add(work);
		const done = () => this.underWay.delete(work);
		work.then(done, done);
		return work;
	}

	/**
	 * One POST, which follows no redirect, signed unless the `headers`, which are put over the usual ones,
	 * say otherwise. Whatever the receiver does, the promise is kept.
	 */
	protected async send(
		{ id, url, secret }: Webhook,
		body: Bytes,
		about: Pick<DeliveryAttempt, 'kind' | 'event' | 'eventId'>,
		headers: Record<string, string | undefined> = {},
		{ deliveryId = this.newId('dlv'), number = 1 } = {},
	): Promise<{ attempt: DeliveryAttempt; answer: ReceiverAnswer }> {
		const { timeScale, answerTimeoutMs = ANSWER_TIMEOUT_MS * timeScale } = this.settings;
		const sent = new Headers({
			'content-type': 'application/json',
			[SIGNATURE_HEADER]: signature(body, secret, this.settings.signature),
		});
		for (const [name, value] of Object.entries(headers)) {
			if (value === undefined) sent.delete(name);
			else sent.set(name, value);
		}
		const attempt: DeliveryAttempt = {
			deliveryId,
			webhookId: id,
			...about,
			attempt: number,
			at: Date.now(),
		};
		this.log.push(attempt);
		const ending = new AbortController();
		if (this.closed) ending.abort(CLOSED);
		this.inFlight.add(ending);
		const timer = setTimeout(
			() => ending.abort(new Error(`No answer within ${answerTimeoutMs} ms`)),
			answerTimeoutMs,
		);
		const startedAt = performance.now();
		let outcome: Pick<ReceiverAnswer, 'status' | 'error'>;
		let heard: Pick<ReceiverAnswer, 'headers' | 'body'> = { headers: {}, body: '' };
		try {
			const response = await fetch(url, {
				method: 'POST',
				headers: sent,
				body,
				redirect: 'manual',
				signal: ending.signal,
			});
			heard = { headers: Object.fromEntries(response.headers), body: await response.text() };
			outcome = { status: response.status };
		} catch (error) {
			outcome = { error: reasonOf(error) };
		} finally {
			clearTimeout(timer);
			this.inFlight.delete(ending);
		}
		const ms = performance.now() - startedAt;
		Object.assign(attempt, outcome, { ms });
		return { attempt, answer: { ...heard, ...outcome, ms } };
	}

	private readonly report = (event: WorkspaceEvent): void => {
		const webhooks = this.webhooksFor(event.name);
		if (webhooks.length === 0) return;
		const report = this.write(event);
		this.reports.set(report.eventId, report);
		for (const webhook of webhooks) void this.track(this.deliver(webhook, report));
	};

	private readonly forget = (webhookId: string): void => {
		this.outboxes.get(webhookId)?.stopping.abort();
		this.outboxes.delete(webhookId);
	};

	/** Attempts until one is taken, none is left, or the outbox is stopped. */
	private async deliver(webhook: Webhook, { body, ...named }: Report): Promise<void> {
		const outbox = this.outboxes.get(webhook.id) ?? newOutbox();
		this.outboxes.set(webhook.id, outbox);
		const { signal } = outbox.stopping;
		const deliveryId = this.newId('dlv');

		/** @returns whether the receiver was heard to take it. */
		const attemptIt = async (number: number): Promise<boolean> => {
			const about = { kind: 'event', ...named } as const;
			const { attempt } = await this.send(webhook, body, about, {}, { deliveryId, number });
			if (attempt.status === undefined || attempt.status < 200 || attempt.status > 299)
				return false;
			const fault = this.queuedFaults.take(attempt);
			if (fault) attempt.fault = fault.kind;
			return !fault;
		};

		for (const [index, unscaledMs] of PAUSES_MS.entries()) {
			const pauseMs = unscaledMs * this.settings.timeScale;
			if (pauseMs > 0) await wait(pauseMs, undefined, { signal }).catch(() => undefined);
			// The turn may come after the stop.
			const over = await outbox.queue.push(async () => signal.aborted || attemptIt(index + 1));
			if (over) return;
		}
	}
}
