import type { EventName } from './events';
import { FaultQueue, type FaultList, type Occurrences } from './faultQueue';

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

/** One thing that goes wrong with deliveries of events. What it does not say matches everything. */
export interface DeliveryFault extends Occurrences {
	/** The receiver has answered with 2xx, and the sandbox has not heard it: it delivers again by its schedule. */
	kind: 'dropAnswer';
	event?: EventName;
	webhookId?: string;
}

export type DeliveryFaults = FaultList<DeliveryFault>;

export function deliveryFaults(): FaultQueue<DeliveryFault, DeliveryAttempt> {
	return new FaultQueue(
		({ event, webhookId }, attempt) =>
			(event === undefined || event === attempt.event) &&
			(webhookId === undefined || webhookId === attempt.webhookId),
	);
}
