import type { IDataObject, INode } from 'n8n-workflow';

import type { FaultAction, Store } from '../../sandbox';
import { sendText } from './workspace';

/** What becomes of an item; `unknown`: it failed, and may have arrived all the same. */
export type Fate = 'done' | 'refused' | 'unknown';

/** What a fault does to an item in one run of the node. */
export interface Effect {
	fate: Fate;
	/** How many requests are made for it. */
	requests: number;
	/** For a write: how many more look for what it left. */
	looks?: number;
	/** The same when n8n runs the node again, where it is not as many. */
	laterLooks?: number;
}

/** Which requests a fault strikes; `blind`: all of them, also those that look for what was written. */
export type Often = 'once' | 'always' | 'blind';

export interface FaultUnderTest {
	action: FaultAction;
	/** Whether what is written is stored before the fault strikes. */
	stores?: true;
	/** What the failed item's message says. */
	says: string;
	/** For an operation that writes. What is not there is not tried. */
	write: Partial<Record<Often, Effect>>;
	/** For an operation that reads. */
	read: Partial<Record<Often, Effect>>;
	/** Where waiting is part of the fault. */
	timeoutMs?: number;
}

const SECOND_TRY: Effect = { fate: 'done', requests: 2 };
const ALL_TRIES: Effect = { fate: 'refused', requests: 5 };
const ONE_TRY: Effect = { fate: 'refused', requests: 1 };
const FOUND: Effect = { fate: 'done', requests: 1, looks: 1 };
/** At once, and three times more within some seconds. */
const NOT_FOUND: Effect = { fate: 'unknown', requests: 1, looks: 4, laterLooks: 1 };
const NOT_READABLE: Effect = { fate: 'unknown', requests: 1, looks: 1 };
const CANNOT_LOOK: Effect = { fate: 'unknown', requests: 1, looks: 5 };

const repeated = { once: SECOND_TRY, always: ALL_TRIES };

export const FAULTS: Record<string, FaultUnderTest> = {
	'a 429 with Retry-After': {
		action: { kind: 'status', status: 429, retryAfter: 1 },
		says: 'Sahut asks to wait 1 seconds',
		write: { ...repeated, blind: ALL_TRIES },
		read: repeated,
	},
	'a 429 without Retry-After': {
		action: { kind: 'status', status: 429 },
		says: 'Sahut did not say for how long',
		write: { ...repeated, blind: ALL_TRIES },
		read: repeated,
	},
	'a 500': {
		action: { kind: 'status', status: 500 },
		says: 'could not handle the request',
		write: { once: NOT_FOUND, always: NOT_FOUND, blind: CANNOT_LOOK },
		read: repeated,
	},
	'a 503': {
		action: { kind: 'status', status: 503, retryAfter: 1 },
		says: 'could not handle the request',
		write: { once: NOT_FOUND, always: NOT_FOUND, blind: CANNOT_LOOK },
		read: repeated,
	},
	'a connection cut before anything is stored': {
		action: { kind: 'dropBefore' },
		says: 'broke off before an answer came',
		write: { once: NOT_FOUND, always: NOT_FOUND, blind: CANNOT_LOOK },
		read: repeated,
	},
	'a connection cut after storing': {
		action: { kind: 'dropAfter' },
		stores: true,
		says: 'broke off before an answer came',
		write: { once: FOUND, always: FOUND, blind: CANNOT_LOOK },
		read: repeated,
	},
	'a 500 after storing': {
		action: { kind: 'statusAfterStore', status: 500 },
		stores: true,
		says: 'could not handle the request',
		write: { once: FOUND, always: FOUND, blind: CANNOT_LOOK },
		read: repeated,
	},
	'a 408 after storing': {
		action: { kind: 'statusAfterStore', status: 408 },
		stores: true,
		says: 'with status 408',
		write: { once: FOUND, always: FOUND, blind: CANNOT_LOOK },
		read: repeated,
	},
	'an answer that is not JSON': {
		action: { kind: 'notJson' },
		stores: true,
		says: 'could not be understood',
		write: { once: FOUND, always: FOUND, blind: NOT_READABLE },
		read: { once: ONE_TRY, always: ONE_TRY },
	},
	'an answer that comes too late': {
		action: { kind: 'slow', delayMs: 1_500 },
		stores: true,
		says: 'did not answer within 0.75 seconds',
		// To wait in vain five times takes long, and is no different from a connection cut.
		write: { once: FOUND, always: FOUND },
		read: { once: SECOND_TRY },
		timeoutMs: 750,
	},
};

export interface OperationUnderTest {
	parameters: INode['parameters'];
	/** Of each item, which target it is about. Two items of a target must run one after another. */
	targets: number[];
	/** How the requests are made that do the work; those with another method look for what was written. */
	method: 'GET' | 'POST';
	/** As in "3 of 4 items were sent". */
	done: string;
	/** Puts something to work on into the sandbox, and returns its ID. */
	addTarget(store: Store): string;
	/** The path of all requests about a target. */
	path(target: string): string;
	row(target: string, item: number): IDataObject;
	/** The records that an item stands for, in the sandbox: what it reads, or has written. */
	records(store: Store, target: string, item: number): Array<{ id: string }>;
}

const aboutAConversation = {
	addTarget(store: Store) {
		const { id } = store.addConversation();
		store.addIncoming(id, 'Halo, apakah pesanan saya sudah dikirim?');
		return id;
	},
	path: (conversation: string) => `/conversations/${conversation}/messages`,
	row: (conversation: string, item: number) => ({ conversation, text: `Pesanan ${item} dikirim` }),
};

const sending = {
	...aboutAConversation,
	targets: [0, 1, 0, 2],
	method: 'POST' as const,
	done: 'sent',
	records: (store: Store, conversation: string, item: number) =>
		store.messages(conversation).filter(({ content }) => content.includes(`Pesanan ${item} `)),
};

export const OPERATIONS: Record<string, OperationUnderTest> = {
	'sending a text': { ...sending, parameters: sendText },
	'sending a template': {
		...sending,
		parameters: {
			...sendText,
			messageType: 'template',
			templateId: 'tmpl_follow_up',
			templateVariables: { variable: [{ name: 'customer_name', value: '={{ $json.text }}' }] },
		},
	},
	'listing messages': {
		...aboutAConversation,
		parameters: { ...sendText, operation: 'list', returnAll: true },
		targets: [0, 1, 2, 3],
		method: 'GET',
		done: 'read',
		records: (store, conversation) => [...store.messages(conversation)],
	},
};

/** Which of the requests about a target a fault strikes. */
export interface Strike {
	often: Often;
	target: number;
}

export const STRIKES: Record<string, Strike> = {
	'the request for the first item': { often: 'once', target: 0 },
	'the request for the second item': { often: 'once', target: 1 },
	'each request for the first target': { often: 'always', target: 0 },
	'each request for the first target, and each look at it': { often: 'blind', target: 0 },
};
