import type { IDataObject, INode } from 'n8n-workflow';

import type { Contact, Conversation, Store } from '../../../../sandbox';
import { byId, byMode } from '../../../support/locator';
import { ALL_TARGETS, type FaultTarget } from './faultTable';

/** The JSON of an item. It has the IDs of the contact and the conversation if Sahut knows the customer. */
export interface Row extends IDataObject {
	phone: string;
	/** The ID of the channel that only this customer uses. */
	channel: string;
	contact?: string;
	conversation?: string;
	/** The ID of an agent. Every write for this item contains it, and no write for another item does. */
	agent: string;
	text: string;
}

/** A request for an item, and the records that it creates or changes in Sahut. */
export interface Step {
	/** The request in a failure message, e.g. `POST /contacts`. */
	name: string;
	method: 'GET' | 'POST' | 'PUT';
	path: RegExp;
	/** The value that identifies the customer in the body, if it is not the phone number. */
	identifiedBy?: 'channel';
	/** Returns the IDs of the records that exist after the request. */
	recordsOf(store: Store, row: Row): string[];
}

export interface OperationUnderTest {
	/** The past participle in "3 of 4 items were sent". */
	done: string;
	/** The requests, in order. The last one creates or changes the record that the item is about. */
	steps: Step[];
	/** The parameters that differ from {@link PARAMETERS}. */
	parameters?: INode['parameters'];
	/** Set if Sahut does not know the customers yet. */
	isNew?: true;
	/** Adds the records that an execution with the same item wrote long ago. */
	addEarlierRecords?(store: Store, row: Row): void;
	/** The customer of each item. Default: {@link CUSTOMERS}. */
	customers?: number[];
	/** Default: {@link FIRST_CUSTOMER}. */
	targets?: FaultTarget[];
}

/** The customer of each item: the first and the third item have the same one. */
export const CUSTOMERS = [0, 1, 0, 2];

const LONG_AGO = '2024-03-15T08:30:00Z';

/** Counted across all sandboxes, since executions wait for each other if they send to the same number. */
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

/** Returns the contacts with the phone number of the row that `isOf` accepts. */
const contacts =
	(isOf: (contact: Contact, row: Row) => boolean = () => true): Step['recordsOf'] =>
	(store, row) =>
		[...store.contacts.values()]
			.filter((contact) => contact.phone === row.phone && isOf(contact, row))
			.map(({ id }) => id);

/** Returns the conversations on the channel of the row that `isOf` accepts. */
const conversations =
	(isOf: (conversation: Conversation, row: Row) => boolean = () => true): Step['recordsOf'] =>
	(store, row) =>
		[...store.conversations.values()]
			.filter((conversation) => conversation.channel.id === row.channel && isOf(conversation, row))
			.map(({ id }) => id);

/** Returns the messages that contain the agent's ID of the row. */
const messages: Step['recordsOf'] = (store, row) =>
	conversations()(store, row)
		.flatMap((conversation) => store.messages(conversation))
		.filter(({ content }) => content.includes(row.agent))
		.map(({ id }) => id);

const isNamed = ({ name }: Contact, { text }: Row) => name === text;

const MESSAGES = /^\/conversations\/\w+\/messages$/;
const listMessages: Step = {
	name: 'GET /conversations/{id}/messages',
	method: 'GET',
	path: MESSAGES,
	recordsOf: messages,
};
const sendMessage: Step = {
	name: 'POST /conversations/{id}/messages',
	method: 'POST',
	path: MESSAGES,
	recordsOf: messages,
};
const createContact: Step = {
	name: 'POST /contacts',
	method: 'POST',
	path: /^\/contacts$/,
	recordsOf: contacts(isNamed),
};
/** Only the first item of a customer creates the contact, so it need not have the item's name. */
const createSharedContact: Step = { ...createContact, recordsOf: contacts() };
const renameContact: Step = {
	name: 'PUT /contacts/{id}',
	method: 'PUT',
	path: /^\/contacts\/\w+$/,
	recordsOf: contacts(isNamed),
};
const createConversation: Step = {
	name: 'POST /conversations',
	method: 'POST',
	path: /^\/conversations$/,
	identifiedBy: 'channel',
	recordsOf: conversations(({ assignee }, { agent }) => assignee?.id === agent),
};
/** Only the first item of a customer creates the conversation. */
const createSharedConversation: Step = { ...createConversation, recordsOf: conversations() };
const labelConversation: Step = {
	name: 'PUT /conversations/{id}',
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
		steps: [createSharedContact, createSharedConversation, sendMessage],
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
		steps: [createSharedContact, renameContact],
		isNew: true,
	},
	'contact upsert, a known one': { done: 'created or updated', steps: [renameContact] },
	'contact update': { done: 'updated', steps: [renameContact] },
	'contact update, by phone number': {
		done: 'updated',
		steps: [renameContact],
		parameters: { contactId: byMode('phone', PHONE) },
	},
	'conversation create': { done: 'created', steps: [createConversation] },
	'conversation create, by phone number': {
		done: 'created',
		steps: [createConversation],
		parameters: { contactId: byMode('phone', PHONE) },
	},
	'conversation create, with a first message': {
		done: 'created',
		steps: [createConversation, sendMessage],
		parameters: { additionalFields: { assigneeId: AGENT, firstMessage: TEXT } },
	},
	'conversation update': { done: 'updated', steps: [labelConversation] },
};

/** Returns the node parameters of an operation. */
export function parametersOf(name: string): INode['parameters'] {
	const [resource, operation] = name.split(/,? /);
	return {
		...PARAMETERS,
		resource,
		operation,
		...OPERATIONS[name]!.parameters,
	} as INode['parameters'];
}
