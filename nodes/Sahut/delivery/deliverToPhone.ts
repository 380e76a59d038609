import type { IDataObject } from 'n8n-workflow';

import { createContactRequest, createOrFindContact, newContactKey } from '../api/contacts';
import {
	createConversation,
	createConversationRequest,
	createdBefore,
	fetchChannelType,
	findLostConversation,
	newConversationKey,
} from '../api/conversations';
import type { ItemClient } from '../api/itemClient';
import { AmbiguousError, isRefused } from '../transport/errors';
import {
	assertCanStartWithText,
	chooseConversation,
	findCandidates,
	messageKeyOf,
	newConversationOf,
	type Candidates,
} from './chooseConversation';
import { carryOut, noteFor, planByHistory, wasTried, type Place, type Plan } from './deliver';
import { openHistory, type History } from './history';
import { findRecipientContacts, findTagged, type Recipient } from './recipient';
import { chooseForm, hasWindow, type FormChoice } from './replyWindow';

/** A plan for a phone number: what is missing is created first. */
type PhonePlan = Plan & {
	/** Undefined if the contact must be created. */
	contactId?: string;
	/** Undefined if the conversation must be created. */
	conversation?: { id: string; status?: string };
};

/** What is known of a recipient. */
interface Facts extends Candidates {
	contactIds: string[];
}

const newContactOf = ({ phone, contactName }: Recipient) => ({ name: contactName || phone, phone });

/** Plans a message from the known facts. Reads only. */
async function plan(facts: Facts, recipient: Recipient, sahut: ItemClient): Promise<PhonePlan> {
	const { contactIds, conversations, isComplete } = facts;
	const { skipWithinMs, content, dryRun } = recipient;
	const key = messageKeyOf(recipient);
	const [contactId] = contactIds;
	if (contactId === undefined) {
		await assertCanStartWithText(recipient, sahut);
		return { kind: 'send', choice: await chooseFormOfNew(recipient, sahut) };
	}
	const opened = new Map<string, History>();
	const historyOf = (id: string) => {
		const history = opened.get(id) ?? openHistory(sahut, id, noteFor(recipient));
		opened.set(id, history);
		return history;
	};
	const isRetry = !dryRun && sahut.past(key).kind === 'retryWithoutLedger';
	if (isRetry || skipWithinMs !== undefined) {
		const histories = conversations.map(({ id }) => historyOf(id));
		const delivered = await planByHistory(key, histories, recipient, sahut);
		if (delivered?.kind === 'delivered') {
			const id = delivered.delivery.conversationId;
			const theirs = conversations.find((each) => each.id === id)?.contactId;
			return { ...delivered, contactId: theirs ?? contactId, conversation: { id } };
		}
		if (!isComplete) throw listInUnknownOrder(recipient);
	}
	const { conversation, form } = await chooseConversation(facts, recipient, historyOf, sahut);
	const choice =
		conversation || !content.text || !content.template
			? form
			: await chooseFormOfNew(recipient, sahut);
	return { kind: 'send', choice, contactId: conversation?.contactId ?? contactId, conversation };
}

/** Closed conversations may contain the message, and cannot be found. */
function listInUnknownOrder({ phone }: Recipient): AmbiguousError {
	return new AmbiguousError(
		`It is not known whether ${phone} has received this message before: Sahut lists too many conversations in an unknown order`,
		{ description: 'Nothing was sent. Use Message: Send with the ID of the conversation.' },
	);
}

/** The form of a message into a new conversation, in which the customer has not written. */
async function chooseFormOfNew(
	{ content, channelId, dryRun }: Recipient,
	sahut: ItemClient,
): Promise<FormChoice> {
	const { channelType } = sahut.cache.conversations(channelId);
	// Sahut's response to the new conversation shows the type.
	const isOpen = dryRun && content.text && content.template;
	const type = isOpen ? await fetchChannelType(channelId, sahut) : channelType;
	return chooseForm(content, hasWindow(type) ? -Infinity : Infinity, sahut);
}

/** Runs a task in the lanes of conversations, so that nobody else writes into them meanwhile. */
async function inLanesOf<T>(
	conversations: Array<{ id: string }>,
	sahut: ItemClient,
	task: () => Promise<T>,
): Promise<T> {
	if (conversations.length === 0) return await task();
	const lanes = conversations.map(({ id }) => `conversation ${id}`);
	return await sahut.cache.inLane(lanes, task, sahut.signal);
}

/** What a Dry Run outputs. */
async function describe(planned: PhonePlan, recipient: Recipient, sahut: ItemClient) {
	const { phone } = recipient;
	const { contactId, conversation } = planned;
	const conversationId = conversation?.id ?? 'NEW_CONVERSATION';
	const place = { conversationId, key: messageKeyOf(recipient) };
	const { request, ...message } = await carryOut(planned, place, recipient, sahut);
	const newConversation = newConversationOf(recipient, contactId ?? 'NEW_CONTACT');
	const requests = [
		...(contactId ? [] : [sahut.describe(createContactRequest(newContactOf(recipient)))]),
		...(conversation ? [] : [sahut.describe(createConversationRequest(newConversation))]),
		...(request ? [request] : []),
	];
	const ids = { contact_id: contactId ?? null, conversation_id: conversation?.id ?? null };
	return { ...message, phone, ...ids, requests };
}

/** The output of a message, with the IDs of what it belongs to, and whether this item created them. */
function withIds(
	message: IDataObject,
	contactId: string,
	conversationId: string,
	recipient: Recipient,
	sahut: ItemClient,
): IDataObject {
	const created = createdBefore(newConversationOf(recipient, contactId), sahut);
	const isCreated = created?.conversation.id === conversationId && created.origin !== 'existing';
	return {
		...message,
		contact_id: contactId,
		conversation_id: conversationId,
		contact_created: sahut.past(newContactKey(recipient.phone)).kind === 'done',
		conversation_created: isCreated,
	};
}

function placeOf(recipient: Recipient, contactId: string, conversationId: string): Place {
	const subject = `conversation "${conversationId}" with ${recipient.phone}`;
	const note = `Contact ${contactId} and conversation ${conversationId} exist.`;
	const context = { contact_id: contactId };
	return { conversationId, key: messageKeyOf(recipient), context, wording: { subject, note } };
}

/** The output of an item; or `known`: a contact or conversation turned out to exist, so plan again. */
type Outcome = { output: IDataObject } | { known: string[] };

/**
 * Carries out a plan, and creates what is missing.
 *
 * @param isReplanned whether the plan already takes into account what turned out to exist
 */
async function act(
	planned: PhonePlan,
	recipient: Recipient,
	sahut: ItemClient,
	isReplanned: boolean,
): Promise<Outcome> {
	const { phone, countryCode, channelId, content, reuseOpenConversation } = recipient;
	let { contactId } = planned;
	if (contactId === undefined) {
		const key = { phone, countryCode };
		const { contact, isNew } = await createOrFindContact(newContactOf(recipient), key, sahut);
		if (!isNew) return { known: [contact.id] };
		contactId = contact.id;
	}
	const body = newConversationOf(recipient, contactId);
	const deliver = async (id: string, deliveryPlan: Plan): Promise<Outcome> => {
		const message = await carryOut(
			deliveryPlan,
			placeOf(recipient, contactId, id),
			recipient,
			sahut,
		);
		const at = Date.parse(String(message.created_at)) || 0;
		sahut.cache.conversations(channelId).touch(contactId, id, at);
		return { output: withIds(message, contactId, id, recipient, sahut) };
	};
	const { conversation } = planned;
	if (conversation) {
		const isClosed = conversation.status !== 'open' && conversation.status !== 'pending';
		const mayStartNew =
			isClosed && planned.kind === 'send' && content.template && !createdBefore(body, sahut);
		return await deliver(conversation.id, planned).catch(async (error: unknown) => {
			if (!isRefused(error) || !mayStartNew) throw error;
			// Sahut does not deliver into closed conversations: the template opens a new one.
			const startNew: PhonePlan = { ...planned, contactId, conversation: undefined };
			return await act(startNew, recipient, sahut, true);
		});
	}
	const mayBeLost = reuseOpenConversation && !isReplanned;
	if (mayBeLost && sahut.past(newConversationKey(body)).kind !== 'lostResponse') {
		// If another execution has created one, it is in the index now.
		if (await findLostConversation(body, sahut)) return { known: [contactId] };
	}
	const note = `Contact ${contactId} exists.`;
	const created = await createConversation(body, sahut, note);
	if (created.origin !== 'new') return { known: [contactId] };
	const { channelType } = sahut.cache.conversations(channelId);
	const choice = chooseForm(content, hasWindow(channelType) ? -Infinity : Infinity, sahut);
	const { id } = created.conversation;
	return await inLanesOf([{ id }], sahut, async () => await deliver(id, { kind: 'send', choice }));
}

/** Plans and delivers a message to known contacts, while nobody else writes into their conversations. */
async function deliverTo(
	contactIds: string[],
	recipient: Recipient,
	sahut: ItemClient,
	isReplanned = false,
): Promise<IDataObject> {
	const none: Candidates = { conversations: [], isComplete: true };
	const candidates =
		contactIds.length > 0 ? await findCandidates(contactIds, recipient, sahut) : none;
	const outcome = await inLanesOf(candidates.conversations, sahut, async (): Promise<Outcome> => {
		const planned = await plan({ ...candidates, contactIds }, recipient, sahut);
		if (recipient.dryRun) return { output: await describe(planned, recipient, sahut) };
		return await act(planned, recipient, sahut, isReplanned);
	});
	if ('output' in outcome) return outcome.output;
	return await deliverTo(outcome.known, recipient, sahut, true);
}

/**
 * Delivers a message to a phone number: finds or creates the contact and the conversation.
 *
 * @returns Sahut's record of the message with `contact_id`, `conversation_id`, `contact_created`,
 * `conversation_created`, `sent_as`, or with `skipped` and `skip_reason`; for a Dry Run, the `requests`
 * @throws NodeApiError; UserError for a text that cannot arrive, before anything is created;
 * AmbiguousError, UnknownOutcomeError if it cannot be determined whether to send
 */
export async function deliverToPhone(
	recipient: Recipient,
	sahut: ItemClient,
): Promise<IDataObject> {
	const { dryRun } = recipient;
	const key = messageKeyOf(recipient);
	if (wasTried(key, recipient, sahut)) {
		const past = sahut.past(key);
		const { contact_id, conversation_id } = 'context' in past ? past.context : {};
		const [contactId, conversationId] = [String(contact_id), String(conversation_id)];
		const place = placeOf(recipient, contactId, conversationId);
		const message = await carryOut({ kind: 'resume' }, place, recipient, sahut);
		return withIds(message, contactId, conversationId, recipient, sahut);
	}
	const contacts = await findRecipientContacts(recipient, sahut);
	const tagged = findTagged(recipient, contacts);
	if (tagged) {
		return { ...(dryRun && { dryRun }), skipped: true, skip_reason: 'contact_tag', ...tagged };
	}
	const contactIds = contacts.map(({ id }) => id);
	return await deliverTo(contactIds, recipient, sahut);
}
