import Table from 'cli-table3';
import type { IDataObject } from 'n8n-workflow';

import type { Message } from '../../sandbox';
import { EXAMPLE_FILE } from './example';
import { customerRead, type DemoRun } from './run';

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

function variableLines({ template_id, template_variables = {} }: Message): string {
	const names = Object.keys(template_variables);
	const width = Math.max(...names.map((name) => name.length));
	const lines = names.map((name) => `${name.padEnd(width)}  ${template_variables[name]}`);
	return [dim(template_id ?? ''), ...lines].join('\n');
}

/** One row per customer: what Sahut was given, and the message that the node put out. */
function sentTable({ customers, stored, sent }: DemoRun): string {
	const rows = customers.map(({ customer_name, conversation_id }) => {
		const [message] = stored.get(conversation_id) ?? [];
		const answer = sent.find(({ id }) => id === message?.id);
		return [
			`${customer_name}\n${dim(conversation_id)}`,
			message ? variableLines(message) : '(nothing)',
			answer ? `${String(answer['content'])}\n${dim(String(answer['id']))}` : '(nothing)',
		];
	});
	return table(['Customer', 'Sent: template, variables', 'Came back: message'], [21, 32], rows);
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
		bold(`A follow-up to ${run.customers.length} customers on WhatsApp, run in n8n's own engine`),
		`  Workflow   ${EXAMPLE_FILE}`,
		`  Base URL   ${baseUrl} ${dim('(a sandbox on this machine, not the real Sahut)')}`,
		'',
		bold('1. Message: Send'),
		'   Each customer last wrote two days ago, so only a template may reach them.',
		sentTable(run),
		'',
		bold('2. Message: List'),
		`   The conversation with ${customerRead(run)?.customer_name ?? 'nobody'}, oldest first.`,
		transcriptTable(run),
		'   → from the customer   ← to the customer',
		'',
	].join('\n');
}

/** What the check found, as the last lines of the demo. */
export function verdict({ customers, transcript }: DemoRun, problems: string[]): string {
	if (problems.length > 0) {
		return [...problems.map((line) => red(`✗ ${line}`)), 'The demo is incomplete.'].join('\n');
	}
	return [
		green(
			`✓ ${customers.length} customers got one message each, with their own values; all ${transcript.length} messages were read.`,
		),
		'  Next: npm run sandbox for a sandbox to try your n8n with; examples/README.md to import this.',
	].join('\n');
}
