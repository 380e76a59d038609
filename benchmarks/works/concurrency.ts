import { count, ratio } from '../harness/figures';
import { measured } from '../harness/stage';
import type { Work } from '../harness/work';
import { rowsFor } from './rows';

const CONCURRENCIES = [1, 2, 3, 5, 8, 10, 15, 20];
const LATENCIES_MS = [10, 30, 100];
const SENDS = 200;
const DEFAULT = 5;

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
				`The more at once, the less each adds, since n8n itself is busy with each request, and the more requests run into a closed door when the rate limit is reached: all that are in flight. A plan of 300 a minute is used up at 5 a second, however many go at once. ${DEFAULT} at once need 100 ms a request to send 3,000 a minute, which is three times the largest plan: more than ${DEFAULT} help only with long lists over a slow line, and for these there is the option.`,
			].join('\n\n'),
			head: ['work', ...CONCURRENCIES.map((concurrency) => `${concurrency} at once`)],
			rows,
			verdicts: [],
		};
	},
};
