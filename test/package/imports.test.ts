import { dirname, join } from 'node:path';

import { filesOf, isThere, read } from './documents';

const ROOMS = 'nodes/Sahut';
/** `import … from './x'`, `export … from './x'`, `import('./x')`; types included. */
const IMPORT = /\b(?:from|import) ?\(?'(\.[^']*)'/g;

/** Each file, and what it imports of its own project. */
const imports = new Map(
	filesOf('*.ts', ':!*.d.ts').map((file) => [
		file,
		[...read(file).matchAll(IMPORT)]
			.map(([, path]) => join(dirname(file), path!))
			.map((path) => [`${path}.ts`, join(path, 'index.ts')].find(isThere))
			.filter((target) => target !== undefined),
	]),
);

/** What the files below a folder import. */
const importsOf = (folder: string) =>
	[...imports].flatMap(([file, targets]) => (file.startsWith(folder) ? targets : []));

it('no import goes in a circle, of types neither', () => {
	expect(imports.size).toBeGreaterThan(200);
	// Away with whatever takes from nothing that is left, or is taken by nothing: circles stay.
	const left = new Map(imports);
	let before: number;
	do {
		before = left.size;
		for (const [file, targets] of left) {
			const takes = targets.some((target) => left.has(target));
			const isTaken = [...left.values()].some((others) => others.includes(file));
			if (!takes || !isTaken) left.delete(file);
		}
	} while (left.size < before);
	expect([...left]).toEqual([]);
});

it.each([
	['transport', []],
	['workspace', ['transport']],
	['resources', ['transport', 'workspace', 'runtime']],
	['runtime', ['transport', 'workspace']],
])('%s takes from %j alone', (room, others) => {
	const allowed = [room, ...others].map((each) => `${ROOMS}/${each}/`);
	const taken = importsOf(`${ROOMS}/${room}/`);
	expect(taken.length).toBeGreaterThan(0);
	expect(taken.filter((target) => !allowed.some((each) => target.startsWith(each)))).toEqual([]);
});

it('what ships takes nothing from what does not', () => {
	const taken = ['nodes/', 'credentials/'].flatMap(importsOf);
	expect(taken.filter((target) => !/^(nodes|credentials)\//.test(target))).toEqual([]);
});
