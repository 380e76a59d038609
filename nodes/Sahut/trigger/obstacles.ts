import { NodeOperationError, type IHookFunctions } from 'n8n-workflow';

import { connect } from '../transport/client';
import { hasStatus } from '../transport/errors';
import { fetchPage, listOf } from '../transport/pages';
import { DEFAULT_TRANSPORT } from '../transport/settings';
import type { Webhook } from '../transport/types';
import type { Filters } from './filters';
import { readOptions } from './options';

/** Who writes messages of a type (API reference, "Messages"); of others that is not said. */
const SENDERS: Readonly<Record<string, string[]>> = {
	incoming: ['contact'],
	outgoing: ['agent', 'bot'],
};

/** How Sahut says that it knows no such channel; which of these is not documented. */
const UNKNOWN_CHANNEL = [400, 404, 422];

const isAboutMessages = (event: string) => event.startsWith('message.');

/** Whether any message can be of a chosen type and from a chosen sender. */
function letsMessagesPass({ messageTypes, senderTypes }: Filters): boolean {
	return messageTypes.some(
		(type) =>
			senderTypes.length === 0 ||
			(SENDERS[type]?.some((each) => senderTypes.includes(each)) ?? true),
	);
}

/** @throws NodeOperationError when the options of the trigger would keep everything out. */
export function assertPassable(context: IHookFunctions): void {
	const { filters } = readOptions(context);
	if (letsMessagesPass(filters) || !filters.events.every(isAboutMessages)) return;
	const message = 'No message can have these Message Types and these Sender Types';
	throw new NodeOperationError(context.getNode(), message, {
		description:
			'Incoming messages are from contacts, outgoing ones from agents and bots. Change one of the two options; without Message Types, only incoming messages start the workflow.',
	});
}

/** Of the channels, those that have no conversation, as far as Sahut says it. */
async function withoutConversations(
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
			// This is advice: what cannot be looked at now keeps nobody from publishing.
			if (!hasStatus(error, ...UNKNOWN_CHANNEL)) break;
			found.push(channel_id);
		}
	}
	return found;
}

/** Writes into n8n's log why the new webhook of a trigger may start less than its user expects. */
export async function warnOfObstacles(
	context: IHookFunctions,
	webhook: Webhook,
	asked: string[],
): Promise<void> {
	const { events, id } = webhook;
	const missing = Array.isArray(events) ? asked.filter((each) => !events.includes(each)) : [];
	if (missing.length > 0) {
		context.logger.warn(
			`Sahut has made the webhook ${id} without ${missing.join(', ')}: these events will not start the workflow.`,
		);
	}
	const { channelIds } = readOptions(context).filters;
	const unused = await withoutConversations(context, channelIds);
	if (unused.length > 0) {
		context.logger.warn(
			`Sahut shows no conversation on the channel ${unused.join(', ')}, for which the Sahut Trigger waits. If this is not a new one, choose the channel anew in the option Channel Names or IDs and publish the workflow (in n8n 1.x, save it).`,
		);
	}
}
