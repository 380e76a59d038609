import { dirname, join } from 'node:path';

import { filesOf, isThere, read } from './documents';

const LAYERS = 'nodes/Sahut';
/** `import … from './x'`, `export … from './x'`, `import('./x')`; types included. */
const IMPORT = /\b(?:from|import) ?\(?'(\.[^']*)'/g;

/** Each file, and the files of this project that it imports. */
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

it('no import is circular, not even an import of types', () => {
	expect(imports.size).toBeGreaterThan(200);

	// Remove files that import no file that is left, or that no such file imports: only cycles stay.
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
	['values', []],
	['transport', ['values']],
	['processCache', ['transport', 'values']],
	['api', ['processCache', 'transport', 'values']],
	['delivery', ['api', 'processCache', 'transport', 'values']],
	['resources', ['delivery', 'api', 'transport', 'runtime', 'values']],
	['runtime', ['api', 'processCache', 'transport', 'values']],
])('%s imports only from %j', (layer, others) => {
	const allowed = [layer, ...others].map((each) => `${LAYERS}/${each}/`);

	const taken = importsOf(`${LAYERS}/${layer}/`);

	expect([...imports.keys()].some((file) => file.startsWith(allowed[0]!))).toBe(true);
	expect(taken.filter((target) => !allowed.some((each) => target.startsWith(each)))).toEqual([]);
});

it('shipped files import only shipped files', () => {
	const taken = ['nodes/', 'credentials/'].flatMap(importsOf);

	expect(taken.filter((target) => !/^(nodes|credentials)\//.test(target))).toEqual([]);
});

describe('requests', () => {
	/** `'POST'`, `'PUT'` or `'PATCH'`, except in a comparison or in a union of types. */
	const WRITING_METHOD = /(?<![=!]== |\| )'(?:POST|PUT|PATCH)'(?! \|)/;

	/** Lines that name a method, but not of a request to Sahut. */
	const NO_REQUESTS = [
		'nodes/Sahut/SahutTrigger.node.ts: httpMethod: ',
		'nodes/Sahut/processCache/observedApi.ts: updateMethod: ',
	];

	/** The lines of shipped files that match, outside of these layers. */
	const linesOutside = (layers: string[], pattern: RegExp) =>
		filesOf('nodes/*.ts', 'credentials/*.ts')
			.filter((file) => !layers.some((layer) => file.startsWith(`${LAYERS}/${layer}/`)))
			.flatMap((file) =>
				read(file)
					.split('\n')
					.filter((line) => pattern.test(line))
					.map((line) => `${file}: ${line.trim()}`),
			);

	it('only api/ names the method of a request that writes', () => {
		const outside = linesOutside(['api'], WRITING_METHOD);

		const isRequest = (line: string) => !NO_REQUESTS.some((each) => line.startsWith(each));

		expect(outside.filter(isRequest)).toEqual([]);
		// The pattern finds what it is for.
		expect(outside).toHaveLength(NO_REQUESTS.length);
		expect(linesOutside([], WRITING_METHOD).length).toBeGreaterThan(outside.length + 4);
	});

	it('only api/ and transport/ make requests', () => {
		const CALL = /\.request(?:<[^(]*>)?\(/;

		expect(linesOutside(['api', 'transport'], CALL)).toEqual([]);
		expect(linesOutside([], CALL).length).toBeGreaterThan(4);
	});
});
