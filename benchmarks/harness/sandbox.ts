import { fork } from 'node:child_process';
import { join } from 'node:path';

import type { SandboxOptions } from '../../sandbox';
import type {
	Call,
	CommandName,
	Commands,
	Deliveries,
	Person,
	Reply,
	Traffic,
} from './sandboxProcess';

/** A sandbox whose CPU time is not that of this process, nor of n8n. It keeps its port. */
export interface SandboxControl {
	/** Begins anew: another latency or limit, and no data. */
	open(options: Pick<SandboxOptions, 'latencyMs' | 'rateLimit'>): Promise<void>;
	addThread(count: number, spacingMs?: number): Promise<string>;
	addConversations(count: number): Promise<string[]>;
	addPeople(count: number): Promise<Person[]>;
	counts(): Promise<{ contacts: number; conversations: number }>;
	clearTraffic(): Promise<void>;
	traffic(): Promise<Traffic>;
	deliveries(): Promise<Deliveries>;
	readonly url: string;
	readonly apiKey: string;
	close(): void;
}

const API_KEY = 'sk_live_benchmark';

export async function startSandboxProcess(): Promise<SandboxControl> {
	const child = fork(join(__dirname, 'sandboxProcess.ts'), { execArgv: ['--import', 'tsx'] });
	const waiting = new Map<number, (reply: Reply) => void>();
	let calls = 0;
	child.on('message', (reply: Reply) => waiting.get(reply.id)?.(reply));

	async function tell<Name extends CommandName>(
		name: Name,
		argument?: Parameters<Commands[Name]>[0],
	): Promise<Awaited<ReturnType<Commands[Name]>>> {
		const id = calls++;
		const reply = await new Promise<Reply>((resolve, reject) => {
			waiting.set(id, resolve);
			child.once('exit', (code) => reject(new Error(`The sandbox has ended (${code})`)));
			const call: Call = { id, name, argument };
			child.send(call);
		});
		waiting.delete(id);
		child.removeAllListeners('exit');
		if ('error' in reply) throw new Error(reply.error);
		return reply.result as Awaited<ReturnType<Commands[Name]>>;
	}

	const port = await tell('open', { apiKey: API_KEY });
	return {
		url: `http://127.0.0.1:${port}/v1`,
		apiKey: API_KEY,
		open: async (options) => void (await tell('open', { ...options, apiKey: API_KEY, port })),
		addThread: async (count, spacingMs) =>
			await tell('addThread', { count, ...(spacingMs !== undefined && { spacingMs }) }),
		addConversations: async (count) => await tell('addConversations', count),
		addPeople: async (count) => await tell('addPeople', count),
		counts: async () => await tell('counts'),
		clearTraffic: async () => await tell('clearTraffic'),
		traffic: async () => await tell('traffic'),
		deliveries: async () => await tell('deliveries'),
		close: () => child.disconnect(),
	};
}
