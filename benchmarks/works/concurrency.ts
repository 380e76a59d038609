import { count } from '../harness/figures';
import { measured } from '../harness/stage';
import type { Work } from '../harness/work';
import { rowsFor } from './rows';

const CONCURRENCIES = [1, 2, 3, 5, 8, 10, 15, 20];
const LATENCIES_MS = [10, 30, 100];
const SENDS = 200;

/** The curve from which the default of Concurrency is chosen. */
export const concurrency: Work = {
	name: 'concurrency',
	async run({ sandbox, workflows, execute, quick }) {
		const messages = quick ? 1_000 : 3_000;
		const sends = quick ? 40 : SENDS;
		const rows: string[][] = [];
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
			}
		}
		return {
			title: 'Concurrency: the time in milliseconds',
			head: ['work', ...CONCURRENCIES.map((concurrency) => `${concurrency} at once`)],
			rows,
			verdicts: [],
		};
	},
};
