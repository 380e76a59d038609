import type { IDataObject } from 'n8n-workflow';

import type { ItemClient } from '../api/itemClient';
import { messageKey, sendMessage, sendMessageRequest } from '../api/messages';
import type { Wording } from '../transport/types';
import { getBodies, getForm, type OutgoingMessage } from './content';
import { findDelivery } from './findDelivery';
import { openHistory } from './history';
import { planMessage, type Plan } from './plan';
import { chooseBody } from './replyWindow';

/** Where a message goes, and how the ledger records it. */
export interface Destination {
	conversationId: string;
	/** The ledger's key of the message. */
	key: string;
	/** Stored in the ledger beside the message. */
	context?: IDataObject;
	wording?: Partial<Wording>;
}

/** Returns the ledger's context of a message that was or may have been sent; undefined without one. */
export function getLedgerContext(
	key: string,
	{ dryRun }: OutgoingMessage,
	sahut: ItemClient,
): IDataObject | undefined {
	const past = sahut.past(key);
	return !dryRun && 'context' in past ? past.context : undefined;
}

/**
 * Carries out a plan for a message, or describes it.
 *
 * @returns Sahut's record with `sent_as`, or with `skipped` and `skip_reason`; for a Dry Run, the
 * `request`
 * @throws NodeApiError, UnknownOutcomeError
 */
export async function executePlan(
	plan: Plan,
	{ conversationId, key, context = {}, wording }: Destination,
	{ content, dryRun }: OutgoingMessage,
	sahut: ItemClient,
): Promise<IDataObject> {
	const hasBothForms = getBodies(content).length > 1;
	const contextOf = (body: IDataObject) => ({
		...context,
		conversation_id: conversationId,
		form: getForm(body),
	});
	if (plan.kind === 'delivered' && plan.isSkip) {
		const { message } = plan.delivery;
		return { ...message, ...(dryRun && { dryRun }), skipped: true, skip_reason: 'sent_before' };
	}
	/** The message that an earlier try has sent, and that the ledger lacks. */
	const found = plan.kind === 'delivered' ? plan.delivery : undefined;
	const textDeadline = plan.kind === 'send' ? plan.textDeadline : Infinity;
	const body = () => (found && content[found.form]) ?? chooseBody(content, textDeadline, sahut);
	if (dryRun) {
		const request = sahut.describe(sendMessageRequest(conversationId, body()));
		return { dryRun, request, ...(hasBothForms && { sent_as: getForm(body()) }) };
	}
	const message = await sendMessage(
		{
			conversationId,
			key,
			wording,
			body,
			context: contextOf,
			async find(sent, search) {
				if (search.kind === 'retryWithoutLedger') return found?.message;
				const form = { [getForm(sent)]: sent };
				const histories = [openHistory(sahut, conversationId)];
				return (await findDelivery(histories, form, search, sahut))?.message;
			},
		},
		sahut,
	);
	return {
		...message,
		...(hasBothForms && { sent_as: getLedgerContext(key, { content, dryRun }, sahut)?.form }),
	};
}

/**
 * Delivers a message into a conversation, or skips it if the conversation already has it. Chooses between
 * the text and the template if both are given.
 *
 * @param isNew whether the conversation was just created, and so is empty
 * @returns as {@link executePlan}
 * @throws NodeApiError; AmbiguousError, UnknownOutcomeError if it cannot be determined whether to send
 */
export async function deliverToConversation(
	conversationId: string,
	outgoing: OutgoingMessage,
	sahut: ItemClient,
	{ isNew = false, wording }: { isNew?: boolean; wording?: Partial<Wording> } = {},
): Promise<IDataObject> {
	const key = messageKey(conversationId);
	const pinned = { id: conversationId };
	const isTried = getLedgerContext(key, outgoing, sahut) !== undefined;
	const plan: Plan =
		isNew || isTried
			? { kind: 'send', conversation: pinned, textDeadline: -Infinity }
			: await planMessage(
					{ ...outgoing, key, reuseOpenConversation: true },
					{ conversations: [pinned], pinned, isComplete: true },
					sahut,
				);
	return await executePlan(plan, { conversationId, key, wording }, outgoing, sahut);
}
