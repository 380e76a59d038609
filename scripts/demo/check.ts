import { isDeepStrictEqual } from 'node:util';
import type { IDataObject } from 'n8n-workflow';

import type { Customer } from './example';
import { customerRead, type DemoRun } from './run';

/** What a customer's template has to be filled in with, told without the example's expressions. */
export function expectedVariables({ customer_name, order_id, total }: Customer) {
	const rupiah = String(total).replace(/\B(?=(\d{3})+$)/g, '.');
	return { customer_name, order_id, total: `Rp ${rupiah}` };
}

function reasonNotSent({ notSent }: DemoRun, { conversation_id }: Customer): string {
	const item = notSent.find((json) => json['conversation_id'] === conversation_id);
	const { message, advice } = (item?.['error'] ?? {}) as IDataObject;
	return message === undefined ? '' : `: ${[message, advice].filter(Boolean).join('. ')}`;
}

function checkCustomer(run: DemoRun, customer: Customer): string | undefined {
	const { customer_name: name, conversation_id } = customer;
	const stored = run.stored.get(conversation_id) ?? [];
	const [message] = stored;
	if (!message || stored.length > 1) {
		return `${name} got ${stored.length} messages instead of one${reasonNotSent(run, customer)}`;
	}
	const expected = expectedVariables(customer);
	if (!isDeepStrictEqual(message.template_variables, expected)) {
		const got = JSON.stringify(message.template_variables);
		return `${name} got the variables ${got} instead of ${JSON.stringify(expected)}`;
	}
	if (!run.sent.some(({ id, content }) => id === message.id && content === message.content)) {
		return `${name} got a message that the node does not report as sent${reasonNotSent(run, customer)}`;
	}
	return undefined;
}

function checkTranscript(run: DemoRun): string | undefined {
	const customer = customerRead(run);
	if (!customer) return 'No conversation was read, since no message was sent';
	const idsOf = (messages: ReadonlyArray<{ id?: unknown }>) => messages.map(({ id }) => id);
	const expected = idsOf(run.threads.get(customer.conversation_id) ?? []);
	const read = idsOf(run.transcript);
	if (isDeepStrictEqual(read, expected)) return undefined;
	return `The transcript has the messages ${read.join(', ') || '(none)'} instead of ${expected.join(', ')}`;
}

/**
 * Compares what the workflow did with what the sandbox stored. One line for everything that is
 * missing or wrong; none when each customer got their one message and the transcript is complete.
 */
export function findProblems(run: DemoRun): string[] {
	const ours = new Set(run.customers.map(({ conversation_id }) => conversation_id));
	const strays = [...run.stored].filter(([id, messages]) => !ours.has(id) && messages.length > 0);
	return [
		run.stoppedBy === undefined ? undefined : `The workflow stopped: ${run.stoppedBy}`,
		run.customers.length > 0 ? undefined : 'The table of the example is empty',
		...run.customers.map((customer) => checkCustomer(run, customer)),
		...strays.map(([id]) => `Conversation ${id} got a message, but is not in the table`),
		checkTranscript(run),
	].filter((line) => line !== undefined);
}
