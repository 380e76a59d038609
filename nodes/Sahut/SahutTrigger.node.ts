import {
	NodeConnectionTypes,
	type IHookFunctions,
	type INodeType,
	type INodeTypeDescription,
	type IWebhookFunctions,
	type IWebhookResponseData,
} from 'n8n-workflow';

import { getChannels } from './methods/loadOptions';
import { hiddenCollectionFields } from './runtime/properties';
import { receive } from './trigger/delivery';
import { triggerFields } from './trigger/fields';
import { isRegistered, register, unregister } from './trigger/registration';

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

	methods = { loadOptions: { getChannels } };

	webhookMethods = {
		default: {
			async checkExists(this: IHookFunctions): Promise<boolean> {
				return await isRegistered(this);
			},
			async create(this: IHookFunctions): Promise<boolean> {
				await register(this);
				return true;
			},
			async delete(this: IHookFunctions): Promise<boolean> {
				await unregister(this);
				return true;
			},
		},
	};

	async webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
		return await receive(this);
	}
}
