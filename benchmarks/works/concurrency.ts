import { DEFAULT_TRANSPORT } from '../../nodes/Sahut/transport/settings';
import { count, ratio } from '../harness/figures';
import { measured } from '../harness/stage';
import type { Work } from '../harness/work';
import { rowsFor } from './rows';

const CONCURRENCIES = [1, 2, 3, 5, 8, 10, 15, 20];
const LATENCIES_MS = [10, 30, 100];
const SENDS = 200;
const { concurrency: DEFAULT } = DEFAULT_TRANSPORT;

/** What the default gains over one at once, and what twice and four times as many would gain further. */
function gains(what: string, ms: number[]): string {
	const at = (concurrency: number) => ms[CONCURRENCIES.indexOf(concurrency)]!;
	const over = (from: number, to: number) => ratio(at(to) / at(from));
	return `- ${what}: ${DEFAULT} at once take ${over(1, DEFAULT)} of the time of 1; 10 take ${over(DEFAULT, 10)} of the time of ${DEFAULT}, 20 take ${over(DEFAULT, 20)}.`;
}

/** The curve from which the default of Concurrency is chosen. */
export const concurrency: Work = {
	name: 'concurrency',
	async run({ sandbox, workflows, execute, quick }) {
		const messages = quick ? 1_000 : 3_000;
		const sends = quick ? 40 : SENDS;
		const rows: string[][] = [];
		const gained: string[] = [];
		for (const latencyMs of quick ? [10] : LATENCIES_MS) {
			const took = { list: [] as number[], send: [] as number[] };
			for (const concurrency of CONCURRENCIES) {
				await sandbox.open({ latencyMs });
				const conversation = await sandbox.addThread(messages);
				const list = workflows.list(
					'sahut',
					`concurrency-list-${concurrency}`,
					{ returnAll: true },
					concurrency,
				);
				took.list.push(measured(await execute(list, { conversation })).ms);
				const send = workflows.send('sahut', `concurrency-send-${concurrency}`, concurrency);
				const body = { rows: rowsFor(await sandbox.addConversations(100), sends) };
				took.send.push(measured(await execute(send, body)).ms);
			}
			for (const [work, ms] of Object.entries(took)) {
				const what = work === 'list' ? `${count(messages)} messages` : `${count(sends)} sends`;
				rows.push([`${what}, ${latencyMs} ms`, ...ms.map(count)]);
				gained.push(gains(`${what}, ${latencyMs} ms`, ms));
			}
		}
		return {
			title: 'Concurrency: the time in milliseconds',
			text: [
				'One sample each.',
				gained.join('\n'),
				`Return All of n pages takes one round for the first page and (n − 1) / concurrency for the others: of 100 pages, 21 rounds at 5, 14 at 8, 6 at 20. What is in flight when a window of the rate limit is used up is turned back and sent again, for each execution; more at once shorten what fits into one window and nothing beyond it, since the largest plan allows 17 requests a second.`,
			].join('\n\n'),
			head: ['work', ...CONCURRENCIES.map((concurrency) => `${concurrency} at once`)],
			rows,
			verdicts: [],
		};
	},
};
