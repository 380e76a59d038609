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
		builderHint: {
			searchHint:
				'Starts for each message of a customer on WhatsApp and other channels. It creates its own webhook in Sahut, so a Webhook node is not necessary. By default, it ignores messages from agents and bots: do not include them in a workflow that answers, because it would answer itself. To answer, add the Sahut node with Message: Send and the conversation_id of this trigger.',
			relatedNodes: [
				{
					nodeType: 'n8n-nodes-sahut.sahut',
					relationHint: 'Answers in the conversation, or assigns, labels or resolves it',
				},
				{
					nodeType: '@n8n/n8n-nodes-langchain.agent',
					relationHint: 'Writes answers, with the Sahut node as a tool',
				},
			],
		},
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
