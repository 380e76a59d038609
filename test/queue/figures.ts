import Table from 'cli-table3';

/** Prints what was measured and is not the same each time. */
export function showFigures(title: string, figures: Record<string, number | string>): void {
	const table = new Table();
	table.push([{ content: title, colSpan: 2 }]);
	for (const [name, value] of Object.entries(figures)) table.push([name, String(value)]);
	process.stdout.write(`${table.toString()}\n`);
}
