import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';

import { raiseVersion } from '../version/raise';
import { readRunSteps, type RunStep } from './steps';

const REPOSITORY = resolve(__dirname, '../..');
const GITHUB_REPOSITORY = 'n8n-nodes-sahut/n8n-nodes-sahut';

/** The inputs that differ between runs of the workflow. */
export interface Circumstances {
	/** The secret NPM_TOKEN. Without it: trusted publishing. */
	npmToken?: string;
	/** The version that is already on npm. */
	published?: string;
	/** The Git tag. Without it: the tag of the version. */
	tag?: string;
}

/** The result of some steps. */
export interface DryRunResult {
	/** All commands of npm and gh, such as `npm ci`. */
	commands: string[];
	output: string;
	/** The step that failed. */
	failed?: RunStep;
}

/** Copies all files that Git does not ignore, links the installed packages, and dates the changelog. */
function copyRelease(folder: string): string {
	const list = ['ls-files', '--cached', '--others', '--exclude-standard', '-z'];
	const files = execFileSync('git', list, { cwd: REPOSITORY, encoding: 'utf8' }).split('\0');
	for (const file of files.filter((each) => each !== '')) {
		cpSync(join(REPOSITORY, file), join(folder, file), { recursive: true });
	}
	symlinkSync(join(REPOSITORY, 'node_modules'), join(folder, 'node_modules'));
	const read = (file: string) => readFileSync(join(folder, file), 'utf8');
	const { version } = JSON.parse(read('package.json')) as { version: string };
	// A maintainer does this before the tag.
	if (!read('CHANGELOG.md').includes(`## [${version}] - 2`))
		raiseVersion(folder, version, new Date());
	return version;
}

/**
 * Prepares a dry run of the publishing workflow in an empty folder: the scripts of the workflow's steps run
 * in a copy of the repository, with `npm` and `gh` replaced by `standIn.sh`. Nothing is published, and no
 * secret is needed. The dry run skips steps that use an action, and the called workflow `ci.yml`.
 */
export function prepareDryRun(folder: string) {
	const copy = join(folder, 'copy');
	const bin = join(folder, 'bin');
	const journal = join(folder, 'journal');
	mkdirSync(copy);
	mkdirSync(bin);
	for (const tool of ['npm', 'gh']) cpSync(join(__dirname, 'standIn.sh'), join(bin, tool));
	const npm = execFileSync('sh', ['-c', 'command -v npm'], { encoding: 'utf8' }).trim();
	const version = copyRelease(copy);

	/** Runs the steps, and stops at the first that fails. @param isIncluded selects the steps to run; default: all */
	function run(
		{ npmToken = '', published = '', tag = `v${version}` }: Circumstances = {},
		isIncluded: (step: RunStep) => boolean = () => true,
	): DryRunResult {
		writeFileSync(journal, '');
		const values = {
			'secrets.NPM_TOKEN': npmToken,
			'github.token': 'token',
			'github.repository': GITHUB_REPOSITORY,
		};
		// Omits the variables that npm or Jest set, since they change how npm and n8n's lint rules behave.
		const environment = {
			HOME: folder,
			GITHUB_REF_NAME: tag,
			GITHUB_REPOSITORY,
			JOURNAL: journal,
			NPM: npm,
			PATH: [bin, process.env.PATH].join(delimiter),
			PUBLISHED: published,
		};
		let output = '';
		let failed: RunStep | undefined;
		for (const step of readRunSteps(copy, values).filter(isIncluded)) {
			const env = { ...environment, ...step.env };
			// GitHub's default shell.
			const options = { cwd: copy, env, encoding: 'utf8', maxBuffer: 1e8 } as const;
			const { status, stdout, stderr } = spawnSync('bash', ['-e', '-c', step.script], options);
			output += `\n### ${step.job}: ${step.name}\n${stdout}${stderr}`;
			if (status !== 0) {
				failed = step;
				break;
			}
		}
		const commands = readFileSync(journal, 'utf8').split('\n').slice(0, -1);
		return { commands, output, ...(failed && { failed }) };
	}

	return { version, folder: copy, run, remove: () => rmSync(folder, { recursive: true }) };
}
