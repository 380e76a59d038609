import { join } from 'node:path';

import type { SandboxOptions } from '../../sandbox';
import type { Commands, Counts, Deliveries, Person, Receiver, Traffic } from './sandboxProcess';
import { startWorker } from './worker';

type Opening = Pick<SandboxOptions, 'conversationOrder' | 'latencyMs' | 'rateLimit'>;

/** A sandbox in a process of its own. It keeps its port. */
export interface SandboxControl {
	/** Begins anew: another latency or limit, no data, and other IDs than before. */
	open(options: Opening): Promise<void>;
	addThread(count: number, spacingMs?: number): Promise<string>;
	addConversations(count: number): Promise<string[]>;
	addPeople(count: number): Promise<Person[]>;
	addContacts(count: number): Promise<string[]>;
	counts(): Promise<Counts>;
	/** The webhook that was registered last. */
	newestWebhook(): Promise<Receiver>;
	/** Milliseconds of CPU that its process has taken. */
	cpuMs(): Promise<number>;
	clearTraffic(): Promise<void>;
	traffic(): Promise<Traffic>;
	deliveries(): Promise<Deliveries>;
	readonly url: string;
	readonly apiKey: string;
	close(): void;
}

const API_KEY = 'sk_live_benchmark';

export async function startSandboxProcess(): Promise<SandboxControl> {
	const { tell, close } = startWorker<Commands>(join(__dirname, 'sandboxProcess.ts'));
	const port = await tell('open', { apiKey: API_KEY });
	return {
		url: `http://127.0.0.1:${port}/v1`,
		apiKey: API_KEY,
		open: async (options) => void (await tell('open', { ...options, apiKey: API_KEY, port })),
		addThread: async (count, spacingMs) =>
			await tell('addThread', { count, ...(spacingMs !== undefined && { spacingMs }) }),
		addConversations: async (count) => await tell('addConversations', count),
		addPeople: async (count) => await tell('addPeople', count),
		addContacts: async (count) => await tell('addContacts', count),
		counts: async () => await tell('counts'),
		newestWebhook: async () => await tell('newestWebhook'),
		cpuMs: async () => await tell('cpuMs'),
		clearTraffic: async () => await tell('clearTraffic'),
		traffic: async () => await tell('traffic'),
		deliveries: async () => await tell('deliveries'),
		close,
	};
}
