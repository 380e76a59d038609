import type { FastifyReply, FastifyRequest } from 'fastify';
import { ApiError } from '../errors';
import { conversationData, type Agent, type Conversation } from '../records';
import type { OutgoingMessage, Store } from '../store';
import { filterNewestFirst, paginate, type PageQuery } from './page';

interface ConversationParams {
	conversation_id: string;
}

interface ConversationFilters {
	status?: Conversation['status'];
	channel_id?: string;
	assignee_id?: string;
}

/** The body of `POST /conversations`. */
export interface NewConversation {
	contact_id: string;
	channel_id: string;
	message?: Pick<OutgoingMessage, 'content' | 'template_id'>;
	assignee_id?: string;
}

interface ConversationChanges {
	status?: Conversation['status'];
	assignee_id?: string | null;
	team_id?: string;
	labels?: string[];
}

const UNASSIGNED = 'unassigned';

/** Returns a conversation. @throws {ApiError} 404 for an unknown ID. */
export function requireConversation(store: Store, id: string): Conversation {
	const conversation = store.conversations.get(id);
	if (!conversation) throw new ApiError(404, 'Conversation not found');
	return conversation;
}

function passes({ status, channel_id, assignee_id }: ConversationFilters) {
	return (conversation: Conversation) =>
		(status === undefined || conversation.status === status) &&
		(channel_id === undefined || conversation.channel.id === channel_id) &&
		(assignee_id === undefined || (conversation.assignee?.id ?? UNASSIGNED) === assignee_id);
}

/** Sorts by latest activity first. Stable within the same second. */
function byActivity(a: Conversation, b: Conversation): number {
	return Number(a.updated_at < b.updated_at) - Number(a.updated_at > b.updated_at);
}

function requireAgent(store: Store, id: string): Agent {
	const agent = store.agents.get(id);
	if (!agent) throw new ApiError(422, 'assignee_id: agent not found');
	return agent;
}

/** Creates the handlers for conversations. */
export function conversationHandlers(store: Store) {
	return {
		async listConversations(
			request: FastifyRequest<{ Querystring: ConversationFilters & PageQuery }>,
		) {
			const rows = filterNewestFirst(store.conversations, passes(request.query));
			if (store.conversationOrder === 'activity') rows.sort(byActivity);
			return paginate(rows, request.query, conversationData);
		},

		async getConversation(request: FastifyRequest<{ Params: ConversationParams }>) {
			return { data: conversationData(requireConversation(store, request.params.conversation_id)) };
		},

		async createConversation(
			request: FastifyRequest<{ Body: NewConversation }>,
			reply: FastifyReply,
		) {
			const { contact_id, channel_id, message, assignee_id } = request.body;
			const contact = store.contacts.get(contact_id);
			if (!contact) throw new ApiError(422, 'contact_id: contact not found');
			const channel = store.channels.get(channel_id);
			if (!channel) throw new ApiError(422, 'channel_id: channel not found');
			const assignee = assignee_id === undefined ? null : requireAgent(store, assignee_id);
			// Validates the first message before the conversation is stored.
			if (message) store.renderContent({ channel, contact }, message);
			const conversation = store.addConversation({ contact, channel, assignee });
			if (message) store.send(conversation.id, message);
			reply.code(201);
			return { data: conversationData(conversation) };
		},

		async updateConversation(
			request: FastifyRequest<{ Params: ConversationParams; Body: ConversationChanges }>,
		) {
			const conversation = requireConversation(store, request.params.conversation_id);
			const { assignee_id, ...others } = request.body;
			const changes: Partial<Conversation> = { ...others };
			if (assignee_id === null) changes.assignee = null;
			else if (assignee_id !== undefined) changes.assignee = requireAgent(store, assignee_id);
			store.updateConversation(conversation, changes);
			return { data: conversationData(conversation) };
		},
	};
}
