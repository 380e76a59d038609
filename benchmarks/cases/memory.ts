import { sampleInTurns } from '../harness/sampling';
import { formatCount, median, formatMegabytes, formatRatio } from '../harness/statistics';
import { FULL_GC_ENV } from '../harness/executionHook';
import { measuredNode } from '../harness/environment';
import type { Benchmark } from '../harness/benchmark';
import { CONTESTANTS, NODE_NAMES, type Contestant } from '../harness/workflows';

const MAX_SHARE_OF_HTTP_REQUEST = 0.5;

/** Measures the peak memory of n8n while it reads all messages, with and without garbage. */
export const memory: Benchmark = {
	name: 'memory',
	async run({ sandbox, workflows, execute, restartN8n, quick }) {
		const messages = quick ? 20_000 : 100_000;
		await sandbox.open({ latencyMs: 0 });
		const conversation = await sandbox.addThread(messages);
		const small = await sandbox.addThread(100);
		/** Runs the workflow with few messages, which gives the baseline, and then with many. */
		const executeTwice = async (contestant: Contestant, env?: Record<string, string>) => {
			const workflow = workflows.listInItems(contestant, `memory-${contestant}`);
			await restartN8n(env);
			const idle = await execute(workflow, { conversation: small });
			const run = await execute(workflow, { conversation });
			measuredNode(run);
			return { idle, run };
		};
		const resident = await sampleInTurns(CONTESTANTS, quick ? 1 : 5, async (contestant) => {
			const { idle, run } = await executeTwice(contestant);
			return { idle: idle.peakRssMb, peak: run.peakRssMb };
		});
		const retained = await sampleInTurns(CONTESTANTS, 1, async (contestant) => {
			const { idle, run } = await executeTwice(contestant, FULL_GC_ENV);
			return {
				idle: Math.min(idle.retainedMb!.min, run.retainedMb!.min),
				peak: run.retainedMb!.max,
			};
		});
		const aboveIdle = (samples: Array<{ idle: number; peak: number }>) =>
			samples.map(({ idle, peak }) => peak - idle);
		const share = (taken: typeof resident, contestant: Contestant, of: Contestant) =>
			median(aboveIdle(taken[contestant])) / median(aboveIdle(taken[of]));
		const ofHttpRequest = share(resident, 'sahut', 'httpRequest');
		const ofFloor = share(retained, 'sahut', 'floor');
		return {
			title: `Return All of ${formatCount(messages)} messages: memory of the n8n process`,
			text: '*Idle* is the memory after the same workflow with 100 messages. *Resident* is the peak of RSS, in a new process for each sample. Much of it is garbage that V8 has not collected yet, mostly from the connections that n8n opens for each request. The floor has this garbage too. A full collection during the execution, which happens in some samples of HTTP Request, reduces the peak by 40 MB. *Retained* is the peak of heap and buffers after continuous full collections: the memory that n8n needs.',
			head: ['workflow', 'resident, idle', 'above idle', 'retained, idle', 'above idle'],
			rows: CONTESTANTS.map((contestant) => [
				contestant === 'httpRequest' ? 'HTTP Request → Split Out' : NODE_NAMES[contestant],
				formatMegabytes([median(resident[contestant].map(({ idle }) => idle))]),
				formatMegabytes(aboveIdle(resident[contestant])),
				formatMegabytes(retained[contestant].map(({ idle }) => idle)),
				formatMegabytes(aboveIdle(retained[contestant])),
			]),
			verdicts: [
				{
					task: `Memory above idle, Return All of ${formatCount(messages)} messages`,
					goal: `at most ${formatRatio(MAX_SHARE_OF_HTTP_REQUEST)} of HTTP Request → Split Out`,
					measured: `${formatRatio(ofHttpRequest)} (the floor: ${formatRatio(share(resident, 'floor', 'httpRequest'))})`,
					met: ofHttpRequest <= MAX_SHARE_OF_HTTP_REQUEST,
				},
				{
					task: 'Retained memory above idle',
					goal: 'no more than the floor',
					measured: `${formatRatio(ofFloor)} (HTTP Request → Split Out: ${formatRatio(share(retained, 'httpRequest', 'floor'))})`,
					met: ofFloor <= 1,
				},
			],
		};
	},
};
