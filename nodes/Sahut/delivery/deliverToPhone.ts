import { UserError, type IDataObject } from 'n8n-workflow';

import { createContactRequest, createOrFindContact, newContactKey } from '../api/contacts';
import {
	createConversation,
	createConversationRequest,
	findCreatedByItem,
	findLostConversation,
	newConversationKey,
} from '../api/conversations';
import type { ItemClient } from '../api/itemClient';
import { isRefused } from '../transport/errors';
import { findCandidates, isOpen, toNewConversation } from './candidates';
import { executePlan, getLedgerContext } from './deliver';
import { planMessage, type Plan } from './plan';
import {
	findRecipientContacts,
	findTaggedContact,
	getPhoneMessageKey,
	type Recipient,
	type RecipientContact,
} from './recipient';
import { getNewConversationTextDeadline } from './replyWindow';

const toNewContact = ({ phone, contactName }: Recipient) => ({ name: contactName || phone, phone });

/** The result of a plan. */
type PlanResult =
	| { output: IDataObject }
	/** A conversation was created: the message has to be sent in its lane. */
	| { created: string; contactId: string }
	/** A contact or a conversation turned out to exist: these are the contacts to plan with. */
	| { contacts: RecipientContact[] };

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
	const { phone, countryCode, channelId, content, reuseOpenConversation, dryRun } = recipient;
	const key = getPhoneMessageKey(recipient);
	const index = sahut.cache.conversationIndex(channelId);
	/** Conversations that turned out not to be the recipient's, whatever lists show. */
	const rejected: string[] = [];

	/** Runs a task in the lanes of conversations, so that no other task of this process writes into them. */
	async function runInLanes<T>(conversations: Array<{ id: string }>, task: () => Promise<T>) {
		const lanes = conversations.map(({ id }) => `conversation ${id}`);
		return await sahut.cache.runInLane(lanes, task, sahut.signal);
	}

	/** Returns the output of a Dry Run. */
	async function describePlan(plan: Plan, firstId: string | undefined): Promise<IDataObject> {
		const { conversation } = plan;
		const contactId = conversation?.contactId ?? firstId;
		const place = { conversationId: conversation?.id ?? 'NEW_CONVERSATION', key };
		const { request, ...message } = await executePlan(plan, place, recipient, sahut);
		const newConversation = toNewConversation(recipient, contactId ?? 'NEW_CONTACT');
		const ids = { contact_id: contactId ?? null, conversation_id: conversation?.id ?? null };
		const requests = [
			...(contactId ? [] : [sahut.describe(createContactRequest(toNewContact(recipient)))]),
			...(conversation ? [] : [sahut.describe(createConversationRequest(newConversation))]),
			...(request ? [request] : []),
		];
		return { ...message, phone, ...ids, requests };
	}

	/** A contact that a search did not show, and its duplicates if their tags matter. */
	async function withDuplicates(contact: RecipientContact): Promise<RecipientContact[]> {
		if (recipient.skipContactTags.length === 0) return [contact];
		const found = await findRecipientContacts(recipient, sahut);
		return found.length > 0 ? found : [contact];
	}

	/** Carries out a plan in an existing conversation. @returns the message and the IDs */
	async function deliverTo(plan: Plan, contactId: string, conversationId: string) {
		const context = { contact_id: contactId };
		const wording = {
			action: `send the message to ${phone} in conversation "${conversationId}"`,
			note: `Contact ${contactId} and conversation ${conversationId} exist.`,
		};
		const place = { conversationId, key, context, wording };
		const message = await executePlan(plan, place, recipient, sahut);
		index.recordActivity(contactId, conversationId, Date.parse(String(message.created_at)) || 0);
		const created = findCreatedByItem(toNewConversation(recipient, contactId), sahut);
		const isCreated = created?.conversation.id === conversationId && created.origin !== 'existing';
		return {
			...message,
			contact_id: contactId,
			conversation_id: conversationId,
			contact_created: sahut.past(newContactKey(phone)).kind === 'done',
			conversation_created: isCreated,
		};
	}

	/**
	 * Carries out a plan, and creates what is missing.
	 *
	 * @param isReplanned whether this plan replaces one that turned out to be wrong
	 */
	async function createAndDeliver(
		plan: Plan,
		contacts: RecipientContact[],
		isReplanned: boolean,
	): Promise<PlanResult> {
		let [first] = contacts;
		if (!first) {
			const identity = { phone, countryCode };
			const newContact = toNewContact(recipient);
			const { contact, isNew } = await createOrFindContact(newContact, identity, sahut);
			if (!isNew) return { contacts: await withDuplicates(contact) };
			first = contact;
		}
		const known = contacts.length > 0 ? contacts : [first];
		const { conversation } = plan;
		const contactId = conversation?.contactId ?? first.id;
		const body = toNewConversation(recipient, contactId);

		async function startConversation(): Promise<PlanResult> {
			const isKnown = findCreatedByItem(body, sahut)?.origin === 'existing';
			const created = await createConversation(body, sahut, `Contact ${contactId} exists.`);
			const { id } = created.conversation;
			if (created.origin === 'new') return { created: id, contactId };
			if (!isKnown) return { contacts: known };
			throw new UserError(`Sahut returned conversation "${id}", which cannot be used`, {
				description: `It belongs to another contact than ${contactId}, or to another channel than ${channelId}. Nothing was sent.`,
			});
		}

		if (conversation) {
			const isSent = plan.kind === 'send' && content.template !== undefined;
			const mayStartNew = isSent && !isOpen(conversation) && !findCreatedByItem(body, sahut);
			return await deliverTo(plan, contactId, conversation.id).then(
				(output) => ({ output }),
				async (error: unknown) => {
					// Sahut may refuse messages into snoozed and resolved conversations: a template opens a new one.
					if (isRefused(error) && mayStartNew) return await startConversation();
					throw error;
				},
			);
		}
		if (reuseOpenConversation && !isReplanned) {
			// Puts a conversation that another item or execution has created into the index.
			const isOwn = sahut.past(newConversationKey(body)).kind === 'lostResponse';
			if (!isOwn && (await findLostConversation(body, sahut))) return { contacts: known };
		}
		return await startConversation();
	}

	/** Plans and delivers, in the lanes of the contacts' conversations. */
	async function planAndDeliver(
		contacts: RecipientContact[],
		isReplanned: boolean,
	): Promise<IDataObject> {
		const tagged = await findTaggedContact(recipient, contacts, sahut);
		if (tagged) {
			return { ...(dryRun && { dryRun }), skipped: true, skip_reason: 'contact_tag', ...tagged };
		}
		const contactIds = contacts.map(({ id }) => id);
		const candidates = await findCandidates(contactIds, recipient, sahut, rejected);
		const outcome = await runInLanes(candidates.conversations, async (): Promise<PlanResult> => {
			const plan = await planMessage({ ...recipient, key }, candidates, sahut);
			const { conversation } = plan;
			const state = conversation ? await candidates.recheck(conversation) : 'same';
			if (conversation && state === 'gone') rejected.push(conversation.id);
			if (state !== 'same') return { contacts };
			return dryRun
				? { output: await describePlan(plan, contactIds[0]) }
				: await createAndDeliver(plan, contacts, isReplanned);
		});
		if ('output' in outcome) return outcome.output;
		if ('contacts' in outcome) return await planAndDeliver(outcome.contacts, true);
		// The other lanes were left: no task waits for a conversation while it is in the lane of another.
		const { created: id, contactId } = outcome;
		const textDeadline = getNewConversationTextDeadline(index.channelType);
		const send: Plan = { kind: 'send', conversation: { id }, textDeadline };
		return await runInLanes([{ id }], async () => await deliverTo(send, contactId, id));
	}

	const tried = getLedgerContext(key, recipient, sahut);
	if (!tried) return await planAndDeliver(await findRecipientContacts(recipient, sahut), false);
	const id = String(tried.conversation_id);
	const resume: Plan = { kind: 'resume', conversation: { id } };
	const task = async () => await deliverTo(resume, String(tried.contact_id), id);
	return await runInLanes([{ id }], task);
}
