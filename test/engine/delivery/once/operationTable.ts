import type { IDataObject, INode } from 'n8n-workflow';

import type { Contact, Conversation, Store } from '../../../../sandbox';
import { byId } from '../../../support/locator';
import { ALL_TARGETS, type FaultTarget } from './faultTable';

/** An item. It has IDs if Sahut knows the customer. */
export interface Row extends IDataObject {
	phone: string;
	/** The ID of the channel that only this customer uses. */
	channel: string;
	contact?: string;
	conversation?: string;
	/** The ID of an agent that every write for this item contains, and no write for another item. */
	agent: string;
	text: string;
}

/** A request for an item, and the records that it creates or changes in Sahut. */
export interface Step {
	method: 'GET' | 'POST' | 'PUT';
	path: RegExp;
	/** The value that identifies the customer in the body, if it is not the phone number. */
	identifiedBy?: 'channel';
	/** Returns the IDs of the records that exist after the request. */
	recordsOf(store: Store, row: Row): string[];
}

export interface OperationUnderTest {
	/** As in "3 of 4 items were sent". */
	done: string;
	/** In order; the last one creates or changes the record that the item is about. */
	steps: Step[];
	/** Those that differ from {@link PARAMETERS}. */
	parameters?: INode['parameters'];
	/** Whether Sahut does not know the customers yet. */
	isNew?: true;
	/** Adds the records that an execution with the same item has written long ago. */
	addEarlierRecords?(store: Store, row: Row): void;
	/** The customer of each item, if not {@link CUSTOMERS}. */
	customers?: number[];
	/** If not {@link FIRST_CUSTOMER}. */
	targets?: FaultTarget[];
}

export const CUSTOMERS = [0, 1, 0, 2];

const LONG_AGO = '2024-03-15T08:30:00Z';

/** In all sandboxes: executions wait for each other if they send to the same number. */
let customersAdded = 0;

/** Adds new customers, and returns an item for each of `customers`. */
export function addRows(
	store: Store,
	{ isNew, addEarlierRecords, customers = CUSTOMERS }: OperationUnderTest,
): Row[] {
	const known = Array.from(new Set(customers), () => {
		const channel = store.addChannel({ type: 'instagram' });
		const phone = `+62812${String(++customersAdded).padStart(8, '0')}`;
		const contact = isNew ? undefined : store.addContact({ phone, created_at: LONG_AGO });
		const conversation =
			contact && store.addConversation({ contact, channel, created_at: LONG_AGO });
		return { phone, channel: channel.id, contact: contact?.id, conversation: conversation?.id };
	});
	return customers.map((customer) => {
		const { id: agent } = store.addAgent();
		const { phone } = known[customer]!;
		const row = { ...known[customer]!, agent, text: `Pesanan ${agent} untuk ${phone}` };
		addEarlierRecords?.(store, row);
		return row;
	});
}

const contacts =
	(isOf: (contact: Contact, row: Row) => boolean = () => true): Step['recordsOf'] =>
	(store, row) =>
		[...store.contacts.values()]
			.filter((contact) => contact.phone === row.phone && isOf(contact, row))
			.map(({ id }) => id);

const conversations =
	(isOf: (conversation: Conversation, row: Row) => boolean = () => true): Step['recordsOf'] =>
	(store, row) =>
		[...store.conversations.values()]
			.filter((conversation) => conversation.channel.id === row.channel && isOf(conversation, row))
			.map(({ id }) => id);

const messages: Step['recordsOf'] = (store, row) =>
	conversations()(store, row)
		.flatMap((conversation) => store.messages(conversation))
		.filter(({ content }) => content.includes(row.agent))
		.map(({ id }) => id);

const isNamed = ({ name }: Contact, { text }: Row) => name === text;

const MESSAGES = /^\/conversations\/\w+\/messages$/;
const listMessages: Step = { method: 'GET', path: MESSAGES, recordsOf: messages };
const sendMessage: Step = { method: 'POST', path: MESSAGES, recordsOf: messages };
const createContact: Step = { method: 'POST', path: /^\/contacts$/, recordsOf: contacts(isNamed) };
const theContact: Step = { ...createContact, recordsOf: contacts() };
const renameContact: Step = {
	method: 'PUT',
	path: /^\/contacts\/\w+$/,
	recordsOf: contacts(isNamed),
};
const createConversation: Step = {
	method: 'POST',
	path: /^\/conversations$/,
	identifiedBy: 'channel',
	recordsOf: conversations(({ assignee }, { agent }) => assignee?.id === agent),
};
const theConversation: Step = { ...createConversation, recordsOf: conversations() };
const labelConversation: Step = {
	method: 'PUT',
	path: /^\/conversations\/\w+$/,
	recordsOf: conversations(({ labels }, { text }) => labels.includes(text)),
};

const TEXT = '={{ $json.text }}';
const PHONE = '={{ $json.phone }}';
const AGENT = '={{ $json.agent }}';

/** The parameters of all operations; each operation reads its own. */
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

const send: OperationUnderTest = {
	done: 'sent',
	steps: [sendMessage],
	targets: ALL_TARGETS,
	addEarlierRecords(store, { conversation, text: content }) {
		const message = { content, sender: store.bot, attachments: [], created_at: LONG_AGO };
		store.addMessage(conversation!, { type: 'outgoing', ...message });
	},
};

/** Keyed by resource and operation and, after a comma, the variant. */
export const OPERATIONS: Record<string, OperationUnderTest> = {
	'message list': { ...send, done: 'read', steps: [listMessages], customers: [0, 1, 2, 3] },
	'message send, a text': { ...send, parameters: { messageType: 'text' } },
	'message send, a template': send,
	'message sendToPhone': {
		done: 'sent',
		steps: [theContact, theConversation, sendMessage],
		isNew: true,
	},
	'contact create': {
		done: 'created',
		steps: [createContact],
		isNew: true,
		addEarlierRecords: (store, { phone, text: name }) =>
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
