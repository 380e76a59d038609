import type { IDataObject } from 'n8n-workflow';

import type { Sahut } from '../../runtime/operation';
import type { Contact, Conversation, SahutClient, SahutRequest } from '../../transport/types';
import { isNotFound } from '../../transport/errors';
import { fetchList } from '../../transport/pagination';

import { createContactRequest, findContacts } from '../contact/findContact';
import { createConversationRequest, fetchTouched } from '../conversation/createConversation';
import { getConversationRequest } from '../conversation/updateConversation';
import { findSentMessage } from './findSent';
import { sendRequest } from './send';

/** Who a message is for, and how to reach them where there is no conversation yet. */
export interface Recipient {
	/** E.164. */
	phone: string;
	channelId: string;
	/** For a new contact; empty when not given. */
	contactName: string;
	/** For a new conversation; empty when not given. */
	assigneeId: string;
	reuseOpenConversation: boolean;
	/** The message. */
	body: IDataObject;
}

/** The contacts with the recipient's number, the oldest first, and whether this item made it. */
type Contacts = { ids: string[]; created: boolean };

/** Where the message goes, and whether this item made that conversation. */
type Place = { id: string; contactId: string; created: boolean };

/** Contact → its conversations that are open or pending, the one with the latest activity first. */
type OpenConversations = Map<string | undefined, Conversation[]>;

/** Those that a message can join. */
const REUSABLE_STATUSES = ['open', 'pending'] as const;

const activityOf = ({ updated_at }: Conversation) => Date.parse(updated_at) || 0;
const byActivity = (a: Conversation, b: Conversation) => activityOf(b) - activityOf(a);

/** All open and pending conversations of a channel; the API cannot look them up by contact. */
async function fetchOpenConversations(
	channelId: string,
	sahut: SahutClient,
): Promise<OpenConversations> {
	const lists = await Promise.all(
		REUSABLE_STATUSES.map(
			async (status) =>
				await fetchList<Conversation>(sahut, {
					path: ['conversations'],
					query: { channel_id: channelId, status },
					subject: `channel "${channelId}"`,
				}),
		),
	);
	const open: OpenConversations = new Map();
	for (const conversation of lists.flat().sort(byActivity)) {
		const contactId = conversation.contact?.id;
		open.set(contactId, [...(open.get(contactId) ?? []), conversation]);
	}
	return open;
}

/** The conversation as it is now, if a message to one of these contacts can still join it. */
async function ifStillOpen(
	id: string,
	contactIds: string[],
	channelId: string,
	sahut: Sahut,
): Promise<Conversation | undefined> {
	const { data } = await sahut
		.request<Conversation>(getConversationRequest(id))
		.catch((error: unknown) => {
			if (isNotFound(error)) return { data: undefined };
			throw error;
		});
	const isUsable =
		REUSABLE_STATUSES.some((status) => status === data?.status) &&
		(data?.contact?.id === undefined || contactIds.includes(data.contact.id)) &&
		(data?.channel?.id === undefined || data.channel.id === channelId);
	return isUsable ? data : undefined;
}

/**
 * An open or pending conversation with one of these contacts, of several the one with the latest
 * activity. The list may be as old as the batch, so each is looked at before it is used.
 */
async function findOpenConversation(
	contactIds: string[],
	{ channelId, reuseOpenConversation }: Recipient,
	sahut: Sahut,
): Promise<Conversation | undefined> {
	if (!reuseOpenConversation || contactIds.length === 0) return undefined;
	const open = await openConversations(channelId, sahut);
	const known = contactIds.flatMap((contactId) => open.get(contactId) ?? []).sort(byActivity);
	for (const conversation of known) {
		const usable = await ifStillOpen(conversation.id, contactIds, channelId, sahut);
		if (usable) return { ...usable, contact: usable.contact ?? conversation.contact };
	}
	return undefined;
}

/**
 * In a retry: the conversation into which another try has sent the message. It may have been resolved
 * since, or another one may have come to be the latest.
 */
async function findWhereSent(
	contactIds: string[],
	{ channelId, reuseOpenConversation, body }: Recipient,
	sahut: Sahut,
): Promise<Conversation | undefined> {
	const trace = sahut.earlier?.(body);
	if (!trace || contactIds.every(sahut.isJustMade)) return undefined;
	const touched = await fetchTouched(sahut, channelId, trace);
	const open = reuseOpenConversation ? await openConversations(channelId, sahut) : new Map();
	const theirs = [
		...touched.filter(({ contact }) => contactIds.includes(contact?.id ?? '')),
		...contactIds.flatMap((contactId): Conversation[] => open.get(contactId) ?? []),
	];
	for (const conversation of new Map(theirs.map((each) => [each.id, each])).values()) {
		if (await findSentMessage(sahut, conversation.id, trace)) return conversation;
	}
	return undefined;
}

async function openConversations(channelId: string, sahut: Sahut): Promise<OpenConversations> {
	return await sahut.share(
		`open conversations of ${channelId}`,
		async () => await fetchOpenConversations(channelId, sahut),
	);
}

function newContact({ phone, contactName }: Recipient): SahutRequest {
	return { ...createContactRequest({ name: contactName || phone, phone }), target: phone };
}

function newConversation({ channelId, assigneeId }: Recipient, contactId: string): SahutRequest {
	return createConversationRequest({
		contact_id: contactId,
		channel_id: channelId,
		...(assigneeId && { assignee_id: assigneeId }),
	});
}

const idsOf = (contacts: Contact[]) => contacts.map(({ id }) => id);

/**
 * Looks up the contact and the conversation of a recipient, and changes nothing.
 *
 * @returns the IDs of what is there, and the requests that would make what is not
 */
export async function findRecipient(
	recipient: Recipient,
	sahut: Sahut,
): Promise<{ contactId?: string; conversationId?: string; requests: SahutRequest[] }> {
	const ids = idsOf(await findContacts(sahut, { phone: recipient.phone }));
	const conversation = await findOpenConversation(ids, recipient, sahut);
	const contactId = conversation?.contact?.id ?? ids[0];
	const requests = [
		...(contactId === undefined ? [newContact(recipient)] : []),
		...(conversation ? [] : [newConversation(recipient, contactId ?? 'NEW_CONTACT')]),
	];
	return { contactId, conversationId: conversation?.id, requests };
}

async function reachContacts(recipient: Recipient, sahut: Sahut): Promise<Contacts> {
	const { phone } = recipient;
	// An earlier item with this number may have made it; Sahut's search may not show it at once.
	const known = await sahut.share<{ ids?: string[] }>(`contact of ${phone}`, async () => ({}));
	const contacts = await sahut.decide<Contacts>(`contact of ${phone}`, async () => {
		const ids = known.ids ?? idsOf(await findContacts(sahut, { phone }));
		if (ids.length > 0) return { ids, created: false };
		const { data } = await sahut.request<Contact>(newContact(recipient));
		return { ids: [data.id], created: true };
	});
	known.ids = contacts.ids;
	return contacts;
}

/**
 * Finds or makes the contact of a phone number and a conversation with it on a channel. What was
 * found or made is recorded for the item, so that it is the same when n8n runs the node again.
 *
 * @throws NodeApiError; when the contact is there and the conversation is not, it says so.
 */
export async function reachRecipient(
	recipient: Recipient,
	sahut: Sahut,
): Promise<{ contact: { id: string; created: boolean }; conversation: Place }> {
	const { channelId, reuseOpenConversation } = recipient;
	const contacts = await reachContacts(recipient, sahut);
	const [contactId] = contacts.ids as [string];
	const conversation = await sahut.decide<Place>(
		`conversation of ${contactId} on ${channelId}`,
		async () => {
			const existing =
				(await findWhereSent(contacts.ids, recipient, sahut)) ??
				(await findOpenConversation(contacts.ids, recipient, sahut));
			if (existing) {
				return { id: existing.id, contactId: existing.contact?.id ?? contactId, created: false };
			}
			const { data } = await sahut.request<Conversation>({
				...newConversation(recipient, contactId),
				note: `Contact ${contactId} exists.`,
			});
			if (reuseOpenConversation) {
				(await openConversations(channelId, sahut)).set(contactId, [data]);
			}
			return { id: data.id, contactId, created: true };
		},
		async ({ id, created }) =>
			created ||
			sahut.wasTried(sendRequest(id, recipient.body)) ||
			(await ifStillOpen(id, contacts.ids, channelId, sahut)) !== undefined,
	);
	return {
		contact: { id: conversation.contactId, created: contacts.created },
		conversation,
	};
}
