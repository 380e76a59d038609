import { styleText } from 'node:util';
import Table from 'cli-table3';
import type { IDataObject } from 'n8n-workflow';

import type { Sandbox } from '../../sandbox';
import { EXAMPLE_FILE } from './crmFollowUp';
import { deliveriesFor, runDemo, type DemoRun } from './run';

/** As wide as the terminal, within what reads well. */
const WIDTH = Math.min(100, Math.max(80, process.stdout.columns ?? 100));

const bold = (text: string) => styleText('bold', text);
const dim = (text: string) => styleText('dim', text);

/** A table whose last column takes the width that the two others leave. */
function table(head: string[], [first, second]: [number, number], rows: string[][]): string {
	const colWidths = [first, second, WIDTH - 4 - first - second];
	const style = { head: [], border: [] };
	const grid = new Table({ head: head.map(bold), colWidths, wordWrap: true, style });
	grid.push(...rows);
	return grid.toString();
}

/** The numbers as they were written, who that is in Sahut, and what was sent. */
function sentRows(run: DemoRun): string[][] {
	const made = (created: unknown) => (created === true ? 'created' : 'found');
	return run.rows.map((row) => {
		const asWritten = `${row.customer_name}\n${bold(String(row.phone))}`;
		const [delivery] = deliveriesFor(run, row);
		const answer = run.sent.find(({ id }) => id === delivery?.message.id);
		if (!delivery || !answer) {
			const { error } = run.notSent.find(({ order_id }) => order_id === row.order_id) ?? {};
			return [
				asWritten,
				'–',
				`Not sent: ${String((error as IDataObject | undefined)?.['message'] ?? 'no reason given')}`,
			];
		}
		const { contact, id } = delivery.conversation;
		const { content, template_id, id: messageId } = delivery.message;
		return [
			`${asWritten}\n${dim(`→ ${contact.phone}`)}`,
			[
				`contact ${made(answer['contact_created'])}\n${dim(contact.id)}`,
				`conversation ${made(answer['conversation_created'])}\n${dim(id)}`,
			].join('\n'),
			`${content}\n${dim(`${template_id} → ${messageId}`)}`,
		];
	});
}

function transcriptRows({ transcript }: DemoRun): string[][] {
	return transcript.map(({ created_at, sender, type, content }) => [
		String(created_at).slice(0, 'yyyy-mm-ddThh:mm'.length).replace('T', ' '),
		`${type === 'incoming' ? '→' : '←'} ${String((sender as IDataObject)['name'])}`,
		String(content),
	]);
}

/**
 * One line for everything that is missing or wrong; none when each row with a phone number got its
 * one message, each number has one contact, and the whole conversation was read.
 */
export function findProblems(run: DemoRun): string[] {
	const { rows, deliveries, contacts, thread, transcript, stoppedBy } = run;
	const wrong = rows
		.map((row) => ({ ...row, got: deliveriesFor(run, row).length }))
		.filter(({ phone, got }) => got !== (/\d/.test(String(phone)) ? 1 : 0));
	const strays = deliveries.length - rows.flatMap((row) => deliveriesFor(run, row)).length;
	const phones = contacts.flatMap(({ phone }) => phone ?? []);
	const twice = phones.filter((phone, index) => phones.indexOf(phone) !== index);
	const isRead = thread.length > 0 && thread.length === transcript.length;
	return [
		...(stoppedBy === undefined ? [] : [`The workflow stopped: ${stoppedBy}`]),
		...wrong.map(({ order_id, got }) => `Messages about ${order_id}: ${got}`),
		...(strays === 0 ? [] : [`Messages that are for no row: ${strays}`]),
		...twice.map((phone) => `There are two contacts with ${phone}`),
		...(isRead ? [] : [`${transcript.length} of ${thread.length} messages were read`]),
	];
}

/** Runs the example, prints what happened, and answers whether all of it is there. */
export async function demo(sandbox: Sandbox, print: (text: string) => void): Promise<boolean> {
	const run = await runDemo(sandbox);
	const { rows, sent, notSent, transcript } = run;
	print(`${bold(`A follow-up by phone number to ${rows.length} rows of a table, run in n8n's own engine`)}
  Workflow   ${EXAMPLE_FILE}
  Base URL   ${sandbox.url} ${dim('(a sandbox on this machine, not the real Sahut)')}

${bold('1. Message: Send to Phone Number')}
   Budi has an open conversation, Siti a resolved one, the others are new to Sahut. None of them
   has written in the last 24 hours, so only a template may reach them.
${table(['Phone, as written', 'Contact, conversation', 'Message'], [20, 28], sentRows(run))}

${bold('2. Message: List')}
   The conversation of the first message, oldest first (→ from the customer, ← to the customer).
${table(['Time (UTC)', 'From', 'Message'], [18, 18], transcriptRows(run))}
`);
	const problems = findProblems(run);
	if (problems.length > 0) {
		for (const line of problems) print(styleText('red', `✗ ${line}`));
		print('The demo is incomplete.');
		return false;
	}
	const putAside = notSent.map(({ customer_name }) => customer_name).join(', ');
	for (const line of [
		`${sent.length} of ${rows.length} rows got one message each.`,
		`Put aside, for want of a phone number: ${putAside}.`,
		`Each phone number has one contact; all ${transcript.length} messages were read.`,
	]) {
		print(styleText('green', `✓ ${line}`));
	}
	print(
		'  Next: npm run sandbox for a sandbox to try your n8n with; examples/README.md to import this.',
	);
	return true;
}
