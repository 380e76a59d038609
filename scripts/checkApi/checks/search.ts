import { randomInt } from 'node:crypto';

import { INDONESIA, nationalDigits } from '../../../nodes/Sahut/resources/phoneNumber';
import { rowsOf, textOf, type Row } from '../values';
import { isSuccess, type Context } from './context';
import { isFound, withE164 } from './phones';

const SOME_LETTERS = 4;

async function notePlus(contact: Row, phone: string, digits: string, context: Context) {
	const { findings } = context;
	if (await isFound(phone, contact, context)) {
		findings.note('search-plus', 'as assumed', 'it does');
	} else if (await isFound(digits, contact, context)) {
		findings.note('search-plus', 'copes', 'only by the digits behind +62');
	} else findings.note('search-plus', 'differs', 'neither by +62… nor by the digits behind it');
}

async function noteNarrows({ api, findings }: Context): Promise<void> {
	const q = `+999${randomInt(1e10, 9e10)}`;
	const answer = await api('listContacts', { query: { q, per_page: 1 } });
	if (!isSuccess(answer)) return;
	const isEmpty = rowsOf(answer.body).length === 0;
	if (isEmpty) findings.note('search-narrows', 'as assumed', 'nobody');
	else findings.note('search-narrows', 'copes', 'others, which the nodes leave out');
}

/** Whether a search finds by a part of a name; many may have it in theirs. */
async function findsByName(q: string, { api }: Context): Promise<boolean> {
	const { body } = await api('listContacts', { query: { q } });
	const hasIt = (text = '') => text.toLowerCase().includes(q.toLowerCase());
	return rowsOf(body).some((row) => hasIt(textOf(row, 'name')));
}

/** What `q` finds, for a contact of which name and phone are known. */
export async function noteSearch(rows: Row[], context: Context): Promise<void> {
	const { findings } = context;
	await noteNarrows(context);
	const contact = withE164(rows);
	const phone = contact && textOf(contact, 'phone');
	if (!contact || phone === undefined) return;
	const digits = nationalDigits(phone, INDONESIA);
	await notePlus(contact, phone, digits, context);

	const name = textOf(contact, 'name') ?? '';
	if (name.length <= SOME_LETTERS) return;
	const byDigits = await isFound(digits, contact, context);
	const byName = await findsByName(name.slice(0, SOME_LETTERS), context);
	if (byDigits && byName) return findings.note('search-part', 'as assumed', 'it does');
	const not = [!byDigits && 'of a phone', !byName && 'of a name'].filter(Boolean).join(' nor ');
	findings.note('search-part', 'copes', `not a part ${not}: lists in the editor need all of it`);
}
