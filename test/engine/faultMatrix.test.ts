import { createServer, connect, type AddressInfo } from 'node:net';
import type { IDataObject, INode, INodeExecutionData } from 'n8n-workflow';

import { startSandbox, type Sandbox } from '../../sandbox';
import { fastClock, runWorkflow, sahutWith, sahutWorkflow, toItems } from './engine';
import {
	FAULTS,
	OPERATIONS,
	STRIKES,
	type Effect,
	type Fate,
	type OperationUnderTest,
	type Strike,
} from './faultTable';
import { sendText } from './workspace';

type NodeTypes = Awaited<ReturnType<typeof sahutWith>>;

interface Settings {
	onError: NonNullable<INode['onError']>;
	retryOnFail: boolean;
}

const SETTINGS = (['stopWorkflow', 'continueRegularOutput', 'continueErrorOutput'] as const)
	.flatMap((onError) => [false, true].map((retryOnFail): Settings => ({ onError, retryOnFail })))
	.map((settings) => [JSON.stringify(settings), settings] as const);

const MAX_TRIES = 2;

/** What can be seen of one execution from outside, by item or target in their order. */
interface Seen {
	/** On Stop: which item failed and how, and how many were done. */
	error: string | undefined;
	/** The items of either output: `0 done`, `1 unknown`, … */
	outputs: string[][];
	/** Of each item, how many records there are in the sandbox. */
	stored: number[];
	/** Of each target, how many requests did the work, and how many looked for what was written. */
	requests: number[];
	looks: number[];
	/** Whether n8n keeps what was sent with the execution. */
	isKept: boolean;
}

/** What is to be seen: on Stop, of the first item that is not done; else, of each item. */
function toSeen(
	{ targets, method, done }: OperationUnderTest,
	{ onError }: Settings,
	fates: Array<Fate | undefined>,
	{ requests, looks, stores }: Pick<Seen, 'requests' | 'looks'> & { stores: boolean },
): Seen {
	const names = fates.map((fate, item) => `${item} ${fate}`);
	const isDone = (_: unknown, item: number) => fates[item] === 'done';
	const isFailed = (_: unknown, item: number) => !isDone(_, item);
	const left = (fate: Fate | undefined) => fate === 'done' || (fate === 'unknown' && stores);
	const failedAt = fates.findIndex((fate) => fate === 'refused' || fate === 'unknown');
	const stopped = onError === 'stopWorkflow' && failedAt >= 0;
	const count = `${fates.filter(isDone).length} of ${targets.length} items were ${done}.`;
	return {
		error: stopped ? `${names[failedAt]}, ${count}` : undefined,
		outputs: stopped
			? [[], []]
			: onError === 'continueErrorOutput'
				? [names.filter(isDone), names.filter(isFailed)]
				: [names, []],
		stored: fates.map((fate) => (method === 'GET' || left(fate) ? 1 : 0)),
		requests,
		looks,
		isKept: failedAt >= 0,
	};
}

const UNDISTURBED: Effect = { fate: 'done', requests: 1 };

/**
 * What the settings make of the effect that a fault has on one item. On Stop, nothing more is done
 * for its target. n8n runs the node again when it stopped, or when the first item failed; what was
 * written then, or may have been, is not written again.
 */
function foresee(
	operation: OperationUnderTest,
	{ often, target: struck }: Strike,
	effect: Effect,
	stores: boolean,
	settings: Settings,
): Seen {
	const { targets, method } = operation;
	const stops = settings.onError === 'stopWorkflow';
	const fates: Array<Fate | undefined> = targets.map(() => undefined);
	const requests = Array.from(new Set(targets), () => 0);
	const looks = [...requests];
	let strikesLeft = often === 'once' ? 1 : Infinity;

	for (let tries = settings.retryOnFail ? MAX_TRIES : 1; tries > 0; tries--) {
		const stopped = new Set<number>();
		for (const [item, target] of targets.entries()) {
			const before = method === 'GET' ? undefined : fates[item];
			if (before === 'done' || stopped.has(target)) continue;
			if (before === 'unknown') {
				looks[target]! += effect.looks!;
			} else {
				const isStruck = target === struck && strikesLeft-- > 0;
				const { fate, requests: made, looks: looked = 0 } = isStruck ? effect : UNDISTURBED;
				fates[item] = fate;
				requests[target]! += made;
				looks[target]! += looked;
			}
			if (stops && fates[item] !== 'done') stopped.add(target);
		}
		if (stops ? stopped.size === 0 : fates[0] === 'done') break;
	}
	return toSeen(operation, settings, fates, { requests, looks, stores });
}

const IN_AN_EARLIER_TRY = 'It is not known whether';

/** The fate that an error tells of; its words, should they not say what happened. */
function fateOf(error: { message: string; mayHaveArrived?: unknown }, says: string): string {
	const { message, mayHaveArrived } = error;
	if (mayHaveArrived === true) {
		return message.includes(says) || message.includes(IN_AN_EARLIER_TRY) ? 'unknown' : message;
	}
	return message.includes(says) ? 'refused' : message;
}

let sandbox: Sandbox;
beforeAll(async () => {
	sandbox = await startSandbox({ data: 'empty' });
});
afterEach(() => {
	sandbox.faults.clear();
	sandbox.journal.clear();
});
afterAll(async () => await sandbox.close());

const addTargets = ({ targets, addTarget }: OperationUnderTest) =>
	Array.from(new Set(targets), () => addTarget(sandbox.store));

/** Runs the operation in n8n's engine with one item for each of its `targets`. */
async function see(
	{ parameters, targets, row, records, path, method }: OperationUnderTest,
	settings: Settings,
	ids: string[],
	says: string,
	{ nodeTypes, baseUrl = sandbox.url }: { nodeTypes: NodeTypes; baseUrl?: string },
): Promise<Seen> {
	const rows = targets.map((target, item) => row(ids[target]!, item));
	const { error, output, run } = await runWorkflow({
		...sahutWorkflow(parameters, { ...settings, maxTries: MAX_TRIES, waitBetweenTries: 1 }),
		items: toItems(rows),
		credentials: { sahutApi: { apiKey: sandbox.apiKey, baseUrl } },
		nodeTypes,
	});

	const stored = targets.map((target, item) => records(sandbox.store, ids[target]!, item));
	function nameItem({ json, pairedItem }: INodeExecutionData): string {
		const { item } = pairedItem as { item: number };
		const { error: failure, ...data } = json;
		if (!failure) {
			return `${item} ${stored[item]!.some(({ id }) => id === json.id) ? 'done' : 'is alien'}`;
		}
		expect(data).toEqual(rows[item]);
		return `${item} ${fateOf(failure as IDataObject & { message: string }, says)}`;
	}
	function nameError({ message, description, context }: NonNullable<typeof error>): string {
		const { itemIndex, mayHaveArrived } = context as IDataObject;
		const [count] = /\d+ of \d+ items were \w+\.$/.exec(description ?? '') ?? [];
		return `${String(itemIndex)} ${fateOf({ message, mayHaveArrived }, says)}, ${count}`;
	}
	const requests = (isWork: boolean) =>
		ids.map(
			(id) =>
				sandbox.journal.entries.filter(
					(request) => request.path === path(id) && (request.method === method) === isWork,
				).length,
		);
	return {
		error: error && nameError(error),
		outputs: [0, 1].map((index) => output('Sahut', index).map(nameItem)),
		stored: stored.map(({ length }) => length),
		requests: requests(true),
		looks: requests(false),
		isKept: Object.keys(run.data.executionData!.contextData['node:Sahut']!).length > 0,
	};
}

/** Does something with all settings at once; the results are named by them. */
async function underAllSettings(
	task: (settings: Settings) => Promise<Seen> | Seen,
): Promise<Record<string, Seen>> {
	return Object.fromEntries(
		await Promise.all(SETTINGS.map(async ([name, settings]) => [name, await task(settings)])),
	) as Record<string, Seen>;
}

/** A port of this machine on which nothing listens. */
async function closedPort(): Promise<number> {
	const closed = createServer().listen(0, '127.0.0.1');
	await new Promise((resolve) => closed.once('listening', resolve));
	const { port } = closed.address() as AddressInfo;
	await new Promise((resolve) => closed.close(resolve));
	return port;
}

const fast = { timeoutMs: 10_000, clock: fastClock(100), random: () => 0.5 };

describe.each(Object.entries(OPERATIONS))('%s', (_, operation) => {
	const isWrite = operation.method !== 'GET';

	describe.each(Object.entries(FAULTS))('under %s', (__, fault) => {
		const effects = isWrite ? fault.write : fault.read;
		const strikes = Object.entries(STRIKES).filter(([, { often }]) => effects[often]);

		it.each(strikes)('that strikes %s, accounts for each item once', async (___, strike) => {
			const { often, target } = strike;
			const effect = effects[often]!;
			const { action, says, stores = false, timeoutMs = fast.timeoutMs } = fault;
			const nodeTypes = await sahutWith({ ...fast, timeoutMs });

			const seen = await underAllSettings(async (settings) => {
				const ids = addTargets(operation);
				sandbox.faults.add({
					...action,
					...(often !== 'blind' && { method: operation.method }),
					path: operation.path(ids[target]!),
					times: often === 'once' ? 1 : Infinity,
				});
				return await see(operation, settings, ids, says, { nodeTypes });
			});

			expect(seen).toEqual(
				await underAllSettings((settings) => foresee(operation, strike, effect, stores, settings)),
			);
		});
	});

	it('when the connection is refused, accounts for each item', async () => {
		const nodeTypes = await sahutWith(fast);
		const baseUrl = `http://127.0.0.1:${await closedPort()}`;
		const says = `Sahut could not be reached at ${baseUrl}`;

		const seen = await underAllSettings(async (settings) => {
			return await see(operation, settings, addTargets(operation), says, { nodeTypes, baseUrl });
		});

		const requests = Array.from(new Set(operation.targets), () => 0);
		const fates = operation.targets.map(() => 'refused' as const);
		expect(seen).toEqual(
			await underAllSettings((settings) =>
				toSeen(operation, settings, fates, { requests, looks: requests, stores: false }),
			),
		);
	});
});

it('sends once when the connection is refused at first', async () => {
	const port = await closedPort();
	const sandboxPort = Number(new URL(sandbox.url).port);
	const gateway = createServer((socket) => {
		socket.pipe(connect(sandboxPort, '127.0.0.1')).pipe(socket);
	});
	setTimeout(() => gateway.listen(port, '127.0.0.1'), 200);
	const { id: conversation } = sandbox.store.addConversation();
	sandbox.store.addIncoming(conversation, 'Halo');

	const { status } = await runWorkflow({
		...sahutWorkflow(sendText),
		items: toItems([{ conversation, text: 'Ya, Kak?' }]),
		credentials: {
			sahutApi: { apiKey: sandbox.apiKey, baseUrl: `http://127.0.0.1:${port}/v1` },
		},
		// The four waits, 7.5 seconds together, take a quarter of that.
		nodeTypes: await sahutWith({ ...fast, clock: fastClock(4) }),
	});
	gateway.close();

	expect(status).toBe('success');
	expect(sandbox.store.messages(conversation).map(({ content }) => content)).toEqual([
		'Halo',
		'Ya, Kak?',
	]);
	expect(sandbox.journal.entries).toHaveLength(1);
});
