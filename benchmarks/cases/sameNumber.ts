import { formatCount } from '../harness/statistics';
import { measuredNode } from '../harness/environment';
import type { Findings, Benchmark } from '../harness/benchmark';
import { unusedPhones } from './rows';
import { templateToPhone } from './templateToPhone';

const NUMBER_COUNT = 20;
const CONCURRENT_EXECUTIONS = 2;
/** Long enough for both to search before either creates a record. */
const LATENCY_MS = 50;

/** Runs concurrent executions that send to the same new customer. */
export const sameNumber: Benchmark = {
	name: 'same-number',
	async run({ sandbox, workflows, executeAll }): Promise<Findings> {
		await sandbox.open({ latencyMs: LATENCY_MS });
		const [{ channel } = { channel: '' }] = await sandbox.addCustomers(1);
		const before = await sandbox.counts();
		const workflow = workflows.operation('same-number', templateToPhone);
		let overlapping = 0;
		for (const phone of unusedPhones(7, NUMBER_COUNT)) {
			const bodies = Array.from({ length: CONCURRENT_EXECUTIONS }, () => ({
				rows: [{ phone, channel }],
			}));
			const nodes = (await executeAll(workflow, bodies)).map(measuredNode);
			const lastBegan = Math.max(...nodes.map(({ startedAt }) => startedAt));
			const firstEnded = Math.min(...nodes.map(({ startedAt, ms }) => startedAt + ms));
			if (lastBegan < firstEnded) overlapping += 1;
		}
		const after = await sandbox.counts();
		const created = {
			contacts: after.contacts - before.contacts,
			conversations: after.conversations - before.conversations,
			messages: after.sent - before.sent,
		};
		return {
			title: `${CONCURRENT_EXECUTIONS} executions at once for one new number, ${NUMBER_COUNT} times`,
			text: `${LATENCY_MS} ms per request, so that both can search before either creates a record.`,
			head: ['measure', 'value'],
			rows: [
				['overlapping executions', `${overlapping} of ${NUMBER_COUNT}`],
				...Object.entries(created).map(([name, value]) => [name, formatCount(value)]),
			],
			verdicts: [
				{
					task: `${CONCURRENT_EXECUTIONS} executions at once for one new number, ${NUMBER_COUNT} times`,
					goal: 'one contact and one conversation each time',
					measured: `${created.contacts} contacts, ${created.conversations} conversations, ${created.messages} messages`,
					met:
						created.contacts === NUMBER_COUNT &&
						created.conversations === NUMBER_COUNT &&
						created.messages === NUMBER_COUNT * CONCURRENT_EXECUTIONS &&
						overlapping === NUMBER_COUNT,
				},
			],
		};
	},
};
