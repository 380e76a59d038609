import { listFiles, read } from './documents';

/** Matches `npm test`, `npm start`, `npm run name` and `npm run --if-present name`. */
const COMMAND = /\bnpm (?:run (?:--if-present )?([\w:]+)|(start|test)\b)/g;

const commandsIn = (text: string) =>
	[...new Set([...text.matchAll(COMMAND)].map(([, run, short]) => (run ?? short)!))].sort();

const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };

/** Scripts that only other scripts call. */
const INTERNAL = ['format:check', 'lint', 'prepack', 'typecheck'];

test.each(listFiles('*.md', '.ci', '.github'))('%s mentions only existing npm scripts', (file) => {
	expect(commandsIn(read(file)).filter((name) => !(name in scripts))).toEqual([]);
});

test('CONTRIBUTING.md describes each npm script', () => {
	const rows = read('CONTRIBUTING.md')
		.match(/^\| `npm .*$/gm)!
		.join('\n');

	const publicScripts = Object.keys(scripts).filter((name) => !INTERNAL.includes(name));
	expect(commandsIn(rows)).toEqual(publicScripts.sort());
});
