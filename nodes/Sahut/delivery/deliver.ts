import type { IDataObject } from 'n8n-workflow';

import type { ItemClient } from '../api/itemClient';
import { contentKey } from '../api/messageContent';
import { messageKey, recordFoundMessage, sendMessage, sendMessageRequest } from '../api/messages';
import type { Wording } from '../transport/types';
import { bodiesOf, formOf, type Content, type Outgoing } from './content';
import { findDelivery, type Delivery } from './findDelivery';
import { openHistory, type History } from './history';
import { bodyNow, chooseForm, chooseFormFor, type FormChoice } from './replyWindow';

/** A conversation that a message goes into. */
export interface Place {
	conversationId: string;
	/** The ledger's key of the message. */
	key: string;
	/** Stored in the ledger beside the message. */
	context?: IDataObject;
	wording?: Partial<Wording>;
}

/** What is planned for a message. */
export type Plan =
	/** An earlier try has sent it, or may have: the ledger answers. */
	| { kind: 'resume' }
	/** It was delivered before: by an earlier try, or (`skipped`) by anybody. */
	| { kind: 'delivered'; delivery: Delivery; skipped: boolean }
	| { kind: 'send'; choice: FormChoice };

/** Whether an earlier try has sent the message, or may have. */
export function wasTried(key: string, { dryRun }: Outgoing, sahut: ItemClient): boolean {
	const { kind } = sahut.past(key);
	return !dryRun && (kind === 'done' || kind === 'lostResponse');
}

/** In errors of reads that precede a message. */
export function noteFor({ skipWithinMs }: Outgoing): string {
	return skipWithinMs === undefined
		? 'It is not known whether the customer has written within 24 hours: nothing was sent.'
		: 'It is not known whether the message was sent before: nothing was sent.';
}

/**
 * Finds a message that was delivered before: by an earlier try of this item of which n8n has kept
 * nothing, or by anybody, if the message is to be skipped then.
 *
 * @throws UnknownOutcomeError or AmbiguousError if it cannot be determined; NodeApiError
 */
export async function planByHistory(
	key: string,
	histories: History[],
	{ content, skipWithinMs, dryRun }: Outgoing,
	sahut: ItemClient,
): Promise<Plan | undefined> {
	if (skipWithinMs !== undefined) {
		const search = { kind: 'sentBefore', sentAt: sahut.now() - skipWithinMs } as const;
		const find = async () => ({
			of,
			delivery: await findDelivery(histories, content, search, sahut),
		});
		const of = bodiesOf(content).map(contentKey).join();
		const { delivery } = dryRun
			? await find()
			: await sahut.once<{ of: string; delivery?: Delivery }>(
					`sent before: ${key}`,
					{ run: find },
					(before) => before.delivery !== undefined && before.of === of,
				);
		if (delivery) return { kind: 'delivered', delivery, skipped: true };
	}
	const past = sahut.past(key);
	if (dryRun || past.kind !== 'retryWithoutLedger') return undefined;
	const delivery = await findDelivery(histories, content, past, sahut);
	return delivery && { kind: 'delivered', delivery, skipped: false };
}

/** Sends a message, or returns what an earlier try has sent. */
export async function send(
	{ conversationId, key, context = {}, wording }: Place,
	content: Content,
	choice: FormChoice,
	sahut: ItemClient,
): Promise<IDataObject> {
	return await sendMessage(
		{
			conversationId,
			key,
			wording,
			body: () => bodyNow(content, choice, sahut),
			context: (body) => ({ ...context, conversation_id: conversationId, form: formOf(body) }),
			async find(search) {
				// What an earlier try has left nothing of, the plan has searched.
				if (search.kind === 'retryWithoutLedger') return undefined;
				const form = { [formOf(search.body)]: search.body };
				const histories = [openHistory(sahut, conversationId)];
				return (await findDelivery(histories, form, search, sahut))?.message;
			},
		},
		sahut,
	);
}

/** Records what an earlier try has sent, and this one has found. */
async function adopt(
	{ delivery }: Extract<Plan, { kind: 'delivered' }>,
	{ key, context = {} }: Place,
	content: Content,
	sahut: ItemClient,
): Promise<void> {
	const { conversationId, form, message } = delivery;
	const body = content[form] ?? {};
	recordFoundMessage(conversationId, body, message, sahut);
	await sahut.once(key, {
		run: async (begin) => {
			begin(body, { ...context, conversation_id: conversationId, form });
			return message;
		},
	});
}

/**
 * Carries out a plan for a message into a conversation, or describes it.
 *
 * @returns Sahut's record with `sent_as`, or with `skipped` and `skip_reason`; for a Dry Run, the
 * `request`
 */
export async function carryOut(
	plan: Plan,
	place: Place,
	{ content, dryRun }: Outgoing,
	sahut: ItemClient,
): Promise<IDataObject> {
	const isEither = bodiesOf(content).length > 1;
	if (plan.kind === 'delivered' && plan.skipped) {
		const { message } = plan.delivery;
		return { ...message, ...(dryRun && { dryRun }), skipped: true, skip_reason: 'sent_before' };
	}
	if (dryRun && plan.kind === 'send') {
		const body = bodyNow(content, plan.choice, sahut);
		const request = sahut.describe(sendMessageRequest(place.conversationId, body));
		return { dryRun, request, ...(isEither && { sent_as: formOf(body) }) };
	}
	if (plan.kind === 'delivered') await adopt(plan, place, content, sahut);
	// An item that was tried keeps its form: the choice does not matter.
	const choice = plan.kind === 'send' ? plan.choice : chooseForm(content, -Infinity, sahut);
	const message = await send(place, content, choice, sahut);
	const past = sahut.past(place.key);
	return { ...message, ...(isEither && past.kind === 'done' && { sent_as: past.context.form }) };
}

/**
 * Delivers a message into a conversation: not if it is to be skipped because the conversation already
 * has it; as a text or as a template, if both are given.
 *
 * @param isNew whether it was just created, so that there is nothing in it
 * @returns as {@link carryOut}
 * @throws NodeApiError; AmbiguousError, UnknownOutcomeError if it cannot be determined whether to send
 */
export async function deliverInto(
	conversationId: string,
	outgoing: Outgoing,
	sahut: ItemClient,
	{ isNew = false, wording }: { isNew?: boolean; wording?: Partial<Wording> } = {},
): Promise<IDataObject> {
	const place = { conversationId, key: messageKey(conversationId), wording };
	const plan = async (): Promise<Plan> => {
		if (wasTried(place.key, outgoing, sahut)) return { kind: 'resume' };
		if (isNew) return { kind: 'send', choice: chooseForm(outgoing.content, -Infinity, sahut) };
		const history = openHistory(sahut, conversationId, noteFor(outgoing));
		const delivered = await planByHistory(place.key, [history], outgoing, sahut);
		if (delivered) return delivered;
		const choice = await chooseFormFor(history, outgoing.content, undefined, sahut);
		return { kind: 'send', choice };
	};
	return await carryOut(await plan(), place, outgoing, sahut);
}
