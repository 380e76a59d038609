import { createLanes, type Lanes } from './lanes';
import { OpenConversations } from './openConversations';
import type { SentMessage } from './sentMessages';
import { createShelf } from './shelf';

/** Workspaces, and of each the channels and records that are remembered at once. */
const MAX_WORKSPACES = 100;
const MAX_CHANNELS = 100;
const MAX_NEW_CONTACTS = 1_000;
const MAX_CONVERSATIONS = 5_000;

/** For how long it is known what was sent: of two templates with the same values, only this tells them apart. */
const SENT_HOURS = 48;

/** What this n8n process knows of a workspace of Sahut, for all of its executions. */
export interface Workspace {
	/** Of conversations and of people, e.g. `conversation conv_…`, `phone +628…`. */
	inLane: Lanes;
	openConversations(channelId: string): OpenConversations;
	/** What kind a channel is, as its conversations tell. */
	channelKind(channelId: string): ChannelKind;
	/** The contact that was last made for a phone number: Sahut's search may not show it at once. */
	newContact(phone: string): NewContact;
	habits: Habits;
	/** What was sent into a conversation from here, the latest last: lists may not show it at once. */
	sentInto(conversationId: string): SentMessage[];
}

/** How this workspace's API answers what its reference does not say. */
export interface Habits {
	/** By which verb a conversation is updated. */
	updateMethod: 'PUT' | 'PATCH';
	/** Who the sender of messages is that are sent through the API, once one was sent. */
	senderId?: string;
}

/** Empty for a number that none was made for. */
export interface NewContact {
	id?: string;
	/** In milliseconds since the epoch. */
	madeAt?: number;
}

/** Empty while nothing is known. */
export interface ChannelKind {
	/** E.g. `whatsapp` (API reference, "Conversations"). */
	type?: string;
}

/** Of all workspaces: what nobody is in leaves nothing behind, and what somebody is in must not go. */
const inLane = createLanes();

function createWorkspace(id: string) {
	const open = createShelf(MAX_CHANNELS, (channelId) => new OpenConversations(channelId));
	const kinds = createShelf(MAX_CHANNELS, (): ChannelKind => ({}));
	const contacts = createShelf(MAX_NEW_CONTACTS, (): NewContact => ({}));
	const sent = createShelf(MAX_CONVERSATIONS, (): SentMessage[] => [], SENT_HOURS);
	const workspace: Workspace = {
		inLane: async (lanes, task, signal) =>
			await inLane(
				[lanes].flat().map((lane) => `${id} ${lane}`),
				task,
				signal,
			),
		openConversations: open.get,
		channelKind: kinds.get,
		newContact: contacts.get,
		sentInto: sent.get,
		// As contacts are updated; not documented for conversations.
		habits: { updateMethod: 'PUT' },
	};
	return { workspace, shelves: [open, kinds, contacts, sent] };
}

const workspaces = createShelf(MAX_WORKSPACES, createWorkspace, SENT_HOURS);

/**
 * The room for what a process knows of a workspace, kept apart by address and key.
 *
 * @param id `SahutClient.workspaceId`: a hash, so that no key is kept
 */
export function workspaceOf(id: string): Workspace {
	const { workspace } = workspaces.get(id);
	for (const { shelves } of workspaces.all()) for (const shelf of shelves) shelf.tidy();
	return workspace;
}
