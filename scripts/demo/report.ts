import Table from 'cli-table3';
import type { IDataObject } from 'n8n-workflow';

import { EXAMPLE_FILE } from './crmFollowUp';
import { deliveriesFor, rowRead, type DemoRun } from './run';

/** As wide as the terminal, within what reads well. */
const WIDTH = Math.min(100, Math.max(80, process.stdout.columns ?? 100));

const COLOURS = process.stdout.isTTY === true && process.env['NO_COLOR'] === undefined;

function styled(code: number, text: string): string {
	return COLOURS ? `\u001b[${code}m${text}\u001b[0m` : text;
}

const bold = (text: string) => styled(1, text);
const dim = (text: string) => styled(2, text);
const green = (text: string) => styled(32, text);
const red = (text: string) => styled(31, text);

/** A table whose last column takes the width that the others leave. */
function table(head: string[], widths: number[], rows: string[][], compact = false): string {
	const borders = head.length + 1;
	const rest = WIDTH - borders - widths.reduce((sum, width) => sum + width, 0);
	const colWidths = [...widths, rest];
	const style = { head: [], border: COLOURS ? ['grey'] : [], compact };
	const grid = new Table({ head: head.map(bold), colWidths, wordWrap: true, style });
	grid.push(...rows);
	return grid.toString();
}

/** How a contact or a conversation came about, with its ID. */
function origin(what: string, created: unknown, id: string): string {
	return `${what} ${created === true ? green('created') : 'found'}\n${dim(id)}`;
}

/** One row per row of the table: the number as written, who that is in Sahut, what was sent. */
function sentTable(run: DemoRun): string {
	const rows = run.rows.map((row) => {
		const asWritten = `${row.customer_name}\n${bold(String(row.phone))}`;
		const [delivery] = deliveriesFor(run, row);
		const answer = run.sent.find(({ id }) => id === delivery?.message.id);
		if (!delivery || !answer) {
			const item = run.notSent.find(({ order_id }) => order_id === row.order_id);
			const { message } = (item?.['error'] ?? {}) as IDataObject;
			return [asWritten, '–', red(`Not sent: ${String(message ?? 'no reason given')}`)];
		}
		const { conversation, message } = delivery;
		const { contact_created, conversation_created } = answer;
		return [
			`${asWritten}\n${dim(`→ ${conversation.contact.phone}`)}`,
			[
				origin('contact', contact_created, conversation.contact.id),
				origin('conversation', conversation_created, conversation.id),
			].join('\n'),
			`${message.content}\n${dim(`${message.template_id} → ${message.id}`)}`,
		];
	});
	return table(['Phone, as written', 'Contact, conversation', 'Message'], [20, 28], rows);
}

/** `2024-03-15T08:30:00Z` as `2024-03-15 08:30`. */
function minute(createdAt: unknown): string {
	return String(createdAt).slice(0, 'yyyy-mm-ddThh:mm'.length).replace('T', ' ');
}

function transcriptTable({ transcript }: DemoRun): string {
	const rows = transcript.map(({ created_at, sender, type, content }) => {
		const { name } = sender as IDataObject;
		const arrow = type === 'incoming' ? '→' : '←';
		return [minute(created_at), `${arrow} ${String(name)}`, String(content)];
	});
	return table(['Time (UTC)', 'From', 'Message'], [18, 18], rows, true);
}

/** What the workflow did, for people. */
export function report(run: DemoRun, baseUrl: string): string {
	return [
		bold(
			`A follow-up by phone number to ${run.rows.length} rows of a table, run in n8n's own engine`,
		),
		`  Workflow   ${EXAMPLE_FILE}`,
		`  Base URL   ${baseUrl} ${dim('(a sandbox on this machine, not the real Sahut)')}`,
		'',
		bold('1. Message: Send to Phone Number'),
		'   Budi has an open conversation, Siti a resolved one, the others are new to Sahut. None of them',
		'   has written in the last 24 hours, so only a template may reach them.',
		sentTable(run),
		'',
		bold('2. Message: List'),
		`   The conversation with ${rowRead(run)?.customer_name ?? 'nobody'}, oldest first.`,
		transcriptTable(run),
		'   → from the customer   ← to the customer',
		'',
	].join('\n');
}

/** What the check found, as the last lines of the demo. */
export function verdict({ rows, sent, notSent, transcript }: DemoRun, problems: string[]): string {
	if (problems.length > 0) {
		return [...problems.map((line) => red(`✗ ${line}`)), 'The demo is incomplete.'].join('\n');
	}
	const putAside = notSent.map(({ customer_name }) => customer_name).join(', ');
	return [
		green(`✓ ${sent.length} of ${rows.length} rows got one message each, with their own values.`),
		green(`✓ Put aside, for want of a phone number: ${putAside || 'none'}.`),
		green(`✓ Each phone number has one contact; all ${transcript.length} messages were read.`),
		'  Next: npm run sandbox for a sandbox to try your n8n with; examples/README.md to import this.',
	].join('\n');
}
