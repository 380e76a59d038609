import { Courier, type Bytes } from './courier';
import type { DeliveryAttempt, DeliveryFaults } from './deliveryLog';
import type { DeliverySettings } from './deliverySettings';
import { ApiError } from './errors';
import { forgedHeaders, sampleEvent, type Forgery } from './forgery';
import { idMaker } from './ids';
import type { ReceiverAnswer } from './receiver';
import { Reporter } from './reporter';
import type { Webhook } from './records';
import type { Store } from './store';

/** What goes out to webhooks, and what can be sent to them on demand. */
export interface Deliveries {
	/** In order of their beginnings. */
	readonly log: readonly DeliveryAttempt[];
	/** What is to go wrong with deliveries. */
	readonly faults: DeliveryFaults;
	/** May be changed at any time: an envelope holds from the next event on, the rest from the next attempt. */
	readonly settings: DeliverySettings;
	/** Resolves when nothing is in flight and nothing waits for its next attempt. */
	settled(): Promise<void>;
	/**
	 * Delivers the same bytes again to every webhook that asks for such events, without further attempts.
	 * @param eventId `evt_…`, or `last`: that of the last event that was delivered.
	 * @param times Default 1.
	 * @param options.atOnce At the same instant; else one after another's answer.
	 * @returns the answers, by webhook and then in order
	 * @throws {ApiError} 404 for an event that was not delivered.
	 */
	repeat(
		eventId: string,
		times?: number,
		options?: { atOnce?: boolean | undefined },
	): Promise<ReceiverAnswer[]>;
	/**
	 * Posts an event with a bad signature, once.
	 * @throws {ApiError} 404 without such a webhook, 422 without a record to tell of.
	 */
	forge(forgery?: Forgery): Promise<ReceiverAnswer>;
	/**
	 * Posts any bytes, signed rightly, once; `headers` are put over the usual ones.
	 * @throws {ApiError} 404 without such a webhook.
	 */
	post(webhookId: string, body: Bytes, headers?: Record<string, string>): Promise<ReceiverAnswer>;
	/** Forgets the log and the events that could be repeated; what is under way goes on. */
	clear(): void;
}

export interface RunningDeliveries extends Deliveries {
	/** Ends everything: what is in flight is broken off, nothing more goes out. */
	close(): Promise<void>;
}

const LAST = 'last';

/** Without an ID, the newest. */
function foundWebhook({ webhooks }: Store, id?: string): Webhook {
	const webhook = id === undefined ? [...webhooks.values()].at(-1) : webhooks.get(id);
	if (!webhook) throw new ApiError(404, 'Webhook not found');
	return webhook;
}

/**
 * Begins to deliver what happens in the store.
 * @param host Where attachments can be fetched, with the port; asked for when there is an event.
 */
export function startDeliveries(
	store: Store,
	settings: DeliverySettings,
	seed: number,
	host: () => string,
): RunningDeliveries {
	const newId = idMaker(seed);
	const courier = new Courier(settings);
	const reporter = new Reporter({ store, settings, courier, newId, host });
	const { reports } = reporter;

	async function postOnce(
		webhook: Webhook,
		body: Bytes,
		about: Pick<DeliveryAttempt, 'kind' | 'event' | 'eventId'>,
		headers?: Record<string, string | undefined>,
	): Promise<ReceiverAnswer> {
		const occasion = { deliveryId: newId('dlv'), attempt: 1, ...about };
		return (await courier.post(webhook, body, occasion, headers)).answer;
	}

	async function repeat(wanted: string, times: number, atOnce: boolean): Promise<ReceiverAnswer[]> {
		const report = wanted === LAST ? [...reports.values()].at(-1) : reports.get(wanted);
		if (!report) throw new ApiError(404, `No such event was delivered: ${wanted}`);
		const { body, ...named } = report;
		const webhooks = reporter
			.webhooksFor(report.event)
			.flatMap((webhook) => Array.from({ length: times }, () => webhook));
		const post = (webhook: Webhook) => postOnce(webhook, body, { kind: 'repeat', ...named });
		if (atOnce) return Promise.all(webhooks.map(post));
		const answers: ReceiverAnswer[] = [];
		for (const webhook of webhooks) answers.push(await post(webhook));
		return answers;
	}

	async function forge(forgery: Forgery): Promise<ReceiverAnswer> {
		const { event = 'message.created', signature = 'wrong', webhookId } = forgery;
		const webhook = foundWebhook(store, webhookId);
		const { body, ...named } =
			forgery.body === undefined
				? reporter.write(sampleEvent(store, event))
				: { body: forgery.body };
		const headers = forgedHeaders(signature, body, settings.signature);
		return postOnce(webhook, body, { kind: 'forged', ...named }, headers);
	}

	return {
		log: courier.log,
		faults: reporter.faults,
		settings,
		settled: () => courier.settled(),
		repeat: (eventId, times = 1, { atOnce = false } = {}) =>
			courier.track(repeat(eventId, times, atOnce)),
		forge: (forgery = {}) => courier.track(forge(forgery)),
		post: async (webhookId, body, headers) =>
			courier.track(postOnce(foundWebhook(store, webhookId), body, { kind: 'post' }, headers)),
		clear() {
			courier.log.length = 0;
			reports.clear();
		},
		async close() {
			reporter.close();
			courier.close();
			await courier.settled();
		},
	};
}
