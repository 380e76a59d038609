import { NodeConnectionTypes, type INodeType, type INodeTypeDescription } from 'n8n-workflow';

import { hiddenCollectionFields } from './runtime/properties';
import { DEFAULT_TRANSPORT, type TransportSettings } from './transport/settings';
import { triggerFields } from './trigger/fields';
import { createHandlers } from './trigger/handlers';

const handlers = createHandlers(DEFAULT_TRANSPORT);

export class SahutTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Sahut Trigger',
		name: 'sahutTrigger',
		icon: { light: 'file:../../icons/sahut.svg', dark: 'file:../../icons/sahut.dark.svg' },
		group: ['trigger'],
		version: 1,
		subtitle: '={{ [$parameter.events].flat().join(", ") }}',
		// The node picker shows this text for both nodes, which share one entry.
		description:
			'Handle messages, conversations and contacts in the Sahut shared inbox, on WhatsApp and other channels',
		eventTriggerDescription: 'Waiting for an event in Sahut',
		defaults: { name: 'Sahut Trigger' },
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'sahutApi', required: true }],
		webhooks: [
			{
				name: 'default',
				httpMethod: 'POST',
				responseMode: 'onReceived',
				path: 'webhook',
				// A webhook that a user creates by hand with this URL would not work: the node would lack its secret.
				ndvHideUrl: true,
			},
		],
		properties: [...triggerFields, ...hiddenCollectionFields(triggerFields)],
	};

	// Fields with values, unlike in the other node, because n8n's lint requires it of `webhookMethods`.
	methods = handlers.methods;

	webhookMethods = handlers.webhookMethods;

	webhook = handlers.webhook;

	/** @param transport settings of requests other than the default: tests pass another clock */
	constructor(transport?: TransportSettings) {
		if (transport) Object.assign(this, createHandlers(transport));
	}
}
