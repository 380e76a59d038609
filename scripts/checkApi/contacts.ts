import { randomInt } from 'node:crypto';

import { lastDigits } from '../../nodes/Sahut/api/contactSearch';
import { normalizePhone } from '../../nodes/Sahut/values/phoneNumber';
import type { Context } from './client';
import { checkContactOrder, readFirstPage } from './lists';
import { isRecord, isSuccess, PAGE_SIZE, recordOf, rowsOf, textOf, type Row } from './values';

const NULLABLE_FIELDS = ['email', 'phone', 'company'];

const E164 = /^\+[1-9]\d{6,14}$/;

const NAME_PREFIX_LENGTH = 4;

/** The number of contacts to read by ID. */
const MAX_CONTACTS = 5;

function checkUnknownValues(rows: Row[], { findings }: Context): void {
	const values = rows.flatMap((row) => NULLABLE_FIELDS.map((name) => row[name]));
	if (values.includes('')) findings.record('unknown-is-null', 'handled', 'an empty text');
	else if (values.includes(null)) findings.record('unknown-is-null', 'as assumed', 'null');
}

/** Returns a phone number as the nodes search for it; undefined if it is not a phone number. */
function tryNormalizePhone(phone: unknown): string | undefined {
	try {
		return normalizePhone(String(phone));
	} catch {
		return undefined;
	}
}

/** Returns whether a search finds the contact. */
async function searchFinds(q: string, { id }: Row, { api }: Context): Promise<boolean> {
	const { body } = await api('listContacts', { query: { q, per_page: PAGE_SIZE } });
	return rowsOf(body).some((row) => row['id'] === id);
}

/** Checks whether phones are stored as E.164. If not, checks whether the nodes find one of them. */
async function checkPhoneFormat(rows: Row[], context: Context): Promise<void> {
	const { findings } = context;
	const withPhone = rows.filter(
		({ phone }) => phone !== null && phone !== undefined && phone !== '',
	);
	if (withPhone.length === 0) return;
	const others = withPhone.filter(({ phone }) => !E164.test(String(phone)));
	if (others.length === 0) return findings.record('phones-e164', 'as assumed', 'as expected');
	const count = `${others.length} of ${withPhone.length} phones are not E.164`;
	const phones = others.map((row) => ({ row, phone: tryNormalizePhone(row['phone']) }));
	const usable = phones.find(({ phone }) => phone !== undefined);
	if (usable?.phone === undefined) {
		return findings.record(
			'phones-e164',
			'handled',
			`${count}, and none of these is a phone number`,
		);
	}
	const found =
		(await searchFinds(usable.phone, usable.row, context)) ||
		(await searchFinds(lastDigits(usable.phone), usable.row, context));
	if (found)
		findings.record('phones-e164', 'handled', `${count}; a search still finds one of these`);
	else findings.record('phones-e164', 'differs', `${count}; a search does not find one of these`);
}

async function checkSearchNarrows({ api, findings }: Context): Promise<void> {
	const q = `+999${randomInt(1e10, 9e10)}`;
	const response = await api('listContacts', { query: { q, per_page: 1 } });
	if (!isSuccess(response)) return;
	const isEmpty = rowsOf(response.body).length === 0;
	const found = 'other contacts, which the nodes ignore';
	findings.recordCheck('search-excludes-others', isEmpty, 'no contact', ['handled', found]);
}

/** Returns whether a search by a part of a name finds any name that contains it. */
async function searchFindsName(q: string, { api }: Context): Promise<boolean> {
	const { body } = await api('listContacts', { query: { q } });
	const contains = (text = '') => text.toLowerCase().includes(q.toLowerCase());
	return rowsOf(body).some((row) => contains(textOf(row, 'name')));
}

/** Checks which searches find a contact with a known phone and name. */
async function checkSearch(rows: Row[], context: Context): Promise<void> {
	const { findings } = context;
	await checkSearchNarrows(context);
	const contact = rows.find((row) => E164.test(textOf(row, 'phone') ?? ''));
	const phone = textOf(contact, 'phone');
	if (!contact || phone === undefined) return;
	const digits = lastDigits(phone);
	const byPlus = await searchFinds(phone, contact, context);
	const byDigits = await searchFinds(digits, contact, context);
	if (byPlus) findings.record('search-by-e164', 'as assumed', 'as expected');
	else if (byDigits) findings.record('search-by-e164', 'handled', 'only by the last digits');
	else findings.record('search-by-e164', 'differs', 'neither by +62… nor by the last digits');

	const name = textOf(contact, 'name') ?? '';
	if (name.length <= NAME_PREFIX_LENGTH) return;
	const byName = await searchFindsName(name.slice(0, NAME_PREFIX_LENGTH), context);
	const missing = [!byDigits && 'a phone', !byName && 'a name'].filter(Boolean).join(' or ');
	const found = `not by a part of ${missing}: searches in the editor need the complete value`;
	findings.recordCheck('search-by-part', byDigits && byName, 'as expected', ['handled', found]);
}

function tagsOf({ tags }: Row): string[] {
	return Array.isArray(tags) ? tags.filter((tag) => typeof tag === 'string') : [];
}

async function checkTagFilter(rows: Row[], { api, findings }: Context): Promise<void> {
	const [tag] = rows.flatMap(tagsOf);
	if (tag === undefined) return;
	const response = await api('listContacts', { query: { tag, per_page: PAGE_SIZE } });
	const found = rowsOf(response.body);
	if (!isSuccess(response)) {
		findings.record('contact-tag-filter', 'differs', `status ${response.status}`);
	} else if (found.some((row) => !tagsOf(row).includes(tag))) {
		findings.record('contact-tag-filter', 'differs', 'also contacts without the tag');
	} else {
		const none = 'no contact, although one has the tag';
		findings.recordCheck('contact-tag-filter', found.length > 0, 'as expected', ['differs', none]);
	}
}

const showsAttributes = (row: Row) => isRecord(row['custom_attributes']);

const hasAttributes = ({ custom_attributes: given }: Row) =>
	isRecord(given) && Object.keys(given).length > 0;

/**
 * Checks whether contacts show their custom attributes when they are read by ID. The nodes merge these
 * attributes, since rows of the list may lack the field.
 */
async function checkAttributes(rows: Row[], { api, findings }: Context): Promise<void> {
	// Contacts with attributes first: others may lack the field only because they have none.
	const withIds = rows.filter((row) => textOf(row, 'id') !== undefined);
	const chosen = [
		...withIds.filter(hasAttributes),
		...withIds.filter((row) => !hasAttributes(row)),
	].slice(0, MAX_CONTACTS);
	let read = 0;
	let lacking = 0;
	for (const row of chosen) {
		const response = await api('getContact', { ids: [textOf(row, 'id')!] });
		if (!isSuccess(response)) continue;
		read++;
		if (showsAttributes(recordOf(response.body))) continue;
		lacking++;
		if (!hasAttributes(row)) continue;
		const hidden = 'a contact lacks attributes that its row in the list shows';
		return findings.record('contact-shows-attributes', 'differs', hidden);
	}
	if (read === 0) return;
	const lackingCount = `${lacking} of ${read} contacts lack the field`;
	if (lacking === read) {
		const found = `${lackingCount}: give your newest contact an attribute, and check again`;
		return findings.record('contact-shows-attributes', 'not tried', found);
	}
	const rowsNote = rows.every(showsAttributes) ? '' : '; some rows of the list lack the field';
	const found = `${lackingCount}: they count as contacts without attributes`;
	findings.recordCheck('contact-shows-attributes', lacking === 0, `as expected${rowsNote}`, [
		'handled',
		found,
	]);
}

/** Checks lists, searches and single reads of contacts. */
export async function checkContacts(context: Context): Promise<void> {
	const rows = rowsOf((await readFirstPage('listContacts', context)).body);
	if (textOf(rows[0], 'id') === undefined) return;
	await checkAttributes(rows, context);
	checkContactOrder(rows, context.findings);
	checkUnknownValues(rows, context);
	await checkPhoneFormat(rows, context);
	await checkSearch(rows, context);
	await checkTagFilter(rows, context);
}
