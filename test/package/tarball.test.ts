import { execFileSync } from 'node:child_process';
import {
	appendFileSync,
	cpSync,
	mkdirSync,
	readdirSync,
	readFileSync,
	statSync,
	writeFileSync,
} from 'node:fs';
import { basename, extname, join, relative } from 'node:path';

import { packPackage } from '../../scripts/n8n/packageInstall';
import { read, REPOSITORY } from './documents';
import { copySource, FORBIDDEN, runNode, temporaryFolder } from './folders';

const NODES = ['sahut', 'sahutTrigger'];
const CREDENTIALS = ['sahutApi'];

/** npm packs every README of the root, so the translation is in docs. */
const DOCUMENTS = ['CHANGELOG.md', 'LICENSE.md', 'README.md'];
const BUILT_FILE = /^dist\/(credentials|icons|nodes)\/.*\.(js|json|svg)$/;
const PICTURES = new Set(['.png', '.svg']);
const MAX_UNPACKED_BYTES = 340_000;

interface Manifest {
	main: string;
	scripts: Record<string, string>;
	n8n: { nodes: string[]; credentials: string[] };
}

interface Icon {
	light: string;
	dark: string;
}

interface Loaded {
	nodes: Array<{ name: string; iconUrl: Icon; codex?: { alias?: string[] } }>;
	credentials: Array<{ name: string; iconUrl: Icon; supportedNodes: string[] }>;
}

jest.setTimeout(120_000);

const readJson = <T>(file: string) => JSON.parse(readFileSync(file, 'utf8')) as T;

const work = temporaryFolder();
const folder = join(work, 'n8n-nodes-sahut');
let files: string[];
let manifest: Manifest;

const unpack = (tarball: string, target: string) => {
	mkdirSync(target);
	execFileSync('tar', ['-xzf', tarball, '-C', target, '--strip-components=1']);
};

beforeAll(() => {
	const packed = join(work, 'packed');
	mkdirSync(packed);
	unpack(packPackage(packed), folder);
	files = readdirSync(folder, { recursive: true, withFileTypes: true })
		.filter((entry) => entry.isFile())
		.map((entry) => relative(folder, join(entry.parentPath, entry.name)));
	manifest = readJson(join(folder, 'package.json'));
});

describe('the packed package', () => {
	it('holds the built files, the entry point and the documents, and nothing else', () => {
		expect(files.filter((file) => !BUILT_FILE.test(file)).sort()).toEqual(
			[...DOCUMENTS, 'index.js', 'package.json'].sort(),
		);
	});

	it('holds every file that package.json names', () => {
		const { main, n8n } = manifest;

		expect(files).toEqual(expect.arrayContaining([main, ...n8n.nodes, ...n8n.credentials]));
	});

	it('holds a codex that names its node, for each node', () => {
		const codexes = manifest.n8n.nodes.map((file) => readJson(join(folder, `${file}on`)));

		expect(codexes).toMatchObject(NODES.map((name) => ({ node: `n8n-nodes-sahut.${name}` })));
	});

	// Of the other dependencies, n8n takes everything out of package.json before it lets npm install.
	it('brings no dependency and runs nothing when it is installed', () => {
		expect(
			Object.keys(manifest)
				.filter((key) => /dependencies/i.test(key))
				.sort(),
		).toEqual(['devDependencies', 'peerDependencies']);
		expect(Object.keys(manifest.scripts).filter((name) => /install$/.test(name))).toEqual([]);
	});

	it('takes less than 275 kB, pictures aside', () => {
		const sizes = files
			.filter((file) => !PICTURES.has(extname(file)))
			.map((file) => statSync(join(folder, file)).size);

		expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(MAX_UNPACKED_BYTES);
	});

	it("and its source pass n8n's verification scanner, but for what is planted here", () => {
		const [source, packed] = [join(work, 'source'), join(work, 'planted')];
		copySource(source);
		writeFileSync(join(source, 'nodes/Sahut/planted.ts'), FORBIDDEN);
		cpSync(folder, packed, { recursive: true });
		appendFileSync(join(packed, 'dist/nodes/Sahut/Sahut.node.js'), FORBIDDEN);

		const found = (file: string) => ({
			passed: false,
			details: expect.stringMatching(
				`/${file}\n.*error .*no-restricted-globals\n\n✖ 1 problem \\(1 error, 0 warnings\\)\n$`,
			),
		});

		expect(runNode([join(__dirname, 'scan.mjs'), source, packed], { TMPDIR: work })).toMatchObject({
			source: found('planted.ts'),
			packed: found('Sahut.node.js'),
		});
	});
});

describe('the package in n8n', () => {
	let found: { justInstalled: Loaded; atLaterStarts: Loaded; exported: string[] };

	beforeAll(() => {
		found = runNode([join(__dirname, 'load.mjs'), folder], {
			// n8n puts its own modules there: that is where a community package finds n8n-workflow.
			NODE_PATH: join(REPOSITORY, 'node_modules'),
			N8N_USER_FOLDER: work,
			N8N_ENCRYPTION_KEY: 'test',
			N8N_LOG_LEVEL: 'silent',
		});
	});

	describe.each(['justInstalled', 'atLaterStarts'] as const)('%s', (when) => {
		it('gives the nodes and the credential', () => {
			const { nodes, credentials } = found[when];

			expect(nodes.map(({ name }) => name)).toEqual(NODES);
			expect(credentials).toMatchObject(
				CREDENTIALS.map((name) => ({ name, supportedNodes: NODES })),
			);
		});

		it('gives an icon for light and one for dark backgrounds', () => {
			for (const { iconUrl } of [...found[when].nodes, ...found[when].credentials]) {
				// n8n serves `icons/<package>/<path>` from the folder of the package.
				const [light, dark] = [iconUrl.light, iconUrl.dark].map((url) =>
					readFileSync(join(folder, url.replace('icons/n8n-nodes-sahut/', '')), 'utf8'),
				);
				expect(light).toContain('<svg');
				expect(dark).toContain('<svg');
				expect(light).not.toBe(dark);
			}
		});

		it('gives the words by which its nodes are found', () => {
			for (const { codex } of found[when].nodes) {
				expect(codex?.alias).toEqual(expect.arrayContaining(['WhatsApp', 'Indonesia']));
			}
		});
	});

	it('exports the class of each node and credential', () => {
		const { nodes, credentials } = manifest.n8n;

		expect(found.exported.sort()).toEqual(
			[...nodes, ...credentials].map((file) => basename(file).split('.')[0]).sort(),
		);
	});
});

test('npm run package builds what it packs, though scripts that npm starts by itself are off', () => {
	const clone = join(work, 'clone');
	mkdirSync(clone);
	cpSync(join(REPOSITORY, '.npmrc'), join(clone, '.npmrc'));
	const ours = JSON.parse(read('package.json')) as Manifest;
	const scripts = { ...ours.scripts, build: 'mkdir dist && echo > dist/built.js' };
	writeFileSync(join(clone, 'package.json'), JSON.stringify({ ...ours, scripts }));

	execFileSync('npm', ['run', 'package'], { cwd: clone, stdio: 'pipe' });
	const packed = execFileSync('sh', ['-c', 'tar -tzf n8n-nodes-sahut-*.tgz'], { cwd: clone });

	expect(String(packed).split('\n')).toContain('package/dist/built.js');
});
