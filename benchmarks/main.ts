import { writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';

import { watchOthers } from './harness/machine';
import { openStage } from './harness/stage';
import type { Findings } from './harness/work';
import { resultsFile, showFindings, showVerdicts } from './report';
import { describeSetting } from './setting';
import { works } from './works';

const RESULTS = join(__dirname, 'results.md');

function chosenWorks(only: string[] = []) {
	const unknown = only.find((name) => !works.some((work) => work.name === name));
	if (unknown !== undefined) {
		const names = works.map(({ name }) => name).join(', ');
		throw new Error(`There is no benchmark "${unknown}". There are: ${names}`);
	}
	return only.length === 0 ? works : works.filter(({ name }) => only.includes(name));
}

async function main(): Promise<void> {
	const { values } = parseArgs({
		options: { only: { type: 'string', multiple: true }, quick: { type: 'boolean' } },
	});
	const { only, quick = false } = values;
	const chosen = chosenWorks(only);
	const setting = await describeSetting();
	const begun = Date.now();
	const stage = await openStage(quick);
	const findings: Findings[] = [];
	try {
		for (const { run } of chosen) {
			const others = watchOthers();
			const found = { ...(await run(stage)), othersShare: others() };
			console.log(showFindings(found));
			findings.push(found);
		}
	} finally {
		await stage.close();
	}
	console.log(showVerdicts(findings));
	console.log(`${Math.round((Date.now() - begun) / 1_000)} seconds`);
	// A part, or small sizes, would take the place of what was measured properly.
	if (quick || only) return;
	writeFileSync(RESULTS, resultsFile(findings, setting));
	console.log(`Written: ${relative(process.cwd(), RESULTS)}`);
}

main().catch((error: unknown) => {
	console.error(error);
	// With it, the processes that it has started.
	process.exit(1);
});
