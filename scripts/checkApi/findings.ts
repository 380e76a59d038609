import Table from 'cli-table3';

import { ASSUMPTIONS, type AssumptionName } from './assumptions';

/** From the lightest to the gravest. `copes`: it is otherwise, and the nodes go on; `differs`: they do not. */
const VERDICTS = ['not tried', 'as assumed', 'copes', 'differs'] as const;

export type Verdict = (typeof VERDICTS)[number];

/** What was found out about one assumption. Holds nothing that a customer or an agent wrote. */
export interface Finding {
	assumption: AssumptionName;
	expected: string;
	found: string;
	verdict: Verdict;
}

/** Different things that were found about one assumption, at the most. */
const MAX_FOUND = 20;

const WIDTHS = { expected: 42, found: 52 };

/** What the checks have noted so far: of each assumption the gravest. */
export class Findings {
	private readonly noted = new Map<AssumptionName, { verdict: Verdict; found: Set<string> }>();

	/** @param found no names, numbers, texts or IDs of the workspace */
	note(assumption: AssumptionName, verdict: Verdict, found: string): void {
		const before = this.noted.get(assumption);
		const gravity = VERDICTS.indexOf(verdict) - VERDICTS.indexOf(before?.verdict ?? 'not tried');
		if (before && gravity === 0) before.found.add(found);
		if (!before || gravity > 0) this.noted.set(assumption, { verdict, found: new Set([found]) });
	}

	/** Notes one that is found to be so, or else by which verdict it is not. */
	noteWhether(
		assumption: AssumptionName,
		isSo: boolean,
		found: string,
		[verdict, foundElse = found]: [Verdict, string?],
	): void {
		if (isSo) this.note(assumption, 'as assumed', found);
		else this.note(assumption, verdict, foundElse);
	}

	/** One for each assumption, in the order of docs/assumptions.md. */
	all(): Finding[] {
		return Object.entries(ASSUMPTIONS).map(([name, { expected, untried }]) => {
			const assumption = name as AssumptionName;
			const noted = this.noted.get(assumption);
			const { verdict, found } = noted ?? { verdict: 'not tried', found: new Set([untried]) };
			const shown = [...found].slice(0, MAX_FOUND);
			const more = found.size - shown.length;
			if (more > 0) shown.push(`and ${more} more`);
			return { assumption, expected, found: shown.join('; '), verdict };
		});
	}
}

/** One row for each assumption, for the screen. */
export function toTable(findings: Finding[]): string {
	const table = new Table({
		head: ['Assumption', 'Expected', 'Found', 'Verdict'],
		colWidths: [null, WIDTHS.expected, WIDTHS.found, null],
		wordWrap: true,
		style: { head: [], border: [], compact: true },
	});
	for (const { assumption, expected, found, verdict } of findings) {
		table.push([assumption, expected, found, verdict]);
	}
	return table.toString();
}

/** How many there are of each verdict. */
export function toSummary(findings: Finding[]): string {
	const counts = new Map<string, number>();
	for (const { verdict } of findings) counts.set(verdict, (counts.get(verdict) ?? 0) + 1);
	return [...counts].map(([verdict, count]) => `${count} ${verdict}`).join(', ');
}
