import { isIPv6, type AddressInfo } from 'node:net';
import { addDeviationRules } from './automation';
import { Deliveries, type DeliveryOptions } from './deliveries';
import { DEFAULT_LIST_DELAY_MS, deviateStore } from './deviate/store';
import type { Deviation } from './deviations';
import { createRequestFaults, type Faults } from './faults';
import { RequestJournal, type Journal } from './journal';
import { RateLimiter, type RateLimit } from './rateLimit';
import { addSampleConversations, type SampleDataSize } from './seed';
import { buildServer } from './server';
import { Store, type ConversationOrder } from './store';

export type { Deliveries, DeliveryOptions } from './deliveries';
export type { Deviation } from './deviations';
export type { Envelope, EventName, SignatureEncoding } from './events';
export type { Fault, FaultAction, Faults } from './faults';
export type { Journal, JournalEntry } from './journal';
export type { RateLimit } from './rateLimit';
export type * from './records';
export type { SampleDataSize } from './seed';
export type { ConversationOrder, OutgoingMessage, Store } from './store';

/** The options of a sandbox, all with defaults. */
export interface SandboxOptions {
	/** The address to listen on. Default 127.0.0.1: this machine only. */
	host?: string;
	/** Default 0: any free port. */
	port?: number;
	/** Default `sk_live_sandbox`. */
	apiKey?: string;
	/** Another key with the same rights. Default: none. */
	secondApiKey?: string;
	/** A key that gets a 403 for all methods except GET. Default: none. */
	readOnlyApiKey?: string;
	/** The same seed gives the same IDs and data, and with the same `now` also the same times. */
	seed?: number;
	/** The amount of initial data. `empty`: only the channels, agents and templates. */
	data?: SampleDataSize | 'empty';
	/** The rate limit per key, in fixed windows. Default: none. */
	rateLimit?: RateLimit;
	/** The order of lists of conversations. Default: by latest activity. */
	conversationOrder?: ConversationOrder;
	/** Milliseconds added to every response. Default 0. */
	latencyMs?: number;
	/** The clock for `created_at`, `Date` and the 24-hour window. Default: the real time. */
	now?: () => Date;
	/** The settings of webhook deliveries. */
	webhooks?: DeliveryOptions;
	/** Deviations from the behavior that the nodes expect. Default: none. */
	deviations?: readonly Deviation[];
	/** The delay of the deviations `late-lists` and `stale-lists` in milliseconds. Default 2,000. */
	listDelayMs?: number;
}

/** A running sandbox. */
export interface Sandbox {
	/** The base URL, e.g. `http://127.0.0.1:PORT/v1`, instead of `https://api.sahut.id/v1`. */
	readonly url: string;
	readonly apiKey: string;
	/** The stored records. */
	readonly store: Store;
	/** The faults for requests. */
	readonly faults: Faults;
	/** The requests that arrived. */
	readonly journal: Journal;
	/** The deliveries to webhooks. */
	readonly deliveries: Deliveries;
	/** Stops the sandbox. Closes open connections, and aborts slow responses and deliveries. */
	close(): Promise<void>;
}

/** Listens on this computer only. */
export const DEFAULT_HOST = '127.0.0.1';
/** Listens on all network interfaces of this computer. */
export const ALL_INTERFACES = '0.0.0.0';
const DEFAULT_API_KEY = 'sk_live_sandbox';
const DEFAULT_SEED = 20_240_315;

/** Returns the host name by which this machine reaches a server that listens on an address. */
function reachableHost(host: string): string {
	if (host === ALL_INTERFACES) return DEFAULT_HOST;
	return isIPv6(host) ? `[${host}]` : host;
}

/**
 * Starts a mock of the Sahut API with sample data.
 * @throws {Error} with the code EADDRINUSE when the port is in use, or another code when it cannot listen on
 * the address.
 */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
	const {
		host: listenAddress = DEFAULT_HOST,
		port = 0,
		apiKey = DEFAULT_API_KEY,
		secondApiKey,
		readOnlyApiKey,
		seed = DEFAULT_SEED,
		data = { conversations: 24, messagesPerConversation: { min: 3, max: 12 } },
		rateLimit,
		conversationOrder = 'activity',
		latencyMs = 0,
		listDelayMs = DEFAULT_LIST_DELAY_MS,
		now = () => new Date(),
		webhooks = {},
	} = options;
	const deviations = new Set(options.deviations);

	const store = new Store(seed, now);
	store.conversationOrder = conversationOrder;
	deviateStore(store, deviations);
	if (data !== 'empty') await addSampleConversations(store, seed, data);

	const journal = new RequestJournal(now);
	const faults = createRequestFaults();
	const address = () => app.server.address() as AddressInfo;
	const host = () => `${reachableHost(listenAddress)}:${address().port}`;
	const deliveries = new Deliveries(store, webhooks, seed, host);
	const app = await buildServer({
		store,
		journal,
		faults,
		keys: { apiKey, secondApiKey, readOnlyApiKey },
		limiter: rateLimit && new RateLimiter(rateLimit, now),
		latencyMs,
		deviations,
		listDelayMs,
		deliveries,
	});
	addDeviationRules(store, deviations);
	await app.listen({ host: listenAddress, port });

	return {
		url: `http://${host()}/v1`,
		apiKey,
		store,
		faults,
		journal,
		deliveries,
		async close() {
			await deliveries.close();
			await app.close();
		},
	};
}
