import { startSandbox, type Sandbox, type SandboxOptions } from '../../sandbox';
import { obey } from './worker';

const DAY_MS = 86_400_000;

/** The sandbox in a process of its own, which does what its parent tells it. */
let sandbox: Sandbox | undefined;
let openings = 0;

function current(): Sandbox {
	if (!sandbox) throw new Error('The sandbox has not been opened');
	return sandbox;
}

/** What has become of the texts that were sent. */
interface Deliveries {
	arrived: number;
	/** Those that a customer got more than once. */
	twice: number;
	/** Conversations in which they lie in another order than they were numbered. */
	outOfOrder: number;
}

/** A customer, with what is known of them by ID. */
export interface Person {
	conversation: string;
	contact: string;
	phone: string;
	channel: string;
}

/** How much there is of everything. */
interface Counts {
	contacts: number;
	conversations: number;
	/** Messages to customers. */
	sent: number;
}

/** Where a webhook is delivered to, and what signs it. */
export interface Receiver {
	url: string;
	secret: string;
}

interface Traffic {
	requests: number;
	turnedBack: number;
	maxInFlight: number;
	/** From the first request to the last answer, in milliseconds. */
	spanMs: number;
}

const commands = {
	/**
	 * Begins anew, with another latency or limit, without data, and with IDs of its own: nothing that
	 * n8n knows of an earlier one holds. Address and key stay.
	 */
	async open(options: Pick<SandboxOptions, 'latencyMs' | 'rateLimit'> = {}) {
		const port = sandbox ? Number(new URL(sandbox.url).port) : 0;
		await sandbox?.close();
		sandbox = await startSandbox({ ...options, port, data: 'empty', seed: ++openings });
		return { url: sandbox.url, apiKey: sandbox.apiKey };
	},

	/** @returns the ID of a conversation with so many messages */
	addThread(count: number, spacingMs?: number): string {
		const { store } = current();
		const { id } = store.addConversation();
		store.addMessages(id, count, spacingMs === undefined ? {} : { spacingMs });
		return id;
	},

	/** @returns the IDs of conversations in which the customer has just written */
	addConversations(count: number): string[] {
		const { store } = current();
		return Array.from({ length: count }, () => {
			const { id } = store.addConversation();
			store.addIncoming(id, 'Halo, apakah barangnya masih ada?');
			return id;
		});
	},

	/** @returns people with an open conversation each, in which nothing has happened for a day */
	addPeople(count: number): Person[] {
		const { store } = current();
		const until = new Date(Date.now() - DAY_MS);
		return store.addConversations(count, { until }).map(({ id, contact, channel }) => ({
			conversation: id,
			contact: contact.id,
			phone: String(contact.phone),
			channel: channel.id,
		}));
	},

	/** @returns the phone numbers of contacts without any conversation */
	addContacts(count: number): string[] {
		const { store } = current();
		return Array.from({ length: count }, (_, index) => {
			const phone = `+62898${1_000_000 + index}`;
			store.addContact({ name: `Kenalan ${index + 1}`, phone });
			return phone;
		});
	},

	counts(): Counts {
		const { store } = current();
		const threads = [...store.conversations.keys()].map((id) => store.messages(id));
		return {
			contacts: store.contacts.size,
			conversations: store.conversations.size,
			sent: threads.flat().filter(({ type }) => type === 'outgoing').length,
		};
	},

	/** The webhook that was registered last. */
	newestWebhook(): Receiver {
		const webhook = [...current().store.webhooks.values()].at(-1);
		if (!webhook) throw new Error('No webhook is registered');
		return { url: webhook.url, secret: webhook.secret };
	},

	clearTraffic(): void {
		current().journal.clear();
	},

	traffic(): Traffic {
		const { entries, maxInFlight } = current().journal;
		const firstAt = entries[0]?.at ?? 0;
		const ends = entries.map(({ at, endedAt = at }) => endedAt);
		return {
			requests: entries.length,
			turnedBack: entries.filter(({ status }) => status === 429).length,
			maxInFlight,
			spanMs: ends.reduce((latest, end) => Math.max(latest, end), firstAt) - firstAt,
		};
	},

	/** Of texts that end in a number, e.g. `Pesan 17`. */
	deliveries(): Deliveries {
		const { store } = current();
		const threads = [...store.conversations.keys()].map((id) =>
			store
				.messages(id)
				.filter(({ type }) => type === 'outgoing')
				.map(({ content }) => Number(/\d+$/.exec(content)?.[0])),
		);
		const numbers = threads.flat();
		return {
			arrived: new Set(numbers).size,
			twice: numbers.length - new Set(numbers).size,
			outOfOrder: threads.filter((thread) =>
				thread.some((number, index) => index > 0 && number < thread[index - 1]!),
			).length,
		};
	},
};

export type SandboxCommands = typeof commands;

obey(commands);
