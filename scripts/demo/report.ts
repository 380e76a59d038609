import { styleText } from 'node:util';
import Table from 'cli-table3';
import type { IDataObject } from 'n8n-workflow';

import type { Sandbox } from '../../sandbox';
import { EXAMPLE_FILE } from './crmFollowUp';
import { deliveriesFor, runDemo, type DemoRun } from './run';

/** The width of the terminal, from 80 to 100 columns. */
const WIDTH = Math.min(100, Math.max(80, process.stdout.columns ?? 100));

const bold = (text: string) => styleText('bold', text);
const dim = (text: string) => styleText('dim', text);

/** Formats a table. The last column uses the remaining width. */
function table(head: string[], [first, second]: [number, number], rows: string[][]): string {
	const colWidths = [first, second, WIDTH - 4 - first - second];
	const style = { head: [], border: [] };
	const grid = new Table({ head: head.map(bold), colWidths, wordWrap: true, style });
	grid.push(...rows);
	return grid.toString();
}

/** Formats each row of the table with its contact, its conversation and the sent message. */
function sentRows(run: DemoRun): string[][] {
	const origin = (created: unknown) => (created === true ? 'created' : 'found');
	return run.rows.map((row) => {
		const asWritten = `${row.customer_name}\n${bold(String(row.phone))}`;
		const [delivery] = deliveriesFor(run, row);
		const output = run.sent.find(({ id }) => id === delivery?.message.id);
		if (!delivery || !output) {
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
				`contact ${origin(output['contact_created'])}\n${dim(contact.id)}`,
				`conversation ${origin(output['conversation_created'])}\n${dim(id)}`,
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
 * Lists the problems of a run, one line each. A correct run sends one message to each row with a phone
 * number, creates one contact per number, and reads the whole conversation.
 */
export function findProblems(run: DemoRun): string[] {
	const { rows, deliveries, contacts, thread, transcript, workflowError } = run;
	const wrong = rows
		.map((row) => ({ ...row, got: deliveriesFor(run, row).length }))
		.filter(({ phone, got }) => got !== (/\d/.test(String(phone)) ? 1 : 0));
	const unmatched = deliveries.length - rows.flatMap((row) => deliveriesFor(run, row)).length;
	const phones = contacts.flatMap(({ phone }) => phone ?? []);
	const twice = phones.filter((phone, index) => phones.indexOf(phone) !== index);
	const isRead = thread.length > 0 && thread.length === transcript.length;
	return [
		...(workflowError === undefined ? [] : [`The workflow stopped: ${workflowError}`]),
		...wrong.map(({ order_id, got }) => `Messages about ${order_id}: ${got}`),
		...(unmatched === 0 ? [] : [`Messages that belong to no row: ${unmatched}`]),
		...twice.map((phone) => `Two contacts have the phone number ${phone}`),
		...(isRead ? [] : [`${transcript.length} of ${thread.length} messages were read`]),
	];
}

/** Runs the example and prints the results. @returns whether the run had no problems */
export async function runAndReportDemo(
	sandbox: Sandbox,
	print: (text: string) => void,
): Promise<boolean> {
	const run = await runDemo(sandbox);
	const { rows, sent, notSent, transcript } = run;
	print(`${bold(`Sends a follow-up to ${rows.length} rows of a table by phone number, in n8n's own engine`)}
  Workflow   ${EXAMPLE_FILE}
  Base URL   ${sandbox.url} ${dim('(a sandbox on this machine, not the real Sahut)')}

${bold('1. Message: Send to Phone Number')}
   Budi has an open conversation and Siti a resolved one. The others are new to Sahut. None of them
   has written in the last 24 hours, so WhatsApp accepts only a template.
${table(['Phone, as written', 'Contact, conversation', 'Message'], [20, 28], sentRows(run))}

${bold('2. Message: List')}
   The conversation of the first message, oldest first (→ from the customer, ← to the customer).
${table(['Time (UTC)', 'From', 'Message'], [18, 18], transcriptRows(run))}
`);
	const problems = findProblems(run);
	if (problems.length > 0) {
		for (const line of problems) print(styleText('red', `✗ ${line}`));
		print('The demo failed.');
		return false;
	}
	const skipped = notSent.map(({ customer_name }) => customer_name).join(', ');
	for (const line of [
		`${sent.length} of ${rows.length} rows got one message each.`,
		`Not sent, because the row has no phone number: ${skipped}.`,
		`Each phone number has one contact. All ${transcript.length} messages were read.`,
	]) {
		print(styleText('green', `✓ ${line}`));
	}
	print(
		'  Next: try your own n8n with npm run sandbox, and import this workflow (examples/README.md).',
	);
	return true;
}
