import { NodeOperationError, type IHookFunctions } from 'n8n-workflow';

import { connect } from '../transport/client';
import { hasStatus } from '../transport/errors';
import { fetchPage, listOf } from '../transport/pages';
import { DEFAULT_TRANSPORT } from '../transport/settings';
import type { Webhook } from '../transport/types';
import type { Filters } from './filters';
import { readOptions } from './options';

/** Message type → its possible senders (API reference, "Messages"). Other types may have any sender. */
const SENDERS: Readonly<Record<string, string[]>> = {
	incoming: ['contact'],
	outgoing: ['agent', 'bot'],
};

/** Possible statuses of a response about an unknown channel. The reference does not specify one. */
const UNKNOWN_CHANNEL = [400, 404, 422];

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
	const message = 'No message can have these Message Types and these Sender Types';
	throw new NodeOperationError(context.getNode(), message, {
		description:
			'Incoming messages are from contacts. Outgoing messages are from agents and bots. Change one of the two options; without Message Types, only incoming messages start the workflow.',
	});
}

/** Returns those of the channels that have no conversation. Stops at the first failed request. */
async function findChannelsWithoutConversations(
	context: IHookFunctions,
	channelIds: string[],
): Promise<string[]> {
	const sahut = await connect(context, { ...DEFAULT_TRANSPORT, maxAttempts: 1 });
	const found: string[] = [];
	for (const channel_id of channelIds) {
		try {
			const { data } = await fetchPage(sahut, listOf('conversations', { channel_id }), 1, 1);
			if (data.length === 0) found.push(channel_id);
		} catch (error) {
			// The result is only used for a warning, so a failed check must not prevent publishing.
			if (!hasStatus(error, ...UNKNOWN_CHANNEL)) break;
			found.push(channel_id);
		}
	}
	return found;
}

/**
 * Logs a warning for each reason why the new webhook may start the workflow less often than expected:
 * Sahut left out a selected event, or a selected channel has no conversation.
 *
 * @param selected the selected events
 */
export async function warnAboutSetup(
	context: IHookFunctions,
	webhook: Webhook,
	selected: string[],
): Promise<void> {
	const { events, id } = webhook;
	const missing = Array.isArray(events) ? selected.filter((event) => !events.includes(event)) : [];
	if (missing.length > 0) {
		context.logger.warn(
			`Sahut created the webhook ${id} without ${missing.join(', ')}: these events will not start the workflow.`,
		);
	}
	const { channelIds } = readOptions(context).filters;
	const unused = await findChannelsWithoutConversations(context, channelIds);
	if (unused.length > 0) {
		context.logger.warn(
			`Sahut has no conversation on the channel ${unused.join(', ')}, which the option Channel Names or IDs of the Sahut Trigger selects. If the channel is not new, select it again and publish the workflow (in n8n 1.x, save it).`,
		);
	}
}
