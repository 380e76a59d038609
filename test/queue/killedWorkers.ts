import type { INode } from 'n8n-workflow';

import { getExecution, outputItems, retryExecution, until } from '../../scripts/n8n';
import { startedBy, untilIdle } from './executions';
import { showFigures } from './figures';
import {
	addConversations,
	callAlone,
	countSent,
	openSandbox,
	publish,
	type QueueMode,
} from './queueMode';
import { batch, SEND } from './workflows';

const BATCH = 100;
/** Of each batch, sent when the workers are killed. */
const SENT_BEFORE = 30;
const SEND_TIMEOUT_MS = 60_000;
const GIVE_UP_TIMEOUT_MS = 90_000;

export function describeKilledWorkers(queue: QueueMode): void {
	/** A published workflow for batches, each of which sends to the same conversations. */
	async function prepare(path: string, options?: INode['parameters']) {
		await openSandbox(queue, { latencyMs: 200 });
		const workflow = await publish(queue, (id) => batch(id, path, options));
		const conversations = addConversations(queue, BATCH);
		const sent = (name: string) =>
			Object.keys(countSent(queue)).filter((text) => text.startsWith(name)).length;
		return {
			workflow,
			sent,
			/** @returns the ID of the execution, which is just beginning */
			start: async (name: string, process: number) => {
				const messages = conversations.map(({ id }, index) => ({
					conversation: id,
					text: `${name} ${index}`,
				}));
				return await callAlone(queue, workflow, path, { messages }, process);
			},
			sentPartOf: async (...names: string[]) =>
				await until('a part of each batch', SEND_TIMEOUT_MS, () =>
					Math.min(...names.map(sent)) >= SENT_BEFORE ? true : undefined,
				),
		};
	}

	it('sends what is missing, and nothing twice, when a batch whose worker was killed is started anew', async () => {
		const { session, cluster } = queue;
		const { workflow, start, sent, sentPartOf } = await prepare('anew', { skipIfSentWithin: 24 });
		const brokenOffId = await start('Pesanan', 0);
		const worker = await until('a worker to begin', SEND_TIMEOUT_MS, () =>
			cluster.workers.find((each) => startedBy(each).includes(brokenOffId)),
		);
		await sentPartOf('Pesanan');
		await worker.kill();
		await worker.start();

		// The new worker may say `crashed` first, with the nodes that had begun; this is n8n's last word.
		const brokenOff = await until('n8n to give it up', GIVE_UP_TIMEOUT_MS, async () => {
			const execution = await getExecution(session, brokenOffId);
			return execution.status === 'error' ? execution : undefined;
		});

		expect(brokenOff.data.resultData.runData).toEqual({});

		const before = sent('Pesanan');

		expect(before).toBeLessThan(BATCH);

		const anewId = await start('Pesanan', 0);
		await untilIdle(session, workflow);
		const anew = await getExecution(session, anewId);

		expect(anew.status).toBe('success');

		const items = outputItems(anew, SEND);
		const skipped = items.filter(({ json }) => json['skipped'] === true).length;
		showFigures(`a batch of ${BATCH}, its worker killed`, {
			'sent by then': before,
			'sent when started anew': items.length - skipped,
			'skipped when started anew': skipped,
		});

		expect([items.length, skipped]).toEqual([BATCH, before]);
		expect(Object.values(countSent(queue))).toEqual(Array(BATCH).fill(1));
	});

	it('sends nothing twice when workers are killed, and what is missing where n8n can retry', async () => {
		const { session, cluster } = queue;
		const { workflow, start, sent, sentPartOf } = await prepare('killed');
		const staysId = await start('Stays', 0);
		const diesId = await start('Dies', 1);
		await sentPartOf('Stays', 'Dies');
		// With the webhook process that has taken one of the batches.
		const dead = [...cluster.workers, cluster.webhookProcesses[1]!];
		await Promise.all(dead.map(async (each) => await each.kill()));
		await Promise.all([
			...dead.map(async (each) => await each.start()),
			// It looks for executions that nobody runs when it starts, and then every three hours.
			cluster.main.restart(),
		]);
		await untilIdle(session, workflow);

		const [staysBefore, diesBefore] = [sent('Stays'), sent('Dies')];
		await retryExecution(session, staysId);
		await retryExecution(session, diesId);
		showFigures(`two batches of ${BATCH}, both workers killed`, {
			'sent, webhook process alive': staysBefore,
			'the same after Retry': sent('Stays'),
			'sent, webhook process killed too': diesBefore,
			'those after Retry': sent('Dies'),
		});

		expect(new Set(Object.values(countSent(queue)))).toEqual(new Set([1]));
		// As a rule n8n has thrown its data away; where its start was kept, all goes out.
		expect([staysBefore, BATCH]).toContain(sent('Stays'));
		expect(diesBefore).toBeLessThan(BATCH);
		expect(sent('Dies')).toBe(BATCH);
	});
}
