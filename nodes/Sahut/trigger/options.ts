import type { IHookFunctions, IWebhookFunctions } from 'n8n-workflow';

import { createParams } from '../runtime/params';
import { splitText } from '../values/textList';
import { DEFAULT_MESSAGE_TYPES, triggerFields } from './fields';

/** Reads the trigger's fields. An empty selection counts as not given. @throws UserError */
export function readOptions(context: IHookFunctions | IWebhookFunctions) {
	const params = createParams(
		{
			stored: context.getNode().parameters,
			get: (name, fallback, options) =>
				context.getNodeParameter(name, fallback, options) as unknown,
			timezone: () => context.getTimezone(),
		},
		triggerFields,
	);
	const messageTypes = params.choices('options.messageTypes');
	return {
		filters: {
			events: params.choices('events'),
			messageTypes: messageTypes.length > 0 ? messageTypes : DEFAULT_MESSAGE_TYPES,
			senderTypes: params.choices('options.senderTypes'),
			channelIds: params.choices('options.channelIds'),
			conversationStatuses: params.choices('options.conversationStatuses'),
			// Several words in one entry also count as several entries, so that no event is lost.
			textContains: (params.texts('options.textContains') ?? []).flatMap(splitText),
			includeNotes: params.flag('options.includeNotes', false),
		},
		deduplicate: params.flag('options.deduplicate', true),
		rawBody: params.flag('options.rawBody', false),
	};
}
