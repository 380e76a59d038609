import { UserError, type IDataObject } from 'n8n-workflow';

import {
	createContactRequest,
	createOrFindContact,
	getContact,
	newContactKey,
} from '../api/contacts';
import {
	createConversation,
	createConversationRequest,
	findCreatedByItem,
	findLostConversation,
	newConversationKey,
} from '../api/conversations';
import type { ItemClient } from '../api/itemClient';
import { AmbiguousError, hasStatus, isRefused, undefinedIfNotFound } from '../transport/errors';
import { findCandidates, isOpen, toNewConversation } from './candidates';
import { executePlan, getLedgerContext, OutdatedPlanError } from './deliver';
import { planMessage, type Plan } from './plan';
import {
	findListedContacts,
	findRecipientContacts,
	findTaggedContact,
	getPhoneMessageKey,
	type Recipient,
	type RecipientContact,
	type RecipientContacts,
} from './recipient';
import { getNewConversationTextDeadline } from './replyWindow';

/** The maximum number of plans for a message. Each one is made because the conversations have changed. */
const MAX_PLANS = 25;

/** A run with fewer messages reads each conversation by its ID. */
const MIN_BATCH = 10;

const toNewContact = ({ phone, contactName }: Recipient) => ({ name: contactName || phone, phone });

/** Describes for n8n's log which conversation a plan uses. */
function describeChoice({ kind, conversation }: Plan, known: number): string {
	const choice = conversation ? `conversation ${conversation.id}` : 'a new conversation';
	return `chose ${choice} (plan: ${kind}; known conversations of the contact on the channel: ${known})`;
}

/** The result of a plan. */
type PlanResult =
	| { output: IDataObject }
	/** A conversation was created. The message must be sent in the lane of this conversation. */
	| { created: string; contactId: string }
	/** A contact or a conversation already exists, so the plan was wrong. Plan again with these contacts. */
	| { contacts: RecipientContact[] }
	/** Nothing was sent, since the lists were out of date by the time of the request. Check the conversation again. */
	| 'outdated'
	/** Nothing was sent, since the lists are incomplete or wrong. Plan again without them. */
	| 'incomplete';

/**
 * Delivers a message to a phone number. Finds or creates the contact and the conversation.
 *
 * @param unfinished the recipients of the run's items that have not ended
 * @returns Sahut's record of the message with `contact_id`, `conversation_id`, `contact_created`,
 * `conversation_created`, `sent_as`, or with `skipped` and `skip_reason`; for a Dry Run, the `requests`
 * @throws NodeApiError if a request fails; UserError for a text that WhatsApp would not deliver, before anything is
 * created; AmbiguousError or UnknownOutcomeError if the node cannot determine whether to send the message
 */
export async function deliverToPhone(
	recipient: Recipient,
	sahut: ItemClient,
	unfinished: ReadonlySet<Recipient>,
): Promise<IDataObject> {
	const { phone, countryCode, channelId, content, reuseOpenConversation, dryRun } = recipient;
	const key = getPhoneMessageKey(recipient);
	const index = sahut.cache.conversationIndex(channelId);
	/** The IDs of conversations that lists show, but that are deleted or belong to another contact or channel. */
	const rejected: string[] = [];
	/** The IDs of contacts that were found, but are deleted. */
	const deletedContacts = new Set<string>();
	let planCount = 0;

	/** Whether a contact is deleted. Reads it. */
	async function isContactDeleted(id: string): Promise<boolean> {
		const contact = await getContact(sahut, id).catch(undefinedIfNotFound);
		if (contact) return false;
		deletedContacts.add(id);
		sahut.contactList.remove(id);
		return true;
	}

	const isBatch = sahut.itemCount >= MIN_BATCH;

	/** Makes the index fresh for a batch, if the rest of the run is large enough. */
	async function refreshIndex(): Promise<void> {
		if (!isBatch) return;
		await index.refreshForBatch(sahut, unfinished.size, content.text !== undefined);
	}

	/** Runs a task in the lanes of conversations, so that no other task of this process sends into them. */
	async function runInLanes<T>(conversations: Array<{ id: string }>, task: () => Promise<T>) {
		const lanes = conversations.map(({ id }) => `conversation ${id}`);
		return await sahut.cache.runInLane(lanes, task, sahut.signal);
	}

	/**
	 * Returns the output of a Dry Run.
	 *
	 * @param firstContactId the contact for a new conversation; undefined if it has to be created
	 */
	async function describePlan(
		plan: Plan,
		firstContactId: string | undefined,
	): Promise<IDataObject> {
		const { conversation } = plan;
		const contactId = conversation?.contactId ?? firstContactId;
		const destination = { conversationId: conversation?.id ?? 'NEW_CONVERSATION', key };
		const { request, ...message } = await executePlan(plan, destination, recipient, sahut);
		const newConversation = toNewConversation(recipient, contactId ?? 'NEW_CONTACT');
		const ids = { contact_id: contactId ?? null, conversation_id: conversation?.id ?? null };
		const requests = [
			...(contactId ? [] : [sahut.describe(createContactRequest(toNewContact(recipient)))]),
			...(conversation ? [] : [sahut.describe(createConversationRequest(newConversation))]),
			...(request ? [request] : []),
		];
		return { ...message, phone, ...ids, requests };
	}

	/** Returns a contact that the search did not show. Adds its duplicates if tags have to be checked. */
	async function addDuplicates(contact: RecipientContact): Promise<RecipientContact[]> {
		if (recipient.skipContactTags.length === 0) return [contact];
		const found = await findRecipientContacts(recipient, sahut, unfinished, deletedContacts);
		return found.length > 0 ? found : [contact];
	}

	/** Carries out a plan in an existing conversation. @returns the output of the item */
	async function deliverTo(
		plan: Plan,
		contactId: string,
		conversationId: string,
		validUntil?: number,
	) {
		const context = { contact_id: contactId };
		const wording = {
			action: `send the message to ${phone} in conversation "${conversationId}"`,
			note: `The message was for contact ${contactId} in conversation ${conversationId}.`,
			advice: {
				404: 'It was probably deleted or merged in the meantime. Run the workflow again for this item: the node then chooses a conversation that exists.',
			},
		};
		const destination = { conversationId, key, context, wording, validUntil };
		const message = await executePlan(plan, destination, recipient, sahut);
		const sentAt = Date.parse(String(message.created_at)) || 0;
		if (!('skipped' in message)) index.recordActivity(contactId, conversationId, sentAt);
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
	 * Carries out a plan. Creates the contact and the conversation if they are missing.
	 *
	 * @param contacts the contacts with the number; empty to create one
	 * @param isReplanned whether this plan replaces one that was wrong
	 * @param validUntil until when the plan may be carried out (`Candidates.validUntil`)
	 */
	async function createAndDeliver(
		plan: Plan,
		contacts: RecipientContact[],
		isReplanned: boolean,
		validUntil: number,
	): Promise<PlanResult> {
		let [first] = contacts;
		if (!first) {
			const identity = { phone, countryCode };
			const newContact = toNewContact(recipient);
			const { contact, isNew } = await createOrFindContact(newContact, identity, sahut);
			if (!isNew) return { contacts: await addDuplicates(contact) };
			first = contact;
		}
		const allContacts = contacts.length > 0 ? contacts : [first];
		const { conversation } = plan;
		const contactId = conversation?.contactId ?? first.id;
		const body = toNewConversation(recipient, contactId);

		/** Creates a conversation, or returns the contacts to plan with if Sahut returns an existing one. */
		async function startConversation(): Promise<PlanResult> {
			const wasExisting = findCreatedByItem(body, sahut)?.origin === 'existing';
			const creating = createConversation(body, sahut, `Contact ${contactId} exists.`);
			const created = await creating.catch(async (error: unknown) => {
				// The contact may have been deleted after it was found.
				const mayBeDeleted = hasStatus(error, 404) || isRefused(error);
				const isKnown = deletedContacts.has(contactId);
				if (mayBeDeleted && !isKnown && (await isContactDeleted(contactId))) return undefined;
				throw error;
			});
			if (!created) return 'incomplete';
			const { id } = created.conversation;
			if (created.origin === 'new') return { created: id, contactId };
			if (!wasExisting) return { contacts: allContacts };
			const message = `Sahut returned the existing conversation "${id}", which does not match this message`;
			throw new UserError(message, {
				description: `The conversation does not belong to contact "${contactId}" on channel "${channelId}". Nothing was sent. Check the contact and the channel of the conversation in Sahut.`,
			});
		}

		if (conversation) {
			const sendsTemplate = plan.kind === 'send' && content.template !== undefined;
			const mayStartNew = sendsTemplate && !isOpen(conversation) && !findCreatedByItem(body, sahut);
			return await deliverTo(plan, contactId, conversation.id, validUntil).then(
				(output) => ({ output }),
				async (error: unknown) => {
					if (error instanceof OutdatedPlanError) return 'outdated';
					// A list does not show that a conversation was deleted. The next plan reads it, since the 404 may have
					// another cause.
					if (validUntil < Infinity && hasStatus(error, 404)) return 'incomplete';
					// Sahut may refuse messages into snoozed and resolved conversations. A template may open a new one.
					if (isRefused(error) && mayStartNew) return await startConversation();
					throw error;
				},
			);
		}
		if (reuseOpenConversation && !isReplanned) {
			// Another item or execution may have created the conversation, but lost the response. The search adds
			// this conversation to the index.
			const isOwn = sahut.past(newConversationKey(body)).kind === 'lostResponse';
			if (!isOwn && (await findLostConversation(body, sahut))) return { contacts: allContacts };
		}
		return await startConversation();
	}

	/**
	 * Plans the delivery, and carries the plan out in the lanes of the contacts' conversations.
	 *
	 * @returns the output of the item; `incomplete` if the plan was not carried out
	 * @throws AmbiguousError if the conversations have changed during each of many plans
	 */
	async function planAndDeliver(
		{ contacts: found, areListed }: RecipientContacts,
		isReplanned: boolean,
		usesLists: boolean,
	): Promise<IDataObject | 'incomplete'> {
		planCount += 1;
		if (planCount > MAX_PLANS) {
			throw new AmbiguousError(
				`The conversations with ${phone} have changed each time before the message could be sent`,
				{ description: 'Nothing was sent. Run the workflow again for this item.' },
			);
		}
		const tagged = await findTaggedContact(recipient, found, sahut, deletedContacts);
		if (tagged) {
			return { ...(dryRun && { dryRun }), skipped: true, skip_reason: 'contact_tag', ...tagged };
		}
		const contacts = found.filter(({ id }) => !deletedContacts.has(id));
		if (contacts.length === 0 && found.length > 0) return 'incomplete';
		const contactIds = contacts.map(({ id }) => id);
		const candidates = await findCandidates(contactIds, recipient, sahut, rejected, usesLists);
		const result = await runInLanes(candidates.conversations, async (): Promise<PlanResult> => {
			const { pinned, validUntil } = candidates;
			const plan = await planMessage({ ...recipient, key }, candidates, sahut).catch(
				(error: unknown): undefined => {
					// Only a history is read. A list does not show that its conversation was deleted.
					if (!pinned || validUntil === Infinity || !hasStatus(error, 404)) throw error;
					rejected.push(pinned.id);
					return undefined;
				},
			);
			if (!plan) return 'incomplete';
			const { conversation } = plan;
			sahut.log(describeChoice(plan, candidates.conversations.length));

			/** Carries out the plan, unless the state of the conversation has changed. */
			const carryOut = async (state: 'same' | 'changed' | 'gone'): Promise<PlanResult> => {
				if (conversation && state === 'gone') rejected.push(conversation.id);
				if (areListed && (!conversation || state !== 'same')) return 'incomplete';
				if (state !== 'same') return { contacts };
				return dryRun
					? { output: await describePlan(plan, contactIds[0]) }
					: await createAndDeliver(plan, contacts, isReplanned, candidates.validUntil);
			};

			for (const reading of [undefined, 'again', 'byId'] as const) {
				if (reading === 'again') await refreshIndex();
				const state = conversation ? await candidates.recheck(conversation, reading) : 'same';
				const outcome = await carryOut(state);
				if (outcome !== 'outdated') return outcome;
			}
			return 'incomplete';
		});
		if (result === 'incomplete' || result === 'outdated') return 'incomplete';
		if ('output' in result) return result.output;
		if ('contacts' in result) {
			return await planAndDeliver({ contacts: result.contacts, areListed: false }, true, usesLists);
		}
		// The task has left the other lanes: waiting for a lane while in another one could cause a deadlock.
		const { created: id, contactId } = result;
		const textDeadline = getNewConversationTextDeadline(index.channelType);
		const send: Plan = { kind: 'send', conversation: { id }, textDeadline };
		return await runInLanes([{ id }], async () => await deliverTo(send, contactId, id));
	}

	/** Plans and delivers, in a batch with the lists. If the lists are incomplete or wrong, plans again without them. */
	async function planUntilDelivered(): Promise<IDataObject> {
		for (let usesLists = isBatch; ; usesLists = false) {
			if (usesLists) await refreshIndex();
			const listed = usesLists && findListedContacts(recipient, sahut);
			const contacts = listed || {
				contacts: await findRecipientContacts(recipient, sahut, unfinished, deletedContacts),
				areListed: false,
			};
			const result = await planAndDeliver(contacts, false, usesLists);
			if (result !== 'incomplete') return result;
		}
	}

	const earlierTry = getLedgerContext(key, recipient, sahut);
	if (!earlierTry) return await planUntilDelivered();
	const id = String(earlierTry.conversation_id);
	const resume: Plan = { kind: 'resume', conversation: { id } };
	const task = async () => await deliverTo(resume, String(earlierTry.contact_id), id);
	return await runInLanes([{ id }], task);
}
