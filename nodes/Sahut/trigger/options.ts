import type { IHookFunctions, IWebhookFunctions } from 'n8n-workflow';

import { asTexts } from '../runtime/values';
import { DEFAULT_MESSAGE_TYPES } from './fields';

/** The fields of the trigger. A choice of nothing counts as not given. */
export function readOptions(context: IHookFunctions | IWebhookFunctions) {
	const texts = (name: string) => asTexts(context.getNodeParameter(name, []), name);
	const messageTypes = texts('options.messageTypes');
	return {
		filters: {
			events: texts('events'),
			messageTypes: messageTypes.length > 0 ? messageTypes : DEFAULT_MESSAGE_TYPES,
			senderTypes: texts('options.senderTypes'),
			channelIds: texts('options.channelIds'),
			conversationStatuses: texts('options.conversationStatuses'),
		},
		deduplicate: context.getNodeParameter('options.deduplicate', true) !== false,
		rawBody: context.getNodeParameter('options.rawBody', false) === true,
	};
}
