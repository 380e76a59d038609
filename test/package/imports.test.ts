import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';

const ROOT = path.resolve(__dirname, '../..');
const FOLDERS = ['nodes', 'credentials', 'sandbox', 'scripts', 'test', 'benchmarks'];

/** What a file imports of its own project, types included, by paths without `.ts`. */
function importsOf(file: string): string[] {
	const { importedFiles } = ts.preProcessFile(readFileSync(`${file}.ts`, 'utf8'), true, true);
	return importedFiles
		.map(({ fileName }) => fileName)
		.filter((name) => name.startsWith('.'))
		.map((name) => path.join(path.dirname(file), name))
		.map((target) => (existsSync(`${target}.ts`) ? target : path.join(target, 'index')))
		.filter((target) => existsSync(`${target}.ts`));
}

function filesIn(folder: string): string[] {
	return readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' })
		.filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts'))
		.map((name) => path.join(ROOT, folder, name.slice(0, -'.ts'.length)));
}

const imports = new Map(FOLDERS.flatMap(filesIn).map((file) => [file, importsOf(file)] as const));

/** The first way that leads from a file back to itself. */
function findCircle(): string[] | undefined {
	const done = new Set<string>();
	function walk(file: string, way: string[]): string[] | undefined {
		if (way.includes(file)) return [...way.slice(way.indexOf(file)), file];
		if (done.has(file)) return undefined;
		for (const next of imports.get(file) ?? []) {
			const circle = walk(next, [...way, file]);
			if (circle) return circle;
		}
		done.add(file);
		return undefined;
	}
	for (const file of imports.keys()) {
		const circle = walk(file, []);
		if (circle) return circle.map((each) => path.relative(ROOT, each));
	}
	return undefined;
}

it('no import goes in a circle, of types neither', () => {
	expect(imports.size).toBeGreaterThan(200);
	expect(findCircle()).toBeUndefined();
});

it.each([
	['transport', []],
	['workspace', ['transport']],
	['resources', ['transport', 'workspace', 'runtime']],
	['runtime', ['transport', 'workspace']],
])('%s takes from %j alone', (room, others) => {
	const rooms = path.join(ROOT, 'nodes/Sahut');
	const roomOf = (file: string) => path.relative(rooms, file).split(path.sep)[0]!;
	const taken = [...imports]
		.filter(([file]) => file.startsWith(path.join(rooms, room) + path.sep))
		.flatMap(([, targets]) => targets.map(roomOf));
	expect(taken.length).toBeGreaterThan(0);
	expect([...new Set(taken)].filter((each) => ![room, ...others].includes(each))).toEqual([]);
});

it('what ships takes nothing from what does not', () => {
	const shipped = [...imports].filter(([file]) => /\/(nodes|credentials)\//.test(file));
	const strangers = shipped
		.flatMap(([, targets]) => targets)
		.filter((target) => !/^(nodes|credentials)\//.test(path.relative(ROOT, target)));
	expect(strangers).toEqual([]);
});
