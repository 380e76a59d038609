import Table from 'cli-table3';

import type { Finding } from './findings';

const WIDTHS = { expected: 42, found: 52 };

/** One row for each assumption, for the screen. */
export function toTable(findings: Finding[]): string {
	const table = new Table({
		head: ['Assumption', 'Expected', 'Found', 'Verdict'],
		colWidths: [null, WIDTHS.expected, WIDTHS.found, null],
		wordWrap: true,
		style: { head: [], border: [], compact: true },
	});
	for (const { assumption, expected, found, verdict } of findings) {
		table.push([assumption, expected, found, verdict]);
	}
	return table.toString();
}

/** How many there are of each verdict. */
export function toSummary(findings: Finding[]): string {
	const counts = new Map<string, number>();
	for (const { verdict } of findings) counts.set(verdict, (counts.get(verdict) ?? 0) + 1);
	return [...counts].map(([verdict, count]) => `${count} ${verdict}`).join(', ');
}

/** The same for an issue. */
export function toJson(findings: Finding[], about: Record<string, unknown>): string {
	return `${JSON.stringify({ ...about, findings }, null, '\t')}\n`;
}
