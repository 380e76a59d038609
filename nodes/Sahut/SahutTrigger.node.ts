import { NodeConnectionTypes, type INodeType, type INodeTypeDescription } from 'n8n-workflow';

import { createMethods } from './methods';
import { hiddenCollectionFields } from './runtime/properties';
import { DEFAULT_TRANSPORT } from './transport/settings';
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

	methods: INodeType['methods'];

	webhookMethods: INodeType['webhookMethods'];

	webhook: NonNullable<INodeType['webhook']>;

	/** @param transport the settings of requests. n8n uses the default; tests pass another clock. */
	constructor(transport = DEFAULT_TRANSPORT) {
		const { getChannels } = createMethods(transport).loadOptions;
		this.methods = { loadOptions: { getChannels } };
		this.webhookMethods = {
			default: {
				async checkExists() {
					return await isRegistered(this, transport);
				},
				async create() {
					await register(this, transport);
					return true;
				},
				async delete() {
					await unregister(this, transport);
					return true;
				},
			},
		};
		this.webhook = async function () {
			return await receive(this, transport);
		};
	}
}
