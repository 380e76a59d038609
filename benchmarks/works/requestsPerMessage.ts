import type { INode } from 'n8n-workflow';

import { byId } from '../../scripts/demo/example';
import { count, ratio } from '../harness/figures';
import { measured } from '../harness/stage';
import type { Work } from '../harness/work';

const MOST_WHEN_NEW = 4;
const MOST_WHEN_KNOWN = 5;

/** A template to a phone number, as a follow-up sends it. */
export const toPhone: INode['parameters'] = {
	resource: 'message',
	operation: 'sendToPhone',
	phone: '={{ $json.phone }}',
	channelId: byId('={{ $json.channel }}'),
	messageType: 'template',
	templateId: 'tmpl_follow_up',
	templateVariables: { variable: [{ name: 'customer_name', value: '={{ $json.phone }}' }] },
};

/** What a message to a phone number costs, on a channel with many open conversations. */
export const requestsPerMessage: Work = {
	name: 'requests-per-message',
	async run({ sandbox, workflows, execute, executeAll, quick }) {
		const open = quick ? 1_000 : 10_000;
		const executions = quick ? 10 : 50;
		await sandbox.open({ latencyMs: 0 });
		const people = await sandbox.addPeople(open);
		const { channel } = people[0]!;
		const workflow = workflows.operation('requests-per-message', toPhone);
		const send = async (phone: string) => {
			await sandbox.clearTraffic();
			measured(await execute(workflow, { rows: [{ phone, channel }] }));
			return (await sandbox.traffic()).requests;
		};
		const average = async (phones: string[]) => {
			let requests = 0;
			for (const phone of phones) requests += await send(phone);
			return requests / phones.length;
		};
		const strangers = Array.from({ length: executions }, (_, at) => `+62877${1_000_000 + at}`);
		const whenNew = await average(strangers);
		const first = await send(people.at(-1)!.phone);
		const whenKnown = await average(people.slice(0, executions).map(({ phone }) => phone));

		const before = await sandbox.counts();
		const pairs = 10;
		for (let at = 0; at < pairs; at++) {
			const rows = [{ phone: `+62878${1_000_000 + at}`, channel }];
			await executeAll(workflow, [{ rows }, { rows }]);
		}
		const after = await sandbox.counts();
		const contacts = after.contacts - before.contacts;
		const conversations = after.conversations - before.conversations;
		return {
			title: `Requests of one Send to Phone Number, ${count(open)} conversations open on the channel`,
			text: `Each message is an execution of its own; averages over ${executions}. The first customer who is known makes n8n read the open conversations of the channel. In the last row, two executions begin at the same moment.`,
			head: ['what', 'figure'],
			rows: [
				['customers who are new to Sahut', ratio(whenNew)],
				['the first who is known', count(first)],
				['customers who are known', ratio(whenKnown)],
				[
					`contacts and conversations that ${pairs} × 2 executions make for ${pairs} new numbers`,
					`${contacts} and ${conversations}`,
				],
			],
			verdicts: [
				{
					work: 'Requests per message, a new customer',
					goal: `at most ${MOST_WHEN_NEW}`,
					measured: ratio(whenNew),
					met: whenNew <= MOST_WHEN_NEW,
				},
				{
					work: 'Requests per message, a known customer',
					goal: `at most ${MOST_WHEN_KNOWN} on average`,
					measured: ratio(whenKnown),
					met: whenKnown <= MOST_WHEN_KNOWN,
				},
				{
					work: 'Two executions at once, one new number',
					goal: 'one contact and one conversation',
					measured: `${contacts} and ${conversations} for ${pairs} numbers`,
					met: contacts === pairs && conversations === pairs,
				},
			],
		};
	},
};
