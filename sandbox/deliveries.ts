import { setMaxListeners } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import fastq, { type queueAsPromised } from 'fastq';
import { MINUTE_MS, SECOND_MS, toTimestamp } from './clock';
import { ApiError } from './errors';
import {
	serializeEvent,
	signBody,
	SIGNATURE_HEADER,
	type Envelope,
	type EventName,
	type SignatureEncoding,
	type WorkspaceEvent,
} from './events';
import { FaultQueue, type FaultOccurrences } from './faults';
import { createIdGenerator } from './ids';
import type { Webhook } from './records';
import { postDelivery, type DeliveryAttempt } from './deliveryAttempt';
import type { Store } from './store';

/** The time that a receiver has for its response. */
const RESPONSE_TIMEOUT_MS = 10 * SECOND_MS;

/** The delay before each attempt. There is another attempt unless the receiver responds with 2xx in time. */
const RETRY_DELAYS_MS: readonly number[] = [
	0,
	5 * SECOND_MS,
	30 * SECOND_MS,
	2 * MINUTE_MS,
	10 * MINUTE_MS,
	30 * MINUTE_MS,
];

/** The maximum of attempts in flight for one webhook. The others are queued. */
const MAX_IN_FLIGHT = 20;

const CLOSED = 'The sandbox was closed';

/** No webhook has this secret. */
const WRONG_SECRET = 'whsec_wrong';

/** The settings of webhook deliveries. */
export interface DeliverySettings {
	/** The factor for all delays and timeouts. Default 1. With 0.001, the five delays take 2.6 s together. */
	timeScale: number;
	/**
	 * The response timeout in milliseconds, unscaled. Set it with a small `timeScale`, which would leave the
	 * receiver only a few milliseconds. Default: 10 s × `timeScale`.
	 */
	responseTimeoutMs?: number | undefined;
	envelope: Envelope;
	/** Default `hex`. */
	signature: SignatureEncoding;
}

/** The settings of webhook deliveries, all with defaults. */
export type DeliveryOptions = Partial<Omit<DeliverySettings, 'envelope'>> & {
	envelope?: Partial<Envelope>;
};

/** Discards a 2xx response, so that the sandbox delivers the event again. */
export interface DeliveryFault extends FaultOccurrences {
	kind: 'dropResponse';
}

/** A delivery that imitates Sahut, to test how a receiver checks signatures. */
export interface ForgedDelivery {
	/** Default: the newest webhook. */
	webhookId?: string | undefined;
	/** The event, with the newest suitable record. Default `message.created`. */
	event?: EventName;
	/** Replaces the event. */
	body?: string;
	/** Default `wrong`: a signature with another secret. Any other text is sent unchanged. */
	signature?: 'right' | 'wrong' | 'missing' | 'malformed' | (string & {});
}

/** An event, serialized for delivery. */
interface SerializedEvent {
	/** `evt_…` */
	eventId: string;
	event: EventName;
	body: string;
}

/** The deliveries to one webhook. */
interface WebhookQueue {
	queue: queueAsPromised<() => Promise<boolean>, boolean>;
	/** Stops further attempts. Attempts in flight continue. */
	stopping: AbortController;
}

function createWebhookQueue(): WebhookQueue {
	const stopping = new AbortController();
	// Every pending retry adds a listener.
	setMaxListeners(0, stopping.signal);
	const queue = fastq.promise((attempt: () => Promise<boolean>) => attempt(), MAX_IN_FLIGHT);
	return { queue, stopping };
}

const newestOf = <T>(records: ReadonlyMap<string, T>): T | undefined =>
	[...records.values()].at(-1);

/**
 * Creates an event for the newest record of the matching type.
 * @throws {ApiError} 422 when no such record is stored.
 */
function createSampleEvent(store: Store, name: EventName): WorkspaceEvent {
	const contact = newestOf(store.contacts);
	const conversation = newestOf(store.conversations);
	const message = conversation && store.messages(conversation.id).at(-1);
	if (name === 'message.created') {
		if (message) return { name, message, conversation };
	} else if (name === 'contact.created' || name === 'contact.updated') {
		if (contact) return { name, contact };
	} else if (conversation) return { name, conversation };
	throw new ApiError(422, `No record is stored for an event ${name}`);
}

/** Delivers the events of the store to webhooks, and deliveries on demand, which are never retried. */
export class Deliveries {
	/** All attempts, in order of their start. */
	readonly log: DeliveryAttempt[] = [];
	/** May be changed at any time. The envelope applies to later events, the rest to later attempts. */
	readonly settings: DeliverySettings;
	/** Faults for deliveries of events. */
	readonly faults = new FaultQueue<DeliveryFault, DeliveryAttempt>(() => true);
	/** The delivered events by ID, oldest first. */
	private readonly serializedEvents = new Map<string, SerializedEvent>();
	private readonly webhookQueues = new Map<string, WebhookQueue>();
	private readonly pendingDeliveries = new Set<Promise<void>>();
	/** Aborts the attempts in flight. */
	private readonly inFlight = new Set<AbortController>();
	private readonly newId: ReturnType<typeof createIdGenerator>;
	private closed = false;

	/** @param host returns the host and port for the URLs of attachments; called for each event */
	constructor(
		private readonly store: Store,
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
		this.newId = createIdGenerator(seed);
		store.emitter.on('event', (event) => this.dispatch(event));
		store.emitter.on('webhookDeleted', (id) => this.stop(id));
	}

	/**
	 * Delivers an event again, unchanged, to every webhook that subscribes to its type.
	 * @param wanted `evt_…`, or `last` for the last event
	 * @param times how often
	 * @param options.atOnce whether to deliver all at the same time. Default: each after the previous response.
	 * @returns the attempts, grouped by webhook
	 * @throws {ApiError} 404 for an event that was not delivered.
	 */
	async repeat(
		wanted: string,
		times = 1,
		{ atOnce = false }: { atOnce?: boolean | undefined } = {},
	): Promise<DeliveryAttempt[]> {
		const serialized =
			wanted === 'last' ? newestOf(this.serializedEvents) : this.serializedEvents.get(wanted);
		if (!serialized) throw new ApiError(404, `No such event was delivered: ${wanted}`);
		const webhooks = this.webhooksFor(serialized.event).flatMap((webhook) =>
			Array.from({ length: times }, () => webhook),
		);
		const repeatTo = (webhook: Webhook) => this.send(webhook, serialized, 'repeat');
		if (atOnce) return await Promise.all(webhooks.map(repeatTo));
		const attempts: DeliveryAttempt[] = [];
		for (const webhook of webhooks) attempts.push(await repeatTo(webhook));
		return attempts;
	}

	/**
	 * Posts a forged delivery once, by default with a wrong signature.
	 * @throws {ApiError} 404 for an unknown webhook, 422 without a record for the event.
	 */
	async forge({
		webhookId,
		event = 'message.created',
		body,
		signature: signedAs = 'wrong',
	}: ForgedDelivery = {}): Promise<DeliveryAttempt> {
		const { webhooks } = this.store;
		const webhook = webhookId === undefined ? newestOf(webhooks) : webhooks.get(webhookId);
		if (!webhook) throw new ApiError(404, 'Webhook not found');
		const serialized =
			body === undefined ? this.serialize(createSampleEvent(this.store, event)) : { body };
		return await this.send(webhook, serialized, 'forged', { signedAs });
	}

	/** Resolves when no delivery is in flight or waits for a retry. */
	async settled(): Promise<void> {
		while (this.pendingDeliveries.size > 0) await Promise.all(this.pendingDeliveries);
	}

	/** Aborts the attempts in flight, and stops all further ones. */
	async close(): Promise<void> {
		this.closed = true;
		for (const id of this.webhookQueues.keys()) this.stop(id);
		for (const request of this.inFlight) request.abort(new Error(CLOSED));
		await this.settled();
	}

	/** Returns the webhooks that subscribe to an event, oldest first. */
	private webhooksFor(event: EventName): Webhook[] {
		return [...this.store.webhooks.values()].filter(({ events }) => events.includes(event));
	}

	/** Serializes an event with the present state of its records, under a new ID. */
	private serialize(event: WorkspaceEvent): SerializedEvent {
		const eventId = this.newId('evt');
		const metadata = { id: eventId, createdAt: toTimestamp(this.store.now()), host: this.host() };
		return {
			eventId,
			event: event.name,
			body: serializeEvent(event, metadata, this.settings.envelope),
		};
	}

	private dispatch(event: WorkspaceEvent): void {
		const webhooks = this.webhooksFor(event.name);
		if (this.closed || webhooks.length === 0) return;
		const serialized = this.serialize(event);
		this.serializedEvents.set(serialized.eventId, serialized);
		for (const webhook of webhooks) {
			const delivery = this.deliver(webhook, serialized).finally(() =>
				this.pendingDeliveries.delete(delivery),
			);
			this.pendingDeliveries.add(delivery);
		}
	}

	private stop(webhookId: string): void {
		this.webhookQueues.get(webhookId)?.stopping.abort();
		this.webhookQueues.delete(webhookId);
	}

	/** Delivers an event until an attempt succeeds, no attempt is left, or the queue is stopped. */
	private async deliver(webhook: Webhook, serialized: SerializedEvent): Promise<void> {
		const webhookQueue = this.webhookQueues.get(webhook.id) ?? createWebhookQueue();
		this.webhookQueues.set(webhook.id, webhookQueue);
		const { signal } = webhookQueue.stopping;
		for (const [index, pauseMs] of RETRY_DELAYS_MS.entries()) {
			const scaledMs = pauseMs * this.settings.timeScale;
			if (scaledMs > 0) await wait(scaledMs, undefined, { signal }).catch(() => undefined);
			const isOver = await webhookQueue.queue.push(async () => {
				// The queue may have been stopped before this attempt started.
				if (signal.aborted) return true;
				const attempt = await this.send(webhook, serialized, 'event', { number: index + 1 });
				const { status = 0 } = attempt;
				const isAccepted = status >= 200 && status < 300;
				const fault = isAccepted ? this.faults.take(attempt) : undefined;
				if (fault) attempt.fault = fault.kind;
				return isAccepted && !fault;
			});
			if (isOver) return;
		}
	}

	private signatureOf(body: string, secret: string, signedAs: string): string | undefined {
		if (signedAs === 'missing') return undefined;
		if (signedAs === 'malformed') return 'not-a-signature';
		if (signedAs !== 'right' && signedAs !== 'wrong') return signedAs;
		return signBody(body, signedAs === 'right' ? secret : WRONG_SECRET, this.settings.signature);
	}

	/** Posts a body once, and logs the attempt. */
	private async send(
		{ id, url, secret }: Webhook,
		{ body, ...named }: Partial<SerializedEvent> & { body: string },
		kind: DeliveryAttempt['kind'],
		{ number = 1, signedAs = 'right' } = {},
	): Promise<DeliveryAttempt> {
		const attempt: DeliveryAttempt = {
			webhookId: id,
			kind,
			...named,
			attempt: number,
			at: this.store.now().getTime(),
		};
		this.log.push(attempt);
		const signed = this.signatureOf(body, secret, signedAs);
		const headers = {
			'content-type': 'application/json',
			...(signed !== undefined && { [SIGNATURE_HEADER]: signed }),
		};
		const { timeScale, responseTimeoutMs = RESPONSE_TIMEOUT_MS * timeScale } = this.settings;
		const aborting = new AbortController();
		const abort = (reason: string) => aborting.abort(new Error(reason));
		const timer = setTimeout(
			abort,
			responseTimeoutMs,
			`No response within ${responseTimeoutMs} ms`,
		);
		this.inFlight.add(aborting);
		if (this.closed) abort(CLOSED);
		const startedAt = performance.now();
		Object.assign(attempt, await postDelivery(url, { headers, body, signal: aborting.signal }));
		attempt.ms = performance.now() - startedAt;
		this.inFlight.delete(aborting);
		clearTimeout(timer);
		return attempt;
	}
}
