import type { Stage } from './stage';

/** What a benchmark has found, as results.md shows it. */
export interface Findings {
	title: string;
	/** How it was measured, and what stands behind the figures. */
	text?: string;
	head: string[];
	rows: string[][];
	verdicts: Verdict[];
	/** What share of the machine's CPU others have taken meanwhile, where that is known. */
	othersShare?: number | undefined;
}

/** One goal, and whether it was reached. */
export interface Verdict {
	work: string;
	goal: string;
	measured: string;
	met: boolean;
}

export interface Work {
	/** For `--only`. */
	name: string;
	run(stage: Stage): Promise<Findings>;
}
