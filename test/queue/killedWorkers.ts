import type { INode } from 'n8n-workflow';

import { getExecution, outputItems, retryExecution, until } from '../../scripts/n8n';
import { executionsStartedBy, waitUntilIdle } from './executions';
import { printFigures } from './figures';
import {
	addConversations,
	callWebhookAndFindExecution,
	countSentByText,
	openSandbox,
	publishWorkflow,
	type QueueMode,
} from './queueMode';
import { createBatchWorkflow, SEND_NODE } from './workflows';

const BATCH = 100;
/** Messages of each batch that are sent before the workers are killed. */
const SENT_BEFORE_KILL = 30;
const SEND_TIMEOUT_MS = 60_000;
const FAILURE_TIMEOUT_MS = 90_000;

export function describeKilledWorkers(queue: QueueMode): void {
	/** Publishes a workflow for batches, which all send to the same conversations. */
	async function prepare(path: string, options?: INode['parameters']) {
		await openSandbox(queue, { latencyMs: 200 });
		const workflow = await publishWorkflow(queue, (id) => createBatchWorkflow(id, path, options));
		const conversations = addConversations(queue, BATCH);
		const sent = (name: string) =>
			Object.keys(countSentByText(queue)).filter((text) => text.startsWith(name)).length;
		return {
			workflow,
			sent,
			/** Starts a batch. @returns the ID of its execution */
			start: async (name: string, process: number) => {
				const messages = conversations.map(({ id }, index) => ({
					conversation: id,
					text: `${name} ${index}`,
				}));
				return await callWebhookAndFindExecution(queue, workflow, path, { messages }, process);
			},
			sentPartOf: async (...names: string[]) =>
				await until('a part of each batch', SEND_TIMEOUT_MS, () =>
					Math.min(...names.map(sent)) >= SENT_BEFORE_KILL ? true : undefined,
				),
		};
	}

	it('sends only the missing messages when it is started again after its worker was killed', async () => {
		const { session, cluster } = queue;
		const { workflow, start, sent, sentPartOf } = await prepare('anew', { skipIfSentWithin: 24 });
		const killedId = await start('Pesanan', 0);
		const worker = await until('a worker to begin', SEND_TIMEOUT_MS, () =>
			cluster.workers.find((each) => executionsStartedBy(each).includes(killedId)),
		);
		await sentPartOf('Pesanan');
		await worker.kill();
		await worker.start();

		// The new worker may first set the status `crashed`; n8n then replaces it by `error`.
		const killed = await until('n8n to mark it as failed', FAILURE_TIMEOUT_MS, async () => {
			const execution = await getExecution(session, killedId);
			return execution.status === 'error' ? execution : undefined;
		});

		expect(killed.data.resultData.runData).toEqual({});

		const before = sent('Pesanan');

		expect(before).toBeLessThan(BATCH);

		const restartedId = await start('Pesanan', 0);
		await waitUntilIdle(session, workflow);
		const restarted = await getExecution(session, restartedId);

		expect(restarted.status).toBe('success');

		const items = outputItems(restarted, SEND_NODE);
		const skipped = items.filter(({ json }) => json['skipped'] === true).length;
		printFigures(`a batch of ${BATCH}, its worker killed`, {
			'sent before': before,
			'sent when started again': items.length - skipped,
			'skipped when started again': skipped,
		});

		expect([items.length, skipped]).toEqual([BATCH, before]);
		expect(Object.values(countSentByText(queue))).toEqual(Array(BATCH).fill(1));
	});

	it('sends no message twice if its workers are killed, and sends the missing ones if n8n can retry it', async () => {
		const { session, cluster } = queue;
		const { workflow, start, sent, sentPartOf } = await prepare('killed');
		const staysId = await start('Stays', 0);
		const diesId = await start('Dies', 1);
		await sentPartOf('Stays', 'Dies');
		// Also kills the webhook process that has received one of the batches.
		const killed = [...cluster.workers, cluster.webhookProcesses[1]!];
		await Promise.all(killed.map(async (each) => await each.kill()));
		await Promise.all([
			...killed.map(async (each) => await each.start()),
			// n8n recovers abandoned executions when it starts, and then every three hours.
			cluster.main.restart(),
		]);
		await waitUntilIdle(session, workflow);

		const [staysBefore, diesBefore] = [sent('Stays'), sent('Dies')];
		await retryExecution(session, staysId);
		await retryExecution(session, diesId);
		printFigures(`two batches of ${BATCH}, both workers killed`, {
			'sent, webhook process alive': staysBefore,
			'the same after Retry': sent('Stays'),
			'sent, webhook process killed too': diesBefore,
			'those after Retry': sent('Dies'),
		});

		expect(new Set(Object.values(countSentByText(queue)))).toEqual(new Set([1]));
		// Usually n8n has lost the execution's data, so that Retry sends nothing; otherwise Retry sends the rest.
		expect([staysBefore, BATCH]).toContain(sent('Stays'));
		expect(diesBefore).toBeLessThan(BATCH);
		expect(sent('Dies')).toBe(BATCH);
	});
}
