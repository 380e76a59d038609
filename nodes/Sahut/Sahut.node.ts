import { NodeConnectionTypes, type INodeType, type INodeTypeDescription } from 'n8n-workflow';

import { answer } from './approval/answer';
import { approvalWebhooks } from './approval/webhooks';
import { createMethods } from './methods';
import { resources } from './resources';
import { executeItems } from './runtime/execute';
import { toProperties } from './runtime/properties';
import { DEFAULT_TRANSPORT } from './transport/settings';

export class Sahut implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Sahut',
		name: 'sahut',
		icon: { light: 'file:../../icons/sahut.svg', dark: 'file:../../icons/sahut.dark.svg' },
		group: ['output'],
		version: 1,
		subtitle: '={{ $parameter.operation + ": " + $parameter.resource }}',
		description:
			'Send and read messages, and manage conversations and contacts in Sahut (WhatsApp and other channels)',
		defaults: { name: 'Sahut' },
		usableAsTool: true,
		builderHint: {
			searchHint:
				'Use Message: Send to answer in a conversation, with the conversation_id of Sahut Trigger. Use Message: Send to Phone Number for follow-ups, reminders and broadcasts: it finds or creates the contact and the conversation. WhatsApp accepts a text only within 24 hours of the last message of the customer, so use a template, or Text, or Template After 24 Hours. In scheduled workflows, set Skip If Sent Within (Hours), so that no customer gets a message twice, and Skip Contacts With Tags for customers who have opted out. Use Message: Send and Wait for Approval before an action that a person must approve. Use Contact: Create or Update to sync a CRM.',
			relatedNodes: [
				{
					nodeType: 'n8n-nodes-sahut.sahutTrigger',
					relationHint: 'Starts the workflow when a customer writes, and outputs conversation_id',
				},
				{
					nodeType: 'n8n-nodes-base.scheduleTrigger',
					relationHint: 'Starts follow-ups, reminders and broadcasts',
				},
			],
		},
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'sahutApi', required: true }],
		waitingNodeTooltip:
			'={{ $parameter.operation === "sendAndWait" ? "Execution will continue after the user\'s response" : "" }}',
		webhooks: approvalWebhooks,
		properties: toProperties(resources),
	};

	methods: ReturnType<typeof createMethods>;

	execute: NonNullable<INodeType['execute']>;

	webhook: NonNullable<INodeType['webhook']>;

	/** @param transport the settings of requests. n8n uses the default; tests pass another clock. */
	constructor(transport = DEFAULT_TRANSPORT) {
		this.methods = createMethods(transport);
		this.execute = async function () {
			return await executeItems(this, resources, transport);
		};
		this.webhook = async function () {
			return await answer(this, transport.clock);
		};
	}
}
