import { setMaxListeners } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import fastq, { type queueAsPromised } from 'fastq';
import { MINUTE_MS, SECOND_MS, timestamp } from './clock';
import { ApiError } from './errors';
import {
	eventBody,
	signature,
	SIGNATURE_HEADER,
	type Envelope,
	type EventName,
	type SignatureEncoding,
	type WorkspaceEvent,
} from './events';
import { FaultQueue, type Occurrences } from './faults';
import { idMaker } from './ids';
import type { Webhook } from './records';
import { post, type DeliveryAttempt } from './sending';
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

/** How many attempts at one webhook are in flight at once; others wait for their turn. */
const MAX_IN_FLIGHT = 20;

const CLOSED = 'The sandbox was closed';

/** Not the secret of any webhook. */
const WRONG_SECRET = 'whsec_wrong';

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

/** A 2xx that the sandbox has not heard, so that it delivers the event again by its schedule. */
export interface DeliveryFault extends Occurrences {
	kind: 'dropAnswer';
}

/** An event that does not come from Sahut. */
export interface Forgery {
	/** Default: the newest webhook. */
	webhookId?: string | undefined;
	/** Told with the newest record that fits. Default `message.created`. */
	event?: EventName;
	/** This text in place of an event. */
	body?: string;
	/** `wrong`, the default, is a signature made with another secret; any other text is sent as it is. */
	signature?: 'right' | 'wrong' | 'missing' | 'malformed' | (string & {});
}

/** An event in the text that is delivered. */
interface Report {
	/** `evt_…` */
	eventId: string;
	event: EventName;
	body: string;
}

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

const newestOf = <T>(records: ReadonlyMap<string, T>): T | undefined =>
	[...records.values()].at(-1);

/**
 * An event as if it had just happened to the newest record.
 * @throws {ApiError} 422 when nothing of the kind is stored.
 */
function sampleEvent(store: Store, name: EventName): WorkspaceEvent {
	const contact = newestOf(store.contacts);
	const conversation = newestOf(store.conversations);
	const message = conversation && store.messages(conversation.id).at(-1);
	if (name === 'message.created') {
		if (message) return { name, message, conversation };
	} else if (name === 'contact.created' || name === 'contact.updated') {
		if (contact) return { name, contact };
	} else if (conversation) return { name, conversation };
	throw new ApiError(422, `Nothing is stored that a ${name} could tell of`);
}

/** What goes out to webhooks: what happens in the store, and what is sent on demand, which is never tried again. */
export class Deliveries {
	/** In order of their beginnings. */
	readonly log: DeliveryAttempt[] = [];
	/** May be changed at any time: an envelope holds from the next event on, the rest from the next attempt. */
	readonly settings: DeliverySettings;
	/** What is to go wrong with deliveries of events. */
	readonly faults = new FaultQueue<DeliveryFault, DeliveryAttempt>(() => true);
	/** What was told, by the event's ID, oldest first. */
	private readonly reports = new Map<string, Report>();
	private readonly outboxes = new Map<string, Outbox>();
	private readonly underWay = new Set<Promise<void>>();
	/** Breaks them off. */
	private readonly inFlight = new Set<AbortController>();
	private readonly newId: ReturnType<typeof idMaker>;
	private closed = false;

	/** @param host Where attachments can be fetched, with the port; asked for when there is an event. */
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
		this.newId = idMaker(seed);
		store.notices.on('event', (event) => this.report(event));
		store.notices.on('webhookDeleted', (id) => this.stop(id));
	}

	/**
	 * Delivers the same text again to every webhook that asks for such events.
	 * @param wanted `evt_…`, or `last`: the last event that was delivered.
	 * @param options.atOnce At the same instant; else one after another's answer.
	 * @returns the attempts, by webhook and then in order
	 * @throws {ApiError} 404 for an event that was not delivered.
	 */
	async repeat(
		wanted: string,
		times = 1,
		{ atOnce = false }: { atOnce?: boolean | undefined } = {},
	): Promise<DeliveryAttempt[]> {
		const report = wanted === 'last' ? newestOf(this.reports) : this.reports.get(wanted);
		if (!report) throw new ApiError(404, `No such event was delivered: ${wanted}`);
		const webhooks = this.webhooksFor(report.event).flatMap((webhook) =>
			Array.from({ length: times }, () => webhook),
		);
		const repeatTo = (webhook: Webhook) => this.send(webhook, report, 'repeat');
		if (atOnce) return await Promise.all(webhooks.map(repeatTo));
		const attempts: DeliveryAttempt[] = [];
		for (const webhook of webhooks) attempts.push(await repeatTo(webhook));
		return attempts;
	}

	/**
	 * Posts once what does not come from Sahut, with a bad signature unless told otherwise.
	 * @throws {ApiError} 404 without such a webhook, 422 without a record to tell of.
	 */
	async forge({
		webhookId,
		event = 'message.created',
		body,
		signature: signedAs = 'wrong',
	}: Forgery = {}): Promise<DeliveryAttempt> {
		const { webhooks } = this.store;
		const webhook = webhookId === undefined ? newestOf(webhooks) : webhooks.get(webhookId);
		if (!webhook) throw new ApiError(404, 'Webhook not found');
		const report = body === undefined ? this.write(sampleEvent(this.store, event)) : { body };
		return await this.send(webhook, report, 'forged', { signedAs });
	}

	/** Resolves when no event is in flight and none waits for its next attempt. */
	async settled(): Promise<void> {
		while (this.underWay.size > 0) await Promise.all(this.underWay);
	}

	/** Ends everything: what is in flight is broken off, nothing more goes out. */
	async close(): Promise<void> {
		this.closed = true;
		for (const id of this.outboxes.keys()) this.stop(id);
		for (const request of this.inFlight) request.abort(new Error(CLOSED));
		await this.settled();
	}

	/** The webhooks that ask for such events, oldest first. */
	private webhooksFor(event: EventName): Webhook[] {
		return [...this.store.webhooks.values()].filter(({ events }) => events.includes(event));
	}

	/** An event as it is told now, with an ID of its own. */
	private write(event: WorkspaceEvent): Report {
		const eventId = this.newId('evt');
		const telling = { id: eventId, createdAt: timestamp(this.store.now()), host: this.host() };
		return { eventId, event: event.name, body: eventBody(event, telling, this.settings.envelope) };
	}

	private report(event: WorkspaceEvent): void {
		const webhooks = this.webhooksFor(event.name);
		if (this.closed || webhooks.length === 0) return;
		const report = this.write(event);
		this.reports.set(report.eventId, report);
		for (const webhook of webhooks) {
			const delivery = this.deliver(webhook, report).finally(() => this.underWay.delete(delivery));
			this.underWay.add(delivery);
		}
	}

	private stop(webhookId: string): void {
		this.outboxes.get(webhookId)?.stopping.abort();
		this.outboxes.delete(webhookId);
	}

	/** Attempts until one is taken, none is left, or the outbox is stopped. */
	private async deliver(webhook: Webhook, report: Report): Promise<void> {
		const outbox = this.outboxes.get(webhook.id) ?? newOutbox();
		this.outboxes.set(webhook.id, outbox);
		const { signal } = outbox.stopping;
		for (const [index, pauseMs] of PAUSES_MS.entries()) {
			const scaledMs = pauseMs * this.settings.timeScale;
			if (scaledMs > 0) await wait(scaledMs, undefined, { signal }).catch(() => undefined);
			const isOver = await outbox.queue.push(async () => {
				// The turn may come after the stop.
				if (signal.aborted) return true;
				const attempt = await this.send(webhook, report, 'event', { number: index + 1 });
				const { status = 0 } = attempt;
				const isTaken = status >= 200 && status < 300;
				const fault = isTaken ? this.faults.take(attempt) : undefined;
				if (fault) attempt.fault = fault.kind;
				return isTaken && !fault;
			});
			if (isOver) return;
		}
	}

	private signatureOf(body: string, secret: string, signedAs: string): string | undefined {
		if (signedAs === 'missing') return undefined;
		if (signedAs === 'malformed') return 'not-a-signature';
		if (signedAs !== 'right' && signedAs !== 'wrong') return signedAs;
		return signature(body, signedAs === 'right' ? secret : WRONG_SECRET, this.settings.signature);
	}

	/** Posts it once, and logs that. */
	private async send(
		{ id, url, secret }: Webhook,
		{ body, ...named }: Partial<Report> & { body: string },
		kind: DeliveryAttempt['kind'],
		{ number = 1, signedAs = 'right' } = {},
	): Promise<DeliveryAttempt> {
		const attempt: DeliveryAttempt = {
			webhookId: id,
			kind,
			...named,
			attempt: number,
			at: Date.now(),
		};
		this.log.push(attempt);
		const signed = this.signatureOf(body, secret, signedAs);
		const headers = {
			'content-type': 'application/json',
			...(signed !== undefined && { [SIGNATURE_HEADER]: signed }),
		};
		const { timeScale, answerTimeoutMs = ANSWER_TIMEOUT_MS * timeScale } = this.settings;
		const ending = new AbortController();
		const end = (reason: string) => ending.abort(new Error(reason));
		const timer = setTimeout(end, answerTimeoutMs, `No answer within ${answerTimeoutMs} ms`);
		this.inFlight.add(ending);
		if (this.closed) end(CLOSED);
		const startedAt = performance.now();
		Object.assign(attempt, await post(url, { headers, body, signal: ending.signal }));
		attempt.ms = performance.now() - startedAt;
		this.inFlight.delete(ending);
		clearTimeout(timer);
		return attempt;
	}
}
