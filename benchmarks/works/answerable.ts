import { join } from 'node:path';

import { alternate } from '../harness/alternate';
import type { CallersCommands } from '../harness/callersProcess';
import { count, median, milliseconds } from '../harness/figures';
import { measured, type Stage } from '../harness/stage';
import type { Findings, Work } from '../harness/work';
import { startWorker } from '../harness/worker';
import { NAMES } from '../harness/workflows';
import { rowsFor } from './rows';

/** How long each caller waits before it asks again. */
const EVERY_MS = { healthz: 20, trigger: 250 };
const CALLERS = ['healthz', 'trigger'] as const;
const WHO = ['sahut', 'httpRequest'] as const;
const WARM_UP = 100;

async function measure(stage: Stage, sends: number, samples: number) {
	const { sandbox, workflows, execute, publish, url } = stage;
	await sandbox.open({ latencyMs: 0 });
	await publish(workflows.trigger('answerable-trigger'));
	const receiver = await sandbox.newestWebhook();
	const callers = startWorker<CallersCommands>(join(__dirname, '../harness/callersProcess.ts'));
	const send = async (who: (typeof WHO)[number], many: number) => {
		// Anew, so that the sandbox knows of no webhook, and delivers nothing beside the callers.
		await sandbox.open({ latencyMs: 0 });
		const rows = rowsFor(await sandbox.addConversations(250), many);
		return measured(await execute(workflows.send(who, `answerable-${who}`), { rows })).ms;
	};
	try {
		await alternate(WHO, 1, async (who) => await send(who, WARM_UP));
		return await alternate(WHO, samples, async (who) => {
			await callers.begin({
				healthz: { url: `${url()}/healthz`, everyMs: EVERY_MS.healthz },
				trigger: { ...receiver, everyMs: EVERY_MS.trigger },
			});
			const ms = await send(who, sends);
			const pauses = await callers.end();
			const { arrived } = await sandbox.deliveries();
			return { ...pauses, ms, arrived };
		});
	} finally {
		callers.close();
	}
}

/** How long n8n answers nobody while it sends many messages. */
export const answerable: Work = {
	name: 'answerable',
	async run(stage): Promise<Findings> {
		const { quick } = stage;
		const sends = quick ? 1_000 : 10_000;
		const samples = await measure(stage, sends, quick ? 1 : 2);
		const pauses = (who: (typeof WHO)[number], caller: (typeof CALLERS)[number]) =>
			samples[who].map((sample) => sample[caller]);
		return {
			title: `The longest pause of n8n while ${count(sends)} messages are sent`,
			text: `Two expressions in each item, no latency. Two callers in a process of their own ask: one for \`/healthz\`, ${EVERY_MS.healthz} ms after each answer, and one delivers a signed event to a published Sahut Trigger, ${EVERY_MS.trigger} ms after each answer. A pause is the longest that an answer took, from the call of the workflow to its end.`,
			head: ['node', '`/healthz`', 'Sahut Trigger', 'time of the node', 'delivered'],
			rows: WHO.map((who) => [
				NAMES[who],
				...CALLERS.map((caller) => milliseconds(pauses(who, caller))),
				milliseconds(samples[who].map(({ ms }) => ms)),
				count(Math.min(...samples[who].map(({ arrived }) => arrived))),
			]),
			verdicts: CALLERS.map((caller) => {
				const [ours, theirs] = WHO.map((who) => median(pauses(who, caller))) as [number, number];
				return {
					work: `Longest pause for ${caller === 'healthz' ? '`/healthz`' : 'a Sahut Trigger'}, ${count(sends)} sends`,
					goal: 'no longer than that of HTTP Request',
					measured: `${milliseconds([ours])} (HTTP Request: ${milliseconds([theirs])})`,
					met: ours <= theirs,
				};
			}),
		};
	},
};
