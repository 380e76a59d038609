import type { IDataObject } from 'n8n-workflow';

import { createContactRequest, createOrFindContact, newContactKey } from '../api/contacts';
import {
	createConversation,
	createConversationRequest,
	createdBefore,
	findLostConversation,
	newConversationKey,
} from '../api/conversations';
import type { ItemClient } from '../api/itemClient';
import { isRefused } from '../transport/errors';
import type { Contact } from '../transport/types';
import {
	findCandidates,
	isOpen,
	newConversationOf,
	phoneMessageKey,
	type Candidates,
} from './candidates';
import { carryOut, contextOfTried } from './deliver';
import { planMessage, type Plan } from './plan';
import { findRecipientContacts, findTagged, type Recipient } from './recipient';
import { textUntilInNew } from './replyWindow';

const newContactOf = ({ phone, contactName }: Recipient) => ({ name: contactName || phone, phone });

/** Runs a task in the lanes of conversations, so that nobody else writes into them meanwhile. */
async function inLanesOf<T>(
	conversations: Array<{ id: string }>,
	sahut: ItemClient,
	task: () => Promise<T>,
): Promise<T> {
	const lanes = conversations.map(({ id }) => `conversation ${id}`);
	return await sahut.cache.inLane(lanes, task, sahut.signal);
}

/** What a Dry Run outputs. */
async function describe(
	plan: Plan,
	firstId: string | undefined,
	recipient: Recipient,
	sahut: ItemClient,
): Promise<IDataObject> {
	const { conversation } = plan;
	const contactId = conversation?.contactId ?? firstId;
	const place = {
		conversationId: conversation?.id ?? 'NEW_CONVERSATION',
		key: phoneMessageKey(recipient),
	};
	const { request, ...message } = await carryOut(plan, place, recipient, sahut);
	const newConversation = newConversationOf(recipient, contactId ?? 'NEW_CONTACT');
	const ids = { contact_id: contactId ?? null, conversation_id: conversation?.id ?? null };
	const requests = [
		...(contactId ? [] : [sahut.describe(createContactRequest(newContactOf(recipient)))]),
		...(conversation ? [] : [sahut.describe(createConversationRequest(newConversation))]),
		...(request ? [request] : []),
	];
	return { ...message, phone: recipient.phone, ...ids, requests };
}

/** Carries out a plan in an existing conversation, and outputs the IDs beside the message. */
async function deliver(
	plan: Plan,
	contactId: string,
	conversationId: string,
	recipient: Recipient,
	sahut: ItemClient,
): Promise<IDataObject> {
	const { phone, channelId } = recipient;
	const place = {
		conversationId,
		key: phoneMessageKey(recipient),
		context: { contact_id: contactId },
		wording: {
			subject: `conversation "${conversationId}" with ${phone}`,
			note: `Contact ${contactId} and conversation ${conversationId} exist.`,
		},
	};
	const message = await carryOut(plan, place, recipient, sahut);
	const at = Date.parse(String(message.created_at)) || 0;
	sahut.cache.conversations(channelId).touch(contactId, conversationId, at);
	const created = createdBefore(newConversationOf(recipient, contactId), sahut);
	const isCreated = created?.conversation.id === conversationId && created.origin !== 'existing';
	return {
		...message,
		contact_id: contactId,
		conversation_id: conversationId,
		contact_created: sahut.past(newContactKey(phone)).kind === 'done',
		conversation_created: isCreated,
	};
}

/** The output of an item; or the contacts, if one of them or a conversation turned out to exist. */
type Outcome = { output: IDataObject } | { contacts: Contact[] };

/**
 * Carries out a plan, and creates what is missing.
 *
 * @param contacts all with the number
 * @param isReplanned whether the plan already takes into account what turned out to exist
 */
async function act(
	plan: Plan,
	contacts: Contact[],
	recipient: Recipient,
	sahut: ItemClient,
	isReplanned: boolean,
): Promise<Outcome> {
	const { phone, countryCode, channelId, content, reuseOpenConversation } = recipient;
	let [first] = contacts;
	if (!first) {
		const key = { phone, countryCode };
		const { contact, isNew } = await createOrFindContact(newContactOf(recipient), key, sahut);
		if (!isNew) return { contacts: [contact] };
		first = contact;
	}
	const known = contacts.length > 0 ? contacts : [first];
	const contactId = plan.conversation?.contactId ?? first.id;
	const body = newConversationOf(recipient, contactId);
	const { conversation } = plan;
	if (conversation) {
		const mayStartNew =
			plan.kind === 'send' &&
			!isOpen(conversation) &&
			content.template !== undefined &&
			!createdBefore(body, sahut);
		try {
			return { output: await deliver(plan, contactId, conversation.id, recipient, sahut) };
		} catch (error) {
			if (!isRefused(error) || !mayStartNew) throw error;
			// Sahut does not deliver into closed conversations: a template opens a new one.
		}
	} else if (reuseOpenConversation && !isReplanned) {
		// If another execution may have created one, the index knows it afterwards.
		const isOwn = sahut.past(newConversationKey(body)).kind === 'lostResponse';
		if (!isOwn && (await findLostConversation(body, sahut))) return { contacts: known };
	}
	const created = await createConversation(body, sahut, `Contact ${contactId} exists.`);
	if (created.origin !== 'new') return { contacts: known };
	const { id } = created.conversation;
	const textUntil = textUntilInNew(sahut.cache.conversations(channelId).channelType);
	const send: Plan = { kind: 'send', conversation: { id }, textUntil };
	const task = async () => await deliver(send, contactId, id, recipient, sahut);
	return { output: await inLanesOf([{ id }], sahut, task) };
}

/**
 * Plans and delivers a message to the contacts with a number, while nobody else writes into their
 * conversations.
 *
 * @param rejected conversations that turned out not to be theirs, whatever lists show
 */
async function deliverTo(
	contacts: Contact[],
	recipient: Recipient,
	sahut: ItemClient,
	isReplanned = false,
	rejected: string[] = [],
): Promise<IDataObject> {
	const { dryRun } = recipient;
	const tagged = findTagged(recipient, contacts);
	if (tagged) {
		return { ...(dryRun && { dryRun }), skipped: true, skip_reason: 'contact_tag', ...tagged };
	}
	const contactIds = contacts.map(({ id }) => id);
	const none: Candidates = {
		conversations: [],
		isComplete: true,
		isTheirs: async () => false,
	};
	const candidates =
		contacts.length > 0 ? await findCandidates(contactIds, recipient, sahut, rejected) : none;
	const outcome = await inLanesOf(candidates.conversations, sahut, async (): Promise<Outcome> => {
		const message = { ...recipient, key: phoneMessageKey(recipient) };
		const plan = await planMessage(message, candidates, sahut);
		const { conversation } = plan;
		if (conversation && !(await candidates.isTheirs(conversation))) {
			rejected.push(conversation.id);
			return { contacts };
		}
		return dryRun
			? { output: await describe(plan, contactIds[0], recipient, sahut) }
			: await act(plan, contacts, recipient, sahut, isReplanned);
	});
	if ('output' in outcome) return outcome.output;
	return await deliverTo(outcome.contacts, recipient, sahut, true, rejected);
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
	const tried = contextOfTried(phoneMessageKey(recipient), recipient, sahut);
	if (!tried)
		return await deliverTo(await findRecipientContacts(recipient, sahut), recipient, sahut);
	const id = String(tried.conversation_id);
	const resume: Plan = { kind: 'resume', conversation: { id } };
	return await deliver(resume, String(tried.contact_id), id, recipient, sahut);
}
