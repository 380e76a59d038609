import { NodeConnectionTypes, type INodeType, type INodeTypeDescription } from 'n8n-workflow';

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
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'sahutApi', required: true }],
		properties: toProperties(resources),
	};

	methods: ReturnType<typeof createMethods>;

	execute: NonNullable<INodeType['execute']>;

	/** @param transport the settings of requests. n8n uses the default; tests pass another clock. */
	constructor(transport = DEFAULT_TRANSPORT) {
		this.methods = createMethods(transport);
		this.execute = async function () {
			return await executeItems(this, resources, transport);
		};
	}
}
