import Table from 'cli-table3';

import { ASSUMPTIONS, type AssumptionName } from './assumptions';

/**
 * In order of severity. `handled`: the API behaves differently, and the nodes handle it. `differs`: the nodes
 * do not handle it.
 */
const VERDICTS = ['not tried', 'as assumed', 'handled', 'differs'] as const;

/** The result of comparing the API with an assumption. */
export type Verdict = (typeof VERDICTS)[number];

/** The result for one assumption. Contains no data of customers or agents. */
export interface Finding {
	assumption: AssumptionName;
	expected: string;
	found: string;
	verdict: Verdict;
}

/** The maximum of different results that are listed for one assumption. */
const MAX_FOUND = 20;

const WIDTHS = { expected: 42, found: 52 };

/** Collects the results of the checks. Keeps the most severe verdict of each assumption. */
export class Findings {
	private readonly recorded = new Map<AssumptionName, { verdict: Verdict; found: Set<string> }>();

	/**
	 * Records a result.
	 * @param found without names, numbers, texts or IDs of the workspace
	 */
	record(assumption: AssumptionName, verdict: Verdict, found: string): void {
		const before = this.recorded.get(assumption);
		const increase = VERDICTS.indexOf(verdict) - VERDICTS.indexOf(before?.verdict ?? 'not tried');
		if (before && increase === 0) before.found.add(found);
		if (!before || increase > 0) {
			this.recorded.set(assumption, { verdict, found: new Set([found]) });
		}
	}

	/**
	 * Records `as assumed` if the check passes.
	 * @param found the result if it passes
	 * @param otherwise the verdict and the result (default: `found`) if it does not pass
	 */
	recordCheck(
		assumption: AssumptionName,
		passes: boolean,
		found: string,
		[verdict, otherResult = found]: [Verdict, string?],
	): void {
		if (passes) this.record(assumption, 'as assumed', found);
		else this.record(assumption, verdict, otherResult);
	}

	/** Returns one finding for each assumption, in the order of docs/assumptions.md. */
	all(): Finding[] {
		return Object.entries(ASSUMPTIONS).map(([name, { expected, notTriedReason }]) => {
			const assumption = name as AssumptionName;
			const recorded = this.recorded.get(assumption);
			const { verdict, found } = recorded ?? {
				verdict: 'not tried',
				found: new Set([notTriedReason]),
			};
			const shown = [...found].slice(0, MAX_FOUND);
			const omitted = found.size - shown.length;
			if (omitted > 0) shown.push(`and ${omitted} more`);
			return { assumption, expected, found: shown.join('; '), verdict };
		});
	}
}

/** Formats the findings as a table for the terminal. */
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

/** Formats the number of findings for each verdict, e.g. `30 as assumed, 2 handled`. */
export function toSummary(findings: Finding[]): string {
	const counts = new Map<string, number>();
	for (const { verdict } of findings) counts.set(verdict, (counts.get(verdict) ?? 0) + 1);
	return [...counts].map(([verdict, count]) => `${count} ${verdict}`).join(', ');
}
