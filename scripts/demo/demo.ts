import type { Sandbox } from '../../sandbox';
import { findProblems } from './check';
import { report, verdict } from './report';
import { runDemo } from './run';

/** Runs the example, prints what happened, and answers whether all of it is there. */
export async function demo(sandbox: Sandbox, print: (text: string) => void): Promise<boolean> {
	const run = await runDemo(sandbox);
	print(report(run, sandbox.url));
	const problems = findProblems(run);
	print(verdict(run, problems));
	return problems.length === 0;
}
