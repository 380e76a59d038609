import type { Sahut } from '../../runtime/operation';
import type { SahutClient } from '../../transport/client';
import { fetchList } from '../../transport/pagination';
import type { Contact, Conversation, SahutRequest } from '../../transport/types';
import { createContactRequest, findContact } from '../contact/findContact';
import { createConversationRequest } from '../conversation/createConversation';

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
}

interface Found {
	id: string;
	/** Whether this item made it. */
	created: boolean;
}

/** Contact → the conversation that is open or pending, the one with the latest activity if several. */
type OpenConversations = Map<string, Pick<Conversation, 'id' | 'updated_at'>>;

/** Those that a message can join. */
const REUSABLE_STATUSES = ['open', 'pending'] as const;

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
	return new Map(
		lists
			.flat()
			.sort((a, b) => Date.parse(a.updated_at) - Date.parse(b.updated_at))
			.map((conversation) => [conversation.contact.id, conversation]),
	);
}

async function openConversations(
	{ channelId }: Recipient,
	sahut: Sahut,
): Promise<OpenConversations> {
	return await sahut.share(
		`open conversations of ${channelId}`,
		async () => await fetchOpenConversations(channelId, sahut),
	);
}

function newContact({ phone, contactName }: Recipient): SahutRequest {
	return createContactRequest({ name: contactName || phone, phone });
}

function newConversation({ channelId, assigneeId }: Recipient, contactId: string): SahutRequest {
	return createConversationRequest({
		contact_id: contactId,
		channel_id: channelId,
		...(assigneeId && { assignee_id: assigneeId }),
	});
}

/**
 * Looks up the contact and the conversation of a recipient, and changes nothing.
 *
 * @returns what is there, and the requests that would make what is not
 */
export async function findRecipient(
	recipient: Recipient,
	sahut: Sahut,
): Promise<{
	contact?: Contact;
	conversation?: Pick<Conversation, 'id'>;
	requests: SahutRequest[];
}> {
	const contact = await findContact(sahut, { phone: recipient.phone });
	const conversation =
		contact && recipient.reuseOpenConversation
			? (await openConversations(recipient, sahut)).get(contact.id)
			: undefined;
	const requests = [
		...(contact ? [] : [newContact(recipient)]),
		...(conversation ? [] : [newConversation(recipient, contact?.id ?? 'NEW_CONTACT')]),
	];
	return { contact, conversation, requests };
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
): Promise<{ contact: Found; conversation: Found }> {
	const { phone, channelId, reuseOpenConversation } = recipient;
	// An earlier item with this number may have made it; Sahut's search may not show it at once.
	const known = await sahut.share<{ id?: string }>(`contact of ${phone}`, async () => ({}));
	const contact = await sahut.decide(`contact of ${phone}`, async () => {
		const existing = known.id ?? (await findContact(sahut, { phone }))?.id;
		if (existing !== undefined) return { id: existing, created: false };
		const { data } = await sahut.request<Contact>(newContact(recipient));
		return { id: data.id, created: true };
	});
	known.id = contact.id;
	const conversation = await sahut.decide(
		`conversation of ${contact.id} on ${channelId}, ${reuseOpenConversation ? 'open' : 'new'}`,
		async () => {
			const open = reuseOpenConversation ? await openConversations(recipient, sahut) : undefined;
			const existing = open?.get(contact.id);
			if (existing) return { id: existing.id, created: false };
			const { data } = await sahut.request<Conversation>({
				...newConversation(recipient, contact.id),
				note: `Contact ${contact.id} exists.`,
			});
			open?.set(contact.id, data);
			return { id: data.id, created: true };
		},
	);
	return { contact, conversation };
}
