import type { IDataObject, INode } from 'n8n-workflow';

import type { Contact, Conversation, Message, Sandbox } from '../../sandbox';
import { HOUR_MS, toTimestamp } from '../../sandbox/clock';
import { runWorkflow } from '../../test/support/engine';
import { fakeBuiltInNodes } from '../../test/support/builtInNodes';
import { byId } from '../../test/support/locator';
import {
	fillInExample,
	readExample,
	type ExampleWorkflow,
} from '../../test/support/exampleWorkflow';
import { EXAMPLE_FILE, readTable, SEND_NODE, type Row } from './crmFollowUp';

/** Outside of the 24-hour window: WhatsApp accepts only a template. */
const LAST_WROTE_HOURS_AGO = 50;

/** A message that was stored during the run, with its conversation. */
export interface Delivery {
	message: Message;
	conversation: Conversation;
}

/** The result of a run: the output of the nodes, and the records that the sandbox stored. */
export interface DemoRun {
	/** The rows of the example's table. */
	rows: Row[];
	deliveries: Delivery[];
	contacts: Contact[];
	/** The stored conversation of the first message. */
	thread: readonly Message[];
	/** The output of the node that sends. */
	sent: IDataObject[];
	markedAsSent: IDataObject[];
	/** The items of the error output, each with its `error`. */
	notSent: IDataObject[];
	/** The messages that the workflow read. */
	transcript: IDataObject[];
	/** The error that stopped the workflow, if any. */
	workflowError: string | undefined;
}

/** Adds a WhatsApp conversation in which the customer wrote 50 hours ago. */
function addConversation(
	{ store }: Sandbox,
	{ customer_name, order_id }: Row,
	{ phone, status }: Pick<Conversation, 'status'> & { phone: string },
): void {
	const wroteAt = new Date(store.now().getTime() - LAST_WROTE_HOURS_AGO * HOUR_MS);
	const contact = store.addContact({ name: customer_name, phone });
	const { id } = store.addConversation({ contact, status, created_at: toTimestamp(wroteAt) });
	store.addIncoming(id, `Halo, pesanan ${order_id} sudah bisa dibayar?`, wroteAt);
}

function allMessages({ store }: Sandbox): Delivery[] {
	return [...store.conversations.values()].flatMap((conversation) =>
		store.messages(conversation.id).map((message) => ({ message, conversation })),
	);
}

/** Returns the fields that the user fills in: the channel, and Dry Run, which is turned off. */
export function filledInFields(
	{ store }: Sandbox,
	{ nodes }: ExampleWorkflow,
): INode['parameters'] {
	const given = nodes.find(({ name }) => name === SEND_NODE)!.parameters;
	return {
		channelId: byId(store.channelOfType('whatsapp').id),
		options: { ...(given['options'] as INode['parameters']), dryRun: false },
	};
}

/**
 * Runs the example in n8n's engine. Before, adds an open conversation for the first customer and a resolved
 * one for the second. The other customers are new.
 */
export async function runDemo(sandbox: Sandbox): Promise<DemoRun> {
	const { store } = sandbox;
	const example = readExample(EXAMPLE_FILE);
	const rows = readTable(example);
	addConversation(sandbox, rows[0]!, { phone: '+6281200001001', status: 'open' });
	addConversation(sandbox, rows[1]!, { phone: '+6281300001002', status: 'resolved' });
	const before = new Set(allMessages(sandbox).map(({ message }) => message.id));
	const { output, error } = await runWorkflow({
		...fillInExample(example, { [SEND_NODE]: filledInFields(sandbox, example) }),
		nodeTypes: fakeBuiltInNodes,
		credentials: { sahutApi: { apiKey: sandbox.apiKey, baseUrl: sandbox.url } },
	});
	const jsonOf = (node: string) => output(node).map(({ json }) => json);
	const sent = jsonOf(SEND_NODE);
	return {
		rows,
		deliveries: allMessages(sandbox).filter(({ message }) => !before.has(message.id)),
		contacts: [...store.contacts.values()],
		thread: sent[0] ? [...store.messages(String(sent[0]['conversation_id']))] : [],
		sent,
		markedAsSent: jsonOf('Mark as sent'),
		notSent: jsonOf('Not sent'),
		transcript: jsonOf('Read conversation'),
		workflowError: error?.message,
	};
}

/** Returns the messages for a row, identified by the order ID in the template's variables. */
export function deliveriesFor({ deliveries }: DemoRun, { order_id }: Row): Delivery[] {
	return deliveries.filter(({ message }) => message.template_variables?.['order_id'] === order_id);
}
