import { filesOf, read } from './documents';

/** `npm test`, `npm start`, `npm run name`, `npm run --if-present name`. */
const COMMAND = /\bnpm (?:run (?:--if-present )?([\w:]+)|(start|test)\b)/g;

const commandsIn = (text: string) =>
	[...new Set([...text.matchAll(COMMAND)].map(([, run, short]) => (run ?? short)!))].sort();

const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };

/** For scripts alone: others call them. */
const INTERNAL = ['format:check', 'lint', 'prepack', 'typecheck'];

test.each(filesOf('*.md', '.ci', '.github'))('%s names npm scripts that exist', (file) => {
	expect(commandsIn(read(file)).filter((name) => !(name in scripts))).toEqual([]);
});

test('CONTRIBUTING.md says what each npm script does', () => {
	const rows = read('CONTRIBUTING.md')
		.match(/^\| `npm .*$/gm)!
		.join('\n');

	const others = Object.keys(scripts).filter((name) => !INTERNAL.includes(name));

	expect(commandsIn(rows)).toEqual(others.sort());
});
