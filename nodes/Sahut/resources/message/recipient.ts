import type { Sahut } from '../../runtime/operation';
import type { Contact, Conversation, SahutRequest } from '../../transport/types';
import { createContactRequest, findContacts } from '../contact/findContact';
import { createConversationRequest } from '../conversation/createConversation';
import {
	findOpenConversation,
	findWhereSent,
	ifStillOpen,
	type Recipient,
} from './findConversation';
import { sendRequest } from './send';

/** The contacts with the recipient's number, the oldest first, and whether this item made it. */
type Contacts = { ids: string[]; created: boolean };

/** Where the message goes, and whether this item made that conversation. */
type Place = { id: string; contactId: string; created: boolean };

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
	const contactId = conversation?.contactId ?? ids[0];
	const requests = [
		...(contactId === undefined ? [newContact(recipient)] : []),
		...(conversation ? [] : [newConversation(recipient, contactId ?? 'NEW_CONTACT')]),
	];
	return { contactId, conversationId: conversation?.id, requests };
}

/** For how long a search may not show a contact that was made. */
const NEW_CONTACT_MS = 60_000;

/** The contacts with a number; one that another execution has made a moment ago, if none is shown. */
async function findIds(phone: string, sahut: Sahut): Promise<string[]> {
	const ids = idsOf(await findContacts(sahut, { phone }));
	if (ids.length > 0) return ids;
	const { id, madeAt = 0 } = sahut.workspace.newContact(phone);
	return id !== undefined && sahut.serverNow() - madeAt < NEW_CONTACT_MS ? [id] : [];
}

async function reachContacts(recipient: Recipient, sahut: Sahut): Promise<Contacts> {
	const { phone } = recipient;
	// An earlier item with this number may have made it; Sahut's search may not show it at once.
	const known = await sahut.share<{ ids?: string[] }>(`contact of ${phone}`, async () => ({}));
	const contacts = await sahut.decide<Contacts>(`contact of ${phone}`, async () => {
		const ids = known.ids ?? (await findIds(phone, sahut));
		if (ids.length > 0) return { ids, created: false };
		const { data } = await sahut.request<Contact>(newContact(recipient));
		Object.assign(sahut.workspace.newContact(phone), { id: data.id, madeAt: sahut.serverNow() });
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
			if (existing) return { ...existing, created: false };
			const { data } = await sahut.request<Conversation>({
				...newConversation(recipient, contactId),
				note: `Contact ${contactId} exists.`,
			});
			sahut.workspace.openConversations(channelId).addMade(data, contactId);
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
