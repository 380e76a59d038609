import type { ApiResponse, Context } from './client';
import type { Findings } from './findings';
import { isSuccess, metaOf, PAGE_SIZE, rowsOf, timeOf, type Row } from './values';

/** More pages than any workspace has. */
const UNREACHABLE_PAGE = 1_000_000;

const isCount = (value: unknown): value is number => Number.isInteger(value);

function checkMeta(body: unknown, { findings }: Context): void {
	const { total, page, per_page: perPage, total_pages: totalPages } = metaOf(body);
	if (![total, page, perPage, totalPages].every(isCount)) return; // The contract check reports it.
	findings.record('list-meta', 'as assumed', 'as expected');
	const isExact =
		totalPages === 1
			? total === rowsOf(body).length
			: totalPages === Math.ceil(Number(total) / Number(perPage));
	const found = 'not the number of rows: the nodes read complete lists again';
	findings.recordCheck('total-is-exact', isExact, 'as expected', ['handled', found]);
}

async function checkPageSize(operationId: string, body: unknown, { api, findings }: Context) {
	const rows = rowsOf(body).length;
	if (rows === PAGE_SIZE) return findings.record('page-of-100', 'as assumed', '100 rows');
	const { per_page: perPage, total_pages: totalPages } = metaOf(body);
	if (isCount(totalPages)) {
		if (totalPages > 1) findings.record('page-of-100', 'handled', `${rows} rows on a full page`);
		else if (perPage === PAGE_SIZE) {
			findings.record('page-of-100', 'as assumed', 'meta.per_page is 100; the list is shorter');
		}
		return;
	}
	const query = { page: 2, per_page: PAGE_SIZE };
	const second = await api(operationId, { query, expectedStatuses: [404] });
	if (rowsOf(second.body).length > 0) {
		findings.record('page-of-100', 'handled', `${rows} rows on a full page, and no meta`);
	}
}

async function checkPageAfterLast(operationId: string, body: unknown, { api, findings }: Context) {
	const { total_pages: totalPages } = metaOf(body);
	const page = isCount(totalPages) ? totalPages + 1 : UNREACHABLE_PAGE;
	const query = { page, per_page: PAGE_SIZE };
	const response = await api(operationId, { query, expectedStatuses: [400, 404, 422] });
	const isEmpty = isSuccess(response) && rowsOf(response.body).length === 0;
	const found = isSuccess(response) ? 'a page with rows' : `status ${response.status}`;
	const verdict = isCount(totalPages) ? 'handled' : 'differs';
	findings.recordCheck('page-after-last', isEmpty, 'an empty page', [verdict, found]);
}

/** Reads the first page of a list, and checks its pagination. */
export async function readFirstPage(operationId: string, context: Context): Promise<ApiResponse> {
	const response = await context.api(operationId, { query: { page: 1, per_page: PAGE_SIZE } });
	if (!isSuccess(response)) return response;
	checkMeta(response.body, context);
	await checkPageSize(operationId, response.body, context);
	await checkPageAfterLast(operationId, response.body, context);
	return response;
}

const activityOf = (row: Row) => timeOf(row, 'updated_at') || timeOf(row);

/** Returns whether the times of the rows never increase. `false` if fewer than two rows have a time. */
function isDescending(rows: Row[], by: (row: Row) => number): boolean {
	const times = rows.map((row) => by(row)).filter((time) => !Number.isNaN(time));
	return times.length > 1 && times.every((time, at) => at === 0 || times[at - 1]! >= time);
}

const haveEqualTimes = (rows: Row[], by: (row: Row) => number) =>
	new Set(rows.map((row) => by(row))).size < 2;

/** Returns the names of all orders that a page matches. A short page may match several. */
function matchingOrders(rows: Row[]): string[] {
	const backwards = rows.toReversed();
	return [
		isDescending(rows, activityOf) && 'latest activity first',
		isDescending(rows, timeOf) && 'newest first',
		isDescending(backwards, timeOf) && 'oldest first',
		isDescending(backwards, activityOf) && 'latest activity last',
	].filter((order) => order !== false);
}

/** Checks the order of conversations. @param rows the first page of the list */
export function checkConversationOrder(rows: Row[], findings: Findings): void {
	if (haveEqualTimes(rows, activityOf)) return;
	const orders = matchingOrders(rows);
	const isByActivity = orders.includes('latest activity first');
	// Without recent activity in older conversations, both orders look the same.
	if (isByActivity && orders.includes('newest first')) return;
	const found = orders[0] ?? 'in no recognizable order';
	findings.recordCheck('conversation-order', isByActivity, 'as expected', ['handled', found]);
}

/** Checks the order of contacts. @param rows the first page of the list */
export function checkContactOrder(rows: Row[], findings: Findings): void {
	if (haveEqualTimes(rows, timeOf)) return;
	const orders = matchingOrders(rows).filter((order) => !order.includes('activity'));
	findings.record('contact-order', 'as assumed', orders[0] ?? 'neither by age nor by activity');
}

/** Checks the order of messages. @param rows the messages of one conversation */
export function checkMessageOrder(rows: Row[], findings: Findings): void {
	if (haveEqualTimes(rows, timeOf)) return;
	const isOldestFirst = isDescending(rows.toReversed(), timeOf);
	const found = 'in another order';
	findings.recordCheck('messages-oldest-first', isOldestFirst, 'as expected', ['differs', found]);
}
