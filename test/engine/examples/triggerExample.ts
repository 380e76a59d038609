import { fakeBuiltInNodes } from '../../support/builtInNodes';
import { fillInExample, readExample } from '../../support/exampleWorkflow';
import { runWorkflow, toItems, type FinishedRun } from '../../support/engine';
import { openSandbox, type OpenSandbox } from '../../support/openSandbox';
import { now } from '../../support/testClock';
import type { Contact, Conversation, Sender } from '../../../sandbox/records';
import { MINUTE_MS, toTimestamp } from '../../../sandbox/clock';
import { openTriggerHost } from '../trigger/triggerHost';

/** An example that starts with the Sahut Trigger, published against a sandbox with one customer. */
export interface TriggerExample {
	sandbox: OpenSandbox;
	contact: Contact;
	conversation: Conversation;
	/** Adds an outgoing message some minutes ago. */
	addSent(content: string, minutesAgo: number, sender?: Sender): void;
	/** Makes a change in Sahut, and runs the workflow for each event that starts it. */
	after(change: () => unknown): Promise<FinishedRun[]>;
	/** Adds a message of the customer, and runs the workflow if the message starts it. */
	write(text: string): Promise<FinishedRun[]>;
	/** Returns the outgoing messages since the example was published, with internal notes in parentheses. */
	sent(): string[];
}

/** Publishes an example, and checks after each run that the workflow has not started itself. */
export async function publishExample(name: string): Promise<TriggerExample> {
	const sandbox = await openSandbox({ data: 'empty' });
	const { store } = sandbox;
	const example = fillInExample(readExample(`examples/${name}.json`));
	const trigger = example.nodes.find(({ type }) => type.endsWith('.sahutTrigger'))!;
	const host = await openTriggerHost(sandbox);
	await host.publish(trigger.parameters);
	const contact = store.addContact({
		name: 'Siti Aminah',
		phone: '+6281300001002',
		tags: ['pelanggan'],
	});
	const conversation = store.addConversation({ contact, labels: ['prioritas'] });
	const earlier = new Set<string>();

	const after: TriggerExample['after'] = async (change) => {
		const before = host.executions.length;
		change();
		await sandbox.deliveries.settled();
		const started = host.executions.slice(before);
		const runs: FinishedRun[] = [];
		for (const json of started) {
			runs.push(
				await runWorkflow({
					...example,
					items: toItems([json]),
					nodeTypes: fakeBuiltInNodes,
					credentials: { sahutApi: { apiKey: sandbox.apiKey, baseUrl: sandbox.url } },
				}),
			);
		}
		await sandbox.deliveries.settled();
		expect(host.executions).toHaveLength(before + started.length);
		return runs;
	};

	return {
		sandbox,
		contact,
		conversation,
		after,
		addSent(content, minutesAgo, sender = store.bot) {
			const { id } = store.addMessage(conversation.id, {
				type: 'outgoing',
				content,
				sender,
				attachments: [],
				created_at: toTimestamp(new Date(now() - minutesAgo * MINUTE_MS)),
			});
			earlier.add(id);
		},
		write: async (text) => await after(() => store.addIncoming(conversation.id, text)),
		sent: () =>
			store
				.messages(conversation.id)
				.filter(({ id, type }) => type === 'outgoing' && !earlier.has(id))
				.map((message) => (message.private ? `(${message.content})` : message.content)),
	};
}
