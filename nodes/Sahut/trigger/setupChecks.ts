import { NodeOperationError, type IHookFunctions } from 'n8n-workflow';

import type { Webhook } from '../transport/types';
import type { Filters } from './filters';
import { readOptions } from './options';

/** Message type → its possible senders (API reference, "Messages"). Other types may have any sender. */
const SENDERS: Readonly<Record<string, string[]>> = {
	incoming: ['contact'],
	outgoing: ['agent', 'bot'],
};

const isAboutMessages = (event: string) => event.startsWith('message.');

/** Whether any message can have one of the selected types and one of the selected senders. */
function canAnyMessagePass({ messageTypes, senderTypes }: Filters): boolean {
	return messageTypes.some(
		(type) =>
			senderTypes.length === 0 ||
			(SENDERS[type]?.some((sender) => senderTypes.includes(sender)) ?? true),
	);
}

/** @throws NodeOperationError if only message events are selected, and the options exclude every message. */
export function assertMessagesCanPass(context: IHookFunctions): void {
	const { filters } = readOptions(context);
	if (canAnyMessagePass(filters) || !filters.events.every(isAboutMessages)) return;
	const message = 'No message can match both Message Types and Sender Types';
	throw new NodeOperationError(context.getNode(), message, {
		description:
			'Incoming messages are from contacts. Outgoing messages are from agents and bots. Change one of the two options; without Message Types, only incoming messages start the workflow.',
	});
}

/**
 * Logs a warning if Sahut has created a webhook without some of the selected events.
 *
 * @param selected the selected events
 */
export function warnAboutMissingEvents(
	{ logger }: IHookFunctions,
	{ events, id }: Webhook,
	selected: string[],
): void {
	const missing = Array.isArray(events) ? selected.filter((event) => !events.includes(event)) : [];
	if (missing.length === 0) return;
	logger.warn(
		`Sahut created the webhook ${id} without ${missing.join(', ')}: these events will not start the workflow.`,
	);
}
