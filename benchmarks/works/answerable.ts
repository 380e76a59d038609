import { setTimeout as wait } from 'node:timers/promises';

import { count, milliseconds } from '../harness/figures';
import { measured } from '../harness/stage';
import type { Work } from '../harness/work';
import type { Contestant } from '../harness/workflows';
import { rowsFor } from './rows';

/** How often each of the two callers asks. */
const EVERY_MS = { healthz: 20, trigger: 250 };
const TRIGGER = 'answerable-trigger';

/** Asks again and again until it is told to end. @returns the longest that an answer took, in ms */
async function longestPause(
	ask: () => Promise<unknown>,
	everyMs: number,
	isOver: () => boolean,
): Promise<number> {
	let longest = 0;
	while (!isOver()) {
		const asked = performance.now();
		await ask();
		longest = Math.max(longest, performance.now() - asked);
		await wait(everyMs);
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
		const take = async (who: Contestant) => {
			let over = false;
			const pauses = [
				longestPause(health, EVERY_MS.healthz, () => over),
				longestPause(delivery, EVERY_MS.trigger, () => over),
			];
			const report = await execute(workflows.send(who, `answerable-${who}`), { rows });
			over = true;
			const [healthz = 0, trigger = 0] = await Promise.all(pauses);
			return { ms: measured(report).ms, healthz, trigger };
		};
		await execute(workflows.send('sahut', 'answerable-sahut'), { rows: rows.slice(0, 100) });
		await execute(workflows.send('httpRequest', 'answerable-httpRequest'), {
			rows: rows.slice(0, 100),
		});
		const theirs = await take('httpRequest');
		const ours = await take('sahut');
		return {
			title: `The longest pause of n8n while ${count(sends)} messages are sent`,
			text: `Two expressions in each item, no latency. Two callers ask: one for \`/healthz\` every ${EVERY_MS.healthz} ms, and one for a published Sahut Trigger every ${EVERY_MS.trigger} ms.`,
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
