import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { load } from 'js-yaml';

/** A step of a workflow that runs a script. */
export interface RunStep {
	job: string;
	/** The name of the step, or its script if it has none. */
	name: string;
	script: string;
	env: Record<string, string>;
}

interface Workflow {
	jobs: Record<
		string,
		{ steps?: Array<{ name?: string; run?: string; env?: Record<string, string> }> }
	>;
}

const EXPRESSION = /\$\{\{ *([\w.]+) *\}\}/g;

/**
 * Reads the steps of the publishing workflow that run a script, in the order of the jobs.
 * @param folder the repository
 * @param values the values of GitHub's expressions, such as `secrets.NPM_TOKEN`
 * @throws {Error} when an expression has no value, or a script contains an expression.
 */
export function readRunSteps(folder: string, values: Record<string, string>): RunStep[] {
	const file = join(folder, '.github/workflows/publish.yml');
	const { jobs } = load(readFileSync(file, 'utf8')) as Workflow;
	const resolve = (text: string) =>
		text.replace(EXPRESSION, (expression, name: string) => {
			if (!(name in values)) throw new Error(`The dry run has no value for ${expression}.`);
			return values[name]!;
		});
	return Object.entries(jobs).flatMap(([job, { steps = [] }]) =>
		steps.flatMap(({ name, run, env = {} }) => {
			if (run === undefined) return [];
			// GitHub would insert the value as code, so it must be in an environment variable.
			if (run.includes('${{')) throw new Error(`The script contains an expression: ${run}`);
			const resolved = Object.entries(env).map(([key, text]) => [key, resolve(text)] as const);
			return [{ job, name: name ?? run, script: run, env: Object.fromEntries(resolved) }];
		}),
	);
}
