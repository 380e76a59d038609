import type { Clock } from '../transport/clock';
import { ConversationIndex } from './conversationIndex';
import { createLanes, type Lanes } from './lanes';
import { createLruCache } from './lruCache';
import { createObservedApi, type ObservedApi } from './observedApi';
import { RecentWrites } from './recentWrites';

const MAX_WORKSPACES = 100;
const MAX_CHANNELS = 100;

/** Uses about 17 MB if each message is in a different conversation. */
const MAX_MESSAGES = 100_000;
const MAX_RECORDS = 10_000;

/** The data that all executions of this n8n process share about a workspace. */
export interface ProcessCache {
	/**
	 * Runs a task in the lanes of records and phone numbers, e.g. `conversation conv_…`, `phone +628…`. All
	 * workspaces share these lanes.
	 */
	runInLane: Lanes;
	/** Returns the index of the conversations on a channel. */
	conversationIndex(channelId: string): ConversationIndex;
	observedApi: ObservedApi;
	/** The messages that this process has sent, to all addresses and with all API keys. */
	recentMessages: RecentWrites;
	/** The contacts and conversations that this process has written. A separate store: they evict no messages. */
	recentRecords: RecentWrites;
	/** A hash of the API's address; IDs are unique within an address. */
	address: string;
}

/** Shared by all workspaces: it does no harm to wait for an unrelated request for the same number. */
const runInLane = createLanes();

const recentMessages = new RecentWrites(MAX_MESSAGES);
const recentRecords = new RecentWrites(MAX_RECORDS);

function createWorkspaces(clock: Clock) {
	const now = () => clock.now();
	return createLruCache(
		MAX_WORKSPACES,
		() => {
			const indexes = createLruCache(
				MAX_CHANNELS,
				(channelId) => new ConversationIndex(channelId, now),
				{ now },
			);
			return { conversationIndex: indexes.get, observedApi: createObservedApi(now) };
		},
		{ now },
	);
}

/** Created with the clock of the first caller: all executions of a process have the same one. */
let workspaces: ReturnType<typeof createWorkspaces> | undefined;

/**
 * Returns the shared data of a workspace.
 *
 * Data that depends on the permissions of an API key (lists, searches by phone number or email, the API's
 * sender) is stored per address and key.
 *
 * @param workspace `SahutClient.workspaceId` and `SahutClient.addressId`. Both are hashes, so that no API
 * key is stored. `clock` is this machine's clock; it must not refer to an execution, since the cache never
 * releases it.
 */
export function getProcessCache(workspace: {
	id: string;
	address: string;
	clock: Clock;
}): ProcessCache {
	const { id, address, clock } = workspace;
	workspaces ??= createWorkspaces(clock);
	return { runInLane, recentMessages, recentRecords, address, ...workspaces.get(id) };
}
