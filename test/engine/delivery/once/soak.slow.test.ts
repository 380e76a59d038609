import { faker } from '@faker-js/faker/locale/id_ID';
import { type IDataObject, sleep } from 'n8n-workflow';

import type { Fault, FaultAction, RateLimit, Sandbox } from '../../../../sandbox';
import { toTimestamp } from '../../../../sandbox/clock';
import { OTHER_BOT } from '../../../support/automation';
import type { FinishedRun } from '../../../support/engine';
import { overrideTransport } from '../../../support/transport';
import { openWorkspace, sendText } from '../../../support/workspace';

/**
 * Sends thousands of messages under a rate limit and all kinds of faults.
 *
 * SOAK_SEED is the first seed, and SOAK_SEEDS the number of seeds. After SOAK_MINUTES, no further seed
 * starts, but at least one always runs. A seed determines the workload and the faults, but not the timing
 * of the requests.
 */
const FIRST_SEED = Number(process.env.SOAK_SEED ?? 1);
const SEEDS = Number(process.env.SOAK_SEEDS ?? 3);
const MINUTES = Number(process.env.SOAK_MINUTES ?? Infinity);

const MINUTE_MS = 60_000;
/** Longer than one seed takes on a busy machine. */
const SEED_TIMEOUT_MS = 5 * MINUTE_MS;

const ITEMS = 2_000;
/** The number of concurrent executions in one process, which share the items. */
const EXECUTIONS = 4;
/** The executions use the workspace's two API keys in turn. */
const SECOND_KEY = 'sk_live_second_key';
const CONVERSATIONS = 300;
/** Every third conversation gets auto-replies. */
const AUTO_REPLY_EVERY = 3;
const AUTO_REPLY = 'Pesan Kakak sudah kami terima.';
/** The share of writes that meet a fault. */
const FAULTY_WRITES = 0.04;
/** The share of items whose text other items have too. */
const REPEATED_TEXTS = 0.1;

/** The factor by which the node's clock and the rate limit are faster. Requests take their real time. */
const SPEED = 10;
/** Per API key. */
const RATE_LIMIT = { requests: 75, windowMs: 1_000 / SPEED };
const TIMEOUT_MS = 3_000;

/** The maximum size of the ledger that n8n stores with the execution if an item has failed. */
const LEDGER_BYTES_PER_ITEM = 512;

/** Faults after which the node sends or finds the message. */
const RECOVERABLE_FAULTS: FaultAction[] = [
	{ kind: 'status', status: 429, retryAfter: 1 },
	{ kind: 'status', status: 429 },
	{ kind: 'statusAfterStore', status: 500 },
	{ kind: 'statusAfterStore', status: 504 },
	{ kind: 'dropAfter' },
	{ kind: 'slow', delayMs: 1.5 * TIMEOUT_MS },
	{ kind: 'notJson' },
	{ kind: 'body', body: {} },
];
const ALL_FAULTS: FaultAction[] = [
	...RECOVERABLE_FAULTS,
	{ kind: 'status', status: 500 },
	{ kind: 'status', status: 503 },
	{ kind: 'dropBefore' },
];

interface Scenario {
	/** A fault that affects a request above the limit replaces its 429. */
	rateLimit?: RateLimit;
	faults: FaultAction[];
	/** The share of faulty writes whose search for the message meets a fault, too. */
	faultySearches: number;
	/** The faults of the first item. n8n runs the node again only if that item fails. */
	first: Array<FaultAction & { times?: number }>;
	/** The expected results of the first item, and of all items. */
	isFirstSent: boolean;
	areAllSent: boolean;
}

/** Seeds rotate through the scenarios, so that three consecutive seeds cover all of them. */
const SCENARIOS: Record<string, Scenario> = {
	'all items are sent': {
		faults: RECOVERABLE_FAULTS,
		faultySearches: 0,
		first: [],
		isFirstSent: true,
		areAllSent: true,
	},
	'the first item is refused in the first run, and sent in the second run': {
		rateLimit: RATE_LIMIT,
		faults: ALL_FAULTS,
		faultySearches: 0.1,
		first: [{ kind: 'status', status: 429, retryAfter: 1, times: 5 }],
		isFirstSent: true,
		areAllSent: false,
	},
	'the outcome of the first item is unknown after all three runs': {
		rateLimit: RATE_LIMIT,
		faults: ALL_FAULTS,
		faultySearches: 0.1,
		first: [{ kind: 'dropBefore' }],
		isFirstSent: false,
		areAllSent: false,
	},
};

/** Returns the index of the execution that an item belongs to. */
const executionOf = (item: number) => Math.floor((item * EXECUTIONS) / ITEMS);

interface Row extends IDataObject {
	conversation: string;
	text: string;
}

interface Workload {
	rows: Row[];
	faults: Fault[];
	concurrency: number;
}

/** Generates the items and the faults of a seed. Only the first item uses the first conversation. */
function generateWorkload(
	seed: number,
	scenario: Scenario,
	[first, ...conversations]: string[],
): Workload {
	faker.seed(seed);
	const pathOf = (conversation: string) => `/conversations/${conversation}/messages`;
	const rows: Row[] = [{ conversation: first!, text: 'Pesan pertama' }];
	const faults: Fault[] = scenario.first.map((fault) => {
		return { method: 'POST', path: pathOf(first!), ...fault };
	});
	const writes = new Map<string, number>();
	while (rows.length < ITEMS) {
		const conversation = faker.helpers.arrayElement(conversations);
		const isRepeated = faker.datatype.boolean(REPEATED_TEXTS);
		// After a lost response, the same text of two executions is ambiguous (documented), so they differ.
		const thanks = `Terima kasih, Kak (${executionOf(rows.length)})`;
		rows.push({ conversation, text: isRepeated ? thanks : `Pesan ${rows.length}` });

		const path = pathOf(conversation);
		const skip = writes.get(path) ?? 0;
		writes.set(path, skip + 1);
		if (!faker.datatype.boolean(FAULTY_WRITES)) continue;
		faults.push({ method: 'POST', path, skip, ...faker.helpers.arrayElement(scenario.faults) });
		if (!faker.datatype.boolean(scenario.faultySearches)) continue;
		const times = faker.number.int({ min: 1, max: 6 });
		faults.push({ method: 'GET', path, times, ...faker.helpers.arrayElement(scenario.faults) });
	}
	return { rows, faults, concurrency: faker.helpers.arrayElement([5, 20]) };
}

type Outcome = { id: string } | { mayHaveArrived: boolean };

/** Returns the outcome of each item of one execution. Asserts that each item has one output item. */
function readOutcomes(rows: Row[], { output }: FinishedRun): Outcome[] {
	const [sent, failed] = [output('Sahut', 0), output('Sahut', 1)];
	const outcomes = new Map<number, Outcome>();
	for (const { json, pairedItem } of sent) {
		outcomes.set((pairedItem as { item: number }).item, { id: String(json.id) });
	}
	for (const { json, pairedItem } of failed) {
		const { error, ...row } = json as { error: IDataObject };
		const { item } = pairedItem as { item: number };
		expect(row).toEqual(rows[item]);
		expect(error.message).toEqual(expect.any(String));
		outcomes.set(item, { mayHaveArrived: error.mayHaveArrived === true });
	}
	expect(outcomes.size).toBe(rows.length);
	expect(sent.length + failed.length).toBe(rows.length);
	return rows.map((_, item) => outcomes.get(item)!);
}

/**
 * Compares the stored messages of a conversation with the reported outcomes of its items.
 *
 * @returns the discrepancies, as sentences
 */
function findDiscrepancies(
	stored: ReadonlyArray<{ id: string; content: string }>,
	items: Array<{ name: string; execution: number; text: string; outcome: Outcome }>,
): string[] {
	const discrepancies: string[] = [];
	const unclaimed = new Map(stored.map(({ id }, position) => [id, position]));
	/** The last position of each execution, since only items of one execution have an order. */
	const lastPositions = new Map<number, number>();
	for (const { name, execution, text, outcome } of items) {
		if (!('id' in outcome)) continue;
		const position = unclaimed.get(outcome.id);
		unclaimed.delete(outcome.id);
		if (position === undefined)
			discrepancies.push(`${name} succeeded without a message of its own`);
		else if (stored[position]!.content !== text)
			discrepancies.push(`the message of ${name} has another text`);
		else if (position < (lastPositions.get(execution) ?? -1)) {
			discrepancies.push(`${name} was sent before an earlier item`);
		} else lastPositions.set(execution, position);
	}
	const unknownItems = items.filter(
		({ outcome }) => 'mayHaveArrived' in outcome && outcome.mayHaveArrived,
	);
	for (const position of unclaimed.values()) {
		const { id, content } = stored[position]!;
		const owner = unknownItems.findIndex(({ text }) => text === content);
		if (owner < 0)
			discrepancies.push(`message ${id} ("${content}") is stored, but no item reports it`);
		else unknownItems.splice(owner, 1);
	}
	return discrepancies;
}

/** Makes another bot reply to each outgoing message in these conversations. */
function replyAutomaticallyIn(conversations: ReadonlySet<string>, { store }: Sandbox): void {
	store.emitter.on('event', (event) => {
		if (event.name !== 'message.created' || !conversations.has(event.conversation.id)) return;
		const { type, sender } = event.message;
		if (type !== 'outgoing' || sender.id === OTHER_BOT.id) return;
		store.addMessage(event.conversation.id, {
			type: 'outgoing',
			content: AUTO_REPLY,
			sender: OTHER_BOT,
			attachments: [],
			created_at: toTimestamp(store.now()),
		});
	});
}

/** Runs one seed, asserts the results, and returns a summary. */
async function soak(seed: number): Promise<string> {
	const scenarios = Object.entries(SCENARIOS);
	const [name, scenario] = scenarios[seed % scenarios.length]!;
	const { sandbox, addConversations, run } = await openWorkspace({
		rateLimit: scenario.rateLimit,
		secondApiKey: SECOND_KEY,
	});
	const { apiKey, url: baseUrl } = sandbox;
	const conversations = addConversations(CONVERSATIONS);
	const replied = conversations.filter((_, index) => index % AUTO_REPLY_EVERY === 0);
	replyAutomaticallyIn(new Set(replied), sandbox);
	const { rows, faults, concurrency } = generateWorkload(seed, scenario, conversations);
	faults.forEach((fault) => sandbox.faults.add(fault));

	const start = performance.now();
	const startedAt = Date.now();
	const clock = {
		now: () => startedAt + (Date.now() - startedAt) * SPEED,
		sleep: async (ms: number, signal?: AbortSignal) => await sleep(ms / SPEED, signal),
	};
	overrideTransport({ timeoutMs: TIMEOUT_MS, clock });
	const shares = Array.from({ length: EXECUTIONS }, (_, execution) =>
		rows.slice((execution * ITEMS) / EXECUTIONS, ((execution + 1) * ITEMS) / EXECUTIONS),
	);
	const runs = await Promise.all(
		shares.map(async (share, execution) => {
			const settings = {
				onError: 'continueErrorOutput',
				retryOnFail: true,
				maxTries: 3,
				waitBetweenTries: 1,
			} as const;
			const sahutApi = { apiKey: execution % 2 === 1 ? SECOND_KEY : apiKey, baseUrl };
			const credentials = { sahutApi };
			return await run({ ...sendText, options: { concurrency } }, share, settings, { credentials });
		}),
	);
	const seconds = (performance.now() - start) / 1_000;

	const outcomes = runs.flatMap((finished, execution) =>
		readOutcomes(shares[execution]!, finished),
	);
	const items = rows.map(({ conversation, text }, index) => ({
		name: `item ${index}`,
		execution: executionOf(index),
		conversation,
		text,
		outcome: outcomes[index]!,
	}));
	const outgoing = (conversation: string) =>
		sandbox.store.messages(conversation).filter(({ type }) => type === 'outgoing');
	const sentByItems = (conversation: string) =>
		outgoing(conversation).filter(({ sender }) => sender.id !== OTHER_BOT.id);
	const discrepancies = conversations.flatMap((conversation) =>
		findDiscrepancies(
			sentByItems(conversation),
			items.filter((item) => item.conversation === conversation),
		),
	);
	expect(discrepancies).toEqual([]);
	for (const conversation of replied) {
		expect(outgoing(conversation)).toHaveLength(2 * sentByItems(conversation).length);
	}

	const failed = items.filter(({ outcome }) => !('id' in outcome));
	expect('id' in outcomes[0]!).toBe(scenario.isFirstSent);
	expect(failed.length === 0).toBe(scenario.areAllSent);
	const faultyPaths = new Set(faults.map(({ path }) => path));
	const unexpected = failed.filter(
		({ conversation }) => !faultyPaths.has(`/conversations/${conversation}/messages`),
	);
	expect(unexpected).toEqual([]);
	expect(failed.length).toBeLessThanOrEqual(faults.length);

	const ledgers = runs.map(({ run: { data } }) => data.executionData!.contextData['node:Sahut']!);
	const ledgerBytes = JSON.stringify(ledgers).length;
	expect(Object.keys(ledgers[0]!)).toEqual(scenario.areAllSent ? [] : ['sent']);
	expect(ledgerBytes).toBeLessThan(ITEMS * LEDGER_BYTES_PER_ITEM);

	const { entries } = sandbox.journal;
	const limited = entries.filter(({ status }) => status === 429).length;
	expect(limited).toBeGreaterThan(0);
	await sandbox.close();
	return [
		`seed ${seed}, ${name}: concurrency ${concurrency}, ${faults.length} faults`,
		`${ITEMS - failed.length} of ${ITEMS} sent, ${failed.length} failed`,
		`${entries.length} requests, ${limited} of them answered with 429`,
		`${Math.round(ledgerBytes / 1024)} KB stored, ${seconds.toFixed(1)} s`,
	].join('; ');
}

it(
	'stores each message once, in order, and reports the outcome of each item',
	async () => {
		const deadline = Date.now() + MINUTES * MINUTE_MS;
		let seeds = 0;
		while (seeds === 0 || (seeds < SEEDS && Date.now() < deadline)) {
			const seed = FIRST_SEED + seeds;
			// Printed before the run, so that the seed is known if the process crashes.
			process.stdout.write(`soak: seed ${seed}\n`);
			process.stdout.write(`soak: ${await soak(seed)}\n`);
			seeds += 1;
		}
		process.stdout.write(`soak: ${seeds} of ${SEEDS} seeds ran\n`);
	},
	SEEDS * SEED_TIMEOUT_MS,
);
