import {
	INDONESIA,
	nationalDigits,
	normalizePhone,
} from '../../../nodes/Sahut/resources/phoneNumber';
import { rowsOf, textOf, type Row } from '../values';
import type { Context } from './context';
import { PAGE_SIZE } from './lists';

const E164 = /^\+[1-9]\d{6,14}$/;

/** A contact whose number is stored as E.164. */
export function withE164(rows: Row[]): Row | undefined {
	return rows.find((row) => E164.test(textOf(row, 'phone') ?? ''));
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
export async function isFound(q: string, { id }: Row, { api }: Context): Promise<boolean> {
	const { body } = await api('listContacts', { query: { q, per_page: PAGE_SIZE } });
	return rowsOf(body).some((row) => row['id'] === id);
}

/** In which form phones are stored; and, for one in another form, whether the nodes find it. */
export async function notePhones(rows: Row[], context: Context): Promise<void> {
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
		(await isFound(nationalDigits(usable.phone, INDONESIA), usable.row, context));
	if (found) findings.note('phones-e164', 'copes', `${count}; one of these is found all the same`);
	else findings.note('phones-e164', 'differs', `${count}; one of these is not found by q`);
}
