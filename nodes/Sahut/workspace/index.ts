import { createLanes, type Lanes } from './lanes';
import { OpenConversations } from './openConversations';

/** Workspaces, and channels of each, that are remembered at once. */
const MAX_WORKSPACES = 100;
const MAX_CHANNELS = 100;
const MAX_NEW_CONTACTS = 1_000;

/** What was not used for so long is forgotten. */
const UNUSED_MS = 60 * 60 * 1_000;

/** What this n8n process knows of a workspace of Sahut, for all of its executions. */
export interface Workspace {
	/** Of conversations and of people, e.g. `conversation conv_…`, `phone +628…`. */
	inLane: Lanes;
	openConversations(channelId: string): OpenConversations;
	/** The contact that was last made for a phone number: Sahut's search may not show it at once. */
	newContact(phone: string): NewContact;
}

/** Empty for a number that none was made for. */
export interface NewContact {
	id?: string;
	/** In milliseconds since the epoch. */
	madeAt?: number;
}

/** Things by name, made when they are first asked for; those that are unused or too many go. */
function createShelf<T>(max: number, make: (name: string) => T) {
	const shelf = new Map<string, { thing: T; usedAt: number }>();
	return (name: string): T => {
		const now = Date.now();
		const thing = shelf.get(name)?.thing ?? make(name);
		// Put at the end: the one that was used longest ago comes first.
		shelf.delete(name);
		shelf.set(name, { thing, usedAt: now });
		for (const [other, { usedAt }] of shelf) {
			if (shelf.size <= max && now - usedAt < UNUSED_MS) break;
			shelf.delete(other);
		}
		return thing;
	};
}

/** Of all workspaces: what nobody is in leaves nothing behind, and what somebody is in must not go. */
const inLane = createLanes();

/**
 * The room for what a process knows of a workspace, kept apart by address and key.
 *
 * @param id `SahutClient.workspaceId`: a hash, so that no key is kept
 */
export const workspaceOf = createShelf(
	MAX_WORKSPACES,
	(id): Workspace => ({
		inLane: async (lanes, task, signal) =>
			await inLane(
				[lanes].flat().map((lane) => `${id} ${lane}`),
				task,
				signal,
			),
		openConversations: createShelf(MAX_CHANNELS, (channelId) => new OpenConversations(channelId)),
		newContact: createShelf(MAX_NEW_CONTACTS, (): NewContact => ({})),
	}),
);
