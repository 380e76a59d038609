import type { IDataObject } from 'n8n-workflow';

import type { ItemClient } from '../api/itemClient';
import { getConversation } from '../api/conversations';
import { messageKey, sendMessage, sendMessageRequest } from '../api/messages';
import type { Wording } from '../transport/types';
import { getBodies, getForm, type OutgoingMessage } from './content';
import { findDelivery } from './findDelivery';
import { openHistory } from './history';
import { isAssigned } from '../processCache/conversationIndex';
import type { Candidate } from './candidates';
import { planMessage, type Plan } from './plan';
import { findTaggedCustomer } from './recipient';
import { chooseBody } from './replyWindow';

/** The conversation for a message, and how the ledger and errors refer to the message. */
export interface Destination {
	conversationId: string;
	/** The key of the message in the ledger. */
	key: string;
	/** Additional data that the ledger stores with the message. */
	context?: IDataObject;
	wording?: Partial<Wording>;
	/**
	 * Until when the plan may be carried out, by this machine's clock: later, the lists that it depends on are
	 * out of date. Undefined if it depends on no list.
	 */
	validUntil?: number;
}

/** The message was not sent, since its plan depends on lists that have gone out of date. */
export class OutdatedPlanError extends Error {}

/**
 * Returns the context that the ledger stores with a message.
 *
 * @returns undefined if this execution has not tried to send the message, or for a Dry Run
 */
export function getLedgerContext(
	key: string,
	{ dryRun }: OutgoingMessage,
	sahut: ItemClient,
): IDataObject | undefined {
	const past = sahut.past(key);
	return !dryRun && 'context' in past ? past.context : undefined;
}

/**
 * Carries out a plan in an existing conversation. A Dry Run only describes the request.
 *
 * @returns Sahut's record of the message, with `sent_as`, or with `skipped` and `skip_reason`; for a Dry
 * Run, the `request`
 * @throws NodeApiError if Sahut does not accept the message; UnknownOutcomeError if an earlier try may have
 * sent it; OutdatedPlanError if the message waited too long for the rate limit, and was not sent
 */
export async function executePlan(
	plan: Plan,
	{ conversationId, key, context = {}, wording, validUntil = Infinity }: Destination,
	{ content, dryRun }: OutgoingMessage,
	sahut: ItemClient,
): Promise<IDataObject> {
	const hasBothForms = getBodies(content).length > 1;
	const createContext = (body: IDataObject) => ({
		...context,
		conversation_id: conversationId,
		form: getForm(body),
	});
	if (plan.kind === 'delivered' && plan.isSkip) {
		const { message } = plan.delivery;
		return { ...message, ...(dryRun && { dryRun }), skipped: true, skip_reason: 'sent_before' };
	}
	if (plan.kind === 'skipped') {
		const ids = { conversation_id: conversationId };
		return { ...(dryRun && { dryRun }), skipped: true, skip_reason: plan.reason, ...ids };
	}
	/** The message of an earlier try, if the ledger lacks it. */
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
			body: () => {
				if (plan.kind === 'send' && sahut.now() > validUntil) throw new OutdatedPlanError();
				return body();
			},
			context: createContext,
			async find(sent, search) {
				if (search.kind === 'retryWithoutLedger') return found?.message;
				const sentContent = { [getForm(sent)]: sent };
				const histories = [openHistory(sahut, conversationId)];
				return (await findDelivery(histories, sentContent, search, sahut))?.message;
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
 * Sends a message with a text that no other execution can have sent, such as a link of this execution.
 *
 * @param key identifies the message in the ledger
 * @returns Sahut's record of the message
 * @throws as {@link executePlan}
 */
export async function deliverUnique(
	{ conversationId, key }: Destination,
	text: IDataObject,
	sahut: ItemClient,
): Promise<IDataObject> {
	const plan: Plan = {
		kind: 'send',
		conversation: { id: conversationId },
		textDeadline: Infinity,
	};
	const outgoing = { content: { text }, dryRun: false };
	return await executePlan(plan, { conversationId, key }, outgoing, sahut);
}

/**
 * Sends a message into a conversation, or skips it if the conversation already has it. If the message has
 * both forms, sends the text while WhatsApp accepts it, otherwise the template.
 *
 * @param skipContactTags sends nothing if the customer has one of these tags
 * @param isNew whether the conversation was just created, so that it contains no messages
 * @returns as {@link executePlan}
 * @throws NodeApiError if a request fails; AmbiguousError or UnknownOutcomeError if the node cannot
 * determine whether the message was sent
 */
export async function deliverToConversation(
	conversationId: string,
	outgoing: OutgoingMessage,
	sahut: ItemClient,
	{
		skipContactTags = [],
		isNew = false,
		wording,
	}: { skipContactTags?: string[]; isNew?: boolean; wording?: Partial<Wording> } = {},
): Promise<IDataObject> {
	const key = messageKey(conversationId);
	const wasTried = getLedgerContext(key, outgoing, sahut) !== undefined;
	let pinned: Candidate = { id: conversationId };
	if (!wasTried && (outgoing.skipIfAssigned || skipContactTags.length > 0)) {
		const conversation = await getConversation(sahut, conversationId);
		const { dryRun } = outgoing;
		const tagged = await findTaggedCustomer(conversation, skipContactTags, sahut);
		if (tagged) {
			const ids = { conversation_id: conversationId, ...tagged };
			return { ...(dryRun && { dryRun }), skipped: true, skip_reason: 'contact_tag', ...ids };
		}
		const { id, status } = conversation;
		pinned = { id, status, isAssigned: isAssigned(conversation) };
	}
	const plan: Plan =
		isNew || wasTried
			? { kind: 'send', conversation: pinned, textDeadline: -Infinity }
			: await planMessage(
					{ ...outgoing, key, reuseOpenConversation: true },
					{ conversations: [pinned], pinned, isComplete: true },
					sahut,
				);
	return await executePlan(plan, { conversationId, key, wording }, outgoing, sahut);
}
