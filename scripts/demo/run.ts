import type { IDataObject } from 'n8n-workflow';

import type { Message, Sandbox } from '../../sandbox';
import { HOUR_MS, MINUTE_MS, timestamp } from '../../sandbox/clock';
import { runWorkflow } from '../../test/engine/engine';
import { builtInNodes } from './builtInNodes';
import { customersOf, fillIn, NOT_SENT, READ, readExample, SEND, type Customer } from './example';

/** So long ago that WhatsApp takes nothing but a template. */
const LAST_WROTE_HOURS_AGO = 50;

/** What became of the example: what the node put out, and what the sandbox has stored since. */
export interface DemoRun {
	/** With the IDs of their conversations in the sandbox. */
	customers: Customer[];
	/** The messages that were stored during the run, by conversation. */
	stored: ReadonlyMap<string, readonly Message[]>;
	/** The whole conversations as they are stored. */
	threads: ReadonlyMap<string, readonly Message[]>;
	/** What Message: Send put out, in the order of the customers. */
	sent: IDataObject[];
	/** What arrived at the error output, each with its `error`. */
	notSent: IDataObject[];
	/** What Message: List put out. */
	transcript: IDataObject[];
	/** Why the workflow stopped, if it did. */
	stoppedBy?: string;
}

/** Gives a customer a conversation in the sandbox that ended days ago. */
function addConversation({ store }: Sandbox, { customer_name, order_id }: Customer): string {
	const lastWroteAt = store.now().getTime() - LAST_WROTE_HOURS_AGO * HOUR_MS;
	const minutesBefore = (minutes: number) => new Date(lastWroteAt - minutes * MINUTE_MS);
	const { id } = store.addConversation({
		contact: store.addContact({ name: customer_name }),
		created_at: timestamp(minutesBefore(9)),
	});
	const [agent] = store.agents.values();
	store.addIncoming(id, `Halo, pesanan ${order_id} sudah bisa dibayar?`, minutesBefore(9));
	store.addMessage(id, {
		type: 'outgoing',
		content: 'Sudah Kak. Tagihannya kami kirim lewat WhatsApp ya.',
		sender: agent ? { type: 'agent', ...agent } : store.bot,
		attachments: [],
		created_at: timestamp(minutesBefore(4)),
	});
	store.addIncoming(id, 'Baik, saya tunggu. Terima kasih Kak 🙏', minutesBefore(0));
	return id;
}

function threadsOf({ store }: Sandbox): Map<string, readonly Message[]> {
	return new Map([...store.conversations.keys()].map((id) => [id, [...store.messages(id)]]));
}

/** Adds the example's customers to the sandbox and runs the example for them, in n8n's engine. */
export async function runDemo(sandbox: Sandbox): Promise<DemoRun> {
	const example = readExample();
	const customers = customersOf(example).map((customer) => ({
		...customer,
		conversation_id: addConversation(sandbox, customer),
	}));
	const before = new Set([...threadsOf(sandbox).values()].flat().map(({ id }) => id));
	const { output, error } = await runWorkflow({
		...fillIn(example, customers),
		nodeTypes: builtInNodes,
		credentials: { sahutApi: { apiKey: sandbox.apiKey, baseUrl: sandbox.url } },
	});
	const threads = threadsOf(sandbox);
	const stored = new Map(
		[...threads].map(([id, thread]) => [id, thread.filter((message) => !before.has(message.id))]),
	);
	const jsonOf = (node: string) => output(node).map(({ json }) => json);
	return {
		customers,
		stored,
		threads,
		sent: jsonOf(SEND),
		notSent: jsonOf(NOT_SENT),
		transcript: jsonOf(READ),
		...(error && { stoppedBy: error.message }),
	};
}

/** Whose conversation the example has read: that of the first message that went out. */
export function customerRead({ customers, stored, sent }: DemoRun): Customer | undefined {
	const [first] = sent;
	return customers.find(({ conversation_id }) =>
		stored.get(conversation_id)?.some(({ id }) => id === first?.['id']),
	);
}
