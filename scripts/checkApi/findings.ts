import { ASSUMPTIONS, type AssumptionName } from './assumptions';

/** `copes`: it is otherwise, and the nodes go on; `differs`: it is otherwise, and they do not. */
export type Verdict = 'not tried' | 'as assumed' | 'copes' | 'differs';

/** What was found out about one assumption. Holds nothing that a customer or an agent wrote. */
export interface Finding {
	assumption: AssumptionName;
	expected: string;
	found: string;
	verdict: Verdict;
}

const GRAVITY: Verdict[] = ['not tried', 'as assumed', 'copes', 'differs'];

/** Different things that were found about one assumption, at the most. */
const MAX_FOUND = 20;

/** What the checks have noted so far: of each assumption the gravest. */
export class Findings {
	private readonly noted = new Map<AssumptionName, { verdict: Verdict; found: Set<string> }>();

	/** @param found no names, numbers, texts or IDs of the workspace */
	note(assumption: AssumptionName, verdict: Verdict, found: string): void {
		const before = this.noted.get(assumption);
		const gravity = GRAVITY.indexOf(verdict) - GRAVITY.indexOf(before?.verdict ?? 'not tried');
		if (before && gravity === 0) before.found.add(found);
		if (!before || gravity > 0) this.noted.set(assumption, { verdict, found: new Set([found]) });
	}

	/** One for each assumption, in the order of docs/assumptions.md. */
	all(): Finding[] {
		return Object.entries(ASSUMPTIONS).map(([name, { expected, untried }]) => {
			const assumption = name as AssumptionName;
			const { verdict, found } = this.noted.get(assumption) ?? {
				verdict: 'not tried' as const,
				found: new Set<string>([untried]),
			};
			const shown = [...found].slice(0, MAX_FOUND);
			const more = found.size - shown.length;
			if (more > 0) shown.push(`and ${more} more`);
			return { assumption, expected, found: shown.join('; '), verdict };
		});
	}
}
