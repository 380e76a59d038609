import type { WorkflowContent } from '../../scripts/n8n';
import { count, ratio } from '../harness/figures';
import { measured, type Stage } from '../harness/stage';
import type { Findings, Work } from '../harness/work';
import { newNumbers } from './rows';
import { toPhone } from './toPhone';

const MOST_WHEN_NEW = 5;
const MOST_WHEN_KNOWN = 5;

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
		const take = async (conversationOrder: 'activity' | 'created') => {
			await sandbox.open({ latencyMs: 0, conversationOrder });
			const people = await sandbox.addPeople(open);
			const { channel } = people[0]!;
			const some = Array.from(
				{ length: executions },
				(_, at) => people[Math.floor((at * open) / executions)]!.phone,
			);
			const send = async (phones: string[]) => await requestsOf(stage, workflow, channel, phones);
			return {
				first: await send([people.at(-1)!.phone]),
				inOpen: await send(some),
				withoutOpen: await send(await sandbox.addContacts(executions)),
				// Others each time: n8n remembers for a while whom it has made a contact for.
				whenNew: await send(newNumbers(conversationOrder === 'activity' ? 5 : 6, executions)),
			};
		};
		const known = await take('activity');
		const byCreation = await take('created');
		const rowOf = (what: string, requests: number[]) => [
			what,
			count(requests.length),
			ratio(average(requests)),
			count(Math.min(...requests)),
			count(Math.max(...requests)),
		];
		return {
			title: `Requests of one Send to Phone Number, ${count(open)} conversations open on the channel`,
			text: [
				'Each message is an execution of its own, all in one process of n8n that was started for it. The first one reads the open conversations of the channel.',
				'In which order Sahut lists conversations is not documented. Where it does not say *by creation*, they are listed by their latest activity. By creation, n8n reads them all again, at most once a minute, when it meets a known customer of whom it knows no open one.',
			].join('\n\n'),
			head: ['what', 'executions', 'average', 'fewest', 'most'],
			rows: [known, byCreation].flatMap(({ first, inOpen, withoutOpen, whenNew }, index) => {
				const order = index === 0 ? '' : 'by creation: ';
				return [
					rowOf(`${order}the first one, to a customer with an open conversation`, first),
					rowOf(`${order}to customers with an open conversation`, inOpen),
					rowOf(`${order}to known customers without one`, withoutOpen),
					rowOf(`${order}to customers who are new`, whenNew),
				];
			}),
			verdicts: [
				{
					work: 'Requests of a message to a new customer',
					goal: `at most ${MOST_WHEN_NEW} on average`,
					measured: ratio(average(known.whenNew)),
					met: average(known.whenNew) <= MOST_WHEN_NEW,
				},
				{
					work: 'Requests of a message to a customer with an open conversation',
					goal: `at most ${MOST_WHEN_KNOWN} on average`,
					measured: `${ratio(average(known.inOpen))} (the first one: ${count(known.first[0]!)})`,
					met: average(known.inOpen) <= MOST_WHEN_KNOWN,
				},
			],
		};
	},
};
