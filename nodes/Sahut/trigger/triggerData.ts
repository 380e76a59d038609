import type { IHookFunctions, IWebhookFunctions } from 'n8n-workflow';

import { deleted, madeFor, type TriggerData } from './memories';

type TriggerContext = IHookFunctions | IWebhookFunctions;

/** The n8n and the workflow. */
export function ownerOf(context: TriggerContext): string {
	return `${context.getInstanceId()}/${context.getWorkflow().id}`;
}

export function webhookUrl(context: TriggerContext): string {
	return context.getNodeWebhookUrl('default') ?? '';
}

/** The trigger; the same node in a test run is another one. */
export function triggerOf(context: TriggerContext): string {
	return [ownerOf(context), context.getNode().id, webhookUrl(context)].join(' ');
}

function storedData(context: TriggerContext): TriggerData {
	return context.getWorkflowStaticData('node');
}

/** n8n tells a test delivery the address of production, so which trigger it is for cannot be known. */
function isTestDelivery(context: TriggerContext): boolean {
	return 'getRequestObject' in context && context.getMode() === 'manual';
}

/** Whether n8n has stored a webhook, and one that this process has not deleted since. */
export function isStored(context: TriggerContext): boolean {
	const { webhookId } = storedData(context);
	return webhookId !== undefined && !deleted.has(webhookId);
}

/**
 * The node's data, which n8n watches for changes. Where n8n has not stored yet what this process has
 * made, or has stored once more what this process has deleted since, they are put right first.
 */
export function triggerData(context: TriggerContext): TriggerData {
	const data = storedData(context);
	if (!isStored(context) && !isTestDelivery(context)) {
		clear(data);
		Object.assign(data, madeFor(triggerOf(context)));
	}
	return data;
}

export function clear(data: TriggerData): void {
	for (const name of Object.keys(data)) Reflect.deleteProperty(data, name);
}
