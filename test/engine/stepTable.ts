import type { IDataObject, INode } from 'n8n-workflow';

import type { Store } from '../../sandbox';
import type { Channel } from '../../sandbox/records';
import { byId } from './workspace';

/** Whom some of the items are about. The IDs are empty where Sahut does not know them yet. */
export interface Target {
	phone: string;
	contact: string;
	conversation: string;
	channel: string;
	/** Of each item, whom it gives a conversation to. */
	agents: string[];
}

/** What there is of a target: of records how many, of a value which item's it is. */
export type Left = Record<string, number>;

/** A request that writes. It is not made where there is already what it leaves first. */
export interface Step {
	method: 'POST' | 'PUT';
	path: RegExp;
	/** What its body has of the target, and of no other one. */
	mentions(target: Target): string;
	leaves(item: number): Left;
	/** What the error says that there is, when this step fails. */
	note?(store: Store, target: Target, item: number): string;
}

export interface StepsUnderTest {
	parameters: INode['parameters'];
	steps: Record<string, Step>;
	/** As in "3 of 4 items were sent". */
	done: string;
	addTarget(store: Store, channel: Channel): Target;
	left(store: Store, target: Target): Left;
	/** What an item that is done gives, with the IDs that are stored. */
	gives(store: Store, target: Target, item: number): IDataObject;
}

/** Of each item, which target it is about. */
export const TARGETS = [0, 1, 0, 2];

const LONG_AGO = '2024-03-15T08:30:00Z';

const textOf = ({ phone }: Target, item: number) => `Pesanan ${item} untuk ${phone}`;
const itemOf = (text: string | null | undefined) => Number(/Pesanan (\d) /.exec(text ?? '')?.[1]);

export const rowOf = (target: Target, item: number): IDataObject => ({
	phone: target.phone,
	contact: target.contact,
	conversation: target.conversation,
	channel: target.channel,
	agent: target.agents[item]!,
	text: textOf(target, item),
});

function stranger(store: Store, { id: channel }: Channel): Target {
	const agents = TARGETS.map(() => store.addAgent().id);
	const phone = `+62812${String(store.agents.size).padStart(8, '0')}`;
	return { phone, contact: '', conversation: '', channel, agents };
}

function withContact(store: Store, channel: Channel): Target {
	const target = stranger(store, channel);
	const { id: contact } = store.addContact({ phone: target.phone, created_at: LONG_AGO });
	return { ...target, contact };
}

function withConversation(store: Store, channel: Channel): Target {
	const target = withContact(store, channel);
	const contact = store.contacts.get(target.contact)!;
	const { id: conversation } = store.addConversation({ contact, channel, created_at: LONG_AGO });
	return { ...target, conversation };
}

const contactsOf = (store: Store, { phone }: Target) =>
	[...store.contacts.values()].filter((contact) => contact.phone === phone);
const conversationsOf = (store: Store, { channel, phone }: Target) =>
	[...store.conversations.values()].filter(
		(conversation) => conversation.channel.id === channel && conversation.contact.phone === phone,
	);

function count(names: string[]): Left {
	const left: Left = {};
	for (const name of names) left[name] = (left[name] ?? 0) + 1;
	return left;
}

const messagesOf = (store: Store, target: Target) =>
	conversationsOf(store, target).flatMap(({ id }) => [...store.messages(id)]);

const phone = (target: Target) => target.phone;

const theContact = {
	left(store: Store, target: Target): Left {
		const contacts = contactsOf(store, target);
		const company = itemOf(contacts[0]?.company);
		return {
			...count(contacts.map(() => 'contact')),
			...(!Number.isNaN(company) && { company }),
		};
	},
	gives: (store: Store, target: Target, item: number) => ({
		id: contactsOf(store, target)[0]?.id,
		company: textOf(target, item),
	}),
};

const changeCompany: Step = {
	method: 'PUT',
	path: /^\/contacts\/\w+$/,
	mentions: phone,
	leaves: (item) => ({ company: item }),
};

const upsert = {
	...theContact,
	parameters: {
		resource: 'contact',
		operation: 'upsert',
		matchBy: 'phone',
		phone: '={{ $json.phone }}',
		name: 'Budi Santoso',
		additionalFields: { company: '={{ $json.text }}' },
	},
	done: 'created or updated',
};

const conversationOf = (store: Store, target: Target, item: number) =>
	conversationsOf(store, target).find(({ assignee }) => assignee?.id === target.agents[item]);

const createConversation = {
	parameters: {
		resource: 'conversation',
		operation: 'create',
		contactId: byId('={{ $json.contact }}'),
		channelId: byId('={{ $json.channel }}'),
		additionalFields: { assigneeId: '={{ $json.agent }}' },
	},
	steps: {
		conversation: {
			method: 'POST' as const,
			path: /^\/conversations$/,
			mentions: ({ contact }: Target) => contact,
			leaves: (item: number) => ({ [`conversation ${item}`]: 1 }),
		},
	},
	done: 'created',
	addTarget: withContact,
	left: (store: Store, target: Target) =>
		count(
			conversationsOf(store, target).flatMap(({ id, assignee }) => {
				const item = target.agents.indexOf(assignee?.id ?? '');
				const texts = store.messages(id).map(({ content }) => itemOf(content));
				return [
					`conversation ${item}`,
					...texts.map((text) => (text === item ? `message ${item}` : `${text} in ${item}`)),
				];
			}),
		),
	gives: (store: Store, target: Target, item: number) => ({
		id: conversationOf(store, target, item)?.id,
	}),
};

export const OPERATIONS: Record<string, StepsUnderTest> = {
	'sending to a phone number': {
		parameters: {
			resource: 'message',
			operation: 'sendToPhone',
			phone: '={{ $json.phone }}',
			channelId: byId('={{ $json.channel }}'),
			messageType: 'template',
			templateId: 'tmpl_follow_up',
			templateVariables: { variable: [{ name: 'customer_name', value: '={{ $json.text }}' }] },
			options: { assigneeId: '={{ $json.agent }}' },
		},
		steps: {
			contact: {
				method: 'POST',
				path: /^\/contacts$/,
				mentions: phone,
				leaves: () => ({ contact: 1 }),
			},
			conversation: {
				method: 'POST',
				path: /^\/conversations$/,
				mentions: ({ agents }) => agents[0]!,
				leaves: () => ({ conversation: 1 }),
				note: (store, target) => `Contact ${contactsOf(store, target)[0]?.id} exists.`,
			},
			message: {
				method: 'POST',
				path: /^\/conversations\/\w+\/messages$/,
				mentions: phone,
				leaves: (item) => ({ [`message ${item}`]: 1 }),
				note: (store, target) =>
					`Contact ${contactsOf(store, target)[0]?.id} and conversation ${conversationsOf(store, target)[0]?.id} exist.`,
			},
		},
		done: 'sent',
		// All items about a target would give a new conversation to the same agent.
		addTarget(store, channel) {
			const target = stranger(store, channel);
			return { ...target, agents: TARGETS.map(() => target.agents[0]!) };
		},
		left: (store, target) =>
			count([
				...contactsOf(store, target).map(() => 'contact'),
				...conversationsOf(store, target).map(() => 'conversation'),
				...messagesOf(store, target).map(({ content }) => `message ${itemOf(content)}`),
			]),
		gives: (store, target, item) => ({
			id: messagesOf(store, target).find(({ content }) => itemOf(content) === item)?.id,
			contact_id: contactsOf(store, target)[0]?.id,
			conversation_id: conversationsOf(store, target)[0]?.id,
		}),
	},
	'creating a contact': {
		parameters: {
			resource: 'contact',
			operation: 'create',
			name: '={{ $json.text }}',
			additionalFields: { phone: '={{ $json.phone }}' },
		},
		steps: {
			contact: {
				method: 'POST',
				path: /^\/contacts$/,
				mentions: phone,
				leaves: (item) => ({ [`contact ${item}`]: 1 }),
			},
		},
		done: 'created',
		addTarget: stranger,
		left: (store, target) =>
			count(contactsOf(store, target).map(({ name }) => `contact ${itemOf(name)}`)),
		gives: (store, target, item) => ({
			id: contactsOf(store, target).find(({ name }) => itemOf(name) === item)?.id,
		}),
	},
	'creating or updating a contact that is not there': {
		...upsert,
		steps: {
			contact: {
				method: 'POST',
				path: /^\/contacts$/,
				mentions: phone,
				leaves: (item) => ({ contact: 1, company: item }),
			},
			company: changeCompany,
		},
		addTarget: stranger,
	},
	'creating or updating a contact that is there': {
		...upsert,
		steps: { company: changeCompany },
		addTarget: withContact,
	},
	'updating a contact': {
		...theContact,
		parameters: {
			resource: 'contact',
			operation: 'update',
			contactId: byId('={{ $json.contact }}'),
			updateFields: { company: '={{ $json.text }}' },
		},
		steps: { company: changeCompany },
		done: 'updated',
		addTarget: withContact,
	},
	'creating a conversation': createConversation,
	'creating a conversation with a first message': {
		...createConversation,
		parameters: {
			...createConversation.parameters,
			additionalFields: { assigneeId: '={{ $json.agent }}', firstMessage: '={{ $json.text }}' },
		},
		steps: {
			...createConversation.steps,
			message: {
				method: 'POST',
				path: /^\/conversations\/\w+\/messages$/,
				mentions: phone,
				leaves: (item) => ({ [`message ${item}`]: 1 }),
				note: (store, target, item) =>
					`Conversation ${conversationOf(store, target, item)?.id} exists`,
			},
		},
	},
	'updating a conversation': {
		parameters: {
			resource: 'conversation',
			operation: 'update',
			conversationId: byId('={{ $json.conversation }}'),
			updateFields: { labels: ['={{ $json.text }}'] },
		},
		steps: {
			label: {
				method: 'PUT',
				path: /^\/conversations\/\w+$/,
				mentions: phone,
				leaves: (item) => ({ label: item }),
			},
		},
		done: 'updated',
		addTarget: withConversation,
		left(store, { conversation }): Left {
			const label = itemOf(store.conversations.get(conversation)!.labels[0]);
			return Number.isNaN(label) ? {} : { label };
		},
		gives: (_, target, item) => ({ id: target.conversation, labels: [textOf(target, item)] }),
	},
};
