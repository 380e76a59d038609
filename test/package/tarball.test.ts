import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, extname, join, relative } from 'node:path';

import { makeTemporaryFolder, REPOSITORY, runNode, unpackTarball } from './unpackedTarball';

const NODES = ['sahut', 'sahutTrigger'];
const CREDENTIALS = ['sahutApi'];

/** npm packs every README, whatever package.json says. */
const DOCUMENTS = ['CHANGELOG.md', 'LICENSE.md', 'README.id.md', 'README.md'];
const BUILT_FILE = /^dist\/(credentials|icons|nodes)\/.*\.(js|json|svg)$/;
const PICTURES = new Set(['.png', '.svg']);
const MAX_UNPACKED_BYTES = 250_000;

interface Manifest {
	main: string;
	scripts: Record<string, string>;
	n8n: { nodes: string[]; credentials: string[] };
}

interface Icon {
	light: string;
	dark: string;
}

interface LoadedPackage {
	nodes: Array<{ name: string; iconUrl: Icon; codex?: { alias?: string[] } }>;
	credentials: Array<{ name: string; iconUrl: Icon; supportedNodes: string[] }>;
}

const readJson = <T>(file: string) => JSON.parse(readFileSync(file, 'utf8')) as T;

const filesIn = (folder: string) =>
	readdirSync(folder, { recursive: true, withFileTypes: true })
		.filter((entry) => entry.isFile())
		.map((entry) => relative(folder, join(entry.parentPath, entry.name)))
		.sort();

describe('the packed package', () => {
	const folder = makeTemporaryFolder();
	let files: string[];
	let manifest: Manifest;

	beforeAll(() => {
		unpackTarball(folder);
		files = filesIn(folder);
		manifest = readJson(join(folder, 'package.json'));
	});
	afterAll(() => rmSync(folder, { recursive: true }));

	it('holds the built files, the entry point and the documents, and nothing else', () => {
		expect(files.filter((file) => !BUILT_FILE.test(file))).toEqual(
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

	it('brings no dependency and runs nothing when it is installed', () => {
		expect(manifest).not.toHaveProperty('dependencies');
		expect(manifest.scripts).not.toHaveProperty('preinstall');
		expect(manifest.scripts).not.toHaveProperty('install');
		expect(manifest.scripts).not.toHaveProperty('postinstall');
	});

	it('takes less than 250 kB, pictures aside', () => {
		const sizes = files
			.filter((file) => !PICTURES.has(extname(file)))
			.map((file) => statSync(join(folder, file)).size);
		expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(MAX_UNPACKED_BYTES);
	});
});

describe('the package as n8n installs it', () => {
	const work = makeTemporaryFolder();
	const modules = join(work, 'node_modules');
	const folder = join(modules, 'n8n-nodes-sahut');

	// n8n puts its own modules on NODE_PATH: that is where a community package finds n8n-workflow.
	const env = {
		NODE_PATH: join(REPOSITORY, 'node_modules'),
		N8N_USER_FOLDER: work,
		N8N_ENCRYPTION_KEY: 'test',
		N8N_LOG_LEVEL: 'silent',
	};

	// What n8n does: it unpacks the tarball, takes these dependencies out of package.json and
	// lets npm install the others, with these flags. `--offline` is ours: there must be none.
	beforeAll(() => {
		unpackTarball(folder);
		const file = join(folder, 'package.json');
		const taken = {
			devDependencies: undefined,
			peerDependencies: undefined,
			optionalDependencies: undefined,
		};
		writeFileSync(file, JSON.stringify({ ...readJson<Manifest>(file), ...taken }));
		const install = [
			'install',
			'--audit=false',
			'--fund=false',
			'--bin-links=false',
			'--install-strategy=shallow',
			'--ignore-scripts=true',
			'--package-lock=false',
			'--offline',
		];
		execFileSync('npm', install, { cwd: folder, stdio: 'pipe' });
	});
	afterAll(() => rmSync(work, { recursive: true }));

	it('is all that npm installs', () => {
		expect(readdirSync(modules)).toEqual(['n8n-nodes-sahut']);
		expect(existsSync(join(folder, 'node_modules'))).toBe(false);
	});

	// The first loads a package that was just installed, the second at every later start of n8n.
	describe.each(['PackageDirectoryLoader', 'LazyPackageDirectoryLoader'])('by %s', (loader) => {
		let loaded: LoadedPackage;

		beforeAll(() => {
			loaded = runNode([join(__dirname, 'load.mjs'), loader, folder], env);
		});

		it('gives n8n the nodes and the credential', () => {
			expect(loaded.nodes.map(({ name }) => name)).toEqual(NODES);
			expect(loaded.credentials).toMatchObject(
				CREDENTIALS.map((name) => ({ name, supportedNodes: NODES })),
			);
		});

		it('gives n8n an icon for light and one for dark backgrounds', () => {
			for (const { iconUrl } of [...loaded.nodes, ...loaded.credentials]) {
				// n8n serves `icons/<package>/<path>` from the folder of the package.
				const [light, dark] = [iconUrl.light, iconUrl.dark].map((url) =>
					readFileSync(join(folder, url.replace('icons/n8n-nodes-sahut/', '')), 'utf8'),
				);
				expect(light).toContain('<svg');
				expect(dark).toContain('<svg');
				expect(light).not.toBe(dark);
			}
		});

		it('gives n8n the words by which its nodes are found', () => {
			for (const { codex } of loaded.nodes) {
				expect(codex?.alias).toEqual(expect.arrayContaining(['WhatsApp', 'Indonesia']));
			}
		});
	});

	it('exports the class of each node and credential', () => {
		const { nodes, credentials } = readJson<Manifest>(join(folder, 'package.json')).n8n;
		const script = 'JSON.stringify(Object.keys(require(process.argv[1])).sort())';
		expect(runNode(['--print', script, folder], env)).toEqual(
			[...nodes, ...credentials].map((file) => basename(file).split('.')[0]).sort(),
		);
	});
});
