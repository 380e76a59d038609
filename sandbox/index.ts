import { isIPv6, type AddressInfo } from 'node:net';
import { automate } from './automation';
import { Deliveries, type DeliveryOptions } from './deliveries';
import { DEFAULT_LIST_DELAY_MS, deviateStore } from './deviate/store';
import type { Deviation } from './deviations';
import { requestFaults, type Faults } from './faults';
import { RequestJournal, type Journal } from './journal';
import { RateLimiter, type RateLimit } from './rateLimit';
import { fillConversations, type DataSize } from './seed';
import { buildServer } from './server';
import { Store, type ConversationOrder } from './store';

export type { Deliveries, DeliveryOptions } from './deliveries';
export type { Deviation } from './deviations';
export type { Envelope, EventName, SignatureEncoding } from './events';
export type { Fault, FaultAction, Faults } from './faults';
export type { Journal, JournalEntry } from './journal';
export type { RateLimit } from './rateLimit';
export type * from './records';
export type { DataSize } from './seed';
export type { ConversationOrder, OutgoingMessage, Store } from './store';

export interface SandboxOptions {
	/** Where it listens. Default 127.0.0.1: for this machine alone. */
	host?: string;
	/** Default 0: any free one. */
	port?: number;
	/** Default `sk_live_sandbox`. */
	apiKey?: string;
	/** Another key with the same rights. Default: none. */
	secondApiKey?: string;
	/** A key that gets a 403 for anything but GET. Default: none. */
	readOnlyApiKey?: string;
	/** The same seed makes the same IDs and data; with the same `now`, also the same times. */
	seed?: number;
	/** How much data to begin with; `empty` leaves only the channels, the agents and the templates. */
	data?: DataSize | 'empty';
	/** Per key, in fixed windows. Default: none. */
	rateLimit?: RateLimit;
	/** How conversations are listed. Default: by their latest activity. */
	conversationOrder?: ConversationOrder;
	/** Milliseconds added to every answer. Default 0. */
	latencyMs?: number;
	/** The clock of `created_at`, `Date` and WhatsApp's 24 hours. Default: the real one. */
	now?: () => Date;
	/** How events are delivered to webhooks. */
	webhooks?: DeliveryOptions;
	/** Where the server differs from what the nodes expect. Default: nowhere. */
	deviations?: readonly Deviation[];
	/** How long the deviations `late-lists` and `stale-lists` delay, in milliseconds. Default 2,000. */
	listDelayMs?: number;
}

export interface Sandbox {
	/** What takes the place of `https://api.sahut.id/v1` on this machine: `http://127.0.0.1:PORT/v1`. */
	readonly url: string;
	readonly apiKey: string;
	/** What is stored, to look up and to add to. */
	readonly store: Store;
	/** What is to go wrong. */
	readonly faults: Faults;
	/** What has arrived. */
	readonly journal: Journal;
	/** What goes out to webhooks. */
	readonly deliveries: Deliveries;
	/** Cuts open connections, slow answers and deliveries included. */
	close(): Promise<void>;
}

/** This computer alone. */
export const DEFAULT_HOST = '127.0.0.1';
/** All addresses that this machine has. */
export const EVERYWHERE = '0.0.0.0';
const DEFAULT_API_KEY = 'sk_live_sandbox';
const DEFAULT_SEED = 20_240_315;

/** Which name this machine reaches a server by that listens there. */
function nameOf(host: string): string {
	if (host === EVERYWHERE) return DEFAULT_HOST;
	return isIPv6(host) ? `[${host}]` : host;
}

/**
 * Starts a stand-in for the Sahut API on this machine, with data of its own.
 * @throws {Error} with the code EADDRINUSE when the port is taken, and another when it cannot listen there.
 */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
	const {
		host: listensAt = DEFAULT_HOST,
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
	if (data !== 'empty') await fillConversations(store, seed, data);

	const journal = new RequestJournal();
	const faults = requestFaults();
	const address = () => app.server.address() as AddressInfo;
	const host = () => `${nameOf(listensAt)}:${address().port}`;
	const deliveries = new Deliveries(store, webhooks, seed, host);
	const app = await buildServer({
		store,
		journal,
		faults,
		keys: { apiKey, secondApiKey, readOnlyApiKey },
		limiter: rateLimit && new RateLimiter(rateLimit),
		latencyMs,
		deviations,
		listDelayMs,
		deliveries,
	});
	automate(store, deviations);
	await app.listen({ host: listensAt, port });

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
