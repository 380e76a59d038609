import { listFiles, read } from './documents';

const MESSAGE_TABLE = /^## .*\n\n(\| Status \|[^]*?)\n\n/m;
const LOG_TABLE = /^### .*\n\n[^|]*(\| [^|]* \| [^|]*Sahut \|[^]*?)\n\n/m;
/** Log messages of n8n itself, and names of fields. */
const NOT_OF_NODES = /unknown webhook|^\w+$/;
const QUOTE = /`([^`]+)`/g;

const source = listFiles('nodes/**/*.ts').map(read).join('\n');

/** Returns the constant parts of a quoted message, without the inserted values. */
const constantPartsOf = (quote: string) =>
	quote
		.split(/…|"/)
		.map((part) => part.trim())
		.filter((part) => part !== '');

/** Returns the quotes in a column of a table. */
function quotesIn(table: RegExp, column: number, file: string): string[] {
	const rows = (table.exec(read(file))?.[1] ?? '').split('\n').slice(2);
	return rows.flatMap((row) =>
		[...row.split(' | ')[column]!.matchAll(QUOTE)].map(([, quote]) => quote!),
	);
}

test.each(['docs/troubleshooting.md', 'docs/id/troubleshooting.md'])(
	'%s quotes only messages that exist in the nodes',
	(file) => {
		const messages = quotesIn(MESSAGE_TABLE, 1, file);
		const logged = quotesIn(LOG_TABLE, 0, file).filter((quote) => !NOT_OF_NODES.test(quote));

		const parts = [...messages, ...logged].flatMap(constantPartsOf);
		expect(messages.length).toBeGreaterThan(12);
		expect(logged).toHaveLength(3);
		expect(parts.filter((part) => !source.includes(part))).toEqual([]);
	},
);
