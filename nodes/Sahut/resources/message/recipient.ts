import type { Sahut } from '../../runtime/operation';
import type { Contact, Conversation, SahutRequest } from '../../transport/types';
import { createContactRequest, findContacts } from '../contact/findContact';
import { createConversationRequest } from '../conversation/createConversation';
import { learnKind, refuseFirstText } from './channelKind';
import { findConversation, ifStillOpen, type Recipient } from './findConversation';
import { sendRequest } from './sendRequest';

/** The contacts with the recipient's number, the oldest first, and whether this item made it. */
type Contacts = { ids: string[]; created: boolean };

/** Where the message goes, and whether this item made that conversation. */
type Place = { id: string; contactId: string; created: boolean };

/** The contacts with the recipient's number, as Sahut has them now: read when they are first needed. */
export type ReadContacts = () => Promise<Contact[]>;

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

/** @throws UserError for a text that is certain to be refused. */
async function checkFirstMessage(recipient: Recipient, sahut: Sahut): Promise<void> {
	const { phone, channelId, content } = recipient;
	if (!content.template) await refuseFirstText(phone, channelId, sahut);
}

/** The contacts with a number, read when first asked for. */
export function contactsOf({ phone, countryCode }: Recipient, sahut: Sahut): ReadContacts {
	let reading: Promise<Contact[]> | undefined;
	return async () => await (reading ??= findContacts(sahut, { phone, countryCode }));
}

/** The contact with the recipient's number that has one of the tags of those not to be written to. */
export async function findTagged(
	recipient: Recipient,
	readContacts: ReadContacts,
	sahut: Sahut,
): Promise<{ contact_id: string; tag: string } | undefined> {
	const unwanted = new Set(recipient.skipContactTags.map((tag) => tag.toLowerCase()));
	if (unwanted.size === 0) return undefined;
	const place = sahut.decided<Place>(stepFor(recipient));
	// An earlier try has sent it, or may have: that is not undone.
	if (place && sahut.wasTried(sendRequest(place.id, {}))) return undefined;
	for (const { id, tags } of await readContacts()) {
		const tag = (tags ?? []).find((each) => unwanted.has(String(each).trim().toLowerCase()));
		if (tag !== undefined) return { contact_id: id, tag };
	}
	return undefined;
}

/**
 * Looks up the contact and the conversation of a recipient, and changes nothing.
 *
 * @returns the IDs of what is there, and the requests that would make what is not
 * @throws as {@link reachRecipient} does
 */
export async function findRecipient(
	recipient: Recipient,
	readContacts: ReadContacts,
	sahut: Sahut,
): Promise<{ contactId?: string; conversationId?: string; requests: SahutRequest[] }> {
	const ids = idsOf(await readContacts());
	const { found, isOpen } = await findConversation(ids, recipient, sahut);
	if (!found && !isOpen) await checkFirstMessage(recipient, sahut);
	const contactId = found?.contactId ?? ids[0];
	const requests = [
		...(contactId === undefined ? [newContact(recipient)] : []),
		...(found ? [] : [newConversation(recipient, contactId ?? 'NEW_CONTACT')]),
	];
	return { contactId, conversationId: found?.id, requests };
}

/** For how long a search may not show a contact that was made. */
const NEW_CONTACT_MS = 60_000;

/** The contacts with a number; one that another execution has made a moment ago, if none is shown. */
async function findIds(phone: string, readContacts: ReadContacts, sahut: Sahut): Promise<string[]> {
	const ids = idsOf(await readContacts());
	if (ids.length > 0) return ids;
	const { id, madeAt = 0 } = sahut.workspace.newContact(phone);
	return id !== undefined && sahut.serverNow() - madeAt < NEW_CONTACT_MS ? [id] : [];
}

async function reachContacts(
	recipient: Recipient,
	readContacts: ReadContacts,
	sahut: Sahut,
): Promise<Contacts> {
	const { phone } = recipient;
	// An earlier item with this number may have made it; Sahut's search may not show it at once.
	const known = await sahut.share<{ ids?: string[] }>(`contact of ${phone}`, async () => ({}));
	const contacts = await sahut.decide<Contacts>(`contact of ${phone}`, async () => {
		const ids = known.ids ?? (await findIds(phone, readContacts, sahut));
		if (ids.length > 0) return { ids, created: false };
		await checkFirstMessage(recipient, sahut);
		const { data } = await sahut.request<Contact>(newContact(recipient));
		Object.assign(sahut.workspace.newContact(phone), { id: data.id, madeAt: sahut.serverNow() });
		return { ids: [data.id], created: true };
	});
	known.ids = contacts.ids;
	return contacts;
}

/** The choice of a conversation, in the ledger. */
function stepFor({ phone, channelId }: Recipient): string {
	return `conversation with ${phone} on ${channelId}`;
}

/**
 * Finds or makes the contact of a phone number and a conversation with it on a channel. What was
 * found or made is recorded for the item, so that it is the same when n8n runs the node again.
 *
 * @throws NodeApiError; when the contact is there and the conversation is not, it says so. UserError
 * before anything is made, for a text that is certain to be refused, and when it cannot be told whether
 * the message was sent before.
 */
export async function reachRecipient(
	recipient: Recipient,
	readContacts: ReadContacts,
	sahut: Sahut,
): Promise<{ contact: { id: string; created: boolean }; conversation: Place }> {
	const { channelId } = recipient;
	const contacts = await reachContacts(recipient, readContacts, sahut);
	const [contactId] = contacts.ids as [string];
	const conversation = await sahut.decide<Place>(
		stepFor(recipient),
		async () => {
			const { found, isOpen } = await findConversation(contacts.ids, recipient, sahut);
			if (found) return { ...found, created: false };
			if (!isOpen) await checkFirstMessage(recipient, sahut);
			const { data } = await sahut.request<Conversation>({
				...newConversation(recipient, contactId),
				note: `Contact ${contactId} exists.`,
			});
			learnKind(data, channelId, sahut);
			sahut.workspace.openConversations(channelId).addMade(data, contactId);
			return { id: data.id, contactId, created: true };
		},
		async ({ id, created }) =>
			created ||
			sahut.wasTried(sendRequest(id, {})) ||
			(await ifStillOpen(id, contacts.ids, channelId, sahut)) !== undefined,
	);
	return {
		contact: { id: conversation.contactId, created: contacts.created },
		conversation,
	};
}
