import { startSandbox, type Sandbox, type SandboxOptions } from '../../sandbox';

const DAY_MS = 86_400_000;

/** The sandbox in a process of its own, which does what its parent tells it. */
let sandbox: Sandbox | undefined;

function current(): Sandbox {
	if (!sandbox) throw new Error('The sandbox has not been opened');
	return sandbox;
}

/** What has become of the texts that were sent. */
export interface Deliveries {
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

export interface Traffic {
	requests: number;
	turnedBack: number;
	maxInFlight: number;
	/** From the first request to the last answer, in milliseconds. */
	spanMs: number;
	/** When each request was turned back, in milliseconds since the first request. */
	turnedBackAt: number[];
}

const commands = {
	/** Begins anew, without data. @returns the port */
	async open(options: Omit<SandboxOptions, 'data' | 'now'>): Promise<number> {
		await sandbox?.close();
		sandbox = await startSandbox({ ...options, data: 'empty' });
		return Number(new URL(sandbox.url).port);
	},

	/** @returns the ID of a conversation with so many messages */
	addThread({ count, spacingMs }: { count: number; spacingMs?: number }): string {
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

	/** How many contacts and conversations there are. */
	counts(): { contacts: number; conversations: number } {
		const { contacts, conversations } = current().store;
		return { contacts: contacts.size, conversations: conversations.size };
	},

	clearTraffic(): void {
		current().journal.clear();
	},

	traffic(): Traffic {
		const { entries, maxInFlight } = current().journal;
		const firstAt = entries[0]?.at ?? 0;
		const turnedBack = entries.filter(({ status }) => status === 429);
		const ends = entries.map(({ at, endedAt = at }) => endedAt);
		return {
			requests: entries.length,
			turnedBack: turnedBack.length,
			maxInFlight,
			spanMs: ends.reduce((latest, end) => Math.max(latest, end), firstAt) - firstAt,
			turnedBackAt: turnedBack.map(({ at }) => Math.round(at - firstAt)),
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

export type Commands = typeof commands;
export type CommandName = keyof Commands;

export interface Call {
	id: number;
	name: CommandName;
	argument?: unknown;
}

export type Reply = { id: number; result: unknown } | { id: number; error: string };

async function answer({ id, name, argument }: Call): Promise<Reply> {
	try {
		const command = commands[name] as (argument: unknown) => unknown;
		return { id, result: await command(argument) };
	} catch (error) {
		return { id, error: String(error) };
	}
}

process.on('message', (call: Call) => {
	void answer(call).then((reply) => process.send?.(reply));
});
// Without its parent, it has nothing to do.
process.on('disconnect', () => process.exit());
