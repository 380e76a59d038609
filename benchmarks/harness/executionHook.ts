// n8n loads this file (EXTERNAL_HOOK_FILES). From packages, import only types, which n8n's Node.js strips.
import { appendFileSync } from 'node:fs';
import { GCProfiler, setFlagsFromString } from 'node:v8';
import type { IRun, IWorkflowBase } from 'n8n-workflow';

/** The measurements of a node's last run. */
export interface NodeReport {
	/** The node's `executionTime` in the run data, which includes no startup. */
	ms: number;
	/** The node's `startTime`, in milliseconds since the epoch. */
	startedAt: number;
	items: number;
	error?: string;
}

/** The measurements of a finished execution. */
export interface RunReport {
	workflow: string;
	status: string;
	nodes: Record<string, NodeReport>;
	/** The peak of the process since its start. */
	peakRssMb: number;
	/** Heap and buffers after the garbage collections of the execution. Only with {@link FULL_GC_ENV}. */
	retainedMb?: { min: number; max: number } | undefined;
}

/**
 * The environment for an n8n that runs a full garbage collection after every 2 MB of allocations during an
 * execution. Without it, V8 keeps garbage as long as there is memory.
 */
export const FULL_GC_ENV = {
	BENCHMARK_FULL_GC: 'true',
	NODE_OPTIONS: '--max-semi-space-size=2',
};

let collections: GCProfiler | undefined;

function startGcProfiler(): void {
	if (!process.env['BENCHMARK_FULL_GC']) return;
	setFlagsFromString('--gc-global');
	collections = new GCProfiler();
	collections.start();
}

/** Returns the lowest and the highest heap after the collections. Stops the profiler. */
function retainedMb(): RunReport['retainedMb'] {
	const megabytes = collections
		?.stop()
		?.statistics.map(({ afterGC: { heapStatistics } }) => heapStatistics)
		.map(({ usedHeapSize, externalMemory }) => (usedHeapSize + externalMemory) / 1e6);
	return megabytes && { min: Math.min(...megabytes), max: Math.max(...megabytes) };
}

function reportOf(run: IRun, workflow: IWorkflowBase): RunReport {
	// Read first, since the report itself allocates memory.
	const { maxRSS } = process.resourceUsage();
	const retained = retainedMb();
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
		retainedMb: retained,
	};
}

/** Appends a line of JSON to the file BENCHMARK_REPORTS for each finished execution. */
export const workflow = {
	preExecute: [async () => startGcProfiler()],
	postExecute: [
		async (run: IRun | undefined, workflow: IWorkflowBase) => {
			if (!run) return;
			const line = JSON.stringify(reportOf(run, workflow));
			appendFileSync(process.env['BENCHMARK_REPORTS']!, `${line}\n`);
		},
	],
};
