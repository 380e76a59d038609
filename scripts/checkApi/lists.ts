import type { Answer, Context } from './api';
import type { Findings } from './findings';
import { isSuccess, metaOf, PAGE_SIZE, rowsOf, timeOf, type Row } from './values';

/** No workspace has as many pages. */
const FAR_BEHIND = 1_000_000;

const isCount = (value: unknown): value is number => Number.isInteger(value);

function noteMeta(body: unknown, { findings }: Context): void {
	const { total, page, per_page: perPage, total_pages: totalPages } = metaOf(body);
	if (![total, page, perPage, totalPages].every(isCount)) return; // The contract says so.
	findings.note('list-meta', 'as assumed', 'it has');
	const isExact =
		totalPages === 1
			? total === rowsOf(body).length
			: totalPages === Math.ceil(Number(total) / Number(perPage));
	const found = 'it is another number: whole lists are read again';
	findings.noteWhether('total-is-count', isExact, 'it is', ['copes', found]);
}

async function notePageSize(operationId: string, body: unknown, { api, findings }: Context) {
	const rows = rowsOf(body).length;
	if (rows === PAGE_SIZE) return findings.note('page-of-100', 'as assumed', '100 rows');
	const { per_page: perPage, total_pages: totalPages } = metaOf(body);
	if (isCount(totalPages)) {
		if (totalPages > 1) findings.note('page-of-100', 'copes', `${rows} rows on a full page`);
		else if (perPage === PAGE_SIZE) {
			findings.note('page-of-100', 'as assumed', 'meta.per_page is 100, on a list that is shorter');
		}
		return;
	}
	const query = { page: 2, per_page: PAGE_SIZE };
	const second = await api(operationId, { query, expects: [404] });
	if (rowsOf(second.body).length > 0) {
		findings.note('page-of-100', 'copes', `${rows} rows on a full page, and no meta`);
	}
}

async function notePastTheEnd(operationId: string, body: unknown, { api, findings }: Context) {
	const { total_pages: totalPages } = metaOf(body);
	const page = isCount(totalPages) ? totalPages + 1 : FAR_BEHIND;
	const query = { page, per_page: PAGE_SIZE };
	const answer = await api(operationId, { query, expects: [400, 404, 422] });
	const isEmpty = isSuccess(answer) && rowsOf(answer.body).length === 0;
	const found = isSuccess(answer) ? 'a page with rows' : `status ${answer.status}`;
	const verdict = isCount(totalPages) ? 'copes' : 'differs';
	findings.noteWhether('page-past-the-end', isEmpty, 'an empty page', [verdict, found]);
}

/** Reads the first page of a list, and notes how its paging works. */
export async function readFirstPage(operationId: string, context: Context): Promise<Answer> {
	const answer = await context.api(operationId, { query: { page: 1, per_page: PAGE_SIZE } });
	if (!isSuccess(answer)) return answer;
	noteMeta(answer.body, context);
	await notePageSize(operationId, answer.body, context);
	await notePastTheEnd(operationId, answer.body, context);
	return answer;
}

const activityOf = (row: Row) => timeOf(row, 'updated_at') || timeOf(row);

/** Whether no row is behind one that it should be before; `false` also where none tells its time. */
function descends(rows: Row[], by: (row: Row) => number): boolean {
	const times = rows.map((row) => by(row)).filter((time) => !Number.isNaN(time));
	return times.length > 1 && times.every((time, at) => at === 0 || times[at - 1]! >= time);
}

const isOneTime = (rows: Row[], by: (row: Row) => number) =>
	new Set(rows.map((row) => by(row))).size < 2;

/** How a page is ordered, in words; the same by several when nothing tells them apart. */
function ordersOf(rows: Row[]): string[] {
	const backwards = rows.toReversed();
	return [
		descends(rows, activityOf) && 'latest activity first',
		descends(rows, timeOf) && 'newest first',
		descends(backwards, timeOf) && 'oldest first',
		descends(backwards, activityOf) && 'latest activity last',
	].filter((order) => order !== false);
}

export function noteConversationOrder(rows: Row[], findings: Findings): void {
	if (isOneTime(rows, activityOf)) return;
	const orders = ordersOf(rows);
	const isByActivity = orders.includes('latest activity first');
	// While nothing happens in older ones, both orders look the same.
	if (isByActivity && orders.includes('newest first')) return;
	const found = orders[0] ?? 'in none of these orders';
	findings.noteWhether('conversation-order', isByActivity, 'they do', ['copes', found]);
}

export function noteContactOrder(rows: Row[], findings: Findings): void {
	if (isOneTime(rows, timeOf)) return;
	const orders = ordersOf(rows).filter((order) => !order.includes('activity'));
	findings.note('contact-order', 'as assumed', orders[0] ?? 'neither by age nor by activity');
}

/** @param rows of one conversation */
export function noteMessageOrder(rows: Row[], findings: Findings): void {
	if (isOneTime(rows, timeOf)) return;
	const isOldestFirst = descends(rows.toReversed(), timeOf);
	const found = 'in another order';
	findings.noteWhether('messages-oldest-first', isOldestFirst, 'they do', ['differs', found]);
}
