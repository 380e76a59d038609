import { randomInt } from 'node:crypto';

import { lastDigits } from '../../nodes/Sahut/api/contactSearch';
import { normalizePhone } from '../../nodes/Sahut/values/phoneNumber';
import type { Context } from './api';
import { noteContactOrder, readFirstPage } from './lists';
import { isRecord, isSuccess, PAGE_SIZE, recordOf, rowsOf, textOf, type Row } from './values';

const MAY_BE_UNKNOWN = ['email', 'phone', 'company'];

const E164 = /^\+[1-9]\d{6,14}$/;

const SOME_LETTERS = 4;

/** Contacts to read by ID. */
const MAX_CONTACTS = 5;

function noteUnknowns(rows: Row[], { findings }: Context): void {
	const values = rows.flatMap((row) => MAY_BE_UNKNOWN.map((name) => row[name]));
	if (values.includes('')) findings.note('unknown-is-null', 'copes', 'an empty text');
	else if (values.includes(null)) findings.note('unknown-is-null', 'as assumed', 'null');
}

/** A number as the nodes look for it; undefined where it is none. */
function normalized(phone: unknown): string | undefined {
	try {
		return normalizePhone(String(phone));
	} catch {
		return undefined;
	}
}

/** Whether a search finds the contact. */
async function isFound(q: string, { id }: Row, { api }: Context): Promise<boolean> {
	const { body } = await api('listContacts', { query: { q, per_page: PAGE_SIZE } });
	return rowsOf(body).some((row) => row['id'] === id);
}

/** In which form phones are stored; and, for one in another form, whether the nodes find it. */
async function notePhones(rows: Row[], context: Context): Promise<void> {
	const { findings } = context;
	const withPhone = rows.filter(
		({ phone }) => phone !== null && phone !== undefined && phone !== '',
	);
	if (withPhone.length === 0) return;
	const others = withPhone.filter(({ phone }) => !E164.test(String(phone)));
	if (others.length === 0) return findings.note('phones-e164', 'as assumed', 'they are');
	const count = `${others.length} of ${withPhone.length} are not`;
	const phones = others.map((row) => ({ row, phone: normalized(row['phone']) }));
	const usable = phones.find(({ phone }) => phone !== undefined);
	if (usable?.phone === undefined) {
		return findings.note('phones-e164', 'copes', `${count}, and cannot be phone numbers`);
	}
	const found =
		(await isFound(usable.phone, usable.row, context)) ||
		(await isFound(lastDigits(usable.phone), usable.row, context));
	if (found) findings.note('phones-e164', 'copes', `${count}; one of these is found all the same`);
	else findings.note('phones-e164', 'differs', `${count}; one of these is not found by q`);
}

async function noteNarrows({ api, findings }: Context): Promise<void> {
	const q = `+999${randomInt(1e10, 9e10)}`;
	const answer = await api('listContacts', { query: { q, per_page: 1 } });
	if (!isSuccess(answer)) return;
	const isEmpty = rowsOf(answer.body).length === 0;
	const found = 'others, which the nodes leave out';
	findings.noteWhether('search-narrows', isEmpty, 'nobody', ['copes', found]);
}

/** Whether a search finds by a part of a name; many may have it in theirs. */
async function findsByName(q: string, { api }: Context): Promise<boolean> {
	const { body } = await api('listContacts', { query: { q } });
	const hasIt = (text = '') => text.toLowerCase().includes(q.toLowerCase());
	return rowsOf(body).some((row) => hasIt(textOf(row, 'name')));
}

/** What `q` finds, for a contact of which name and phone are known. */
async function noteSearch(rows: Row[], context: Context): Promise<void> {
	const { findings } = context;
	await noteNarrows(context);
	const contact = rows.find((row) => E164.test(textOf(row, 'phone') ?? ''));
	const phone = textOf(contact, 'phone');
	if (!contact || phone === undefined) return;
	const digits = lastDigits(phone);
	const byPlus = await isFound(phone, contact, context);
	const byDigits = await isFound(digits, contact, context);
	if (byPlus) findings.note('search-plus', 'as assumed', 'it does');
	else if (byDigits) findings.note('search-plus', 'copes', 'only by its last digits');
	else findings.note('search-plus', 'differs', 'neither by +62… nor by its last digits');

	const name = textOf(contact, 'name') ?? '';
	if (name.length <= SOME_LETTERS) return;
	const byName = await findsByName(name.slice(0, SOME_LETTERS), context);
	const not = [!byDigits && 'of a phone', !byName && 'of a name'].filter(Boolean).join(' nor ');
	const found = `not a part ${not}: lists in the editor need all of it`;
	findings.noteWhether('search-part', byDigits && byName, 'it does', ['copes', found]);
}

function tagsOf({ tags }: Row): string[] {
	return Array.isArray(tags) ? tags.filter((tag) => typeof tag === 'string') : [];
}

async function noteTagFilter(rows: Row[], { api, findings }: Context): Promise<void> {
	const [tag] = rows.flatMap(tagsOf);
	if (tag === undefined) return;
	const answer = await api('listContacts', { query: { tag, per_page: PAGE_SIZE } });
	const found = rowsOf(answer.body);
	if (!isSuccess(answer) || found.some((row) => !tagsOf(row).includes(tag))) {
		findings.note('contact-tag-filter', 'differs', 'it does not');
	} else {
		const none = 'it leaves out those with the tag as well';
		findings.noteWhether('contact-tag-filter', found.length > 0, 'it does', ['differs', none]);
	}
}

const showsAttributes = (row: Row) => isRecord(row['custom_attributes']);

const hasAttributes = ({ custom_attributes: given }: Row) =>
	isRecord(given) && Object.keys(given).length > 0;

/**
 * Notes whether contacts show their custom attributes when they are read by ID. The nodes merge attributes
 * with those, since rows of the list may lack the field.
 */
async function noteAttributes(rows: Row[], { api, findings }: Context): Promise<void> {
	// A contact without attributes may lack the field: contacts that have some show more.
	const withIds = rows.filter((row) => textOf(row, 'id') !== undefined);
	const chosen = [
		...withIds.filter(hasAttributes),
		...withIds.filter((row) => !hasAttributes(row)),
	].slice(0, MAX_CONTACTS);
	let read = 0;
	let lacking = 0;
	for (const row of chosen) {
		const answer = await api('getContact', { ids: [textOf(row, 'id')!] });
		if (!isSuccess(answer)) continue;
		read++;
		if (showsAttributes(recordOf(answer.body))) continue;
		lacking++;
		if (!hasAttributes(row)) continue;
		const hidden = 'a contact lacks attributes that its row in the list shows';
		return findings.note('contact-shows-attributes', 'differs', hidden);
	}
	if (read === 0) return;
	const ofRead = `${lacking} of ${read} contacts lack the field`;
	if (lacking === read) {
		const found = `${ofRead}: give your newest contact an attribute, and check again`;
		return findings.note('contact-shows-attributes', 'not tried', found);
	}
	const inRows = rows.every(showsAttributes) ? '' : '; not all rows of the list do';
	const found = `${ofRead}: they count as contacts without attributes`;
	findings.noteWhether('contact-shows-attributes', lacking === 0, `it does${inRows}`, [
		'copes',
		found,
	]);
}

/** Reads contacts, in several ways. */
export async function checkContacts(context: Context): Promise<void> {
	const rows = rowsOf((await readFirstPage('listContacts', context)).body);
	if (textOf(rows[0], 'id') === undefined) return;
	await noteAttributes(rows, context);
	noteContactOrder(rows, context.findings);
	noteUnknowns(rows, context);
	await notePhones(rows, context);
	await noteSearch(rows, context);
	await noteTagFilter(rows, context);
}
