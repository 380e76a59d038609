import { UserError } from 'n8n-workflow';

import {
	completeContact,
	createOrFindContact,
	findRecentContact,
	getContact,
	mayListPrecedeUpdate,
	showsFields,
	updateContact,
} from '../../api/contacts';
import {
	hasContactKey,
	contactKeys,
	canonicalKey,
	contactLane,
	type ContactKey,
} from '../../api/contactSearch';
import { lookUpContacts } from '../../api/contactList';
import { containsValues } from '../../api/containsValues';
import type { ItemClient } from '../../api/itemClient';
import type { Operation } from '../../runtime/operation';
import { undefinedIfNotFound } from '../../transport/errors';
import type { Contact, ContactChanges } from '../../transport/types';
import { normalizeEmail } from '../../values/emailAddress';
import { normalizePhone } from '../../values/phoneNumber';
import { collection } from '../fields';
import { choiceField, optionsOf, showIf } from '../fieldTypes';
import { applyGivenList, readListFields, tagFields, type GivenList } from '../listFields';
import { readContactFields } from './contactBody';
import { emailField, nameField, optionalFields, phoneField } from './contactFields';

interface Input {
	key: ContactKey;
	/** The given fields except the key and the tags. */
	fields: ContactChanges;
	tags: GivenList;
}

/** Returns the key of the write in the ledger. */
const stepOf = (key: ContactKey) => `upsert of ${canonicalKey(key)}`;

/**
 * Finds the contact with the key in Sahut.
 *
 * @param unfinished the inputs of the run's items that have not ended
 * @param outdated the IDs of contacts that were found before, but that were deleted or no longer have the key
 */
async function find(
	{ key }: Input,
	sahut: ItemClient,
	unfinished: ReadonlySet<Input>,
	outdated: ReadonlySet<string>,
): Promise<Contact | undefined> {
	const { id } = sahut.latestInRun(stepOf(key))?.record ?? {};
	// The search may not yet return a contact that an earlier item of this run wrote.
	const latestInRun = id && (await getContact(sahut, String(id)).catch(undefinedIfNotFound));
	if (latestInRun && hasContactKey(latestInRun, key)) return latestInRun;
	const countLookups = () => new Set([...unfinished].map((each) => canonicalKey(each.key))).size;
	const rows = await lookUpContacts(key, sahut, countLookups);
	return rows.find(({ id }) => !outdated.has(id)) ?? (await findRecentContact(key, sahut));
}

/** Returns the given fields with the resulting tags of a contact; without tags if they do not change. */
function toChanges(
	{ fields, tags: given }: Input,
	{ id, tags: existing }: Contact,
): ContactChanges {
	const tags = applyGivenList(given, existing, `contact "${id}"`);
	return { ...fields, ...(tags && { tags }) };
}

async function create(
	{ key, fields, tags: given }: Input,
	sahut: ItemClient,
	outdated: ReadonlySet<string>,
) {
	const { name } = fields;
	if (name === undefined) {
		throw new UserError(`Sahut has no contact with ${canonicalKey(key)}, and Name is empty`, {
			description: 'Enter a Name. Sahut requires one for a new contact.',
		});
	}
	const tags = applyGivenList(given, [], 'the new contact');
	const body = { ...fields, ...key, name, ...(tags && { tags }) };
	return await createOrFindContact(body, key, sahut, outdated);
}

/**
 * Updates an existing contact, in its lane. Writes nothing if the contact already has all values.
 *
 * @param found a row of a list, which may lack fields
 * @returns the contact; the row if the run has read the complete list of contacts, and the row shows all given
 * fields with the same values: reading each contact would take a request per item. Undefined if the list is out of
 * date: the contact was deleted, or no longer has the key.
 */
async function update(
	found: Contact,
	input: Input,
	sahut: ItemClient,
): Promise<Contact | undefined> {
	const { key, fields, tags } = input;
	const run = async () => {
		const listedAt = sahut.contactList.listedAt(found.id);
		const isRecent = mayListPrecedeUpdate(found.id, sahut, listedAt);
		if (listedAt !== undefined && !isRecent) {
			const showsTags = !tags.change || Array.isArray(found.tags);
			if (showsTags && showsFields(found, toChanges(input, found))) return found;
		}
		// A row may be out of date, so attributes and tags are merged with those of a fresh read.
		const mergesAttributes = fields.custom_attributes && !containsValues(found, fields);
		const needsRead = listedAt !== undefined || mergesAttributes || tags.change || isRecent;
		const reading = needsRead ? getContact(sahut, found.id) : completeContact(found, sahut);
		const contact = await reading.catch(undefinedIfNotFound);
		if (contact && hasContactKey(contact, key)) {
			return await updateContact(found.id, contact, toChanges(input, contact), sahut);
		}
		sahut.contactList.remove(found.id);
		return undefined;
	};
	return await sahut.cache.runInLane(`contact ${found.id}`, run, sahut.signal);
}

export const upsert: Operation<Input> = {
	value: 'upsert',
	name: 'Create or Update',
	action: 'Create or update a contact',
	description: 'Create a new contact, or update the current one if it already exists (upsert)',
	pastParticiple: 'created or updated',
	fields: [
		choiceField('Match By', 'matchBy', {
			default: 'phone',
			description:
				'The field that identifies an existing contact. If several contacts match, the oldest one is updated.',
			options: optionsOf({ email: 'Email', phone: 'Phone' }),
		}),
		showIf({ matchBy: ['phone'] }, { ...phoneField, required: true }),
		showIf({ matchBy: ['email'] }, { ...emailField, required: true }),
		{
			...nameField,
			description:
				'The name of the contact. Required for a new contact; if empty, an existing contact keeps its name.',
		},
		collection('additionalFields', [
			tagFields.add,
			optionalFields.company,
			optionalFields.customAttributes,
			showIf({ '/matchBy': ['phone'] }, emailField),
			showIf({ '/matchBy': ['email'] }, phoneField),
			tagFields.remove,
			tagFields.set,
		]),
	],
	read(params) {
		const byEmail = params.choice('matchBy') === 'email';
		const key = byEmail
			? { email: normalizeEmail(params.identifier('email')) }
			: { phone: normalizePhone(params.identifier('phone')) };
		const fields = readContactFields(params, 'additionalFields', byEmail ? 'email' : 'phone');
		const name = params.text('name').trim();
		const tags = readListFields(params, 'additionalFields', tagFields);
		return { key, fields: { ...fields, ...(name && { name }) }, tags };
	},
	// All keys of the updated contact: one item may match it by phone number, and another by email address.
	lane: ({ key, fields }) => [key, ...contactKeys(fields)].map(contactLane),
	async run(input, sahut, unfinished) {
		const json = await sahut.once(stepOf(input.key), {
			async run() {
				const outdated = new Set<string>();
				for (;;) {
					const found = await find(input, sahut, unfinished, outdated);
					const { contact, isNew } = found
						? { contact: found, isNew: false }
						: await create(input, sahut, outdated);
					const result = isNew ? contact : await update(contact, input, sahut);
					if (result) return { ...result };
					outdated.add(contact.id);
				}
			},
		});
		return [{ json }];
	},
};
