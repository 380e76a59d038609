import type { FastifyReply, FastifyRequest } from 'fastify';
import { messageData } from '../records';
import type { OutgoingMessage, Store } from '../store';
import { requireConversation } from './conversations';
import { paginate, type PageQuery } from './page';

interface ConversationParams {
	conversation_id: string;
}

/** Creates the handlers for messages. */
export function messageHandlers(store: Store) {
	return {
		async listMessages(
			request: FastifyRequest<{ Params: ConversationParams; Querystring: PageQuery }>,
		) {
			const { id } = requireConversation(store, request.params.conversation_id);
			return paginate(store.messages(id), request.query, (message) =>
				messageData(message, request.host),
			);
		},

		async sendMessage(
			request: FastifyRequest<{ Params: ConversationParams; Body: OutgoingMessage }>,
			reply: FastifyReply,
		) {
			const { id } = requireConversation(store, request.params.conversation_id);
			const message = store.send(id, request.body);
			reply.code(201);
			return { data: messageData(message, request.host) };
		},
	};
}
