import Table from 'cli-table3';

import type { Outcome } from './record';

const RESULT_WIDTH = 60;

/** One row for each thing that was tried. */
export function report(outcomes: Outcome[]): string {
	const table = new Table({
		head: ['n8n', 'Node.js', 'What was tried', 'Result', 'Date'],
		colWidths: [null, null, null, RESULT_WIDTH, null],
		wordWrap: true,
		style: { head: [], border: [], compact: true },
	});
	for (const { version, node, tried, failure, date } of outcomes) {
		const day = date.toISOString().slice(0, 'yyyy-mm-dd'.length);
		table.push([
			version,
			node,
			tried,
			failure === undefined ? '✓' : `✗ ${failure.split('\n')[0]}`,
			day,
		]);
	}
	return table.toString();
}
