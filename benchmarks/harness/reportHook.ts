// n8n loads this file (EXTERNAL_HOOK_FILES). Types alone may be imported: n8n's Node.js strips them.
import { appendFileSync } from 'node:fs';
import { GCProfiler, setFlagsFromString } from 'node:v8';
import type { IRun, IWorkflowBase } from 'n8n-workflow';

export interface NodeReport {
	/** The node's `executionTime` in the run data: without the start of anything. */
	ms: number;
	/** The node's `startTime`, in milliseconds since the epoch. */
	startedAt: number;
	items: number;
	error?: string;
}

/** What is known of an execution when it has ended. */
export interface RunReport {
	workflow: string;
	status: string;
	nodes: Record<string, NodeReport>;
	/** Of the process, since its start. */
	peakRssMb: number;
	/** Heap and buffers that were left by collections of garbage meanwhile, if {@link ALL_COLLECTED}. */
	keptMb?: { least: number; most: number } | undefined;
}

/**
 * The environment of an n8n that collects all garbage whenever it has made 2 MB of anything, while a
 * workflow runs. What is left then is what it keeps; else V8 lets garbage lie while there is room.
 */
export const ALL_COLLECTED = {
	BENCHMARK_ALL_COLLECTED: 'true',
	NODE_OPTIONS: '--max-semi-space-size=2',
};

let collections: GCProfiler | undefined;

function watchCollections(): void {
	if (!process.env['BENCHMARK_ALL_COLLECTED']) return;
	setFlagsFromString('--gc-global');
	collections = new GCProfiler();
	collections.start();
}

function keptMb(): RunReport['keptMb'] {
	const kept = collections
		?.stop()
		?.statistics.map(({ afterGC: { heapStatistics } }) => heapStatistics)
		.map(({ usedHeapSize, externalMemory }) => (usedHeapSize + externalMemory) / 1e6);
	return kept && { least: Math.min(...kept), most: Math.max(...kept) };
}

function reportOf(run: IRun, workflow: IWorkflowBase): RunReport {
	// First of all, since the report itself takes memory.
	const { maxRSS } = process.resourceUsage();
	const kept = keptMb();
	const nodes = Object.entries(run.data.resultData.runData).map(([name, runs]) => {
		const { executionTime, startTime, data, error } = runs.at(-1)!;
		const report: NodeReport = {
			ms: executionTime,
			startedAt: startTime,
			items: data?.['main']?.[0]?.length ?? 0,
			...(error && { error: error.message }),
		};
		return [name, report] as const;
	});
	return {
		workflow: workflow.name,
		status: run.status,
		nodes: Object.fromEntries(nodes),
		peakRssMb: maxRSS / 1024,
		keptMb: kept,
	};
}

/** Adds a line of JSON to the file BENCHMARK_REPORTS for each execution that has ended. */
export const workflow = {
	preExecute: [async () => watchCollections()],
	postExecute: [
		async (run: IRun | undefined, workflow: IWorkflowBase) => {
			if (!run) return;
			const line = JSON.stringify(reportOf(run, workflow));
			appendFileSync(process.env['BENCHMARK_REPORTS']!, `${line}\n`);
		},
	],
};
