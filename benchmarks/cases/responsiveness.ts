import { join } from 'node:path';

import { sampleInTurns } from '../harness/sampling';
import type { ProbeCommands } from '../harness/probeProcess';
import { formatCount, median, formatMilliseconds } from '../harness/statistics';
import { measuredNode, type BenchmarkEnvironment } from '../harness/environment';
import type { Findings, Benchmark } from '../harness/benchmark';
import { startWorker } from '../harness/worker';
import { NODE_NAMES } from '../harness/workflows';
import { createRows } from './rows';

/** The pause of each probe between a response and the next request. */
const PROBE_INTERVALS_MS = { healthz: 20, trigger: 250 };
const PROBES = ['healthz', 'trigger'] as const;
const COMPARED_NODES = ['sahut', 'httpRequest'] as const;
const WARM_UP_SENDS = 100;

async function measure(environment: BenchmarkEnvironment, sends: number, samples: number) {
	const { sandbox, workflows, execute, publish, url } = environment;
	await sandbox.open({ latencyMs: 0 });
	await publish(workflows.trigger('responsiveness-trigger'));
	const receiver = await sandbox.newestWebhook();
	const probes = startWorker<ProbeCommands>(join(__dirname, '../harness/probeProcess.ts'));
	const send = async (contestant: (typeof COMPARED_NODES)[number], many: number) => {
		// Restarts the sandbox, so that it has no webhook and delivers no events itself.
		await sandbox.open({ latencyMs: 0 });
		const rows = createRows(await sandbox.addConversations(250), many);
		return measuredNode(
			await execute(workflows.send(contestant, `responsiveness-${contestant}`), { rows }),
		).ms;
	};
	try {
		await sampleInTurns(
			COMPARED_NODES,
			1,
			async (contestant) => await send(contestant, WARM_UP_SENDS),
		);
		return await sampleInTurns(COMPARED_NODES, samples, async (contestant) => {
			await probes.begin({
				healthz: { url: `${url()}/healthz`, intervalMs: PROBE_INTERVALS_MS.healthz },
				trigger: { ...receiver, intervalMs: PROBE_INTERVALS_MS.trigger },
			});
			const ms = await send(contestant, sends);
			const pauses = await probes.end();
			const { arrived } = await sandbox.deliveries();
			return { ...pauses, ms, arrived };
		});
	} finally {
		probes.close();
	}
}

/** Measures the longest time for which n8n does not respond while it sends many messages. */
export const responsiveness: Benchmark = {
	name: 'responsiveness',
	async run(environment): Promise<Findings> {
		const { quick } = environment;
		const sends = quick ? 1_000 : 10_000;
		const samples = await measure(environment, sends, quick ? 1 : 2);
		const pauses = (contestant: (typeof COMPARED_NODES)[number], probe: (typeof PROBES)[number]) =>
			samples[contestant].map((sample) => sample[probe]);
		return {
			title: `The longest pause of n8n during ${formatCount(sends)} sends`,
			text: `Two expressions per item, no latency. A separate process sends two kinds of requests: one for \`/healthz\` ${PROBE_INTERVALS_MS.healthz} ms after each response, and a signed event to a published Sahut Trigger ${PROBE_INTERVALS_MS.trigger} ms after each response. The pause is the longest response time during the execution.`,
			head: ['node', '`/healthz`', 'Sahut Trigger', 'time of the node', 'delivered'],
			rows: COMPARED_NODES.map((contestant) => [
				NODE_NAMES[contestant],
				...PROBES.map((probe) => formatMilliseconds(pauses(contestant, probe))),
				formatMilliseconds(samples[contestant].map(({ ms }) => ms)),
				formatCount(Math.min(...samples[contestant].map(({ arrived }) => arrived))),
			]),
			verdicts: PROBES.map((probe) => {
				const [ours, theirs] = COMPARED_NODES.map((contestant) =>
					median(pauses(contestant, probe)),
				) as [number, number];
				return {
					task: `Longest pause for ${probe === 'healthz' ? '`/healthz`' : 'a Sahut Trigger'}, ${formatCount(sends)} sends`,
					goal: 'no longer than with HTTP Request',
					measured: `${formatMilliseconds([ours])} (HTTP Request: ${formatMilliseconds([theirs])})`,
					met: ours <= theirs,
				};
			}),
		};
	},
};
