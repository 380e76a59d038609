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
		// n8n shows it for both nodes together, as one entry.
		description:
			'Handle messages, conversations and contacts of the Sahut shared inbox, on WhatsApp and other channels',
		eventTriggerDescription: 'Waiting for something to happen in Sahut',
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
				// Entered into Sahut by hand, the URL would be of no use: the secret would not be known.
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
