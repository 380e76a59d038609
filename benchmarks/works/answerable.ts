import { setTimeout as wait } from 'node:timers/promises';

import { count, milliseconds } from '../harness/figures';
import { measured } from '../harness/stage';
import type { Work } from '../harness/work';
import { rowsFor } from './rows';

const WHO = ['sahut', 'httpRequest'] as const;
const EVERY_MS = 20;
const TRIGGER = 'answerable-trigger';

/** Asks again and again until it is told to end. @returns the longest that an answer took, in ms */
async function longestPause(ask: () => Promise<unknown>, isOver: () => boolean): Promise<number> {
	let longest = 0;
	while (!isOver()) {
		const asked = performance.now();
		await ask();
		longest = Math.max(longest, performance.now() - asked);
		await wait(EVERY_MS);
	}
	return longest;
}

/** How long n8n answers nobody while it sends many messages. */
export const answerable: Work = {
	name: 'answerable',
	async run({ sandbox, workflows, execute, publish, url, quick }) {
		const sends = quick ? 1_000 : 10_000;
		await sandbox.open({ latencyMs: 0 });
		const rows = rowsFor(await sandbox.addConversations(250), sends);
		await publish(workflows.trigger(TRIGGER));
		const health = async () => await (await fetch(`${url()}/healthz`)).text();
		// Without a signature, it is refused by the trigger; that it is answered is what counts.
		const delivery = async () =>
			await (
				await fetch(`${url()}/webhook/${TRIGGER}/webhook`, { method: 'POST', body: '{}' })
			).text();
		const take = async (who: (typeof WHO)[number]) => {
			let over = false;
			const pauses = [health, delivery].map((ask) => longestPause(ask, () => over));
			const report = await execute(workflows.send(who, `answerable-${who}`), { rows });
			over = true;
			const [healthz = 0, trigger = 0] = await Promise.all(pauses);
			return { ms: measured(report).ms, healthz, trigger };
		};
		await take('httpRequest');
		const theirs = await take('httpRequest');
		const ours = await take('sahut');
		return {
			title: `The longest pause of n8n while ${count(sends)} messages are sent`,
			text: `Two expressions in each item, no latency. Two callers ask every ${EVERY_MS} ms: one for \`/healthz\`, and one for a published Sahut Trigger.`,
			head: ['node', '/healthz', 'Sahut Trigger', 'time of the node'],
			rows: [
				['Sahut', ...[ours.healthz, ours.trigger, ours.ms].map((ms) => milliseconds([ms]))],
				[
					'HTTP Request',
					...[theirs.healthz, theirs.trigger, theirs.ms].map((ms) => milliseconds([ms])),
				],
			],
			verdicts: (['healthz', 'trigger'] as const).map((caller) => ({
				work: `Longest pause for ${caller === 'healthz' ? '`/healthz`' : 'a Sahut Trigger'}, ${count(sends)} sends`,
				goal: 'no longer than that of HTTP Request',
				measured: `${milliseconds([ours[caller]])} (HTTP Request: ${milliseconds([theirs[caller]])})`,
				met: ours[caller] <= theirs[caller],
			})),
		};
	},
};
