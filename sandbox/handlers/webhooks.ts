import type { FastifyReply, FastifyRequest } from 'fastify';
import { ApiError } from '../errors';
import type { Webhook } from '../records';
import type { Store } from '../store';

const LOOPBACK_HOSTS = new Set(['localhost', '127.0.0.1', '[::1]']);

/**
 * Checks the URL of a webhook. Sahut accepts only HTTPS. The sandbox also accepts HTTP to this machine, so
 * that tests need no certificate.
 * @throws {ApiError} 422 for any other URL.
 */
function assertReceiver(url: string): void {
	const { protocol, hostname } = new URL(url);
	if (protocol === 'https:' || (protocol === 'http:' && LOOPBACK_HOSTS.has(hostname))) return;
	throw new ApiError(422, 'url must be an HTTPS address');
}

/** Creates the handlers for webhooks. */
export function webhookHandlers(store: Store) {
	return {
		async createWebhook(
			request: FastifyRequest<{ Body: Pick<Webhook, 'url' | 'events'> }>,
			reply: FastifyReply,
		) {
			const { url, events } = request.body;
			assertReceiver(url);
			if (events.length === 0) throw new ApiError(422, 'events must name at least one event');
			const webhook = store.addWebhook({ url, events });
			reply.code(201);
			return { data: webhook };
		},

		async deleteWebhook(
			request: FastifyRequest<{ Params: { webhook_id: string } }>,
			reply: FastifyReply,
		) {
			const deleted = store.deleteWebhook(request.params.webhook_id);
			if (!deleted) throw new ApiError(404, 'Webhook not found');
			return reply.code(204).send();
		},
	};
}
