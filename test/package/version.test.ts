import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { extractReleaseNotes, releaseUnreleased } from '../../scripts/version/changelog';
import { raiseVersion, VERSIONED_FILES } from '../../scripts/version/raise';
import { listFiles, read, REPOSITORY } from './documents';
import { temporaryFolder } from './folders';

const { version, scripts } = JSON.parse(read('package.json')) as {
	version: string;
	scripts: Record<string, string>;
};
const README = ['README.md', 'docs/id/README.md'];

/** Returns all mentions of the version in the files of a folder. */
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
		// The section of unreleased changes is above it.
		/^## \[(?!Unreleased)(.+?)\]/m.exec(text('CHANGELOG.md'))![1]!,
		/This is (\d+\.\d+\.\d+)[,.]/.exec(history!)![1]!,
		...inReadmes.map(([, named]) => named!),
	];
}

test('all files contain the version in package.json', () => {
	expect(new Set(versionsIn(REPOSITORY))).toEqual(new Set([version]));
});

test('no other file contains a version of this package', () => {
	const VERSION = /n8n-nodes-sahut[-@ ]v?\d+\.\d+\.\d+|This is \d+\.\d+\.\d+/;

	const others = listFiles('*.md', '*.json', '*.ts', '*.yml', ':!test', ':!CHANGELOG.md')
		.filter((file) => !VERSIONED_FILES.includes(file))
		.filter((file) => VERSION.test(read(file)));

	// Measurements state the version that was measured.
	expect(others).toEqual(['benchmarks/results.md']);
});

describe('npm run raise', () => {
	const TODAY = new Date('2026-01-31T23:00:00Z');
	const RELEASED_SECTION = `## [${version}] - 2026-01-01\n\n- All.\n`;
	const WITH_CHANGES = `# Changelog\n\n## [Unreleased]\n\n- More.\n\n${RELEASED_SECTION}`;
	const WITHOUT_CHANGES = [
		`# Changelog\n\n${RELEASED_SECTION}`,
		WITH_CHANGES.replace('- More.\n\n', ''),
	] as const;
	const folder = temporaryFolder();

	beforeEach(() => {
		for (const file of VERSIONED_FILES) cpSync(join(REPOSITORY, file), join(folder, file));
		writeChangelog(WITH_CHANGES);
	});

	const writeChangelog = (changelog: string) =>
		writeFileSync(join(folder, 'CHANGELOG.md'), changelog);
	const readAll = () => VERSIONED_FILES.map((file) => readFileSync(join(folder, file), 'utf8'));

	it('replaces the version in all files, and changes nothing else', () => {
		const before = readAll();

		raiseVersion(folder, '10.0.0', TODAY);

		const [changelog, ...others] = readAll();
		expect(new Set(versionsIn(folder))).toEqual(new Set(['10.0.0']));
		expect(changelog).toContain(
			`## [10.0.0] - 2026-01-31\n\n- More.\n\n## [${version}] - 2026-01-01`,
		);
		expect(others).toHaveLength(before.length - 1);
		for (const [index, text] of others.entries()) {
			const lines = before[index + 1]!.split('\n');
			const changed = text.split('\n').filter((line, number) => line !== lines[number]);
			expect(changed.filter((line) => !line.includes('10.0.0'))).toEqual([]);
			expect(text.split('\n')).toHaveLength(lines.length);
		}
	});

	it('sets the date of the present version if it is not released', () => {
		writeChangelog(`# Changelog\n\n## [${version}] - unreleased\n\n- All.\n`);
		raiseVersion(folder, version, TODAY);

		expect(readAll()[0]).toContain(`## [${version}] - 2026-01-31\n\n- All.`);
	});

	it.each([
		['0.0.9', 'is lower than', WITH_CHANGES],
		['v10.0.0', 'three numbers', WITH_CHANGES],
		['10.0', 'three numbers', WITH_CHANGES],
		['', 'three numbers', WITH_CHANGES],
		['10.0.0', 'has no unreleased changes', WITHOUT_CHANGES[0]],
		['10.0.0', 'has no unreleased changes', WITHOUT_CHANGES[1]],
	])('rejects the version "%s" with an error that contains "%s"', (wrong, message, changelog) => {
		writeChangelog(changelog);

		const before = readAll();

		expect(() => raiseVersion(folder, wrong, TODAY)).toThrow(message);
		expect(readAll()).toEqual(before);
	});
});

test('the release notes of a version are its section of the changelog, with absolute links', () => {
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
	/** The text of each job, by its name. */
	const jobs = new Map(
		workflow
			.slice(workflow.indexOf('\njobs:'))
			.split(/\n {2}(?=\w+:\n)/)
			.slice(1)
			.map((job) => [job.slice(0, job.indexOf(':')), job]),
	);

	it('runs on a tag, one job after another, each only with the permissions that it needs', () => {
		const permissionsIn = (text: string) =>
			text.match(/^ *(contents|id-token): \w+/gm)?.map((permission) => permission.trim());

		expect(workflow).toMatch(/tags: \['v\*'\]/);
		expect(permissionsIn(workflow.slice(0, workflow.indexOf('\njobs:')))).toEqual([
			'contents: read',
		]);
		expect(
			[...jobs].map(([name, job]) => [name, /needs: (\w+)/.exec(job)?.[1], permissionsIn(job)]),
		).toEqual([
			['version', undefined, undefined],
			['ci', 'version', undefined],
			['publish', 'ci', ['contents: read', 'id-token: write']],
			['release', 'publish', ['contents: write']],
		]);
	});

	it('first runs all tests, including those in a real n8n', () => {
		expect(jobs.get('ci')).toContain('uses: ./.github/workflows/ci.yml');

		const ci = read('.github/workflows/ci.yml');

		expect(ci).toContain('workflow_call:');
		expect(ci).toContain("script: 'test:full' }");
		expect(ci).toContain('run: npm run ${{ matrix.script }}\n');
		expect(scripts['test:full']).toBe('npm test && npm run test:slow');
		expect(ci).toContain('run: npm run test:e2e\n');
	});
});
