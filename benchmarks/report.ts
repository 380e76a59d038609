import Table from 'cli-table3';

import type { Findings } from './harness/work';

const VERDICT_HEAD = ['work', 'goal', 'measured', ''];

const verdictRows = (findings: Findings[]) =>
	findings.flatMap(({ verdicts }) =>
		verdicts.map(({ work, goal, measured, met }) => [
			work,
			goal,
			measured,
			met ? 'reached' : '**missed**',
		]),
	);

function forTerminal(head: string[], rows: string[][]): string {
	const table = new Table({ head, style: { head: [], border: [] } });
	table.push(...rows);
	return table.toString();
}

function forMarkdown(head: string[], rows: string[][]): string {
	const line = (cells: string[]) => `| ${cells.join(' | ')} |`;
	return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/** What one benchmark has found, for the terminal. */
export function showFindings({ title, head, rows }: Findings): string {
	return `\n${title}\n${forTerminal(head, rows)}`;
}

/** All goals, for the terminal. */
export function showVerdicts(findings: Findings[]): string {
	return `\n${forTerminal(VERDICT_HEAD, verdictRows(findings))}`;
}

/** The whole of results.md. @param setting machine, versions and date, one a line */
export function resultsFile(findings: Findings[], setting: string[]): string {
	const parts = findings.map(({ title, text, head, rows }) =>
		[`## ${title}`, text, forMarkdown(head, rows)].filter(Boolean).join('\n\n'),
	);
	return [
		'# Benchmarks',
		'Written by `npm run bench`; what is measured and how is in [README.md](README.md).',
		setting.map((line) => `- ${line}`).join('\n'),
		'## Goals',
		forMarkdown(VERDICT_HEAD, verdictRows(findings)),
		...parts,
		'',
	].join('\n\n');
}
