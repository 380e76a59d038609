import { isDeepStrictEqual } from 'node:util';
import type { IDataObject } from 'n8n-workflow';

import type { Row } from './crmFollowUp';
import { deliveriesFor, expectedPhone, type DemoRun } from './run';

/** What a row's template has to be filled in with, told without the example's expressions. */
export function expectedVariables({ customer_name, order_id, total }: Row) {
	const rupiah = String(total).replace(/\B(?=(\d{3})+$)/g, '.');
	return { customer_name, order_id, total: `Rp ${rupiah}` };
}

function reasonNotSent({ notSent }: DemoRun, { order_id }: Row): string {
	const item = notSent.find((json) => json['order_id'] === order_id);
	const { message, advice } = (item?.['error'] ?? {}) as IDataObject;
	return message === undefined ? '' : `: ${[message, advice].filter(Boolean).join('. ')}`;
}

/** A row without a phone number: nothing may be sent, and it has to be found among those not sent. */
function checkUnreachable(run: DemoRun, row: Row): string | undefined {
	if (deliveriesFor(run, row).length > 0) return 'got a message without a phone number';
	return reasonNotSent(run, row) === '' ? 'is not among those that were not sent' : undefined;
}

function checkReachable(run: DemoRun, row: Row, phone: string): string | undefined {
	const deliveries = deliveriesFor(run, row);
	const [delivery] = deliveries;
	if (!delivery || deliveries.length > 1) {
		return `got ${deliveries.length} messages instead of one${reasonNotSent(run, row)}`;
	}
	const { message, conversation } = delivery;
	if (conversation.contact.phone !== phone) {
		return `went to ${conversation.contact.phone} instead of ${phone}`;
	}
	const expected = expectedVariables(row);
	if (!isDeepStrictEqual(message.template_variables, expected)) {
		const got = JSON.stringify(message.template_variables);
		return `got the variables ${got} instead of ${JSON.stringify(expected)}`;
	}
	const isMarked = run.marked.some(
		({ order_id, message_id }) => order_id === row.order_id && message_id === message.id,
	);
	return isMarked ? undefined : `is not marked as sent${reasonNotSent(run, row)}`;
}

function checkRow(run: DemoRun, row: Row): string | undefined {
	const phone = expectedPhone(row);
	const finding =
		phone === undefined ? checkUnreachable(run, row) : checkReachable(run, row, phone);
	return finding && `${row.order_id} of ${row.customer_name} ${finding}`;
}

/** Rows with the same number, however it is written, have to share one contact. */
function checkContacts({ rows, contacts }: DemoRun): string[] {
	const phones = new Set(rows.map(expectedPhone).filter((phone) => phone !== undefined));
	return [...phones].flatMap((phone) => {
		const count = contacts.filter((contact) => contact.phone === phone).length;
		return count === 1 ? [] : `There are ${count} contacts with ${phone} instead of one`;
	});
}

function checkTranscript({ sent, thread, transcript }: DemoRun): string | undefined {
	if (sent.length === 0) return 'No conversation was read, since no message was sent';
	const idsOf = (messages: ReadonlyArray<{ id?: unknown }>) => messages.map(({ id }) => id);
	const expected = idsOf(thread);
	const read = idsOf(transcript);
	if (isDeepStrictEqual(read, expected)) return undefined;
	return `The transcript has the messages ${read.join(', ') || '(none)'} instead of ${expected.join(', ')}`;
}

/**
 * Compares what the workflow did with what the sandbox stored. One line for everything that is
 * missing or wrong; none when each row with a phone number got its one message, there is one contact
 * for each number, and the transcript is complete.
 */
export function findProblems(run: DemoRun): string[] {
	const ours = new Set(run.rows.flatMap((row) => deliveriesFor(run, row)));
	const strays = run.deliveries.filter((delivery) => !ours.has(delivery));
	return [
		run.stoppedBy === undefined ? undefined : `The workflow stopped: ${run.stoppedBy}`,
		run.rows.length > 0 ? undefined : 'The table of the example is empty',
		...run.rows.map((row) => checkRow(run, row)),
		...strays.map(
			({ conversation }) => `Conversation ${conversation.id} got a message that is for no row`,
		),
		...checkContacts(run),
		checkTranscript(run),
	].filter((line) => line !== undefined);
}
