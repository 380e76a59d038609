import type { FastifyRequest } from 'fastify';
import type { Handler } from '../contract';
import type { Deviations } from '../deviations';
import { ApiError } from '../errors';
import { contactHandlers } from '../handlers/contacts';
import { conversationHandlers, type NewConversation } from '../handlers/conversations';
import { paginate, type Page, type PageQuery } from '../handlers/page';
import { contactRow, conversationData, type Contact, type Conversation } from '../records';
import type { Store } from '../store';
import { applyAttributeTypes } from './attributes';
import { trackNewRecords, createStaleView } from './store';

type Row = { id: string } & Partial<Contact>;

/** Matches a phone number with any separators between its digits. */
const DIGITS_ONLY = /^[\d\s().-]+$/;

/** Returns a copy of the request with replaced parts. */
function requestWith(request: FastifyRequest, parts: Partial<FastifyRequest>): FastifyRequest {
	return Object.defineProperties(
		Object.create(request),
		Object.getOwnPropertyDescriptors(parts),
	) as FastifyRequest;
}

const digits = (text: string | null | undefined) => text?.replaceAll(/\D/g, '') ?? '';

/** Returns whether the deviating search finds a contact. */
function matchesSearch(deviations: Deviations, q: string) {
	const wanted = q.toLowerCase();
	return ({ name, phone, email }: Row): boolean => {
		const values = [name, phone, email].map((value) => value?.toLowerCase());
		if (deviations.has('exact-search')) return values.includes(wanted);
		if (values.some((value) => value?.includes(wanted))) return true;
		return DIGITS_ONLY.test(q) && digits(phone).includes(digits(q));
	};
}

/** Wraps a list: reads all rows from the handler, applies the deviations, and cuts out the page. */
function deviateList(
	handler: Handler,
	deviations: Deviations,
	isLate: (row: Row) => boolean,
): Handler {
	return async (request, reply) => {
		const { q, ...query } = request.query as PageQuery & { q?: string };
		const otherSearch = deviations.has('exact-search') || deviations.has('raw-phones');
		const all = {
			...query,
			...(!otherSearch && { q }),
			page: 1,
			per_page: Number.MAX_SAFE_INTEGER,
		};
		const { data } = (await handler(requestWith(request, { query: all }), reply)) as Page<Row>;
		const rows = data
			.filter((row) => !isLate(row))
			.filter(otherSearch && q !== undefined ? matchesSearch(deviations, q) : () => true);
		// Messages are listed oldest first by the reference.
		const isThread = request.url.split('?')[0]!.endsWith('/messages');
		if (deviations.has('oldest-first') && !isThread) rows.reverse();
		return paginate(rows, query, (row) => row);
	};
}

/** Merges the given attributes into the existing ones. */
function mergeAttributes(handler: Handler, store: Store): Handler {
	return async (request, reply) => {
		const body = request.body as Partial<Contact>;
		const { contact_id } = request.params as { contact_id: string };
		const existing = store.contacts.get(contact_id)?.custom_attributes;
		if (!body.custom_attributes) return await handler(request, reply);
		const merged = { ...body, custom_attributes: { ...existing, ...body.custom_attributes } };
		return await handler(requestWith(request, { body: merged }), reply);
	};
}

/** Converts or checks custom attributes by their defined types. */
function readAttributes(handler: Handler, store: Store, deviations: Deviations): Handler {
	return async (request, reply) => {
		const body = request.body as Partial<Contact>;
		if (!body.custom_attributes) return await handler(request, reply);
		const custom_attributes = applyAttributeTypes(
			body.custom_attributes,
			store.attributeTypes,
			deviations,
		);
		return await handler(requestWith(request, { body: { ...body, custom_attributes } }), reply);
	};
}

/** Rejects a phone number that another contact has. */
function requireUniquePhone(handler: Handler, store: Store): Handler {
	return async (request, reply) => {
		const { phone } = request.body as Partial<Contact>;
		const { contact_id } = request.params as { contact_id?: string };
		for (const contact of store.contacts.values()) {
			if (phone && contact.phone === phone && contact.id !== contact_id) {
				throw new ApiError(422, 'phone has already been taken');
			}
		}
		return await handler(request, reply);
	};
}

/** Finds the contact's conversation on the channel with the latest activity. Of equal ones, the newest. */
function latestConversation(
	store: Store,
	{ contact_id, channel_id }: NewConversation,
): Conversation | undefined {
	let latest: Conversation | undefined;
	for (const conversation of store.conversations.values()) {
		if (conversation.contact.id !== contact_id || conversation.channel.id !== channel_id) continue;
		if (!latest || conversation.updated_at >= latest.updated_at) latest = conversation;
	}
	return latest;
}

/** Returns an existing conversation unchanged instead of creating one. */
function reuseConversation(handler: Handler, store: Store): Handler {
	return async (request, reply) => {
		const body = request.body as NewConversation;
		const existing = latestConversation(store, body);
		if (!existing) return await handler(request, reply);
		if (body.message) store.send(existing.id, body.message);
		reply.code(200);
		return { data: conversationData(existing) };
	};
}

/** Rejects messages into conversations that are resolved or snoozed. */
function requireOpenConversation(handler: Handler, store: Store): Handler {
	return async (request, reply) => {
		const { conversation_id } = request.params as { conversation_id: string };
		const status = store.conversations.get(conversation_id)?.status;
		if (status === 'resolved' || status === 'snoozed') {
			throw new ApiError(422, `The conversation is ${status} and accepts no messages`);
		}
		return await handler(request, reply);
	};
}

/** Applies the deviations to the handlers. @returns the handlers by operationId */
export function deviateHandlers(
	handlers: Record<string, Handler>,
	store: Store,
	deviations: Deviations,
	listDelayMs: number,
): Record<string, Handler> {
	if (deviations.size === 0) return handlers;
	const changed = { ...handlers };
	const listed = deviations.has('stale-lists') ? createStaleView(store, listDelayMs) : store;
	const toRow = deviations.has('full-rows') ? (contact: Contact) => contact : contactRow;
	changed['listConversations'] = conversationHandlers(listed).listConversations as Handler;
	changed['listContacts'] = contactHandlers(listed, toRow).listContacts as Handler;
	const isLate = deviations.has('late-lists') ? trackNewRecords(store, listDelayMs) : () => false;
	for (const name of ['listMessages', 'listConversations', 'listContacts']) {
		changed[name] = deviateList(changed[name]!, deviations, isLate);
	}
	if (deviations.has('attributes-merged')) {
		changed['updateContact'] = mergeAttributes(changed['updateContact']!, store);
	}
	const wrap = (name: string, wrapper: (handler: Handler, store: Store) => Handler) => {
		changed[name] = wrapper(changed[name]!, store);
	};
	if (deviations.has('typed-attributes') || deviations.has('converted-attributes')) {
		const wrapper = (handler: Handler) => readAttributes(handler, store, deviations);
		wrap('createContact', wrapper);
		wrap('updateContact', wrapper);
	}
	if (deviations.has('unique-phones')) {
		wrap('createContact', requireUniquePhone);
		wrap('updateContact', requireUniquePhone);
	}
	if (deviations.has('existing-conversations')) wrap('createConversation', reuseConversation);
	if (deviations.has('open-only')) wrap('sendMessage', requireOpenConversation);
	return changed;
}
