import { writeKey } from '../processCache/recentWrites';
import { isMethodNotAllowed, undefinedIfNotFound } from '../transport/errors';
import { fetchPage } from '../transport/pages';
import type {
	Conversation,
	ConversationChanges,
	NewConversation,
	SahutClient,
	SahutRequest,
} from '../transport/types';
import { containsValues } from './containsValues';
import type { ItemClient, WriteSearch } from './itemClient';
import { pollForLostWrite, LOST_WRITE_MS } from './lostWrites';
import { findRememberedWrites, write } from './write';
import { mayBeCreatedBy, earliestRecordTime } from './recordTimes';

const wordingOf = (verb: 'read' | 'update', conversationId: string) => ({
	action: `${verb} conversation "${conversationId}"`,
	target: `Conversation "${conversationId}"`,
});

/**
 * Fetches a conversation by `GET /conversations/{id}` (API reference, "Conversations").
 *
 * @throws NodeApiError
 */
export async function getConversation(
	sahut: SahutClient,
	conversationId: string,
): Promise<Conversation> {
	const path = ['conversations', conversationId];
	const request = { method: 'GET', path, expects: 'record' } as const;
	return (await sahut.request<Conversation>(request, wordingOf('read', conversationId))).data;
}

/**
 * Returns the type of a channel, e.g. `whatsapp`, from any conversation on the channel. A process
 * requests it only once.
 *
 * @returns undefined if the channel has no conversations
 * @throws NodeApiError if conversations cannot be read
 */
export async function fetchChannelType(
	channelId: string,
	sahut: ItemClient,
): Promise<string | undefined> {
	const index = sahut.cache.conversationIndex(channelId);
	if (index.channelType === undefined) {
		const { data } = await fetchPage<Conversation>(sahut, index.listRequest(), 1, 1);
		for (const conversation of data) index.update(conversation, 'list');
	}
	return index.channelType;
}

/** Returns the request that creates a conversation, which a Dry Run outputs. */
export function createConversationRequest(body: NewConversation): SahutRequest {
	return { method: 'POST', path: ['conversations'], body, expects: 'record' };
}

/** Returns the ledger's key of a new conversation. */
export const newConversationKey = ({ contact_id, channel_id }: NewConversation) =>
	`POST /conversations ${contact_id} ${channel_id}`;

const memoryKey = ({ contact_id, channel_id }: NewConversation, { cache }: ItemClient) =>
	writeKey('conversation', cache.address, contact_id, channel_id);

/** Finds the conversation that an earlier request may have created. @returns its ID */
async function findCreated(
	body: NewConversation,
	search: WriteSearch,
	sahut: ItemClient,
): Promise<string | undefined> {
	const { contact_id, channel_id } = body;
	const index = sahut.cache.conversationIndex(channel_id);
	const since = earliestRecordTime(sahut, search);
	const startedAt = sahut.toServerTime(sahut.tryStartedAt);
	const writes = findRememberedWrites(
		sahut.cache.recentRecords,
		[memoryKey(body, sahut)],
		search.sentAt,
	);
	// A list that was read since this try began contains the conversations that earlier tries created. A
	// lost write may be too recent for the list.
	const isIndexed =
		search.kind === 'retryWithoutLedger' &&
		index.isComplete(since, startedAt) &&
		writes.every(({ id }) => id !== undefined);
	if (!isIndexed) await index.refresh(sahut, since);
	// Oldest first: if several items created one for the same contact, they find theirs in item order.
	const byAge = index.findByContacts([contact_id]).sort((a, b) => a.createdAt - b.createdAt);
	return byAge.find((each) => mayBeCreatedBy(each, sahut, search))?.id;
}

/**
 * Finds the conversation that this process may have created by a request that lost its response less than a
 * minute ago. Waits until the conversation can be found, or the minute is over.
 *
 * @returns its ID; undefined if no such response was lost, or the request created nothing
 * @throws NodeApiError if conversations cannot be read
 */
export async function findLostConversation(
	body: NewConversation,
	sahut: ItemClient,
): Promise<string | undefined> {
	const since = sahut.now() - LOST_WRITE_MS;
	const writes = findRememberedWrites(sahut.cache.recentRecords, [memoryKey(body, sahut)], since);
	const lost = writes.filter(({ id }) => id === undefined);
	const [latest] = lost;
	if (!latest) return undefined;
	const search = {
		kind: 'retryWithoutLedger',
		sentAt: latest.at,
		isFromKnownWrite: () => false,
	} as const;
	return await pollForLostWrite(sahut, lost, async () => await findCreated(body, search, sahut));
}

/**
 * Creates a conversation by `POST /conversations` (API reference, "Conversations").
 *
 * @param note a sentence for errors about the records that already exist
 * @returns the conversation, and whether it is new
 * @throws NodeApiError, UnknownOutcomeError
 */
export async function createConversation(
	body: NewConversation,
	sahut: ItemClient,
	note?: string,
): Promise<{ conversation: Conversation; origin: Origin }> {
	const { contact_id, channel_id } = body;
	const index = sahut.cache.conversationIndex(channel_id);
	const fetchCreated = async (id: string) => {
		const found = await getConversation(sahut, id).catch(undefinedIfNotFound);
		if (found) index.update(found, 'write', contact_id);
		return found;
	};
	const conversation = await write<Conversation>(
		{
			key: newConversationKey(body),
			request: createConversationRequest(body),
			body: () => body,
			wording: {
				action: `create a conversation with contact "${contact_id}"`,
				target: 'The contact or the channel',
				advice: {
					404: 'Check the IDs of the contact and of the channel.',
					422: 'Check the IDs of the contact, of the channel and, if given, of the assignee.',
				},
				note,
			},
			memory: sahut.cache.recentRecords,
			memoryKeys: () => [memoryKey(body, sahut)],
			async find(_, search) {
				const hasNoLedger = search.kind === 'retryWithoutLedger';
				if (hasNoLedger && sahut.isCreatedInThisTry(contact_id)) return undefined;
				const id = await findCreated(body, search, sahut);
				return id === undefined ? undefined : await fetchCreated(id);
			},
			readById: fetchCreated,
			onResponse: (record) => index.update(record, 'write', contact_id),
		},
		sahut,
	);
	return findCreatedByItem(body, sahut) ?? { conversation, origin: 'earlierTry' };
}

/** `Date` headers and `created_at` may both be truncated to whole seconds. */
const CREATION_TOLERANCE_MS = 2_000;

/**
 * The origin of a conversation: created by this try, created by an earlier try, or existing: Sahut returned
 * one that is older than the request.
 */
export type Origin = 'new' | 'earlierTry' | 'existing';

/**
 * Returns the conversation that Sahut returned to this item's `POST /conversations`, in any try.
 *
 * @returns undefined if there is none
 */
export function findCreatedByItem(
	body: NewConversation,
	sahut: ItemClient,
): { conversation: Conversation; origin: Origin } | undefined {
	const past = sahut.past(newConversationKey(body));
	if (past.kind !== 'done') return undefined;
	const conversation = past.record as Conversation;
	const { sentAt = -Infinity } = past;
	const since = sahut.toServerTime(sentAt) - CREATION_TOLERANCE_MS;
	if (Date.parse(conversation.created_at) < since) return { conversation, origin: 'existing' };
	return { conversation, origin: sahut.isCreatedInThisTry(conversation.id) ? 'new' : 'earlierTry' };
}

/**
 * Returns a conversation with the field names of an update. The documented response contains no team. If
 * the team is missing, it is unknown, so the node sends a given team every time. This cannot cause an
 * endless loop: no event for a change of only the team is documented.
 */
function toUpdateFields(conversation: Conversation & { team_id?: unknown; team?: unknown }) {
	const { assignee, team, team_id = Object(team).id } = conversation;
	return { ...conversation, assignee_id: assignee?.id ?? null, team_id };
}

/**
 * Updates a conversation. Sends nothing if the conversation already has all values: otherwise, a workflow
 * that is triggered by its own updates would never end. Call this function in the lane of the conversation, so
 * that this process does not change the conversation between the read and the write.
 *
 * The method is not documented. If Sahut responds to PUT with 405, the node sends PATCH; if Sahut accepts
 * it, the node uses PATCH from then on.
 *
 * @param conversation the conversation, read immediately before
 * @throws NodeApiError, UnknownOutcomeError
 */
export async function updateConversation(
	conversationId: string,
	conversation: Conversation,
	changes: ConversationChanges,
	sahut: ItemClient,
): Promise<Conversation> {
	if (containsValues(toUpdateFields(conversation), changes)) return conversation;
	const { observedApi, conversationIndex } = sahut.cache;
	const updateWith = async (method: SahutRequest['method']) =>
		await write<Conversation>(
			{
				key: `PUT /conversations/${conversationId}`,
				request: { method, path: ['conversations', conversationId] },
				body: () => changes,
				wording: {
					...wordingOf('update', conversationId),
					advice: {
						422: 'Check the status and the IDs of the assignee and the team for this item.',
					},
				},
				memory: sahut.cache.recentRecords,
				memoryKeys: () => [],
				async find(sent) {
					const found = await getConversation(sahut, conversationId);
					// An earlier try may not have sent a field that the conversation had at that time.
					return containsValues(toUpdateFields(found), { ...changes, ...sent }) ? found : undefined;
				},
				onResponse(record) {
					if (record.channel?.id) conversationIndex(record.channel.id).update(record, 'write');
				},
			},
			sahut,
		);
	const method = observedApi.updateMethod;
	return await updateWith(method).catch(async (error: unknown) => {
		if (method !== 'PUT' || !isMethodNotAllowed(error)) throw error;
		const updated = await updateWith('PATCH');
		observedApi.updateMethod = 'PATCH';
		return updated;
	});
}
