import type { FastifyRequest } from 'fastify';
import type { Handler } from '../contract';
import type { Deviations } from '../deviations';
import { pageOf, type Page, type PageQuery } from '../handlers/page';
import type { Contact } from '../records';
import type { Store } from '../store';
import { lateRecords } from './store';

type Row = { id: string } & Partial<Contact>;

/** What people write between the digits of a number. */
const DIGITS_ONLY = /^[\d\s().-]+$/;

/** The request with other parts; it is Fastify's own in all else. */
function requestWith(request: FastifyRequest, parts: Partial<FastifyRequest>): FastifyRequest {
	return Object.defineProperties(
		Object.create(request),
		Object.getOwnPropertyDescriptors(parts),
	) as FastifyRequest;
}

const digits = (text: string | null | undefined) => text?.replaceAll(/\D/g, '') ?? '';

/** Whether a contact is found, where `q` works in another way. */
function found(deviations: Deviations, q: string) {
	const wanted = q.toLowerCase();
	return ({ name, phone, email }: Row): boolean => {
		const values = [name, phone, email].map((value) => value?.toLowerCase());
		if (deviations.has('exact-search')) return values.includes(wanted);
		if (values.some((value) => value?.includes(wanted))) return true;
		return DIGITS_ONLY.test(q) && digits(phone).includes(digits(q));
	};
}

/** Lists with other rows: the handler is asked for all of them, and the page is made anew. */
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
			.filter(otherSearch && q !== undefined ? found(deviations, q) : () => true);
		// Messages are listed oldest first by the reference.
		const isThread = request.url.split('?')[0]!.endsWith('/messages');
		if (deviations.has('oldest-first') && !isThread) rows.reverse();
		return pageOf(rows, query, (row) => row);
	};
}

/** Keeps the attributes that a change of a contact does not name. */
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

/** The handlers, by operationId, with those changed that decide which records there are to see. */
export function deviateHandlers(
	handlers: Record<string, Handler>,
	store: Store,
	deviations: Deviations,
): Record<string, Handler> {
	if (deviations.size === 0) return handlers;
	const changed = { ...handlers };
	const isLate = deviations.has('late-lists') ? lateRecords(store) : () => false;
	for (const name of ['listMessages', 'listConversations', 'listContacts']) {
		changed[name] = deviateList(changed[name]!, deviations, isLate);
	}
	if (deviations.has('attributes-merged')) {
		changed['updateContact'] = mergeAttributes(changed['updateContact']!, store);
	}
	return changed;
}
