import type { Findings } from '../findings';
import { timeOf, type Row } from '../values';

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
	if (rows.length < 2 || isOneTime(rows, activityOf)) return;
	const orders = ordersOf(rows);
	const isByActivity = orders.includes('latest activity first');
	// While nothing happens in older ones, both orders look the same.
	if (isByActivity && orders.includes('newest first')) return;
	if (isByActivity) return findings.note('conversation-order', 'as assumed', 'they do');
	findings.note('conversation-order', 'copes', orders[0] ?? 'in none of these orders');
}

export function noteContactOrder(rows: Row[], findings: Findings): void {
	if (rows.length < 2 || isOneTime(rows, timeOf)) return;
	const orders = ordersOf(rows).filter((order) => !order.includes('activity'));
	findings.note('contact-order', 'as assumed', orders[0] ?? 'neither by age nor by activity');
}

/** @param rows of one conversation */
export function noteMessageOrder(rows: Row[], findings: Findings): void {
	if (rows.length < 2 || isOneTime(rows, timeOf)) return;
	const isOldestFirst = descends(rows.toReversed(), timeOf);
	if (isOldestFirst) findings.note('messages-oldest-first', 'as assumed', 'they do');
	else findings.note('messages-oldest-first', 'differs', 'in another order');
}
