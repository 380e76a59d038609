import { connect, createServer } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';

import { startSandbox, type Sandbox, type Store } from '../../sandbox';
import { MAX_TRIES, readAccounts, SETTINGS } from './accounts';
import { runWorkflow, sahutWorkflow, toItems } from '../support/engine';
import type { FinishedRun, WorkflowToRun } from '../support/engine';
import { FAULTS, FIRST_CUSTOMER, type FaultUnderTest } from './faultTable';
import { closedOrigin } from '../support/localServer';
import { addRows, CUSTOMERS, OPERATIONS, parametersOf, type Row } from './operationTable';
import { dataForRetry } from '../support/retryData';
import { waitReally, withTransport } from '../support/transport';
import { openChat, sendText } from '../support/workspace';

/** The operation that is tried under all settings: what is made of them is the same for all. */
const UNDER_ALL_SETTINGS = 'message send, a text';

/**
 * All that a fault can strike in an operation. Of the other operations, each takes two settings that
 * differ in both, by turns, so that each setting meets each step, fault and strike.
 */
function blowsOf(name: string, fault: FaultUnderTest) {
	const operation = OPERATIONS[name]!;
	const { steps, strikes = FIRST_CUSTOMER, customers = CUSTOMERS } = operation;
	const parameters = parametersOf(name);
	let turn = Object.values(FAULTS).indexOf(fault) + Object.keys(OPERATIONS).indexOf(name);
	return steps.flatMap((step) =>
		strikes.flatMap((strike) => {
			const effect = fault[step.method === 'GET' ? 'read' : 'write'][strike[0]];
			if (!effect) return [];
			const blow = { ...operation, parameters, customers, fault, step, strike, effect };
			// Where no item fails, Stop is enough: a failure stops the node, and shows.
			const isStopEnough = effect.fate === 'done' && strikes === FIRST_CUSTOMER;
			const some = isStopEnough
				? SETTINGS.filter(({ onError }) => onError === 'stopWorkflow')
				: SETTINGS.filter((_, at) => name === UNDER_ALL_SETTINGS || at % 3 === turn % 3);
			turn += 1;
			return some.map((settings) => ({ ...blow, settings }));
		}),
	);
}
type Blow = ReturnType<typeof blowsOf>[number];

/** The IDs of all that is stored. */
function idsOf(store: Store): string[] {
	const conversations = [...store.conversations.keys()];
	const messages = conversations.flatMap((id) => store.messages(id)).map(({ id }) => id);
	return [...store.contacts.keys(), ...conversations, ...messages];
}

const isSame = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);

/** By how much a timer may be early. */
const EARLY_MS = 2;
/** Enough for all that the items of an execution look up, and look for, in all runs of the node. */
const MOST_READS = 40;
const IN_AN_EARLIER_TRY = 'It is not known whether';

/** The rules that an execution has broken, of those that hold whatever happens. */
function brokenRules(
	blow: Blow,
	{ store, journal: { entries } }: Sandbox,
	{ rows, ids: idsBefore }: { rows: Row[]; ids: string[] },
	finished: FinishedRun,
	isRetry = false,
): string[] {
	const { steps, customers, fault, step, effect, settings } = blow;
	const isStopped = finished.error !== undefined;
	const accounts = readAccounts(finished);
	const failed = accounts.filter(({ fate }) => fate !== 'done');
	const outputOfFailed = settings.onError === 'continueErrorOutput' ? 'error' : 'success';
	/** How often n8n may have run the node. */
	const tries = (settings.retryOnFail ? MAX_TRIES : 1) * (isRetry ? 2 : 1);
	const toldS = 'retryAfter' in fault.action ? Number(fault.action.retryAfter) : 0;
	const known = new Set(idsBefore);
	const added = idsOf(store).filter((id) => !known.has(id));
	/** Of each item and step, what it has left. */
	const left = rows.map((row) =>
		steps.map(({ method, leaves }) =>
			leaves(store, row).filter((id) => method !== 'POST' || added.includes(id)),
		),
	);
	const broken: string[] = [];
	const rule = (name: string, holds: boolean) => void (holds || broken.push(name));
	let doneBesideStop = 0;
	let isAnyStruck = false;

	for (const [item, row] of rows.entries()) {
		const must = (name: string, holds: boolean) => rule(`item ${item} must ${name}`, holds);
		const requests = steps.map(({ method, path }) =>
			entries
				.filter((entry) => entry.method === method && path.test(entry.path))
				.filter(({ path: at, body }) =>
					method === 'GET'
						? at.includes(row.conversation!)
						: JSON.stringify(body).includes(row.agent),
				),
		);
		const isUnreachable = fault.isUnreachable && !isRetry;
		const isStruck = isUnreachable || requests.flat().some((request) => request.fault);
		isAnyStruck ||= isStruck;
		const isAlike = (other: number) => customers[other] === customers[item];
		const isBehind = isStopped && failed[0]!.item < item && isAlike(failed[0]!.item);
		const isLeft = left[item]!.at(-1)!.length === 1;
		const isChangedLater =
			steps.at(-1)!.method === 'PUT' &&
			left.some((other, at) => at > item && isAlike(at) && other.at(-1)!.length > 0);

		must('leave one record of a step', !left[item]!.some(({ length }) => length > 1));
		must('not be begun behind one that stopped', !isBehind || requests.flat().length === 0);
		must('be done if nothing prevents it', isLeft || isStruck || isBehind || isChangedLater);
		for (const all of requests) {
			must('be tried few times', all.length <= (isStruck ? effect.requests : 1) * tries);
			for (const [index, { at }] of all.slice(1).entries()) {
				const { method, status, endedAt } = all[index]!;
				// Another run of the node knows nothing of it.
				const isInOneRun = index + 1 < effect.requests;
				const isEarly = at - endedAt! < toldS * 1_000 - EARLY_MS;
				must('be written again only if nothing was done', method !== 'POST' || status === 429);
				must('wait as told', status !== 429 || !isInOneRun || !isEarly);
			}
		}

		const account = accounts.find((each) => each.item === item);
		if (!account && isLeft && !isStruck) doneBesideStop++;
		if (!account) continue;
		const { fate, output, json, says } = account;
		if (fate === 'done') {
			const { id, contact_id = id, conversation_id = id } = json;
			const ids: unknown[] = left[item]!.flat();
			const isShown = [id, contact_id, conversation_id].every((each) => ids.includes(each));
			must('fail under this fault', !isStruck || effect.fate === 'done' || tries > 1);
			must('show what it has left', isChangedLater || (isLeft && isShown));
			must('show its own', JSON.stringify(json).includes(row.agent));
			must('come out as a success', output === 'success');
		} else {
			const isMade = (_: unknown, at: number) => requests[at]!.some(({ status }) => status === 201);
			const made = left[item]!.filter(isMade).flat();
			const isSaid = says.includes(fault.says) || (tries > 1 && says.includes(IN_AN_EARLIER_TRY));
			const isRead = step.method === 'GET';
			const canBeDelivered = step.method !== 'POST' || isLeft || fate === 'refused';
			must('fail under a fault only, as that says', isStruck && fate === effect.fate);
			must('leave nothing when it is refused', fate === 'unknown' || isRead || !isLeft);
			must('say what happened', isSaid && made.every((id) => says.includes(id)));
			must('come out where On Error says', isStopped || output === outputOfFailed);
			must('keep its data', isStopped || isSame(json, row));
			must('be delivered by Retry', !isRetry || !canBeDelivered);
		}
	}

	const items = accounts.map(({ item }) => item);
	const told = isStopped ? [failed[0]!.item] : [...rows.keys()];
	const itemsAt = (name: string) =>
		accounts.filter(({ output }) => output === name).map(({ item }) => item);
	const isInOrder = (name: string) => isSame(itemsAt(name), itemsAt(name).toSorted());
	const created = left.flat(2).filter((id) => added.includes(id));
	const count = `${doneBesideStop} of ${rows.length} items were ${blow.done}.`;
	const kept = finished.run.data.executionData!.contextData['node:Sahut'];
	rule('a fault strikes', isAnyStruck || isRetry);
	rule('each item comes out once', isSame(items.toSorted(), told));
	rule('items come out in order', ['success', 'error'].every(isInOrder));
	rule('Stop stops', isStopped === (settings.onError === 'stopWorkflow' && failed.length > 0));
	rule('Stop counts the others', !isStopped || failed[0]!.says.endsWith(count));
	rule('nothing else is stored', new Set(created).size === added.length);
	rule('little is read', entries.filter(({ method }) => method === 'GET').length <= MOST_READS);
	rule('what was written is kept if an item fails', isSame(kept, {}) === (failed.length === 0));
	return broken;
}

/** Runs an execution under a blow and, when it was stopped, the editor's *Retry* of it without one. */
async function brokenUnder(blow: Blow, sandbox: Sandbox, baseUrl: string): Promise<string[]> {
	const { parameters, customers, fault, strike, step, settings } = blow;
	const { store, faults, journal, apiKey, url } = sandbox;
	journal.clear();
	const rows = addRows(store, blow);
	const before = { rows, ids: idsOf(store) };
	const run = async (address: string, more: Partial<WorkflowToRun> = {}) =>
		await runWorkflow({
			...sahutWorkflow(parameters, { ...settings, maxTries: MAX_TRIES, waitBetweenTries: 1 }),
			items: toItems(rows),
			credentials: { sahutApi: { apiKey, baseUrl: address } },
			...more,
		});

	const { method, path, names = 'phone' } = step;
	const [often, customer] = strike;
	const row = rows[customers.indexOf(customer)]!;
	const target =
		method === 'GET' ? { path: new RegExp(row.conversation!) } : { path, mentions: row[names] };
	const times = often === 'once' ? 1 : Infinity;
	faults.add({ ...fault.action, ...target, method, times });
	if (often === 'blind') faults.add({ ...fault.action, method: 'GET', times });
	const finished = await run(fault.isUnreachable ? baseUrl : url);
	faults.clear();
	const broken = brokenRules(blow, sandbox, before, finished);
	if (!finished.error) return broken;

	const sent = journal.entries.length;
	await wait(20);
	if (journal.entries.length > sent) broken.push('nothing is sent after the end');
	const retried = await run(url, { mode: 'retry', executionData: dataForRetry(finished) });
	const brokenByRetry = brokenRules(blow, sandbox, before, retried, true);
	return [...broken, ...brokenByRetry.map((rule) => `${rule}, after Retry`)];
}

// All blows of a fault take some seconds, and many where other work is done beside.
jest.setTimeout(90_000);

/** Each has one execution at a time. */
let sandboxes: Sandbox[];
beforeAll(async () => {
	const opening = Array.from({ length: 8 }, async () => await startSandbox({ data: 'empty' }));
	sandboxes = await Promise.all(opening);
});
afterAll(async () => await Promise.all(sandboxes.map(async (sandbox) => await sandbox.close())));

describe.each(Object.keys(OPERATIONS))('%s', (name) => {
	it.each(Object.entries(FAULTS))('under %s at any step, keeps the rules', async (_, fault) => {
		if (fault.timeoutMs) withTransport({ timeoutMs: fault.timeoutMs });
		const nowhere = await closedOrigin();
		const blows = blowsOf(name, fault);
		const broken: string[] = [];
		const dealIn = async (sandbox: Sandbox) => {
			for (let blow = blows.pop(); blow; blow = blows.pop()) {
				const rules = await brokenUnder(blow, sandbox, nowhere);
				const { step, strike, settings } = blow;
				const where = JSON.stringify([step.method, step.path.source, strike, settings]);
				broken.push(...rules.map((rule) => `${rule}: ${where}`));
			}
		};
		await Promise.all(sandboxes.map(dealIn));
		expect(broken).toEqual([]);
	});
});

it('sends once when the connection is refused at first', async () => {
	const { workspace, conversation } = await openChat();
	const origin = await closedOrigin();
	const sandboxPort = Number(new URL(workspace.sandbox.url).port);
	const gateway = createServer((socket) => {
		socket.pipe(connect(sandboxPort, '127.0.0.1')).pipe(socket);
	});
	setTimeout(() => gateway.listen(Number(new URL(origin).port), '127.0.0.1'), 200);
	workspace.credentials.sahutApi!.baseUrl = `${origin}/v1`;

	// The four waits, 7.5 seconds together, take a quarter of that.
	waitReally(4);
	withTransport({ random: () => 0.5 });
	await workspace.run(sendText, [{ conversation, text: 'Ya, Kak?' }]);
	gateway.close();

	expect(workspace.sent(conversation)).toEqual(['Ya, Kak?']);
	expect(workspace.requests()).toHaveLength(1);
});
