import type { IDataObject } from 'n8n-workflow';

import type { Contact, Conversation, Message, Sandbox } from '../../sandbox';
import { HOUR_MS, MINUTE_MS, timestamp } from '../../sandbox/clock';
import { runWorkflow } from '../../test/support/engine';
import { builtInNodes } from '../../test/support/builtInNodes';
import { byId } from '../../test/support/locator';
import { fillIn, readExample } from '../../test/support/exampleWorkflow';
import { EXAMPLE_FILE, MARK, NOT_SENT, READ, rowsOf, SEND, type Row } from './crmFollowUp';

/** So long ago that WhatsApp takes nothing but a template. */
const LAST_WROTE_HOURS_AGO = 50;

/** A message that was stored during the run, and where. */
export interface Delivery {
	message: Message;
	conversation: Conversation;
}

/** What became of the example: what its nodes put out, and what the sandbox has stored since. */
export interface DemoRun {
	/** The table, as it stands in the example. */
	rows: Row[];
	deliveries: readonly Delivery[];
	/** All contacts as they are stored. */
	contacts: readonly Contact[];
	/** The conversation that was read, as it is stored. */
	thread: readonly Message[];
	/** What Send to Phone Number put out, in the order of the rows. */
	sent: IDataObject[];
	/** The rows that were marked as sent. */
	marked: IDataObject[];
	/** What arrived at the error output, each with its `error`. */
	notSent: IDataObject[];
	/** What Message: List put out. */
	transcript: IDataObject[];
	/** Why the workflow stopped, if it did. */
	stoppedBy?: string;
}

/**
 * A phone number of the table as E.164, made for its few forms only, so that the demo is checked
 * without the node's own rules. Undefined where there is none.
 */
export function expectedPhone({ phone }: Row): string | undefined {
	const digits = String(phone).replace(/\D/g, '');
	return digits === '' ? undefined : `+62${digits.replace(/^(62|0)/, '')}`;
}

/** Gives a customer a conversation on WhatsApp that ended days ago. */
function addConversation(
	{ store }: Sandbox,
	row: Row,
	{ status, text }: Pick<Conversation, 'status'> & { text: string },
): void {
	const lastWroteAt = store.now().getTime() - LAST_WROTE_HOURS_AGO * HOUR_MS;
	const minutesBefore = (minutes: number) => new Date(lastWroteAt - minutes * MINUTE_MS);
	const { id } = store.addConversation({
		contact: store.addContact({ name: row.customer_name, phone: expectedPhone(row) }),
		status,
		created_at: timestamp(minutesBefore(9)),
	});
	const [agent] = store.agents.values();
	store.addIncoming(id, text, minutesBefore(9));
	store.addMessage(id, {
		type: 'outgoing',
		content: 'Sudah Kak. Tagihannya kami kirim lewat WhatsApp ya.',
		sender: agent ? { type: 'agent', ...agent } : store.bot,
		attachments: [],
		created_at: timestamp(minutesBefore(4)),
	});
	store.addIncoming(id, 'Baik, saya tunggu. Terima kasih Kak 🙏', minutesBefore(0));
}

/** The first customer has an open conversation, the second a resolved one; the others are unknown. */
function addKnownCustomers(sandbox: Sandbox, [first, second]: Row[]): void {
	const text = ({ order_id }: Row) => `Halo, pesanan ${order_id} sudah bisa dibayar?`;
	if (first) addConversation(sandbox, first, { status: 'open', text: text(first) });
	if (second) addConversation(sandbox, second, { status: 'resolved', text: text(second) });
}

function allMessages({ store }: Sandbox): Delivery[] {
	return [...store.conversations.values()].flatMap((conversation) =>
		store.messages(conversation.id).map((message) => ({ message, conversation })),
	);
}

/** Adds some of the example's customers to the sandbox and runs the example, in n8n's engine. */
export async function runDemo(sandbox: Sandbox): Promise<DemoRun> {
	const { store } = sandbox;
	const example = readExample(EXAMPLE_FILE);
	const rows = rowsOf(example);
	addKnownCustomers(sandbox, rows);
	const before = new Set(allMessages(sandbox).map(({ message }) => message.id));
	const { output, error } = await runWorkflow({
		...fillIn(example, { [SEND]: { channelId: byId(store.channelOfType('whatsapp').id) } }),
		nodeTypes: builtInNodes,
		credentials: { sahutApi: { apiKey: sandbox.apiKey, baseUrl: sandbox.url } },
	});
	const jsonOf = (node: string) => output(node).map(({ json }) => json);
	const sent = jsonOf(SEND);
	const conversationRead = sent[0]?.['conversation_id'];
	return {
		rows,
		deliveries: allMessages(sandbox).filter(({ message }) => !before.has(message.id)),
		contacts: [...store.contacts.values()],
		thread: typeof conversationRead === 'string' ? [...store.messages(conversationRead)] : [],
		sent,
		marked: jsonOf(MARK),
		notSent: jsonOf(NOT_SENT),
		transcript: jsonOf(READ),
		...(error && { stoppedBy: error.message }),
	};
}

/** What was stored for a row: told by the order, which is one of the template's variables. */
export function deliveriesFor({ deliveries }: DemoRun, { order_id }: Row): Delivery[] {
	return deliveries.filter(({ message }) => message.template_variables?.['order_id'] === order_id);
}

/** Whose conversation the example has read: that of the first row that went out. */
export function rowRead(run: DemoRun): Row | undefined {
	const first = run.sent[0]?.['id'];
	return run.rows.find((row) =>
		deliveriesFor(run, row).some(({ message }) => message.id === first),
	);
}
