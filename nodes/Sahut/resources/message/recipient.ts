import type { ItemClient } from '../../runtime/operation';
import type { Conversation, SahutRequest } from '../../transport/types';
import { createConversationRequest } from '../conversation/requests';
import { learnKind, refuseFirstText } from './channelKind';
import { whatItSays } from './content';
import { findConversation, ifStillOpen, type Recipient } from './findConversation';
import { idsOf, newContactRequest, reachContacts, type ReadContacts } from './recipientContacts';
import { writeInto } from './requests';
import { findWhereSentBefore } from './whereSent';

/** Where the message goes, or has gone (`has`), and whether this item made that conversation. */
type Place = { id: string; contactId: string; created: boolean; has?: string };

function newConversation({ channelId, assigneeId }: Recipient, contactId: string): SahutRequest {
	return createConversationRequest({
		contact_id: contactId,
		channel_id: channelId,
		...(assigneeId && { assignee_id: assigneeId }),
	});
}

/** The contact with the recipient's number that has one of the tags of those not to be written to. */
export async function findTagged(
	recipient: Recipient,
	readContacts: ReadContacts,
	sahut: ItemClient,
): Promise<{ contact_id: string; tag: string } | undefined> {
	const unwanted = new Set(recipient.skipContactTags.map((tag) => tag.toLowerCase()));
	if (unwanted.size === 0) return undefined;
	const place = sahut.decided<Place>(stepFor(recipient));
	// An earlier try has sent it, or may have: that is not undone.
	if (place && sahut.wasTried(writeInto(place.id))) return undefined;
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
	sahut: ItemClient,
): Promise<{ contactId?: string; conversationId?: string; requests: SahutRequest[] }> {
	const ids = idsOf(await readContacts());
	const { found, isOpen } = await findConversation(ids, recipient, sahut);
	if (!found && !isOpen) await refuseFirstText(recipient, sahut);
	const contactId = found?.contactId ?? ids[0];
	const requests = [
		...(contactId === undefined ? [newContactRequest(recipient)] : []),
		...(found ? [] : [newConversation(recipient, contactId ?? 'NEW_CONTACT')]),
	];
	return { contactId, conversationId: found?.id, requests };
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
	sahut: ItemClient,
): Promise<{ contact: { id: string; created: boolean }; conversation: Place }> {
	const { channelId } = recipient;
	const contacts = await reachContacts(recipient, readContacts, sahut);
	const [contactId] = contacts.ids as [string];
	const conversation = await sahut.decide<Place>(
		stepFor(recipient),
		async () => {
			const { found, isOpen } = await findConversation(contacts.ids, recipient, sahut);
			if (found) return { ...found, created: false };
			if (!isOpen) await refuseFirstText(recipient, sahut);
			const { data } = await sahut.request<Conversation>({
				...newConversation(recipient, contactId),
				note: `Contact ${contactId} exists.`,
			});
			learnKind(data, channelId, sahut);
			sahut.workspace.openConversations(channelId).addMade(data, contactId);
			return { id: data.id, contactId, created: true };
		},
		async ({ id, created, has }) => {
			if (sahut.wasTried(writeInto(id))) return true;
			if (has !== undefined) return has === whatItSays(recipient.content);
			// Another execution may have sent it elsewhere since.
			if (await findWhereSentBefore(contacts.ids, recipient, id, sahut)) return false;
			return created || (await ifStillOpen(id, contacts.ids, channelId, sahut)) !== undefined;
		},
	);
	return {
		contact: { id: conversation.contactId, created: contacts.created },
		conversation,
	};
}
