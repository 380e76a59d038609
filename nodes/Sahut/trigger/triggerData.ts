import type { IHookFunctions, IWebhookFunctions } from 'n8n-workflow';

import { deletedWebhooks, findCreated, type TriggerData } from './webhookState';

type TriggerContext = IHookFunctions | IWebhookFunctions;

/** Returns a text that identifies the n8n instance and the workflow. */
export function ownerOf(context: TriggerContext): string {
	return `${context.getInstanceId()}/${context.getWorkflow().id}`;
}

/** Returns the address to which Sahut delivers. */
export function webhookUrl(context: TriggerContext): string {
	return context.getNodeWebhookUrl('default') ?? '';
}

/** Returns a text that identifies the trigger. The same node in a test run is another trigger. */
export function triggerOf(context: TriggerContext): string {
	return [ownerOf(context), context.getNode().id, webhookUrl(context)].join(' ');
}

function storedData(context: TriggerContext): TriggerData {
	return context.getWorkflowStaticData('node');
}

/** n8n gives a test delivery the production address, so `triggerOf` would identify the wrong trigger. */
function isTestDelivery(context: TriggerContext): boolean {
	return 'getRequestObject' in context && context.getMode() === 'manual';
}

/** Whether n8n has stored a webhook that this process has not deleted since. */
export function isStored(context: TriggerContext): boolean {
	const { webhookId } = storedData(context);
	return webhookId !== undefined && !deletedWebhooks.has(webhookId);
}

/**
 * Returns the data that n8n stores for the node; n8n watches the object for changes. If n8n has not yet
 * stored a webhook that this process created, or still has one that it deleted, corrects the data first.
 */
export function triggerData(context: TriggerContext): TriggerData {
	const data = storedData(context);
	if (!isStored(context) && !isTestDelivery(context)) {
		clear(data);
		Object.assign(data, findCreated(triggerOf(context)));
	}
	return data;
}

/** Removes all properties. n8n notices only changes of the object itself. */
export function clear(data: TriggerData): void {
	for (const name of Object.keys(data)) Reflect.deleteProperty(data, name);
}
