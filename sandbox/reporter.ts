import { timestamp } from './clock';
import type { Courier } from './courier';
import { deliveryFaults } from './deliveryLog';
import { pausesMs, type DeliverySettings } from './deliverySettings';
import { eventBody } from './envelope';
import type { EventName, WorkspaceEvent } from './events';
import type { IdPrefix } from './ids';
import { Outbox } from './outbox';
import { accepted } from './receiver';
import type { Webhook } from './records';
import type { Store } from './store';

/** An event in the bytes that are delivered. */
export interface Report {
	/** `evt_…` */
	eventId: string;
	event: EventName;
	body: string;
}

export interface ReporterParts {
	store: Store;
	settings: DeliverySettings;
	courier: Courier;
	newId: (prefix: IdPrefix) => string;
	/** Where attachments can be fetched, with the port. */
	host: () => string;
}

/** Delivers what the store notices to the webhooks that ask for it. */
export class Reporter {
	readonly faults = deliveryFaults();
	/** What was delivered, by the event's ID, oldest first. */
	readonly reports = new Map<string, Report>();
	private readonly outboxes = new Map<string, Outbox>();

	constructor(private readonly parts: ReporterParts) {
		parts.store.notices.on('event', this.report);
		parts.store.notices.on('webhookDeleted', this.forget);
	}

	/** The webhooks that ask for such events, oldest first. */
	webhooksFor(event: EventName): Webhook[] {
		const { webhooks } = this.parts.store;
		if (webhooks.size === 0) return [];
		return [...webhooks.values()].filter(({ events }) => events.includes(event));
	}

	/** An event as it is told now, with an ID of its own. */
	write(event: WorkspaceEvent): Report {
		const { newId, store, host, settings } = this.parts;
		const eventId = newId('evt');
		const telling = { id: eventId, createdAt: timestamp(store.now()), host: host() };
		return { eventId, event: event.name, body: eventBody(event, telling, settings.envelope) };
	}

	/** Begins no more attempts. */
	close(): void {
		const { notices } = this.parts.store;
		notices.off('event', this.report);
		notices.off('webhookDeleted', this.forget);
		for (const outbox of this.outboxes.values()) outbox.stop();
	}

	private readonly report = (event: WorkspaceEvent): void => {
		const webhooks = this.webhooksFor(event.name);
		if (webhooks.length === 0) return;
		const report = this.write(event);
		this.reports.set(report.eventId, report);
		for (const webhook of webhooks) {
			void this.parts.courier.track(this.deliver(webhook, report));
		}
	};

	private readonly forget = (webhookId: string): void => {
		this.outboxes.get(webhookId)?.stop();
		this.outboxes.delete(webhookId);
	};

	private deliver(webhook: Webhook, { body, event, eventId }: Report): Promise<void> {
		const { courier, newId, settings } = this.parts;
		const outbox = this.outboxes.get(webhook.id) ?? new Outbox();
		this.outboxes.set(webhook.id, outbox);
		const deliveryId = newId('dlv');
		return outbox.deliver(async (number) => {
			const occasion = { deliveryId, kind: 'event', event, eventId, attempt: number } as const;
			const { attempt, answer } = await courier.post(webhook, body, occasion);
			if (!accepted(answer)) return false;
			const fault = this.faults.take(attempt);
			if (fault) attempt.fault = fault.kind;
			return !fault;
		}, pausesMs(settings));
	}
}
