import { ASSUMPTIONS } from '../../scripts/checkApi/assumptions';
import { listFiles, existsInRepository, read } from '../package/documents';

/** The cells of the rows that describe an assumption. */
const ROWS = read('docs/assumptions.md')
	.split('\n')
	.filter((line) => /^\| `[a-z0-9-]+` +\|/.test(line))
	.map((line) => line.split(/(?<!\\)\|/).map((cell) => cell.trim()));

const names = ROWS.map(([, name]) => name!.replaceAll('`', ''));

test('docs/assumptions.md lists the assumptions in the order of the check', () => {
	expect(names).toEqual(Object.keys(ASSUMPTIONS));
});

test('each row of docs/assumptions.md has all cells', () => {
	expect(ROWS.filter((cells) => cells.length !== 6 || cells.slice(1, 5).includes(''))).toEqual([]);
});

test('each row of docs/assumptions.md names existing files of the nodes', () => {
	const files = ROWS.map(([, , , where]) => [...where!.matchAll(/`([\w/]+\.ts)`/g)]);

	const missing = files.flat().filter(([, file]) => !existsInRepository(`nodes/Sahut/${file}`));

	expect(files.filter((found) => found.length === 0)).toEqual([]);
	expect(missing).toEqual([]);
});

test('the issue form for differences mentions the check', () => {
	expect(listFiles('.github/ISSUE_TEMPLATE')).toContain(
		'.github/ISSUE_TEMPLATE/api-difference.yml',
	);
	expect(read('.github/ISSUE_TEMPLATE/api-difference.yml')).toContain('npm run check:api');
});
