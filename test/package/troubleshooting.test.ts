import { filesOf, read } from './documents';

const MESSAGES = /^## .*\n\n(\| Status \|[^]*?)\n\n/m;
const LOG = /^### .*\n\n[^|]*(\| [^|]* \| [^|]*Sahut \|[^]*?)\n\n/m;
/** What n8n logs by itself, and the name of a field. */
const OF_N8N = /unknown webhook|^\w+$/;
const QUOTE = /`([^`]+)`/g;

const said = filesOf('nodes/**/*.ts').map(read).join('\n');

/** The parts of what is quoted between which the nodes put something in. */
const partsOf = (quote: string) =>
	quote
		.split(/…|"/)
		.map((part) => part.trim())
		.filter((part) => part !== '');

function quotesIn(table: RegExp, column: number, file: string): string[] {
	const rows = (table.exec(read(file))?.[1] ?? '').split('\n').slice(2);
	return rows.flatMap((row) =>
		[...row.split(' | ')[column]!.matchAll(QUOTE)].map(([, quote]) => quote!),
	);
}

test.each(['docs/troubleshooting.md', 'docs/id/troubleshooting.md'])(
	'%s quotes what the nodes say',
	(file) => {
		const messages = quotesIn(MESSAGES, 1, file);

		const logged = quotesIn(LOG, 0, file).filter((quote) => !OF_N8N.test(quote));

		expect(messages.length).toBeGreaterThan(12);
		expect(logged).toHaveLength(3);

		const parts = [...messages, ...logged].flatMap(partsOf);

		expect(parts.filter((part) => !said.includes(part))).toEqual([]);
	},
);
