import type { WorkflowContent } from '../../scripts/n8n';
import { count, ratio } from '../harness/figures';
import { measured, type Stage } from '../harness/stage';
import type { Findings, Work } from '../harness/work';
import { newNumbers } from './rows';
import { toPhone } from './toPhone';

const MOST = 5;

const average = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Sends to one number after another, each in an execution of its own. @returns their requests */
async function requestsOf(
	{ sandbox, execute }: Stage,
	workflow: WorkflowContent,
	channel: string,
	phones: string[],
): Promise<number[]> {
	const requests: number[] = [];
	for (const phone of phones) {
		await sandbox.clearTraffic();
		measured(await execute(workflow, { rows: [{ phone, channel }] }));
		requests.push((await sandbox.traffic()).requests);
	}
	return requests;
}

/** What a message to a phone number costs, on a channel with many open conversations. */
export const requestsPerMessage: Work = {
	name: 'requests-per-message',
	async run(stage): Promise<Findings> {
		const { sandbox, workflows, restartN8n, quick } = stage;
		const open = quick ? 1_000 : 10_000;
		const executions = quick ? 10 : 100;
		const workflow = workflows.operation('requests-per-message', toPhone);
		// A process that knows of no channel.
		await restartN8n();
		await sandbox.open({ latencyMs: 0 });
		const people = await sandbox.addPeople(open);
		const { channel } = people[0]!;
		const some = Array.from(
			{ length: executions },
			(_, at) => people[Math.floor((at * open) / executions)]!.phone,
		);
		const send = async (phones: string[]) => await requestsOf(stage, workflow, channel, phones);
		const first = await send([people.at(-1)!.phone]);
		const inOpen = await send(some);
		const withoutOpen = await send(await sandbox.addContacts(executions));
		const whenNew = await send(newNumbers(5, executions));
		const rowOf = (what: string, requests: number[]) => [
			what,
			count(requests.length),
			ratio(average(requests)),
			count(Math.min(...requests)),
			count(Math.max(...requests)),
		];
		return {
			title: `Requests of one Send to Phone Number, ${count(open)} conversations open on the channel`,
			text: 'Each message is an execution of its own, all in one process of n8n that was started for it. The first one reads the open conversations of the channel.',
			head: ['what', 'executions', 'average', 'fewest', 'most'],
			rows: [
				rowOf('the first one, to a customer with an open conversation', first),
				rowOf('to customers with an open conversation', inOpen),
				rowOf('to known customers without one', withoutOpen),
				rowOf('to customers who are new', whenNew),
			],
			verdicts: [
				{
					work: 'Requests of a message to a new customer',
					goal: `at most ${MOST} on average`,
					measured: ratio(average(whenNew)),
					met: average(whenNew) <= MOST,
				},
				{
					work: 'Requests of a message to a customer with an open conversation',
					goal: `at most ${MOST} on average`,
					measured: `${ratio(average(inOpen))} (the first one: ${count(first[0]!)})`,
					met: average(inOpen) <= MOST,
				},
			],
		};
	},
};
