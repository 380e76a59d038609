import { EventMemory, type StoredEvents } from './deduplication';

/** Webhooks of which this process remembers something, and as many that it has deleted. */
const MAX_WEBHOOKS = 1_000;

/**
 * What n8n keeps for the node from when its workflow is published until it is unpublished. A test
 * run in the editor begins with nothing, and n8n drops what it leaves.
 */
export interface TriggerData {
	/** The webhook that was made in Sahut for this node, and the secret that signs its deliveries. */
	webhookId?: string;
	secret?: string;
	/** What it was made for. */
	url?: string;
	events?: string[];
	/** The n8n and the workflow that made it: what a copy of them finds here is not its own. */
	madeBy?: string;
	/** Address and key that it was made with, as a hash. */
	madeWith?: string;
	/** The events that it has received. */
	seen?: StoredEvents;
}

interface WebhookMemory {
	events: EventMemory;
	/** For which trigger this process has made it, and what n8n is to store of it. */
	made?: { trigger: string; data: TriggerData };
}

/**
 * Webhook ID → what this process remembers of it; the one that was used longest ago first. The one
 * place where a module has state: n8n reads what it has stored before it calls the trigger, and
 * stores all of it when the trigger, or an execution, has ended. Of what happens in between, nothing
 * is seen there, and some of it is overwritten.
 */
export const memories = new Map<string, WebhookMemory>();

/** The webhooks that this process has deleted, the oldest first: what n8n has stored of them is old. */
export const deleted = new Set<string>();

function memory(webhookId: string): WebhookMemory {
	const found = memories.get(webhookId) ?? { events: new EventMemory() };
	memories.delete(webhookId);
	memories.set(webhookId, found);
	const [oldest] = memories.keys();
	if (memories.size > MAX_WEBHOOKS && oldest !== undefined) memories.delete(oldest);
	return found;
}

/** The events of a webhook, together with those that n8n has stored. */
export function eventsOf(webhookId: string, stored: StoredEvents = {}): EventMemory {
	const { events } = memory(webhookId);
	events.merge(stored);
	return events;
}

/** Whether this is still the memory of its webhook, and not of one that is no more. */
export function isCurrent(webhookId: string, events: EventMemory): boolean {
	return memories.get(webhookId)?.events === events;
}

/** For a webhook that this process has made for a trigger. */
export function remember(webhookId: string, trigger: string, data: TriggerData): void {
	deleted.delete(webhookId);
	memory(webhookId).made = { trigger, data };
}

/** The webhook that this process has made for a trigger, if it is still there. */
export function madeFor(trigger: string): TriggerData | undefined {
	return [...memories.values()].find(({ made }) => made?.trigger === trigger)?.made?.data;
}

/** For a webhook that this process has deleted. */
export function forget(webhookId: string): void {
	memories.delete(webhookId);
	deleted.add(webhookId);
	const [oldest] = deleted;
	if (deleted.size > MAX_WEBHOOKS && oldest !== undefined) deleted.delete(oldest);
}
