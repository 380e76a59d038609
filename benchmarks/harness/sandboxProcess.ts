import { toTimestamp } from '../../sandbox/clock';
import { startSandbox, type Sandbox, type SandboxOptions } from '../../sandbox';
import { serveCommands } from './worker';

const DAY_MS = 86_400_000;

/** The sandbox of this worker process. */
let sandbox: Sandbox | undefined;
let resets = 0;

function requireSandbox(): Sandbox {
	if (!sandbox) throw new Error('The sandbox has not been started');
	return sandbox;
}

/** The result of the sent texts. */
interface Deliveries {
	arrived: number;
	/** Texts that a customer got more than once. */
	duplicates: number;
	/** Conversations whose texts are not in the order of their numbers. */
	outOfOrder: number;
}

/** The IDs and the phone number of a customer. */
export interface Customer {
	conversation: string;
	contact: string;
	phone: string;
	channel: string;
}

/** A row for a message to a phone number. */
export type PhoneRow = Pick<Customer, 'phone' | 'channel'>;

/** The number of stored records. */
interface Counts {
	contacts: number;
	conversations: number;
	/** Messages to customers. */
	sent: number;
}

/** The URL of a webhook, and the secret that signs its deliveries. */
export interface WebhookReceiver {
	url: string;
	secret: string;
}

interface Traffic {
	requests: number;
	rejected: number;
	maxInFlight: number;
	/** The time from the first request to the last response, in milliseconds. */
	spanMs: number;
}

const commands = {
	/**
	 * Restarts the sandbox without data, at the same URL and with the same key. IDs never repeat, so that
	 * cached records of n8n do not match.
	 */
	async open(options: Pick<SandboxOptions, 'latencyMs' | 'rateLimit'> = {}) {
		const port = sandbox ? Number(new URL(sandbox.url).port) : 0;
		await sandbox?.close();
		sandbox = await startSandbox({ ...options, port, data: 'empty', seed: ++resets });
		return { url: sandbox.url, apiKey: sandbox.apiKey };
	},

	/** Adds a conversation with messages. @returns its ID */
	addThread(count: number, spacingMs?: number): string {
		const { store } = requireSandbox();
		const { id } = store.addConversation();
		store.addMessages(id, count, spacingMs === undefined ? {} : { spacingMs });
		return id;
	},

	/** Adds conversations with a new message of the customer. @returns their IDs */
	addConversations(count: number): string[] {
		const { store } = requireSandbox();
		return Array.from({ length: count }, () => {
			const { id } = store.addConversation();
			store.addIncoming(id, 'Halo, apakah barangnya masih ada?');
			return id;
		});
	},

	/** Adds customers with one open conversation each, without activity for a day. */
	addCustomers(count: number): Customer[] {
		const { store } = requireSandbox();
		const until = new Date(Date.now() - DAY_MS);
		return store.addConversations(count, { until }).map(({ id, contact, channel }) => ({
			conversation: id,
			contact: contact.id,
			phone: String(contact.phone),
			channel: channel.id,
		}));
	},

	/**
	 * Adds customers with one open conversation each, without activity for two days to a month. The order of
	 * activity is not that of creation. @returns a row for each
	 */
	addSilentCustomers(count: number): PhoneRow[] {
		const { store } = requireSandbox();
		const now = Date.now();
		return Array.from({ length: count }, (_, index) => {
			const phone = `+62897${1_000_000 + index}`;
			const created_at = toTimestamp(new Date(now - 100 * DAY_MS + index * 1_000));
			const silentMs = (2 + ((index * 7) % 30)) * DAY_MS;
			const updated_at = toTimestamp(new Date(now - silentMs - index * 1_000));
			const contact = store.addContact({ name: phone, phone, created_at });
			const { channel } = store.addConversation({ contact, created_at, updated_at });
			return { phone, channel: channel.id };
		});
	},

	/** Adds contacts without conversations. @returns their phone numbers */
	addContacts(count: number): string[] {
		const { store } = requireSandbox();
		return Array.from({ length: count }, (_, index) => {
			const phone = `+62898${1_000_000 + index}`;
			store.addContact({ name: `Kenalan ${index + 1}`, phone });
			return phone;
		});
	},

	counts(): Counts {
		const { store } = requireSandbox();
		const threads = [...store.conversations.keys()].map((id) => store.messages(id));
		return {
			contacts: store.contacts.size,
			conversations: store.conversations.size,
			sent: threads.flat().filter(({ type }) => type === 'outgoing').length,
		};
	},

	/** Returns the webhook that was registered last. */
	newestWebhook(): WebhookReceiver {
		const webhook = [...requireSandbox().store.webhooks.values()].at(-1);
		if (!webhook) throw new Error('No webhook is registered');
		return { url: webhook.url, secret: webhook.secret };
	},

	clearTraffic(): void {
		requireSandbox().journal.clear();
	},

	traffic(): Traffic {
		const { entries, maxInFlight } = requireSandbox().journal;
		const firstAt = entries[0]?.at ?? 0;
		const ends = entries.map(({ at, endedAt = at }) => endedAt);
		return {
			requests: entries.length,
			rejected: entries.filter(({ status }) => status === 429).length,
			maxInFlight,
			spanMs: ends.reduce((latest, end) => Math.max(latest, end), firstAt) - firstAt,
		};
	},

	/** Evaluates the sent texts, which end in a number, e.g. `Pesan 17`. */
	deliveries(): Deliveries {
		const { store } = requireSandbox();
		const threads = [...store.conversations.keys()].map((id) =>
			store
				.messages(id)
				.filter(({ type }) => type === 'outgoing')
				.map(({ content }) => Number(/\d+$/.exec(content)?.[0])),
		);
		const numbers = threads.flat();
		return {
			arrived: new Set(numbers).size,
			duplicates: numbers.length - new Set(numbers).size,
			outOfOrder: threads.filter((thread) =>
				thread.some((number, index) => index > 0 && number < thread[index - 1]!),
			).length,
		};
	},
};

export type SandboxCommands = typeof commands;

serveCommands(commands);
