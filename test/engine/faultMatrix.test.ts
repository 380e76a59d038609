import { createServer, connect } from 'node:net';

import { startSandbox, type Sandbox } from '../../sandbox';
import {
	fast,
	fateOf,
	foreseeAccount,
	MAX_TRIES,
	readAccount,
	underAllSettings,
	type Account,
	type Settings,
} from './accounts';
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
import { closedOrigin } from './localServer';
import { sendText } from './workspace';

type NodeTypes = Awaited<ReturnType<typeof sahutWith>>;

/** What can be seen of one execution from outside, by item or target in their order. */
interface Seen extends Account {
	/** Of each item, how many records there are in the sandbox. */
	stored: number[];
	/** Of each target, how many requests did the work, and how many looked for what was written. */
	requests: number[];
	looks: number[];
}

function toSeen(
	{ method, done }: OperationUnderTest,
	settings: Settings,
	fates: Array<Fate | undefined>,
	{ requests, looks, stores }: Pick<Seen, 'requests' | 'looks'> & { stores: boolean },
): Seen {
	const left = (fate: Fate | undefined) => fate === 'done' || (fate === 'unknown' && stores);
	return {
		...foreseeAccount(fates, done, settings),
		stored: fates.map((fate) => (method === 'GET' || left(fate) ? 1 : 0)),
		requests,
		looks,
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
				looks[target]! += effect.laterLooks ?? effect.looks!;
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
	const finished = await runWorkflow({
		...sahutWorkflow(parameters, { ...settings, maxTries: MAX_TRIES, waitBetweenTries: 1 }),
		items: toItems(rows),
		credentials: { sahutApi: { apiKey: sandbox.apiKey, baseUrl } },
		nodeTypes,
	});

	const stored = targets.map((target, item) => records(sandbox.store, ids[target]!, item));
	const requests = (isWork: boolean) =>
		ids.map(
			(id) =>
				sandbox.journal.entries.filter(
					(request) => request.path === path(id) && (request.method === method) === isWork,
				).length,
		);
	return {
		...readAccount(finished, {
			rows,
			isWhole: ({ id }, item) => stored[item]!.some((record) => record.id === id),
			fateOf: (failure) => fateOf(failure, says),
		}),
		stored: stored.map(({ length }) => length),
		requests: requests(true),
		looks: requests(false),
	};
}

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
		const baseUrl = await closedOrigin();
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
	const origin = await closedOrigin();
	const sandboxPort = Number(new URL(sandbox.url).port);
	const gateway = createServer((socket) => {
		socket.pipe(connect(sandboxPort, '127.0.0.1')).pipe(socket);
	});
	setTimeout(() => gateway.listen(Number(new URL(origin).port), '127.0.0.1'), 200);
	const { id: conversation } = sandbox.store.addConversation();
	sandbox.store.addIncoming(conversation, 'Halo');

	const { status } = await runWorkflow({
		...sahutWorkflow(sendText),
		items: toItems([{ conversation, text: 'Ya, Kak?' }]),
		credentials: {
			sahutApi: { apiKey: sandbox.apiKey, baseUrl: `${origin}/v1` },
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
