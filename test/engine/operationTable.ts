import type { IDataObject, INode } from 'n8n-workflow';

import type { Contact, Conversation, Store } from '../../sandbox';
import { ALL_STRIKES, type Strike } from './faultTable';
import { byId } from '../support/locator';

/** An item. The IDs are there if Sahut knows the customer. */
export interface Row extends IDataObject {
	phone: string;
	/** Where this customer is written to, and no other one. */
	channel: string;
	contact?: string;
	conversation?: string;
	/** Whom all that is written for this item names, and nothing that is written for another one. */
	agent: string;
	text: string;
}

/** A request that is made for an item, and what it leaves in Sahut. */
export interface Step {
	method: 'GET' | 'POST' | 'PUT';
	path: RegExp;
	/** What its body has of the customer, and of no other one, if not the phone number. */
	names?: 'channel';
	/** The IDs of the records that there are when it was made. */
	leaves(store: Store, row: Row): string[];
}

export interface OperationUnderTest {
	/** As in "3 of 4 items were sent". */
	done: string;
	/** In their order; the last one leaves what the item stands for. */
	steps: Step[];
	/** Where they are not {@link PARAMETERS}. */
	parameters?: INode['parameters'];
	/** Whether Sahut does not know the customers yet. */
	isNew?: true;
	/** Puts there what an execution with the same item has written long ago. */
	didBefore?(store: Store, row: Row): void;
	/** Of each item, which customer it is about, if not as in {@link CUSTOMERS}. */
	customers?: number[];
	/** If not {@link FIRST_CUSTOMER}. */
	strikes?: Strike[];
}

export const CUSTOMERS = [0, 1, 0, 2];

const LONG_AGO = '2024-03-15T08:30:00Z';

/** Other customers than ever before, and an item for each of `customers`. */
export function addRows(
	store: Store,
	{ isNew, didBefore, customers = CUSTOMERS }: OperationUnderTest,
): Row[] {
	const known = Array.from(new Set(customers), () => {
		const channel = store.addChannel({ type: 'instagram' });
		const phone = `+62812${String(store.channels.size).padStart(8, '0')}`;
		const contact = isNew ? undefined : store.addContact({ phone, created_at: LONG_AGO });
		const conversation =
			contact && store.addConversation({ contact, channel, created_at: LONG_AGO });
		return { phone, channel: channel.id, contact: contact?.id, conversation: conversation?.id };
	});
	return customers.map((customer) => {
		const { id: agent } = store.addAgent();
		const { phone } = known[customer]!;
		const row = { ...known[customer]!, agent, text: `Pesanan ${agent} untuk ${phone}` };
		didBefore?.(store, row);
		return row;
	});
}

const contacts =
	(isOf: (contact: Contact, row: Row) => boolean = () => true): Step['leaves'] =>
	(store, row) =>
		[...store.contacts.values()]
			.filter((contact) => contact.phone === row.phone && isOf(contact, row))
			.map(({ id }) => id);

const conversations =
	(isOf: (conversation: Conversation, row: Row) => boolean = () => true): Step['leaves'] =>
	(store, row) =>
		[...store.conversations.values()]
			.filter((conversation) => conversation.channel.id === row.channel && isOf(conversation, row))
			.map(({ id }) => id);

const messages: Step['leaves'] = (store, row) =>
	conversations()(store, row)
		.flatMap((conversation) => store.messages(conversation))
		.filter(({ content }) => content.includes(row.agent))
		.map(({ id }) => id);

const isNamed = ({ name }: Contact, { text }: Row) => name === text;

const MESSAGES = /^\/conversations\/\w+\/messages$/;
const listMessages: Step = { method: 'GET', path: MESSAGES, leaves: messages };
const sendMessage: Step = { method: 'POST', path: MESSAGES, leaves: messages };
const createContact: Step = { method: 'POST', path: /^\/contacts$/, leaves: contacts(isNamed) };
const theContact: Step = { ...createContact, leaves: contacts() };
const renameContact: Step = { method: 'PUT', path: /^\/contacts\/\w+$/, leaves: contacts(isNamed) };
const createConversation: Step = {
	method: 'POST',
	path: /^\/conversations$/,
	names: 'channel',
	leaves: conversations(({ assignee }, { agent }) => assignee?.id === agent),
};
const theConversation: Step = { ...createConversation, leaves: conversations() };
const labelConversation: Step = {
	method: 'PUT',
	path: /^\/conversations\/\w+$/,
	leaves: conversations(({ labels }, { text }) => labels.includes(text)),
};

const TEXT = '={{ $json.text }}';
const PHONE = '={{ $json.phone }}';
const AGENT = '={{ $json.agent }}';

/** What all operations have; each reads what it knows. */
const PARAMETERS: INode['parameters'] = {
	conversationId: byId('={{ $json.conversation }}'),
	contactId: byId('={{ $json.contact }}'),
	channelId: byId('={{ $json.channel }}'),
	matchBy: 'phone',
	phone: PHONE,
	name: TEXT,
	content: TEXT,
	messageType: 'template',
	templateId: 'tmpl_follow_up',
	templateVariables: { variable: [{ name: 'customer_name', value: TEXT }] },
	returnAll: true,
	additionalFields: { phone: PHONE, assigneeId: AGENT },
	updateFields: { name: TEXT, labels: [TEXT] },
	options: { contactName: TEXT, assigneeId: AGENT },
};

const sending: OperationUnderTest = {
	done: 'sent',
	steps: [sendMessage],
	strikes: ALL_STRIKES,
	didBefore(store, { conversation, text: content }) {
		const message = { content, sender: store.bot, attachments: [], created_at: LONG_AGO };
		store.addMessage(conversation!, { type: 'outgoing', ...message });
	},
};

/** By resource and operation and, behind a comma, what is special. */
export const OPERATIONS: Record<string, OperationUnderTest> = {
	'message list': { ...sending, done: 'read', steps: [listMessages], customers: [0, 1, 2, 3] },
	'message send, a text': { ...sending, parameters: { messageType: 'text' } },
	'message send, a template': sending,
	'message sendToPhone': {
		done: 'sent',
		steps: [theContact, theConversation, sendMessage],
		isNew: true,
	},
	'contact create': {
		done: 'created',
		steps: [createContact],
		isNew: true,
		didBefore: (store, { phone, text: name }) =>
			void store.addContact({ phone, name, created_at: LONG_AGO }),
	},
	'contact upsert, a new one': {
		done: 'created or updated',
		steps: [theContact, renameContact],
		isNew: true,
	},
	'contact upsert, a known one': { done: 'created or updated', steps: [renameContact] },
	'contact update': { done: 'updated', steps: [renameContact] },
	'conversation create': { done: 'created', steps: [createConversation] },
	'conversation create, with a first message': {
		done: 'created',
		steps: [createConversation, sendMessage],
		parameters: { additionalFields: { assigneeId: AGENT, firstMessage: TEXT } },
	},
	'conversation update': { done: 'updated', steps: [labelConversation] },
};

export function parametersOf(name: string): INode['parameters'] {
	const [resource, operation] = name.split(/,? /);
	return {
		...PARAMETERS,
		resource,
		operation,
		...OPERATIONS[name]!.parameters,
	} as INode['parameters'];
}
