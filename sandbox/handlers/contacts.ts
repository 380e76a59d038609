import type { FastifyReply, FastifyRequest } from 'fastify';
import { ApiError } from '../errors';
import { contactRow, type Contact } from '../records';
import type { Store } from '../store';
import { filterNewestFirst, paginate, type PageQuery } from './page';

interface ContactParams {
	contact_id: string;
}

interface ContactFilters {
	q?: string;
	tag?: string;
}

type ContactFields = Partial<
	Pick<Contact, 'name' | 'phone' | 'email' | 'company' | 'tags' | 'custom_attributes'>
>;

function requireContact(store: Store, id: string): Contact {
	const contact = store.contacts.get(id);
	if (!contact) throw new ApiError(404, 'Contact not found');
	return contact;
}

function passes({ q, tag }: ContactFilters) {
	const wanted = q?.toLowerCase();
	return ({ name, phone, email, tags }: Contact) =>
		(tag === undefined || tags.includes(tag)) &&
		(wanted === undefined ||
			[name, phone, email].some((field) => field?.toLowerCase().includes(wanted)));
}

function assertNameNotBlank({ name }: ContactFields): void {
	if (name?.trim() === '') throw new ApiError(422, 'name must not be blank');
}

/** Creates the handlers for contacts. @param toRow converts a contact to a row of the list */
export function contactHandlers(store: Store, toRow: (contact: Contact) => object = contactRow) {
	return {
		async listContacts(request: FastifyRequest<{ Querystring: ContactFilters & PageQuery }>) {
			const rows = filterNewestFirst(store.contacts, passes(request.query));
			return paginate(rows, request.query, toRow);
		},

		async getContact(request: FastifyRequest<{ Params: ContactParams }>) {
			return { data: requireContact(store, request.params.contact_id) };
		},

		async createContact(request: FastifyRequest<{ Body: ContactFields }>, reply: FastifyReply) {
			assertNameNotBlank(request.body);
			const contact = store.addContact(request.body);
			reply.code(201);
			return { data: contact };
		},

		async updateContact(request: FastifyRequest<{ Params: ContactParams; Body: ContactFields }>) {
			const contact = requireContact(store, request.params.contact_id);
			assertNameNotBlank(request.body);
			store.updateContact(contact, request.body);
			return { data: contact };
		},
	};
}
