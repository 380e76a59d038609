import type { IDataObject } from 'n8n-workflow';

import type { Sahut } from '../../runtime/operation';
import type { Contact, Conversation, SahutRequest } from '../../transport/types';
import { isNotFound } from '../../transport/errors';

import { OPEN_STATUSES } from '../../workspace/openConversations';
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
		OPEN_STATUSES.some((status) => status === data?.status) &&
		(data?.contact?.id === undefined || contactIds.includes(data.contact.id)) &&
		(data?.channel?.id === undefined || data.channel.id === channelId);
	return isUsable ? data : undefined;
}

/**
 * An open or pending conversation with one of these contacts, of several the one with the latest
 * activity. One that is known is looked at before it is used; only where none is known, it is read
 * what may have changed since. A contact that was made a moment ago has none.
 */
async function findOpenConversation(
	contactIds: string[],
	{ channelId, reuseOpenConversation }: Recipient,
	sahut: Sahut,
): Promise<Conversation | undefined> {
	if (!reuseOpenConversation) return undefined;
	const open = sahut.workspace.openConversations(channelId);
	async function findKnown(): Promise<Conversation | undefined> {
		for (const id of open.known(contactIds)) {
			const usable = await ifStillOpen(id, contactIds, channelId, sahut);
			if (usable) return usable;
			open.forget(id, contactIds);
		}
		return undefined;
	}
	const known = await findKnown();
	if (known || contactIds.every(sahut.isJustMade)) return known;
	await open.refresh(sahut);
	return await findKnown();
}

/**
 * In a retry: the conversation into which another try has sent the message. It may have been resolved
 * since, or another one may have come to be the latest.
 */
async function findWhereSent(
	contactIds: string[],
	{ channelId, body }: Recipient,
	sahut: Sahut,
): Promise<Conversation | undefined> {
	const trace = sahut.earlier?.(body);
	if (!trace || contactIds.every(sahut.isJustMade)) return undefined;
	for (const conversation of await fetchTouched(sahut, channelId, trace)) {
		if (!contactIds.includes(conversation.contact?.id ?? '')) continue;
		if (await findSentMessage(sahut, conversation.id, trace)) return conversation;
	}
	return undefined;
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
	const { channelId } = recipient;
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
			sahut.workspace.openConversations(channelId).add(data, contactId);
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
