import { isDeepStrictEqual } from 'node:util';

import { expectedMessages } from './crmFollowUp';
import { deliveriesFor, type DemoRun } from './run';

/** What has to be the same: what it is, how it came, and how it had to. */
function comparisons(run: DemoRun): Array<[what: string, got: unknown, wanted: unknown]> {
	const wanted = run.rows.map(expectedMessages);
	const phones = [...new Set(wanted.flat().map(({ to }) => to))].sort();
	const known = run.contacts.map(({ phone }) => phone!).filter((phone) => phones.includes(phone));
	const idsOf = (messages: ReadonlyArray<{ id?: unknown }>) => messages.map(({ id }) => id);
	const unreachable = run.rows.filter((_, index) => wanted[index]!.length === 0);
	return [
		['What stopped the workflow', run.stoppedBy, undefined],
		...run.rows.map((row, index): [string, unknown, unknown] => [
			`Messages about ${row.order_id}`,
			deliveriesFor(run, row).map(({ message, conversation }) => ({
				to: conversation.contact.phone,
				...message.template_variables,
			})),
			wanted[index],
		]),
		['Number of messages', run.deliveries.length, wanted.flat().length],
		[
			'Rows put aside',
			run.notSent.map(({ order_id }) => order_id),
			unreachable.map(({ order_id }) => order_id),
		],
		['Contacts with these numbers', known.sort(), phones],
		['Messages that were read', idsOf(run.transcript), idsOf(run.thread)],
	];
}

/**
 * One line for everything that is missing or wrong; none when each row with a phone number got its
 * one message, there is one contact for each number, and the whole conversation was read.
 */
export function findProblems(run: DemoRun): string[] {
	return comparisons(run)
		.filter(([, got, wanted]) => !isDeepStrictEqual(got, wanted))
		.map(
			([what, ...both]) => `${what}: ${both.map((each) => JSON.stringify(each)).join(', not ')}`,
		);
}
