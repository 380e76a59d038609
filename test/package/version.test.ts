import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { extractReleaseNotes, releaseUnreleased } from '../../scripts/version/changelog';
import { raiseVersion, VERSIONED_FILES } from '../../scripts/version/raise';
import { filesOf, read, REPOSITORY } from './documents';
import { temporaryFolder } from './folders';

const { version } = JSON.parse(read('package.json')) as { version: string };
const README = ['README.md', 'docs/id/README.md'];

/** What the files in a folder call the version, each in its own way. */
function versionsIn(folder: string): string[] {
	const text = (file: string) => readFileSync(join(folder, file), 'utf8');
	const lock = JSON.parse(text('package-lock.json')) as {
		version: string;
		packages: Record<string, { version: string }>;
	};
	const inReadmes = README.flatMap((file) => [
		...text(file).matchAll(/n8n-nodes-sahut-(\d+\.\d+\.\d+)\.tgz/g),
	]);
	expect(inReadmes.length).toBeGreaterThanOrEqual(2 * README.length);
	const [, history] = /^## Version history$([^]*)/m.exec(text('README.md')) ?? [];
	return [
		(JSON.parse(text('package.json')) as { version: string }).version,
		lock.version,
		lock.packages['']!.version,
		// Above it stands what is not in a version yet.
		/^## \[(?!Unreleased)(.+?)\]/m.exec(text('CHANGELOG.md'))![1]!,
		/This is (\d+\.\d+\.\d+)[,.]/.exec(history!)![1]!,
		...inReadmes.map(([, named]) => named!),
	];
}

test('all files name the version in package.json', () => {
	expect(new Set(versionsIn(REPOSITORY))).toEqual(new Set([version]));
});

test('no other file names a version of this package', () => {
	const naming = /n8n-nodes-sahut[-@ ]v?\d+\.\d+\.\d+|This is \d+\.\d+\.\d+/;

	const others = filesOf('*.md', '*.json', '*.ts', '*.yml', ':!test', ':!CHANGELOG.md')
		.filter((file) => !VERSIONED_FILES.includes(file))
		.filter((file) => naming.test(read(file)));

	// What was measured names the version that was.
	expect(others).toEqual(['benchmarks/results.md']);
});

describe('npm run raise', () => {
	const TODAY = new Date('2026-01-31T23:00:00Z');
	const RELEASED = `## [${version}] - 2026-01-01\n\n- All.\n`;
	const NEW = `# Changelog\n\n## [Unreleased]\n\n- More.\n\n${RELEASED}`;
	const NOTHING_NEW = [`# Changelog\n\n${RELEASED}`, NEW.replace('- More.\n\n', '')] as const;
	const folder = temporaryFolder();

	beforeEach(() => {
		for (const file of VERSIONED_FILES) cpSync(join(REPOSITORY, file), join(folder, file));
		write(NEW);
	});

	const write = (changelog: string) => writeFileSync(join(folder, 'CHANGELOG.md'), changelog);
	const all = () => VERSIONED_FILES.map((file) => readFileSync(join(folder, file), 'utf8'));

	it('puts a version into all files that hold it, and changes nothing else', () => {
		const before = all();

		raiseVersion(folder, '10.0.0', TODAY);

		expect(new Set(versionsIn(folder))).toEqual(new Set(['10.0.0']));

		const [changelog, ...others] = all();

		expect(changelog).toContain(
			`## [10.0.0] - 2026-01-31\n\n- More.\n\n## [${version}] - 2026-01-01`,
		);

		for (const [index, text] of others.entries()) {
			const lines = before[index + 1]!.split('\n');
			const changed = text.split('\n').filter((line, number) => line !== lines[number]);
			expect(changed.filter((line) => !line.includes('10.0.0'))).toEqual([]);
			expect(text.split('\n')).toHaveLength(lines.length);
		}
	});

	it('dates a version that it has already, and is not released', () => {
		write(`# Changelog\n\n## [${version}] - unreleased\n\n- All.\n`);
		raiseVersion(folder, version, TODAY);

		expect(all()[0]).toContain(`## [${version}] - 2026-01-31\n\n- All.`);
	});

	it.each([
		['0.0.9', 'is lower', NEW],
		['v10.0.0', 'three numbers', NEW],
		['10.0', 'three numbers', NEW],
		['', 'three numbers', NEW],
		['10.0.0', 'has no unreleased changes', NOTHING_NEW[0]],
		['10.0.0', 'has no unreleased changes', NOTHING_NEW[1]],
	])('refuses "%s": %s', (wrong, message, changelog) => {
		write(changelog);

		const before = all();

		expect(() => raiseVersion(folder, wrong, TODAY)).toThrow(message);
		expect(all()).toEqual(before);
	});
});

test('the page of a version says what its changelog does, with links that lead there', () => {
	const changelog =
		'# Changelog\n\n## [0.2.0] - unreleased\n\n- [A](docs/a.md), [B](https://example.com), [C](#c)\n\n## [0.1.0] - 2026-01-01\n\n- First\n';

	expect(extractReleaseNotes(changelog, '0.2.0', 'https://github.com/x/y')).toBe(
		'- [A](https://github.com/x/y/blob/v0.2.0/docs/a.md), [B](https://example.com), [C](#c)\n',
	);
	expect(extractReleaseNotes(changelog, '0.1.0', '')).toBe('- First\n');
	expect(() => extractReleaseNotes(changelog, '0.3.0', '')).toThrow('has no changes for 0.3.0');
	expect(releaseUnreleased(changelog, '0.2.0', '2026-02-01')).toContain(
		'## [0.2.0] - 2026-02-01\n\n- [A]',
	);
});

describe('the publishing workflow', () => {
	const workflow = read('.github/workflows/publish.yml');
	/** Job → its text. */
	const jobs = new Map(
		workflow
			.slice(workflow.indexOf('\njobs:'))
			.split(/\n {2}(?=\w+:\n)/)
			.slice(1)
			.map((job) => [job.slice(0, job.indexOf(':')), job]),
	);

	it('runs on a tag, each job after another and with no more rights than it needs', () => {
		const rights = (text: string) =>
			text.match(/^ *(contents|id-token): \w+/gm)?.map((right) => right.trim());

		expect(workflow).toMatch(/tags: \['v\*'\]/);
		expect(rights(workflow.slice(0, workflow.indexOf('\njobs:')))).toEqual(['contents: read']);
		expect(
			[...jobs].map(([name, job]) => [name, /needs: (\w+)/.exec(job)?.[1], rights(job)]),
		).toEqual([
			['version', undefined, undefined],
			['ci', 'version', undefined],
			['publish', 'ci', ['contents: read', 'id-token: write']],
			['release', 'publish', ['contents: write']],
		]);
	});

	it('runs all tests first, those in a real n8n included', () => {
		expect(jobs.get('ci')).toContain('uses: ./.github/workflows/ci.yml');

		const ci = read('.github/workflows/ci.yml');

		expect(ci).toContain('workflow_call:');
		expect(ci).toContain('run: npm test\n');
		expect(ci).toContain('run: npm run test:e2e\n');
	});

	it('publishes with provenance what it has built', () => {
		const publish = jobs.get('publish')!;
		const steps = ['run: npm ci', 'run: npm run package', 'npm publish --provenance'];

		const places = steps.map((step) => publish.indexOf(step));

		expect(places).not.toContain(-1);
		expect(places).toEqual([...places].sort((a, b) => a - b));
	});
});
