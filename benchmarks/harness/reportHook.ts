// n8n loads this file (EXTERNAL_HOOK_FILES). Types alone may be imported: n8n's Node.js strips them.
import { appendFileSync } from 'node:fs';
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
}

function reportOf(run: IRun, workflow: IWorkflowBase): RunReport {
	// First of all, since the report itself takes memory.
	const { maxRSS } = process.resourceUsage();
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
	};
}

/** Adds a line of JSON to the file BENCHMARK_REPORTS for each execution that has ended. */
export const workflow = {
	postExecute: [
		async (run: IRun | undefined, workflow: IWorkflowBase) => {
			if (!run) return;
			const line = JSON.stringify(reportOf(run, workflow));
			appendFileSync(process.env['BENCHMARK_REPORTS']!, `${line}\n`);
		},
	],
};
