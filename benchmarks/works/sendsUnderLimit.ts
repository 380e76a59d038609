import { count, milliseconds, ratio } from '../harness/figures';
import { measured } from '../harness/stage';
import type { Work } from '../harness/work';
import type { Contestant } from '../harness/workflows';
import { rowsFor } from './rows';

const LATENCY_MS = 30;
const LIMIT = 300;
const LEAST_OF_CEILING = 0.9;

/** Many more messages than one window of the plan lets through. */
export const sendsUnderLimit: Work = {
	name: 'sends-under-limit',
	async run({ sandbox, workflows, execute, quick }) {
		const windowMs = quick ? 4_000 : 15_000;
		const sends = quick ? 400 : 1_000;
		const take = async (who: Contestant) => {
			await sandbox.open({ latencyMs: LATENCY_MS, rateLimit: { requests: LIMIT, windowMs } });
			const rows = rowsFor(await sandbox.addConversations(250), sends);
			const { ms } = measured(
				await execute(workflows.send(who, `sends-under-limit-${who}`, 20), { rows }),
			);
			return { ms, ...(await sandbox.traffic()), ...(await sandbox.deliveries()) };
		};
		const [ours, theirs] = [await take('sahut'), await take('httpRequest')];
		// All windows but the last have to pass; what is left goes in no time.
		const ceilingMs = (Math.ceil(sends / LIMIT) - 1) * windowMs;
		const share = ceilingMs / ours.ms;
		return {
			title: `${count(sends)} sends to 250 conversations, ${LIMIT} requests per ${windowMs / 1_000} s`,
			text: [
				`A minute of the plan is scaled to ${windowMs / 1_000} s; \`Retry-After\` is in whole seconds all the same, which costs up to a second for each window. The ceiling is ${count(ceilingMs)} ms: all full windows.`,
				'HTTP Request has its defaults and On Error: Continue. Retry On Fail would not help it: it sends all items again.',
			].join('\n\n'),
			head: [
				'node',
				'time',
				'delivered',
				'lost',
				'twice',
				'threads out of order',
				'requests',
				'turned back',
			],
			rows: [
				['Sahut', ours],
				['HTTP Request', theirs],
			].map(([name, sample]) => {
				const { ms, arrived, twice, outOfOrder, requests, turnedBack } = sample as typeof ours;
				return [
					name as string,
					milliseconds([ms]),
					count(arrived),
					count(sends - arrived),
					count(twice),
					count(outOfOrder),
					count(requests),
					count(turnedBack),
				];
			}),
			verdicts: [
				{
					work: `${count(sends)} sends under a limit of ${LIMIT} per window`,
					goal: 'each exactly once',
					measured: `${count(ours.arrived)} delivered, ${ours.twice} twice (HTTP Request: ${count(theirs.arrived)} delivered, ${count(sends - theirs.arrived)} lost)`,
					met: ours.arrived === sends && ours.twice === 0,
				},
				{
					work: `${count(sends)} sends under a limit of ${LIMIT} per window`,
					goal: `at least ${ratio(LEAST_OF_CEILING)} of the limit's ceiling`,
					measured: ratio(share),
					met: share >= LEAST_OF_CEILING,
				},
			],
		};
	},
};
