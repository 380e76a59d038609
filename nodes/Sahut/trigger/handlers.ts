import type { IHookFunctions, IWebhookFunctions } from 'n8n-workflow';

import { createMethods } from '../methods';
import type { TransportSettings } from '../transport/settings';
import { receive } from './delivery';
import { isRegistered, register, unregister } from './registration';

/** Creates the functions of the trigger that n8n calls. */
export function createHandlers(transport: TransportSettings) {
	const { getChannels } = createMethods(transport).loadOptions;
	return {
		methods: { loadOptions: { getChannels } },
		webhookMethods: {
			default: {
				async checkExists(this: IHookFunctions) {
					return await isRegistered(this, transport);
				},
				async create(this: IHookFunctions) {
					await register(this, transport);
					return true;
				},
				async delete(this: IHookFunctions) {
					await unregister(this, transport);
					return true;
				},
			},
		},
		async webhook(this: IWebhookFunctions) {
			return await receive(this, transport);
		},
	};
}
