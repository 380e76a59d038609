import { dirname, join } from 'node:path';

import { listFiles, existsInRepository, read } from './documents';

const LAYERS = 'nodes/Sahut';
/** Fewer would mean that the pattern no longer matches. */
const MIN_FILES = 200;
const MIN_IMPORTS = 500;
/** Matches `import … from './x'`, `export … from './x'` and `import('./x')`, including types. */
const IMPORT = /\b(?:from|import) ?\(?'(\.[^']*)'/g;

/** The files of this project that each file imports. */
const importsByFile = new Map(
	listFiles('*.ts', ':!*.d.ts').map((file) => [
		file,
		[...read(file).matchAll(IMPORT)]
			.map(([, path]) => join(dirname(file), path!))
			.map((path) => [`${path}.ts`, join(path, 'index.ts')].find(existsInRepository))
			.filter((target) => target !== undefined),
	]),
);

/** Returns the imports of all files below a folder. */
const importsBelow = (folder: string) =>
	[...importsByFile].flatMap(([file, targets]) => (file.startsWith(folder) ? targets : []));

it('no import is circular, including imports of types', () => {
	// Removes files that import no remaining file, or that no remaining file imports: only cycles remain.
	const remaining = new Map(importsByFile);
	let before: number;
	do {
		before = remaining.size;
		for (const [file, targets] of remaining) {
			const hasImports = targets.some((target) => remaining.has(target));
			const isImported = [...remaining.values()].some((others) => others.includes(file));
			if (!hasImports || !isImported) remaining.delete(file);
		}
	} while (remaining.size < before);

	expect(importsByFile.size).toBeGreaterThan(MIN_FILES);
	expect([...importsByFile.values()].flat().length).toBeGreaterThan(MIN_IMPORTS);
	expect([...remaining]).toEqual([]);
});

it.each([
	['values', []],
	['transport', ['values']],
	['processCache', ['transport', 'values']],
	['approval', ['processCache', 'transport', 'values']],
	['api', ['approval', 'processCache', 'transport', 'values']],
	['delivery', ['api', 'processCache', 'transport', 'values']],
	['resources', ['delivery', 'api', 'approval', 'transport', 'runtime', 'values']],
	['runtime', ['api', 'approval', 'processCache', 'transport', 'values']],
])('%s/ imports only from itself and from %j', (layer, others) => {
	const allowed = [layer, ...others].map((each) => `${LAYERS}/${each}/`);

	const imported = importsBelow(`${LAYERS}/${layer}/`);

	expect(imported.length).toBeGreaterThan(0);
	expect(imported.filter((target) => !allowed.some((each) => target.startsWith(each)))).toEqual([]);
});

it('published files import only published files', () => {
	const imported = ['nodes/', 'credentials/'].flatMap(importsBelow);

	expect(imported.length).toBeGreaterThan(0);
	expect(imported.filter((target) => !/^(nodes|credentials)\//.test(target))).toEqual([]);
});

describe('in published code', () => {
	/** Matches `'POST'`, `'PUT'` and `'PATCH'`, except in a comparison or a union of types. */
	const WRITING_METHOD = /(?<![=!]== |\| )'(?:POST|PUT|PATCH)'(?! \|)/;

	/** Lines with a method that belongs to no request to Sahut. */
	const OTHER_USES = [
		'nodes/Sahut/SahutTrigger.node.ts: httpMethod: ',
		'nodes/Sahut/approval/webhooks.ts: export const approvalWebhooks = ',
		'nodes/Sahut/processCache/observedApi.ts: updateMethod: ',
	];

	/** Returns the matching lines of published files outside of these layers. */
	const linesOutside = (layers: string[], pattern: RegExp) =>
		listFiles('nodes/*.ts', 'credentials/*.ts')
			.filter((file) => !layers.some((layer) => file.startsWith(`${LAYERS}/${layer}/`)))
			.flatMap((file) =>
				read(file)
					.split('\n')
					.filter((line) => pattern.test(line))
					.map((line) => `${file}: ${line.trim()}`),
			);

	it('only api/ contains the method of a writing request', () => {
		const outside = linesOutside(['api'], WRITING_METHOD);

		const isRequest = (line: string) => !OTHER_USES.some((each) => line.startsWith(each));

		expect(outside.filter(isRequest)).toEqual([]);
		// These show that the pattern matches.
		expect(outside).toHaveLength(OTHER_USES.length);
		expect(linesOutside([], WRITING_METHOD).length).toBeGreaterThan(outside.length + 4);
	});

	it('only api/ and transport/ make requests', () => {
		const CALL = /\.request(?:<[^(]*>)?\(/;

		expect(linesOutside(['api', 'transport'], CALL)).toEqual([]);
		expect(linesOutside([], CALL).length).toBeGreaterThan(4);
	});
});
