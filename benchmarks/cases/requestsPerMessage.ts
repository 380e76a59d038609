import type { WorkflowContent } from '../../scripts/n8n';
import { formatCount, formatRatio } from '../harness/statistics';
import { measuredNode, type BenchmarkEnvironment } from '../harness/environment';
import type { Findings, Benchmark } from '../harness/benchmark';
import { unusedPhones } from './rows';
import { templateToPhone } from './templateToPhone';

const MAX_REQUESTS = 5;

const average = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Sends to each number in a separate execution. @returns the number of requests of each */
async function countRequests(
	{ sandbox, execute }: BenchmarkEnvironment,
	workflow: WorkflowContent,
	channel: string,
	phones: string[],
): Promise<number[]> {
	const requests: number[] = [];
	for (const phone of phones) {
		await sandbox.clearTraffic();
		measuredNode(await execute(workflow, { rows: [{ phone, channel }] }));
		requests.push((await sandbox.traffic()).requests);
	}
	return requests;
}

/** Counts the requests of a message to a phone number, on a channel with many open conversations. */
export const requestsPerMessage: Benchmark = {
	name: 'requests-per-message',
	async run(environment): Promise<Findings> {
		const { sandbox, workflows, restartN8n, quick } = environment;
		const open = quick ? 1_000 : 10_000;
		const executions = quick ? 10 : 100;
		const workflow = workflows.operation('requests-per-message', templateToPhone);
		// A new process has an empty conversation index.
		await restartN8n();
		await sandbox.open({ latencyMs: 0 });
		const customers = await sandbox.addCustomers(open);
		const { channel } = customers[0]!;
		const sampledPhones = Array.from(
			{ length: executions },
			(_, at) => customers[Math.floor((at * open) / executions)]!.phone,
		);
		const send = async (phones: string[]) =>
			await countRequests(environment, workflow, channel, phones);
		const first = await send([customers.at(-1)!.phone]);
		const inOpen = await send(sampledPhones);
		const withoutOpen = await send(await sandbox.addContacts(executions));
		const whenNew = await send(unusedPhones(5, executions));
		const rowOf = (label: string, requests: number[]) => [
			label,
			formatCount(requests.length),
			formatRatio(average(requests)),
			formatCount(Math.min(...requests)),
			formatCount(Math.max(...requests)),
		];
		return {
			title: `Requests of one Send to Phone Number, ${formatCount(open)} conversations open on the channel`,
			text: 'Each message is a separate execution. All run in one new n8n process. The first one reads the open conversations of the channel.',
			head: ['message', 'executions', 'average', 'fewest', 'most'],
			rows: [
				rowOf('the first one, to a customer with an open conversation', first),
				rowOf('to customers with an open conversation', inOpen),
				rowOf('to known customers without one', withoutOpen),
				rowOf('to new customers', whenNew),
			],
			verdicts: [
				{
					task: 'Requests of a message to a new customer',
					goal: `at most ${MAX_REQUESTS} on average`,
					measured: formatRatio(average(whenNew)),
					met: average(whenNew) <= MAX_REQUESTS,
				},
				{
					task: 'Requests of a message to a customer with an open conversation',
					goal: `at most ${MAX_REQUESTS} on average`,
					measured: `${formatRatio(average(inOpen))} (the first one: ${formatCount(first[0]!)})`,
					met: average(inOpen) <= MAX_REQUESTS,
				},
			],
		};
	},
};
