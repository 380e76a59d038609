import { runWorkflow, sahutWorkflow, toItems } from '../../support/engine';
import { openSandbox } from '../../support/openSandbox';
import { sendText } from '../../support/workspace';
import { openTriggerHost } from './triggerHost';

describe('A workflow that replies to a customer does not start itself', () => {
	it.each([
		{ nested: true, withId: true },
		{ nested: false, withId: false },
	])('with default options, if Sahut delivers %j', async (envelope) => {
		const sandbox = await openSandbox({ data: 'empty' });
		sandbox.deliveries.settings.envelope = { name: 'event', object: 'data', ...envelope };
		const host = await openTriggerHost(sandbox);
		await host.publish({ events: ['message.created'], options: {} });
		const { id } = sandbox.store.addConversation();
		sandbox.store.addIncoming(id, 'Halo');
		await sandbox.deliveries.settled();

		const { status } = await runWorkflow({
			...sahutWorkflow(sendText),
			items: toItems(
				host.executions.map(({ conversation_id }) => ({
					conversation: conversation_id,
					text: 'Halo Kak',
				})),
			),
			credentials: { sahutApi: { apiKey: sandbox.apiKey, baseUrl: sandbox.url } },
		});
		await sandbox.deliveries.settled();

		expect(status).toBe('success');
		expect(sandbox.deliveries.log.map((attempt) => attempt.status)).toEqual([200, 200]);
		expect(host.executions).toMatchObject([{ text: 'Halo' }]);
	});
});
