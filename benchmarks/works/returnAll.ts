import { alternate } from '../harness/alternate';
import { count, median, milliseconds, ratio } from '../harness/figures';
import { measured } from '../harness/stage';
import type { Work } from '../harness/work';
import { CONTESTANTS, NAMES } from './contestants';

const LATENCY_MS = 30;
const MOST_OF_HTTP_REQUEST = 0.15;

/** Return All of a conversation, with the defaults of each node. */
export const returnAll: Work = {
	name: 'return-all',
	async run({ sandbox, workflows, execute, quick }) {
		const messages = quick ? 2_000 : 10_000;
		await sandbox.open({ latencyMs: LATENCY_MS });
		const conversation = await sandbox.addThread(messages);
		const take = async (who: (typeof CONTESTANTS)[number]) => {
			await sandbox.clearTraffic();
			const workflow = workflows.list(who, `return-all-${who}`, { returnAll: true });
			const { ms, items } = measured(await execute(workflow, { conversation }));
			return { ms, items, ...(await sandbox.traffic()) };
		};
		// The first execution of each loads and compiles what the others find ready.
		await alternate(CONTESTANTS, 1, take);
		const samples = await alternate(CONTESTANTS, quick ? 1 : 5, take);
		const times = (who: (typeof CONTESTANTS)[number]) => samples[who].map(({ ms }) => ms);
		const share = median(times('sahut')) / median(times('httpRequest'));
		return {
			title: `Return All of ${count(messages)} messages, ${LATENCY_MS} ms a request, defaults`,
			text: 'The time of the HTTP Request node is without that of Split Out, which people need behind it.',
			head: ['node', 'time', 'requests', 'at once', 'items', 'of HTTP Request'],
			rows: CONTESTANTS.map((who) => [
				NAMES[who],
				milliseconds(times(who)),
				count(samples[who][0]!.requests),
				count(samples[who][0]!.maxInFlight),
				count(samples[who][0]!.items),
				ratio(median(times(who)) / median(times('httpRequest'))),
			]),
			verdicts: [
				{
					work: `Return All of ${count(messages)} messages`,
					goal: `at most ${ratio(MOST_OF_HTTP_REQUEST)} of HTTP Request`,
					measured: `${ratio(share)} (floor: ${ratio(median(times('floor')) / median(times('httpRequest')))})`,
					met: share <= MOST_OF_HTTP_REQUEST,
				},
			],
		};
	},
};
