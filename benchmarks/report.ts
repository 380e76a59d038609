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

/** How quiet the machine was. */
function quietness({ othersShare }: Findings): string {
	return othersShare === undefined
		? ''
		: `Others took ${(othersShare * 100).toFixed(0)} % of the CPU meanwhile.`;
}

/** What one benchmark has found, for the terminal. */
export function showFindings(findings: Findings): string {
	const { title, head, rows } = findings;
	return ['', title, forTerminal(head, rows), quietness(findings)].join('\n');
}

/** All goals, for the terminal. */
export function showVerdicts(findings: Findings[]): string {
	return `\n${forTerminal(VERDICT_HEAD, verdictRows(findings))}`;
}

/** The whole of results.md. @param setting machine, versions and date, one a line */
export function resultsFile(findings: Findings[], setting: string[]): string {
	const parts = findings.map((each) => {
		const { title, text, head, rows } = each;
		return [`## ${title}`, text, forMarkdown(head, rows), quietness(each)]
			.filter(Boolean)
			.join('\n\n');
	});
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
