import { faker } from '@faker-js/faker/locale/id_ID';
import { sleep, type IDataObject } from 'n8n-workflow';

import type { Fault, FaultAction, RateLimit } from '../../sandbox';
import type { FinishedRun } from '../support/engine';
import { withTransport } from '../support/transport';
import { openWorkspace, sendText } from '../support/workspace';

/**
 * Thousands of messages under a rate limit and all kinds of faults. SOAK_SEED is the first seed,
 * SOAK_SEEDS how many follow each other from there; after SOAK_MINUTES none is begun any more, but
 * one always is. A seed stands for one workload and one plan of faults; when requests meet is left
 * to the machine.
 */
const FIRST_SEED = Number(process.env.SOAK_SEED ?? 1);
const SEEDS = Number(process.env.SOAK_SEEDS ?? 3);
const MINUTES = Number(process.env.SOAK_MINUTES ?? Infinity);

const MINUTE_MS = 60_000;
/** More than a seed takes on a machine that is busy with other things. */
const SEED_TIMEOUT_MS = 2 * MINUTE_MS;

const ITEMS = 2_000;
/** At once in one process, each with its part of the items. */
const EXECUTIONS = 4;
const CONVERSATIONS = 300;
const FAULTY_WRITES = 0.04;
const REPEATED_TEXTS = 0.1;

/** A second of the node and of Retry-After is a window of the sandbox, while requests take their time. */
const SPEED = 10;
const RATE_LIMIT = { requests: 75, windowMs: 1_000 / SPEED };
const TIMEOUT_MS = 1_000;

/** What n8n stores with the execution when not all items were sent. */
const BYTES_KEPT_PER_ITEM = 512;

/** Faults after which a message is sent, or found to be. */
const SURVIVABLE: FaultAction[] = [
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
	...SURVIVABLE,
	{ kind: 'status', status: 500 },
	{ kind: 'status', status: 503 },
	{ kind: 'dropBefore' },
];

interface Weather {
	/** Where there is one, a fault that strikes a request over it hides the 429. */
	rateLimit?: RateLimit;
	faults: FaultAction[];
	/** How many of the looks for a message meet faults, too. */
	faultyLooks: number;
	/** What strikes the first item. n8n runs the node again only when that one fails. */
	first: Array<FaultAction & { times?: number }>;
	/** What comes of the first item, and of the others. */
	isFirstSent: boolean;
	areAllSent: boolean;
}

/** By turns, so that three seeds that follow each other see all of them. */
const WEATHERS: Record<string, Weather> = {
	'all is sent': {
		faults: SURVIVABLE,
		faultyLooks: 0,
		first: [],
		isFirstSent: true,
		areAllSent: true,
	},
	'the first item is refused, and sent in the second run': {
		rateLimit: RATE_LIMIT,
		faults: ALL_FAULTS,
		faultyLooks: 0.1,
		first: [{ kind: 'status', status: 429, retryAfter: 1, times: 5 }],
		isFirstSent: true,
		areAllSent: false,
	},
	'the first item is lost in all three runs': {
		rateLimit: RATE_LIMIT,
		faults: ALL_FAULTS,
		faultyLooks: 0.1,
		first: [{ kind: 'dropBefore' }],
		isFirstSent: false,
		areAllSent: false,
	},
};

const executionOf = (item: number) => Math.floor((item * EXECUTIONS) / ITEMS);

interface Row extends IDataObject {
	conversation: string;
	text: string;
}

interface Plan {
	rows: Row[];
	faults: Fault[];
	concurrency: number;
}

/** The workload and the faults of a seed. The first conversation is the first item's alone. */
function plan(seed: number, weather: Weather, [first, ...conversations]: string[]): Plan {
	faker.seed(seed);
	const pathOf = (conversation: string) => `/conversations/${conversation}/messages`;
	const rows: Row[] = [{ conversation: first!, text: 'Pesan pertama' }];
	const faults: Fault[] = weather.first.map((fault) => {
		return { method: 'POST', path: pathOf(first!), ...fault };
	});
	const writes = new Map<string, number>();
	while (rows.length < ITEMS) {
		const conversation = faker.helpers.arrayElement(conversations);
		const isRepeated = faker.datatype.boolean(REPEATED_TEXTS);
		// What two executions send alike, after a lost answer, is not told apart: it is documented.
		const thanks = `Terima kasih, Kak (${executionOf(rows.length)})`;
		rows.push({ conversation, text: isRepeated ? thanks : `Pesan ${rows.length}` });

		const path = pathOf(conversation);
		const skip = writes.get(path) ?? 0;
		writes.set(path, skip + 1);
		if (!faker.datatype.boolean(FAULTY_WRITES)) continue;
		faults.push({ method: 'POST', path, skip, ...faker.helpers.arrayElement(weather.faults) });
		if (!faker.datatype.boolean(weather.faultyLooks)) continue;
		const times = faker.number.int({ min: 1, max: 6 });
		faults.push({ method: 'GET', path, times, ...faker.helpers.arrayElement(weather.faults) });
	}
	return { rows, faults, concurrency: faker.helpers.arrayElement([5, 20]) };
}

type Outcome = { id: string } | { mayHaveArrived: boolean };

/** What came out of one execution for each item; expects one outcome of each, where it belongs. */
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

/** Where what is stored in a conversation is not what was said of its items, in their order. */
function findDiscrepancies(
	stored: ReadonlyArray<{ id: string; content: string }>,
	items: Array<{ name: string; execution: number; text: string; outcome: Outcome }>,
): string[] {
	const discrepancies: string[] = [];
	const unclaimed = new Map(stored.map(({ id }, position) => [id, position]));
	/** Between executions, the messages of a conversation come in the order in which they had their turn. */
	const last = new Map<number, number>();
	for (const { name, execution, text, outcome } of items) {
		if (!('id' in outcome)) continue;
		const position = unclaimed.get(outcome.id);
		unclaimed.delete(outcome.id);
		if (position === undefined) discrepancies.push(`${name} has no message of its own`);
		else if (stored[position]!.content !== text) discrepancies.push(`${name} has another text`);
		else if (position < (last.get(execution) ?? -1)) {
			discrepancies.push(`${name} was sent before an earlier one`);
		} else last.set(execution, position);
	}
	const perhaps = items.filter(
		({ outcome }) => 'mayHaveArrived' in outcome && outcome.mayHaveArrived,
	);
	for (const position of unclaimed.values()) {
		const { id, content } = stored[position]!;
		const owner = perhaps.findIndex(({ text }) => text === content);
		if (owner < 0) discrepancies.push(`${id} ("${content}") is stored, and no item tells of it`);
		else perhaps.splice(owner, 1);
	}
	return discrepancies;
}

async function soak(seed: number): Promise<string> {
	const weathers = Object.entries(WEATHERS);
	const [name, weather] = weathers[seed % weathers.length]!;
	const { sandbox, addConversations, run } = await openWorkspace({ rateLimit: weather.rateLimit });
	const conversations = addConversations(CONVERSATIONS);
	const { rows, faults, concurrency } = plan(seed, weather, conversations);
	faults.forEach((fault) => sandbox.faults.add(fault));

	const start = performance.now();
	const begun = Date.now();
	const clock = {
		now: () => begun + (Date.now() - begun) * SPEED,
		sleep: async (ms: number, signal?: AbortSignal) => await sleep(ms / SPEED, signal),
	};
	withTransport({ timeoutMs: TIMEOUT_MS, clock });
	const shares = Array.from({ length: EXECUTIONS }, (_, execution) =>
		rows.slice((execution * ITEMS) / EXECUTIONS, ((execution + 1) * ITEMS) / EXECUTIONS),
	);
	const runs = await Promise.all(
		shares.map(
			async (share) =>
				await run({ ...sendText, options: { concurrency } }, share, {
					onError: 'continueErrorOutput',
					retryOnFail: true,
					maxTries: 3,
					waitBetweenTries: 1,
				}),
		),
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
	const discrepancies = conversations.flatMap((conversation) =>
		findDiscrepancies(
			sandbox.store.messages(conversation).filter(({ type }) => type === 'outgoing'),
			items.filter((item) => item.conversation === conversation),
		),
	);
	expect(discrepancies).toEqual([]);

	const failed = items.filter(({ outcome }) => !('id' in outcome));
	expect('id' in outcomes[0]!).toBe(weather.isFirstSent);
	expect(failed.length === 0).toBe(weather.areAllSent);
	const struck = new Set(faults.map(({ path }) => path));
	const unprovoked = failed.filter(
		({ conversation }) => !struck.has(`/conversations/${conversation}/messages`),
	);
	expect(unprovoked).toEqual([]);
	expect(failed.length).toBeLessThanOrEqual(faults.length);

	const kept = runs.map(({ run: { data } }) => data.executionData!.contextData['node:Sahut']!);
	const keptBytes = JSON.stringify(kept).length;
	expect(Object.keys(kept[0]!)).toEqual(weather.areAllSent ? [] : ['sent']);
	expect(keptBytes).toBeLessThan(ITEMS * BYTES_KEPT_PER_ITEM);

	const { entries } = sandbox.journal;
	const limited = entries.filter(({ status }) => status === 429).length;
	expect(limited).toBeGreaterThan(0);
	await sandbox.close();
	return [
		`seed ${seed}, ${name}: concurrency ${concurrency}, ${faults.length} faults`,
		`${ITEMS - failed.length} of ${ITEMS} sent, ${failed.length} failed`,
		`${entries.length} requests, ${limited} of them answered with 429`,
		`${Math.round(keptBytes / 1024)} KB kept, ${seconds.toFixed(1)} s`,
	].join('; ');
}

it(
	'stores each message once, in order, and accounts for each item',
	async () => {
		const deadline = Date.now() + MINUTES * MINUTE_MS;
		let seeds = 0;
		while (seeds === 0 || (seeds < SEEDS && Date.now() < deadline)) {
			const seed = FIRST_SEED + seeds;
			// Before it runs, so that it is known should something go wrong.
			process.stdout.write(`soak: seed ${seed}\n`);
			process.stdout.write(`soak: ${await soak(seed)}\n`);
			seeds += 1;
		}
		process.stdout.write(`soak: ${seeds} of ${SEEDS} seeds ran\n`);
	},
	SEEDS * SEED_TIMEOUT_MS,
);
