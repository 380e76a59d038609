import { ASSUMPTIONS } from '../../scripts/checkApi/assumptions';
import { filesOf, isThere, read } from '../package/documents';

/** The cells of the rows whose first one is a name in code. */
const ROWS = read('docs/assumptions.md')
	.split('\n')
	.filter((line) => /^\| `[a-z0-9-]+` +\|/.test(line))
	.map((line) => line.split(/(?<!\\)\|/).map((cell) => cell.trim()));

const names = ROWS.map(([, name]) => name!.replaceAll('`', ''));

test('docs/assumptions.md has the assumptions that are checked, in their order', () => {
	expect(names).toEqual(Object.keys(ASSUMPTIONS));
});

test('each of its rows says all that there is to say', () => {
	expect(ROWS.filter((cells) => cells.length !== 6 || cells.slice(1, 5).includes(''))).toEqual([]);
});

test('each of its rows names files of the nodes that there are', () => {
	const files = ROWS.map(([, , , where]) => [...where!.matchAll(/`([\w/]+\.ts)`/g)]);

	expect(files.every((found) => found.length > 0)).toBe(true);

	const missing = files.flat().filter(([, file]) => !isThere(`nodes/Sahut/${file}`));

	expect(missing).toEqual([]);
});

test('an issue form takes the report', () => {
	expect(filesOf('.github/ISSUE_TEMPLATE')).toContain('.github/ISSUE_TEMPLATE/api-difference.yml');
	expect(read('.github/ISSUE_TEMPLATE/api-difference.yml')).toContain('npm run check:api');
});
