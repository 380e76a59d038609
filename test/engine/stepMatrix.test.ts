import { isDeepStrictEqual } from 'node:util';

import { startSandbox, type Sandbox } from '../../sandbox';
import {
	fast,
	fateOf,
	foreseeAccount,
	MAX_TRIES,
	readAccount,
	SETTINGS,
	underAllSettings,
	type Account,
	type Settings,
} from './accounts';
import { runWorkflow, sahutWith, sahutWorkflow, toItems, type WorkflowToRun } from './engine';
import {
	FAULTS,
	STRIKES,
	type Effect,
	type Fate,
	type FaultUnderTest,
	type Strike,
} from './faultTable';
import { closedOrigin } from './localServer';
import {
	OPERATIONS,
	rowOf,
	TARGETS,
	type Left,
	type StepsUnderTest,
	type Target,
} from './stepTable';

/** What can be seen of one execution from outside, of each target. */
interface Seen extends Account {
	left: Left[];
	/** How many requests were made, by step. */
	requests: Array<Record<string, number>>;
}

const UNDISTURBED: Effect = { fate: 'done', requests: 1 };

/** The step that a fault strikes, and what the fault does to it. */
interface Blow extends Strike {
	step: string;
	effect: Effect;
	stores: boolean;
}

/**
 * What the settings make of a blow. An item goes through its steps up to the first that fails. When
 * n8n runs the node again, what it has done stays done, and what may have been done is not repeated
 * unless it is an update. On Stop, nothing more is begun for the target of an item that failed. n8n
 * runs the node again when it stopped, or when the first item failed.
 */
function foresee(
	{ steps, done }: StepsUnderTest,
	{ often, target: struck, step: struckStep, effect, stores }: Blow,
	before: Left[],
	settings: Settings,
): Seen {
	const stops = settings.onError === 'stopWorkflow';
	const left = before.map((each) => ({ ...each }));
	const requests = before.map(() =>
		Object.fromEntries(Object.keys(steps).map((name) => [name, 0])),
	);
	const known = new Map<string, Fate>();
	let fates: Array<Fate | undefined> = [];
	let strikesLeft = often === 'once' ? 1 : Infinity;

	/** A change that is made again is followed again by those of later items. */
	function forgetLaterChanges(item: number, name: string): void {
		for (const [later, target] of TARGETS.entries()) {
			if (later > item && target === TARGETS[item]) known.delete(`${later} ${name}`);
		}
	}

	function take(item: number, target: number, name: string): Fate {
		const key = `${item} ${name}`;
		const { method, leaves: toLeave } = steps[name]!;
		const leaves = toLeave(item);
		const [thing, value] = Object.entries(leaves)[0]!;
		if (known.get(key) === 'done' || left[target]![thing] === value) return 'done';
		if (known.get(key) === 'unknown' && method === 'POST') return 'unknown';
		const isStruck = target === struck && name === struckStep && strikesLeft-- > 0;
		const { fate, requests: made } = isStruck ? effect : UNDISTURBED;
		requests[target]![name]! += made;
		if (fate === 'done' || (isStruck && stores)) Object.assign(left[target]!, leaves);
		if (method === 'PUT') forgetLaterChanges(item, name);
		known.set(key, fate);
		return fate;
	}

	for (let tries = settings.retryOnFail ? MAX_TRIES : 1; tries > 0; tries--) {
		const stopped = new Set<number>();
		fates = TARGETS.map((target, item) => {
			if (stopped.has(target)) return undefined;
			let fate: Fate = 'done';
			for (const name of Object.keys(steps)) {
				fate = take(item, target, name);
				if (fate !== 'done') break;
			}
			if (stops && fate !== 'done') stopped.add(target);
			return fate;
		});
		if (stops ? stopped.size === 0 : fates[0] === 'done') break;
	}
	return { ...foreseeAccount(fates, done, settings), left, requests };
}

let sandbox: Sandbox;

function addTargets({ addTarget }: StepsUnderTest): Target[] {
	const channel = sandbox.store.addChannel({ type: 'instagram' });
	return Array.from(new Set(TARGETS), () => addTarget(sandbox.store, channel));
}

/** Runs the operation in n8n's engine with one item for each of `TARGETS`. */
async function see(
	{ parameters, steps, left, gives }: StepsUnderTest,
	settings: Settings,
	targets: Target[],
	{ says, step }: { says: string; step?: string },
	{ nodeTypes, baseUrl = sandbox.url }: Pick<WorkflowToRun, 'nodeTypes'> & { baseUrl?: string },
): Promise<Seen> {
	const { store, journal } = sandbox;
	const targetOf = (item: number) => targets[TARGETS[item]!]!;
	const rows = TARGETS.map((_, item) => rowOf(targetOf(item), item));
	const finished = await runWorkflow({
		...sahutWorkflow(parameters, { ...settings, maxTries: MAX_TRIES, waitBetweenTries: 1 }),
		items: toItems(rows),
		credentials: { sahutApi: { apiKey: sandbox.apiKey, baseUrl } },
		nodeTypes,
	});
	return {
		...readAccount(finished, {
			rows,
			isWhole: (json, item) =>
				Object.entries(gives(store, targetOf(item), item)).every(([name, value]) =>
					isDeepStrictEqual(json[name], value),
				),
			fateOf(failure, item) {
				const note = steps[step ?? '']?.note?.(store, targetOf(item), item) ?? '';
				return failure.advice.includes(note) ? fateOf(failure, says) : `lacks: ${note}`;
			},
		}),
		left: targets.map((target) => left(store, target)),
		requests: targets.map((target) =>
			Object.fromEntries(
				Object.entries(steps).map(([name, { method, path, mentions }]) => [
					name,
					journal.entries.filter(
						(request) =>
							request.method === method &&
							path.test(request.path) &&
							JSON.stringify(request.body).includes(mentions(target)),
					).length,
				]),
			),
		),
	};
}

/** The first item's request for a step, or each request for its target. */
const strikes = Object.values(STRIKES).filter(
	({ often, target }) => often !== 'blind' && target === 0,
);

/** Enough where no item fails: a failure stops the node, and shows. */
const STOPPING = SETTINGS.filter(([, { onError }]) => onError === 'stopWorkflow');

/** All blows that a fault can deal to an operation. */
function blowsOf({ steps }: StepsUnderTest, fault: FaultUnderTest): Blow[] {
	const { write, stores = false, timeoutMs } = fault;
	return Object.keys(steps).flatMap((step) =>
		strikes
			// Each time-out is waited for.
			.filter(({ often }) => often === 'once' || timeoutMs === undefined)
			.map((strike) => ({ ...strike, step, effect: write[strike.often]!, stores })),
	);
}

describe.each(Object.entries(OPERATIONS))('%s', (_, operation) => {
	beforeAll(async () => {
		sandbox = await startSandbox({ data: 'empty' });
	});
	afterEach(() => {
		sandbox.faults.clear();
		sandbox.journal.clear();
	});
	afterAll(async () => await sandbox.close());

	it.each(Object.entries(FAULTS))('under %s at any step, does nothing twice', async (__, fault) => {
		const { action, says, timeoutMs = fast.timeoutMs } = fault;
		const nodeTypes = await sahutWith({ ...fast, timeoutMs });

		async function compare(
			blow: Blow,
			settings: Settings,
		): Promise<{ seen: Seen; foreseen: Seen }> {
			const targets = addTargets(operation);
			const before = targets.map((target) => operation.left(sandbox.store, target));
			const { method, path, mentions } = operation.steps[blow.step]!;
			sandbox.faults.add({
				...action,
				method,
				path,
				mentions: mentions(targets[blow.target]!),
				times: blow.often === 'once' ? 1 : Infinity,
			});
			return {
				seen: await see(operation, settings, targets, { says, step: blow.step }, { nodeTypes }),
				foreseen: foresee(operation, blow, before, settings),
			};
		}

		const blows = blowsOf(operation, fault);
		const results = await Promise.all(
			blows.map(
				async (blow) =>
					await underAllSettings(
						async (settings) => await compare(blow, settings),
						blow.effect.fate === 'done' ? STOPPING : SETTINGS,
					),
			),
		);

		for (const [index, { step, often }] of blows.entries()) {
			const named = (which: 'seen' | 'foreseen') =>
				Object.entries(results[index]!).map(([settings, result]) => [
					`${step} ${often} ${settings}`,
					result[which],
				]);
			expect(named('seen')).toEqual(named('foreseen'));
		}
	});

	it('when the connection is refused, accounts for each item', async () => {
		const nodeTypes = await sahutWith(fast);
		const baseUrl = await closedOrigin();
		const says = `Sahut could not be reached at ${baseUrl}`;
		const fates = TARGETS.map(() => 'refused' as const);

		await underAllSettings(async (settings) => {
			const targets = addTargets(operation);
			const left = targets.map((target) => operation.left(sandbox.store, target));
			const seen = await see(operation, settings, targets, { says }, { nodeTypes, baseUrl });
			expect(seen).toMatchObject({ ...foreseeAccount(fates, operation.done, settings), left });
		});
		expect(sandbox.journal.entries).toEqual([]);
	});
});
