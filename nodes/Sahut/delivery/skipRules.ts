import type { ItemClient } from '../api/itemClient';
import { AmbiguousError } from '../transport/errors';
import type { Message } from '../transport/types';
import type { Candidate } from './candidates';
import type { OutgoingMessage } from './content';
import type { History } from './history';

/** Why a message is skipped. Stored in users' workflows: never rename one. */
export type SkipReason = 'assigned' | 'customer_wrote';

/** The maximum number of pages to search for a message of the customer, each with 100 messages. */
const MAX_PAGES = 10;

const isFromCustomer = ({ type, sender }: Message) =>
	type === 'incoming' || sender?.type === 'contact';

/**
 * Whether the customer has written since a time, by Sahut's clock, in milliseconds since the epoch.
 *
 * @throws AmbiguousError if the conversation has too many messages since then
 */
async function hasCustomerWritten(history: History, since: number): Promise<boolean> {
	const isEarlier = ({ created_at }: Message) => Date.parse(created_at) < since;
	for await (const { messages, isFirst } of history.readBackwards(MAX_PAGES)) {
		if (messages.some((message) => isFromCustomer(message) && !isEarlier(message))) return true;
		if (isFirst || messages.some(isEarlier)) return false;
	}
	throw new AmbiguousError(
		`The node could not determine whether the customer has written in conversation "${history.conversationId}"`,
		{
			description:
				'The conversation has more than 1,000 messages within the hours of Skip If Customer Wrote Within. Nothing was sent. Use fewer hours.',
		},
	);
}

/**
 * Checks Skip If Assigned and Skip If Customer Wrote Within.
 *
 * @param conversations the customer's conversations that may contain a message of the customer
 * @param histories the histories of these conversations, by ID
 * @returns the reason and the conversation that it was found in; undefined if the message is not skipped
 * @throws AmbiguousError if a rule cannot be checked; NodeApiError if a conversation cannot be read
 */
export async function findSkipReason(
	{ skipIfAssigned, skipIfCustomerWroteWithinMs }: OutgoingMessage,
	conversations: Candidate[],
	histories: Map<string, History>,
	sahut: ItemClient,
): Promise<{ reason: SkipReason; conversation: Candidate } | undefined> {
	const unresolved = skipIfAssigned
		? conversations.filter(({ status }) => status !== 'resolved')
		: [];
	for (const conversation of unresolved) {
		if (conversation.isAssigned) return { reason: 'assigned', conversation };
		if (conversation.isAssigned === undefined) {
			throw new AmbiguousError(
				`The node could not determine whether conversation "${conversation.id}" is assigned`,
				{ description: 'Sahut did not return its assignee. Nothing was sent.' },
			);
		}
	}
	if (skipIfCustomerWroteWithinMs === undefined) return undefined;
	const since = sahut.serverNow() - skipIfCustomerWroteWithinMs;
	for (const conversation of conversations) {
		const history = histories.get(conversation.id);
		if (history && (await hasCustomerWritten(history, since))) {
			return { reason: 'customer_wrote', conversation };
		}
	}
	return undefined;
}
