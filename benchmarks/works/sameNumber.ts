import { count } from '../harness/figures';
import { measured } from '../harness/stage';
import type { Findings, Work } from '../harness/work';
import { newNumbers } from './rows';
import { toPhone } from './toPhone';

const NUMBERS = 20;
const AT_ONCE = 2;
/** Long enough for both to look before either has made anything. */
const LATENCY_MS = 50;

/** Executions that know nothing of one another, and reach the same new customer. */
export const sameNumber: Work = {
	name: 'same-number',
	async run({ sandbox, workflows, executeAll }): Promise<Findings> {
		await sandbox.open({ latencyMs: LATENCY_MS });
		const [{ channel } = { channel: '' }] = await sandbox.addPeople(1);
		const before = await sandbox.counts();
		const workflow = workflows.operation('same-number', toPhone);
		let together = 0;
		for (const phone of newNumbers(7, NUMBERS)) {
			const bodies = Array.from({ length: AT_ONCE }, () => ({ rows: [{ phone, channel }] }));
			const nodes = (await executeAll(workflow, bodies)).map(measured);
			const lastBegan = Math.max(...nodes.map(({ startedAt }) => startedAt));
			const firstEnded = Math.min(...nodes.map(({ startedAt, ms }) => startedAt + ms));
			if (lastBegan < firstEnded) together += 1;
		}
		const after = await sandbox.counts();
		const made = {
			contacts: after.contacts - before.contacts,
			conversations: after.conversations - before.conversations,
			messages: after.sent - before.sent,
		};
		return {
			title: `${AT_ONCE} executions at once for one new number, ${NUMBERS} times`,
			text: `${LATENCY_MS} ms a request, so that both can look before either has made anything.`,
			head: ['what', 'figure'],
			rows: [
				['ran at the same time', `${together} of ${NUMBERS}`],
				...Object.entries(made).map(([what, figure]) => [what, count(figure)]),
			],
			verdicts: [
				{
					work: `${AT_ONCE} executions at once for one new number, ${NUMBERS} times`,
					goal: 'one contact and one conversation each time',
					measured: `${made.contacts} contacts, ${made.conversations} conversations, ${made.messages} messages`,
					met:
						made.contacts === NUMBERS &&
						made.conversations === NUMBERS &&
						made.messages === NUMBERS * AT_ONCE &&
						together === NUMBERS,
				},
			],
		};
	},
};
