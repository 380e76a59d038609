import { execFileSync, spawnSync } from 'node:child_process';
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
import { copySource, VIOLATION, runNode, temporaryFolder } from './folders';

const NODES = ['sahut', 'sahutTrigger'];
const CREDENTIALS = ['sahutApi'];

/** The translated README is in docs/, since npm packs every README in the root. */
const DOCUMENTS = ['CHANGELOG.md', 'LICENSE.md', 'README.md'];
const BUILT_FILE = /^dist\/(credentials|icons|nodes)\/.*\.(js|json|svg)$/;
const IMAGE_TYPES = new Set(['.png', '.svg']);
const MAX_UNPACKED_BYTES = 460_000;

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

const workFolder = temporaryFolder();
const folder = join(workFolder, 'n8n-nodes-sahut');
let files: string[];
let manifest: Manifest;

const unpack = (tarball: string, target: string) => {
	mkdirSync(target);
	execFileSync('tar', ['-xzf', tarball, '-C', target, '--strip-components=1']);
};

beforeAll(() => {
	const packed = join(workFolder, 'packed');
	mkdirSync(packed);
	unpack(packPackage(packed), folder);
	files = readdirSync(folder, { recursive: true, withFileTypes: true })
		.filter((entry) => entry.isFile())
		.map((entry) => relative(folder, join(entry.parentPath, entry.name)));
	manifest = readJson(join(folder, 'package.json'));
});

describe('the packed package', () => {
	it('contains only the built files, the entry point and the documents', () => {
		expect(files.filter((file) => !BUILT_FILE.test(file)).sort()).toEqual(
			[...DOCUMENTS, 'index.js', 'package.json'].sort(),
		);
	});

	it('contains each file in package.json', () => {
		const { main, n8n } = manifest;

		expect(files).toEqual(expect.arrayContaining([main, ...n8n.nodes, ...n8n.credentials]));
	});

	it('contains a codex with the right name for each node', () => {
		const codexes = manifest.n8n.nodes.map((file) => readJson(join(folder, `${file}on`)));

		expect(codexes).toMatchObject(NODES.map((name) => ({ node: `n8n-nodes-sahut.${name}` })));
	});

	// n8n removes development and peer dependencies from package.json before it runs npm install.
	it('has no runtime dependency and no installation script', () => {
		expect(
			Object.keys(manifest)
				.filter((key) => /dependencies/i.test(key))
				.sort(),
		).toEqual(['devDependencies', 'peerDependencies']);
		expect(Object.keys(manifest.scripts).filter((name) => /install$/.test(name))).toEqual([]);
	});

	it('is smaller than the limit, without images', () => {
		const sizes = files
			.filter((file) => !IMAGE_TYPES.has(extname(file)))
			.map((file) => statSync(join(folder, file)).size);

		expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(MAX_UNPACKED_BYTES);
	});

	it("has no finding of n8n's verification scanner except the violation that this test adds, nor has its source", () => {
		const [source, packed] = [join(workFolder, 'source'), join(workFolder, 'violation')];
		copySource(source);
		writeFileSync(join(source, 'nodes/Sahut/violation.ts'), VIOLATION);
		cpSync(folder, packed, { recursive: true });
		appendFileSync(join(packed, 'dist/nodes/Sahut/Sahut.node.js'), VIOLATION);

		const foundIn = (file: string) => ({
			passed: false,
			details: expect.stringMatching(
				`/${file}\n.*error .*no-restricted-globals\n\n✖ 1 problem \\(1 error, 0 warnings\\)\n$`,
			),
		});

		const scan = join(REPOSITORY, 'scripts/publish/scan.mjs');
		const env = { PATH: process.env.PATH, TMPDIR: workFolder };
		const { status, stdout } = spawnSync(process.execPath, [scan, source, packed], { env });

		expect(status).toBe(1);
		expect(JSON.parse(String(stdout))).toMatchObject({
			source: foundIn('violation.ts'),
			packed: foundIn('Sahut.node.js'),
		});
	});
});

describe('the package in n8n', () => {
	let loaded: { justInstalled: Loaded; atLaterStarts: Loaded; exported: string[] };

	beforeAll(() => {
		loaded = runNode([join(__dirname, 'load.mjs'), folder], {
			// n8n also sets this path, in which a community package finds n8n-workflow.
			NODE_PATH: join(REPOSITORY, 'node_modules'),
			N8N_USER_FOLDER: workFolder,
			N8N_ENCRYPTION_KEY: 'test',
			N8N_LOG_LEVEL: 'silent',
		});
	});

	describe.each(['justInstalled', 'atLaterStarts'] as const)('when loaded %s', (when) => {
		it('has the nodes and the credential', () => {
			const { nodes, credentials } = loaded[when];

			expect(nodes.map(({ name }) => name)).toEqual(NODES);
			expect(credentials).toMatchObject(
				CREDENTIALS.map((name) => ({ name, supportedNodes: NODES })),
			);
		});

		it('has different icons for light and dark backgrounds', () => {
			const types = [...loaded[when].nodes, ...loaded[when].credentials];

			expect(types).toHaveLength(NODES.length + CREDENTIALS.length);
			for (const { iconUrl } of types) {
				// n8n serves `icons/<package>/<path>` from the folder of the package.
				const [light, dark] = [iconUrl.light, iconUrl.dark].map((url) =>
					readFileSync(join(folder, url.replace('icons/n8n-nodes-sahut/', '')), 'utf8'),
				);
				expect(light).toContain('<svg');
				expect(dark).toContain('<svg');
				expect(light).not.toBe(dark);
			}
		});

		it('has search terms for its nodes', () => {
			const aliases = loaded[when].nodes.map(({ codex }) => codex?.alias);

			expect(aliases).toEqual(
				NODES.map(() => expect.arrayContaining(['WhatsApp', 'Indonesia']) as string[]),
			);
		});
	});

	it('exports the class of each node and credential', () => {
		const { nodes, credentials } = manifest.n8n;

		expect(loaded.exported.sort()).toEqual(
			[...nodes, ...credentials].map((file) => basename(file).split('.')[0]).sort(),
		);
	});
});

test('npm run package builds before it packs, although .npmrc turns off lifecycle scripts', () => {
	const clone = join(workFolder, 'clone');
	mkdirSync(clone);
	cpSync(join(REPOSITORY, '.npmrc'), join(clone, '.npmrc'));
	const ours = JSON.parse(read('package.json')) as Manifest;
	const scripts = { ...ours.scripts, build: 'mkdir dist && echo > dist/built.js' };
	writeFileSync(join(clone, 'package.json'), JSON.stringify({ ...ours, scripts }));

	execFileSync('npm', ['run', 'package'], { cwd: clone, stdio: 'pipe' });
	const packed = execFileSync('sh', ['-c', 'tar -tzf n8n-nodes-sahut-*.tgz'], { cwd: clone });

	expect(String(packed).split('\n')).toContain('package/dist/built.js');
});
