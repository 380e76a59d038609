import { alternate } from '../harness/alternate';
import { count, median, ratio } from '../harness/figures';
import { measured, type Stage } from '../harness/stage';
import type { Findings, Work } from '../harness/work';
import { rowsFor } from './rows';

const MOST_GROWTH = 1.25;
const CONCURRENCY = 20;
type Take = (size: number) => Promise<number>;

/** The time of each size for one item, in milliseconds: the median of samples by turns. */
async function perItem(sizes: number[], samples: number, take: Take): Promise<number[]> {
	const names = sizes.map(String);
	const taken = await alternate(names, samples, async (name) => await take(Number(name)));
	return sizes.map((size) => median(taken[String(size)]!) / size);
}

function takeList({ sandbox, workflows, execute }: Stage): Take {
	return async (messages) => {
		await sandbox.open({ latencyMs: 0 });
		const conversation = await sandbox.addThread(messages);
		const workflow = workflows.list('sahut', 'linear-list', { returnAll: true });
		return measured(await execute(workflow, { conversation })).ms;
	};
}

function takeSend({ sandbox, workflows, execute }: Stage): Take {
	return async (sends) => {
		await sandbox.open({ latencyMs: 0 });
		const rows = rowsFor(await sandbox.addConversations(250), sends);
		const workflow = workflows.send('sahut', 'linear-send', CONCURRENCY);
		return measured(await execute(workflow, { rows })).ms;
	};
}

/** Whether the cost of an item stays the same when there are a hundred times as many. */
export const linear: Work = {
	name: 'linear',
	async run(stage): Promise<Findings> {
		const { quick } = stage;
		const messages = quick ? [1_000, 10_000] : [1_000, 10_000, 100_000];
		const sends = quick ? [100, 1_000] : [100, 1_000, 10_000];
		const [list, send] = [takeList(stage), takeSend(stage)];
		await list(1_000);
		await send(100);
		const listMs = await perItem(messages, quick ? 1 : 3, list);
		const sendMs = await perItem(sends, quick ? 1 : 3, send);
		const rowsOf = (what: string, sizes: number[], ms: number[]) =>
			sizes.map((size, index) => [
				`${count(size)} ${what}`,
				`${ms[index]!.toFixed(3)} ms`,
				ratio(ms[index]! / ms[0]!),
			]);
		const verdictOf = (what: string, sizes: number[], ms: number[]) => ({
			work: `From ${count(sizes[0]!)} to ${count(sizes.at(-1)!)} ${what}`,
			goal: `time per item within ${ratio(MOST_GROWTH)}`,
			measured: ratio(ms.at(-1)! / ms[0]!),
			met: ms.at(-1)! / ms[0]! <= MOST_GROWTH,
		});
		return {
			title: 'The cost of one item, by their number',
			text: `Without latency, so that it is the time of the machine: ${CONCURRENCY} sends at once, lists with defaults.`,
			head: ['work', 'time for one item', 'of the smallest'],
			rows: [...rowsOf('messages', messages, listMs), ...rowsOf('sends', sends, sendMs)],
			verdicts: [verdictOf('messages', messages, listMs), verdictOf('sends', sends, sendMs)],
		};
	},
};
