import Table from 'cli-table3';

/** Prints measured numbers, which differ between runs. */
export function printFigures(title: string, figures: Record<string, number | string>): void {
	const table = new Table();
	table.push([{ content: title, colSpan: 2 }]);
	for (const [name, value] of Object.entries(figures)) table.push([name, String(value)]);
	process.stdout.write(`${table.toString()}\n`);
}
