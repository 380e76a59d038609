import { ConversationIndex } from './conversationIndex';
import { createLanes, type Lanes } from './lanes';
import { createLruCache } from './lruCache';
import { createObservedApi, type ObservedApi } from './observedApi';
import { RecentWrites } from './recentWrites';

const MAX_WORKSPACES = 100;
const MAX_CHANNELS = 100;

/** About 17 MB if all of them are in different conversations. */
const MAX_MESSAGES = 100_000;
const MAX_RECORDS = 10_000;

/** What this n8n process knows of a workspace, for all executions. */
export interface ProcessCache {
	/** Lanes of records and phone numbers, e.g. `conversation conv_…`, `phone +628…`, of all workspaces. */
	runInLane: Lanes;
	conversationIndex(channelId: string): ConversationIndex;
	observedApi: ObservedApi;
	/** The messages that this process has sent, for all API keys of an address. */
	recentMessages: RecentWrites;
	/** The contacts and conversations that it has written; stored apart, so that they evict no message. */
	recentRecords: RecentWrites;
	/** The address of the API, as a hash: the scope of IDs. */
	address: string;
}

/** Shared by all workspaces: waiting for an unrelated request for the same number does no harm. */
const runInLane = createLanes();

const recentMessages = new RecentWrites(MAX_MESSAGES);
const recentRecords = new RecentWrites(MAX_RECORDS);

const workspaces = createLruCache(MAX_WORKSPACES, () => {
	const indexes = createLruCache(MAX_CHANNELS, (channelId) => new ConversationIndex(channelId));
	return { conversationIndex: indexes.get, observedApi: createObservedApi() };
});

/**
 * Returns what this process knows of a workspace. Data that depends on what an API key may see (lists,
 * searches by phone number or email, the API's sender) is stored per address and key.
 *
 * @param workspace `SahutClient.workspaceId` and `addressId`: hashes, so that no API key is stored
 */
export function getProcessCache(workspace: { id: string; address: string }): ProcessCache {
	const { id, address } = workspace;
	return { runInLane, recentMessages, recentRecords, address, ...workspaces.get(id) };
}
