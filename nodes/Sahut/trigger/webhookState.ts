import { EventMemory, type StoredEvents } from './deduplication';

/** Maximum number of webhooks with state in this process, and of deleted webhooks that it remembers. */
const MAX_WEBHOOKS = 1_000;

/**
 * The data that n8n stores for the node from publishing to unpublishing the workflow. A test run in the
 * editor starts with an empty object, and n8n discards it afterwards.
 */
export interface TriggerData {
	/** The webhook that the trigger created in Sahut, and the secret that signs its deliveries. */
	webhookId?: string;
	secret?: string;
	/** The address and the events for which it was created. */
	url?: string;
	events?: string[];
	/** The n8n instance and the workflow that created it. A copy of the workflow does not own the webhook. */
	madeBy?: string;
	/** Hash of the base URL and the API key with which it was created. */
	madeWith?: string;
	/** The events that it has received. */
	seen?: StoredEvents;
}

interface WebhookState {
	events: EventMemory;
	/** Set if this process created the webhook: the trigger it belongs to, and the data that n8n has to store. */
	created?: { trigger: string; data: TriggerData };
}

/**
 * Webhook ID → its state in this process; the least recently used first.
 *
 * n8n reads the stored data before it calls the trigger, and stores all of it when the trigger or an
 * execution has ended. So the stored data lacks changes that are made in between, or reverts them.
 */
export const webhookStates = new Map<string, WebhookState>();

/** IDs of webhooks that this process deleted, the oldest first. Stored data about them is outdated. */
export const deletedWebhooks = new Set<string>();

function stateOf(webhookId: string): WebhookState {
	const state = webhookStates.get(webhookId) ?? { events: new EventMemory() };
	webhookStates.delete(webhookId);
	webhookStates.set(webhookId, state);
	const [oldest] = webhookStates.keys();
	if (webhookStates.size > MAX_WEBHOOKS && oldest !== undefined) webhookStates.delete(oldest);
	return state;
}

/** Returns the events of a webhook, merged with those that n8n has stored. */
export function eventsOf(webhookId: string, stored: StoredEvents = {}): EventMemory {
	const { events } = stateOf(webhookId);
	events.merge(stored);
	return events;
}

/** Whether these are the current events of the webhook. They are not if the webhook was deleted since. */
export function isCurrent(webhookId: string, events: EventMemory): boolean {
	return webhookStates.get(webhookId)?.events === events;
}

/** Records that this process created a webhook for a trigger. */
export function recordCreated(webhookId: string, trigger: string, data: TriggerData): void {
	deletedWebhooks.delete(webhookId);
	stateOf(webhookId).created = { trigger, data };
}

/** Finds the data of the webhook that this process created for a trigger and has not deleted. */
export function findCreated(trigger: string): TriggerData | undefined {
	return [...webhookStates.values()].find(({ created }) => created?.trigger === trigger)?.created
		?.data;
}

/** Records that this process deleted a webhook. */
export function recordDeleted(webhookId: string): void {
	webhookStates.delete(webhookId);
	deletedWebhooks.add(webhookId);
	const [oldest] = deletedWebhooks;
	if (deletedWebhooks.size > MAX_WEBHOOKS && oldest !== undefined) deletedWebhooks.delete(oldest);
}
