import { setTimeout as wait } from 'node:timers/promises';

import { type Sandbox, startSandbox, type Store } from '../../../../sandbox';
import { runWorkflow, sahutWorkflow, toItems } from '../../../support/engine';
import type { FinishedRun, WorkflowToRun } from '../../../support/engine';
import { closedOrigin } from '../../../support/localServer';
import { dataForRetry } from '../../../support/retryData';
import { overrideTransport } from '../../../support/transport';
import { FAULTS, type FaultUnderTest, FIRST_CUSTOMER } from './faultTable';
import { addRows, CUSTOMERS, OPERATIONS, parametersOf, type Row } from './operationTable';
import { MAX_TRIES, readResults, SETTINGS } from './outcomes';

/** The operation that is tested under all settings; other operations handle them the same way. */
const UNDER_ALL_SETTINGS = 'message send, a text';

/**
 * Lists the test cases of an operation and a fault: one for each step, target and setting. All
 * operations except {@link UNDER_ALL_SETTINGS} use two of the six settings, which differ in both
 * values and rotate, so that each setting is combined with each step, fault and target.
 */
function casesOf(name: string, fault: FaultUnderTest) {
	const operation = OPERATIONS[name]!;
	const { steps, targets = FIRST_CUSTOMER, customers = CUSTOMERS } = operation;
	const parameters = parametersOf(name);
	let turn = Object.values(FAULTS).indexOf(fault) + Object.keys(OPERATIONS).indexOf(name);
	return steps.flatMap((step) =>
		targets.flatMap((faultTarget) => {
			const effect = fault[step.method === 'GET' ? 'read' : 'write'][faultTarget[0]];
			if (!effect) return [];
			const testCase = { ...operation, parameters, customers, fault, step, faultTarget, effect };
			// If no item is expected to fail, Stop is enough: an unexpected failure stops the node.
			const isStopEnough = effect.outcome === 'done' && targets === FIRST_CUSTOMER;
			const settingsToTest = isStopEnough
				? SETTINGS.filter(({ onError }) => onError === 'stopWorkflow')
				: SETTINGS.filter((_, at) => name === UNDER_ALL_SETTINGS || at % 3 === turn % 3);
			turn += 1;
			return settingsToTest.map((settings) => ({ ...testCase, settings }));
		}),
	);
}
type TestCase = ReturnType<typeof casesOf>[number];

/** Returns the IDs of all stored records. */
function idsOf(store: Store): string[] {
	const conversations = [...store.conversations.keys()];
	const messages = conversations.flatMap((id) => store.messages(id)).map(({ id }) => id);
	return [...store.contacts.keys(), ...conversations, ...messages];
}

const isSame = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);

/** How many milliseconds early a timer may fire. */
const TIMER_TOLERANCE_MS = 2;
/** The most reads of an execution, over all runs of the node. */
const MAX_READS = 40;
const OUTCOME_UNKNOWN = 'It is not known whether';

/** Returns the rules that an execution has broken. They apply under every fault. */
function brokenRules(
	testCase: TestCase,
	{ store, journal: { entries } }: Sandbox,
	{ rows, ids: idsBefore }: { rows: Row[]; ids: string[] },
	finished: FinishedRun,
	isRetry = false,
): string[] {
	const { steps, customers, fault, step, effect, settings } = testCase;
	const isStopped = finished.error !== undefined;
	const results = readResults(finished);
	const failed = results.filter(({ outcome }) => outcome !== 'done');
	const outputOfFailed = settings.onError === 'continueErrorOutput' ? 'error' : 'success';
	/** How often n8n may have run the node. */
	const tries = (settings.retryOnFail ? MAX_TRIES : 1) * (isRetry ? 2 : 1);
	const retryAfterS = 'retryAfter' in fault.action ? Number(fault.action.retryAfter) : 0;
	const known = new Set(idsBefore);
	const added = idsOf(store).filter((id) => !known.has(id));
	/** The IDs of the records of each item and step. */
	const records = rows.map((row) =>
		steps.map(({ method, recordsOf }) =>
			recordsOf(store, row).filter((id) => method !== 'POST' || added.includes(id)),
		),
	);
	const broken: string[] = [];
	const rule = (name: string, holds: boolean) => void (holds || broken.push(name));
	let doneDespiteStop = 0;
	let isAnyAffected = false;

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
		const isAffected = isUnreachable || requests.flat().some((request) => request.fault);
		isAnyAffected ||= isAffected;
		const isSameCustomer = (other: number) => customers[other] === customers[item];
		const isAfterStopped = isStopped && failed[0]!.item < item && isSameCustomer(failed[0]!.item);
		const isStored = records[item]!.at(-1)!.length === 1;
		const isChangedLater =
			steps.at(-1)!.method === 'PUT' &&
			records.some((other, at) => at > item && isSameCustomer(at) && other.at(-1)!.length > 0);

		must('create one record in a step', !records[item]!.some(({ length }) => length > 1));
		must(
			'not be started after an item that stopped the node',
			!isAfterStopped || requests.flat().length === 0,
		);
		must(
			'succeed if nothing prevents it',
			isStored || isAffected || isAfterStopped || isChangedLater,
		);
		for (const all of requests) {
			must('make few requests', all.length <= (isAffected ? effect.requests : 1) * tries);
			for (const [index, { at }] of all.slice(1).entries()) {
				const { method, status, endedAt } = all[index]!;
				// Another run of the node does not know the wait time.
				const isInOneRun = index + 1 < effect.requests;
				const isEarly = at - endedAt! < retryAfterS * 1_000 - TIMER_TOLERANCE_MS;
				must('repeat a write only if Sahut did nothing', method !== 'POST' || status === 429);
				must('wait as long as Retry-After requests', status !== 429 || !isInOneRun || !isEarly);
			}
		}

		const result = results.find((each) => each.item === item);
		if (!result && isStored && !isAffected) doneDespiteStop++;
		if (!result) continue;
		const { outcome, output, json, message } = result;
		if (outcome === 'done') {
			const { id, contact_id = id, conversation_id = id } = json;
			const ids: unknown[] = records[item]!.flat();
			const isShown = [id, contact_id, conversation_id].every((each) => ids.includes(each));
			must('fail under this fault', !isAffected || effect.outcome === 'done' || tries > 1);
			must('return its records', isChangedLater || (isStored && isShown));
			must('return its own data', JSON.stringify(json).includes(row.agent));
			must('use the success output', output === 'success');
		} else {
			const isMade = (_: unknown, at: number) => requests[at]!.some(({ status }) => status === 201);
			const made = records[item]!.filter(isMade).flat();
			const isReported =
				message.includes(fault.message) || (tries > 1 && message.includes(OUTCOME_UNKNOWN));
			const isRead = step.method === 'GET';
			const canBeDelivered = step.method !== 'POST' || isStored || outcome === 'refused';
			must('fail only under a fault, with its outcome', isAffected && outcome === effect.outcome);
			must('create nothing when it is refused', outcome === 'unknown' || isRead || !isStored);
			must('report what happened', isReported && made.every((id) => message.includes(id)));
			must('use the output that On Error selects', isStopped || output === outputOfFailed);
			must('keep its data', isStopped || isSame(json, row));
			must('be delivered by Retry', !isRetry || !canBeDelivered);
		}
	}

	const items = results.map(({ item }) => item);
	const expectedItems = isStopped ? [failed[0]!.item] : [...rows.keys()];
	const itemsAt = (name: string) =>
		results.filter(({ output }) => output === name).map(({ item }) => item);
	const isInOrder = (name: string) => isSame(itemsAt(name), itemsAt(name).toSorted());
	const created = records.flat(2).filter((id) => added.includes(id));
	const count = `${doneDespiteStop} of ${rows.length} items were ${testCase.done}.`;
	const ledger = finished.run.data.executionData!.contextData['node:Sahut'];
	rule('the fault affects a request', isAnyAffected || isRetry);
	rule('each item has one result', isSame(items.toSorted(), expectedItems));
	rule('items are returned in order', ['success', 'error'].every(isInOrder));
	rule(
		'Stop stops the node',
		isStopped === (settings.onError === 'stopWorkflow' && failed.length > 0),
	);
	rule(
		'the error of Stop counts the other items',
		!isStopped || failed[0]!.message.endsWith(count),
	);
	rule('nothing else is stored', new Set(created).size === added.length);
	rule('few reads are made', entries.filter(({ method }) => method === 'GET').length <= MAX_READS);
	rule('the ledger is stored if an item fails', isSame(ledger, {}) === (failed.length === 0));
	return broken;
}

/** Runs a test case and, if the node stopped, a *Retry* without the fault; returns the broken rules. */
async function runCase(testCase: TestCase, sandbox: Sandbox, baseUrl: string): Promise<string[]> {
	const { parameters, customers, fault, faultTarget, step, settings } = testCase;
	const { store, faults, journal, apiKey, url } = sandbox;
	journal.clear();
	const rows = addRows(store, testCase);
	const before = { rows, ids: idsOf(store) };
	const run = async (address: string, more: Partial<WorkflowToRun> = {}) =>
		await runWorkflow({
			...sahutWorkflow(parameters, { ...settings, maxTries: MAX_TRIES, waitBetweenTries: 1 }),
			items: toItems(rows),
			credentials: { sahutApi: { apiKey, baseUrl: address } },
			...more,
		});

	const { method, path, identifiedBy = 'phone' } = step;
	const [frequency, customer] = faultTarget;
	const row = rows[customers.indexOf(customer)]!;
	const request =
		method === 'GET'
			? { path: new RegExp(row.conversation!) }
			: { path, mentions: row[identifiedBy] };
	const times = frequency === 'once' ? 1 : Infinity;
	faults.add({ ...fault.action, ...request, method, times });
	if (frequency === 'blind') faults.add({ ...fault.action, method: 'GET', times });
	const finished = await run(fault.isUnreachable ? baseUrl : url);
	faults.clear();
	const broken = brokenRules(testCase, sandbox, before, finished);
	if (!finished.error) return broken;

	const sent = journal.entries.length;
	await wait(20);
	if (journal.entries.length > sent) broken.push('nothing is sent after the end');
	const retried = await run(url, { mode: 'retry', executionData: dataForRetry(finished) });
	const brokenByRetry = brokenRules(testCase, sandbox, before, retried, true);
	return [...broken, ...brokenByRetry.map((rule) => `${rule}, after Retry`)];
}

// All cases of a fault take some seconds, or many on a busy machine.
jest.setTimeout(90_000);

/**
 * Each sandbox runs one execution at a time. They have different IDs: executions wait for each other if
 * they write into conversations with the same ID.
 */
let sandboxes: Sandbox[];
beforeAll(async () => {
	const opening = Array.from(
		{ length: 8 },
		async (_, seed) => await startSandbox({ data: 'empty', seed }),
	);
	sandboxes = await Promise.all(opening);
});
afterAll(async () => await Promise.all(sandboxes.map(async (sandbox) => await sandbox.close())));

describe.each(Object.keys(OPERATIONS))('%s', (name) => {
	it.each(Object.entries(FAULTS))(
		`${name} keeps all rules under %s at any step`,
		async (_, fault) => {
			if (fault.timeoutMs) overrideTransport({ timeoutMs: fault.timeoutMs });
			const nowhere = await closedOrigin();
			const cases = casesOf(name, fault);
			const broken: string[] = [];
			const runCases = async (sandbox: Sandbox) => {
				for (let testCase = cases.pop(); testCase; testCase = cases.pop()) {
					const rules = await runCase(testCase, sandbox, nowhere);
					const { step, faultTarget, settings } = testCase;
					const where = JSON.stringify([step.method, step.path.source, faultTarget, settings]);
					broken.push(...rules.map((rule) => `${rule}: ${where}`));
				}
			};
			await Promise.all(sandboxes.map(runCases));
			expect(broken).toEqual([]);
		},
	);
});
