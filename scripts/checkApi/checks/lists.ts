import type { Answer } from '../answer';
import { metaOf, rowsOf } from '../values';
import { isSuccess, type Context } from './context';

/** The most rows on a page (API reference, "Basics"). */
export const PAGE_SIZE = 100;

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
	if (isExact) findings.note('total-is-count', 'as assumed', 'it is');
	else findings.note('total-is-count', 'copes', 'it is another number: whole lists are read again');
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
		findings.note('page-of-100', 'differs', `${rows} rows on a full page, and no meta to tell it`);
	}
}

async function notePastTheEnd(operationId: string, body: unknown, { api, findings }: Context) {
	const { total_pages: totalPages } = metaOf(body);
	const page = isCount(totalPages) ? totalPages + 1 : FAR_BEHIND;
	const query = { page, per_page: PAGE_SIZE };
	const answer = await api(operationId, { query, expects: [400, 404, 422] });
	if (isSuccess(answer) && rowsOf(answer.body).length === 0) {
		return findings.note('page-past-the-end', 'as assumed', 'an empty page');
	}
	const found = isSuccess(answer) ? 'a page with rows' : `status ${answer.status}`;
	findings.note('page-past-the-end', isCount(totalPages) ? 'copes' : 'differs', found);
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
