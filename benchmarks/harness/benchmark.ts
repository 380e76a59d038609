import type { BenchmarkEnvironment } from './environment';

/** The results of a benchmark for results.md. */
export interface Findings {
	title: string;
	/** The method, and an explanation of the figures. */
	text?: string;
	head: string[];
	rows: string[][];
	verdicts: Verdict[];
	/** The share of the CPU that other processes used, from 0 to 1, if it is known. */
	otherCpuShare?: number | undefined;
}

/** One goal, and whether it was reached. */
export interface Verdict {
	task: string;
	goal: string;
	measured: string;
	met: boolean;
}

export interface Benchmark {
	/** The name for `--only`. */
	name: string;
	run(environment: BenchmarkEnvironment): Promise<Findings>;
}
