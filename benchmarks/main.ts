import { writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';

import { measureOtherLoad } from './harness/cpuUsage';
import { startEnvironment } from './harness/environment';
import type { Findings } from './harness/benchmark';
import { formatResultsFile, formatFindings, formatVerdicts } from './report';
import { describeSystem } from './systemInfo';
import { benchmarks } from './cases';

const RESULTS = join(__dirname, 'results.md');

function selectBenchmarks(only: string[] = []) {
	const unknown = only.find((name) => !benchmarks.some((benchmark) => benchmark.name === name));
	if (unknown !== undefined) {
		const names = benchmarks.map(({ name }) => name).join(', ');
		throw new Error(`Unknown benchmark "${unknown}". Known benchmarks: ${names}`);
	}
	return only.length === 0 ? benchmarks : benchmarks.filter(({ name }) => only.includes(name));
}

async function main(): Promise<void> {
	const { values } = parseArgs({
		options: { only: { type: 'string', multiple: true }, quick: { type: 'boolean' } },
	});
	const { only, quick = false } = values;
	const chosen = selectBenchmarks(only);
	const systemInfo = await describeSystem();
	const begun = Date.now();
	const environment = await startEnvironment(quick);
	const findings: Findings[] = [];
	try {
		for (const { run } of chosen) {
			const otherLoad = measureOtherLoad();
			const found = { ...(await run(environment)), otherCpuShare: otherLoad() };
			console.log(formatFindings(found));
			findings.push(found);
		}
	} finally {
		await environment.close();
	}
	console.log(formatVerdicts(findings));
	console.log(`${Math.round((Date.now() - begun) / 1_000)} seconds`);
	// Partial results or small sizes must not replace complete results.
	if (quick || only) return;
	writeFileSync(RESULTS, formatResultsFile(findings, systemInfo));
	console.log(`Wrote ${relative(process.cwd(), RESULTS)}`);
}

main().catch((error: unknown) => {
	console.error(error);
	// Exits at once, which also ends the child processes.
	process.exit(1);
});
