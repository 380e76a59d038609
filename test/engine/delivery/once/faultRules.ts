import type { Sandbox, Store } from '../../../../sandbox';
import type { FinishedRun } from '../../../support/engine';
import type { TestCase } from './faultCases';
import type { Row } from './operationTable';
import { MAX_TRIES, readResults } from './outcomes';

/** How many milliseconds early a timer may fire. */
const TIMER_TOLERANCE_MS = 2;
/** The maximum number of reads of an execution, over all runs of the node. */
const MAX_READS = 40;
const OUTCOME_UNKNOWN = 'The outcome of an earlier request';

/** The items of an execution, and the IDs of the records that Sahut had before it. */
export interface Start {
	rows: Row[];
	ids: string[];
}

/** Returns the IDs of all stored records. */
export function idsOf(store: Store): string[] {
	const conversations = [...store.conversations.keys()];
	const messages = conversations.flatMap((id) => store.messages(id)).map(({ id }) => id);
	return [...store.contacts.keys(), ...conversations, ...messages];
}

const isSame = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);

/**
 * Returns the expectations that an execution violates, each as a sentence with an observation. The same
 * expectations apply under every fault.
 *
 * @param isRetry whether the execution is an editor's *Retry*, which meets no fault
 */
export function findViolations(
	testCase: TestCase,
	{ store, journal: { entries } }: Sandbox,
	{ rows, ids: idsBefore }: Start,
	finished: FinishedRun,
	isRetry = false,
): string[] {
	const { steps, customers, fault, step, effect, settings } = testCase;
	const isStopped = finished.error !== undefined;
	const results = readResults(finished);
	const failed = results.filter(({ outcome }) => outcome !== 'done');
	const outputOfFailed = settings.onError === 'continueErrorOutput' ? 'error' : 'success';
	/** The maximum number of times that n8n has run the node. */
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
	const violations: string[] = [];
	const expectThat = (expectation: string, isMet: boolean, observed?: unknown) => {
		const observation = observed === undefined ? '' : ` (observed: ${JSON.stringify(observed)})`;
		if (!isMet) violations.push(`${expectation}${observation}`);
	};
	let doneDespiteStop = 0;
	let isAnyAffected = false;

	for (const [item, row] of rows.entries()) {
		const itemMust = (expectation: string, isMet: boolean, observed?: unknown) =>
			expectThat(`item ${item} (customer ${customers[item]}) must ${expectation}`, isMet, observed);
		const requests = steps.map(({ method, path }) =>
			entries
				.filter((entry) => entry.method === method && path.test(entry.path))
				.filter(({ path: requested, body }) =>
					method === 'GET'
						? requested.includes(row.conversation!)
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
			records.some(
				(other, index) => index > item && isSameCustomer(index) && other.at(-1)!.length > 0,
			);

		for (const [index, ids] of records[item]!.entries()) {
			itemMust(`create at most one record with ${steps[index]!.name}`, ids.length <= 1, ids);
		}
		itemMust(
			'make no request after an item of the same customer has stopped the node',
			!isAfterStopped || requests.flat().length === 0,
			requests.flat().length,
		);
		itemMust(
			'be stored if no fault affects its requests',
			isStored || isAffected || isAfterStopped || isChangedLater,
		);
		for (const [at, sameRequests] of requests.entries()) {
			const { name } = steps[at]!;
			const maximum = (isAffected ? effect.requests : 1) * tries;
			itemMust(
				`make ${name} at most ${maximum} times`,
				sameRequests.length <= maximum,
				sameRequests.length,
			);
			for (const [index, { at: repeatedAt }] of sameRequests.slice(1).entries()) {
				const { method, status, endedAt } = sameRequests[index]!;
				// Another run of the node does not know the wait time.
				const isInOneRun = index + 1 < effect.requests;
				const waitedMs = repeatedAt - endedAt!;
				itemMust(
					`repeat ${name} only after a 429`,
					method !== 'POST' || status === 429,
					status ?? 'no response',
				);
				itemMust(
					`wait ${retryAfterS} s before it repeats ${name}, as Retry-After requests`,
					status !== 429 || !isInOneRun || waitedMs >= retryAfterS * 1_000 - TIMER_TOLERANCE_MS,
					`${waitedMs} ms`,
				);
			}
		}

		const result = results.find((each) => each.item === item);
		if (!result && isStored && !isAffected) doneDespiteStop++;
		if (!result) continue;
		const { outcome, output, json, message } = result;
		if (outcome === 'done') {
			const { id, contact_id = id, conversation_id = id } = json;
			const ids: unknown[] = records[item]!.flat();
			const returned = [id, contact_id, conversation_id];
			itemMust(
				`fail with the outcome "${effect.outcome}"`,
				!isAffected || effect.outcome === 'done' || tries > 1,
				outcome,
			);
			itemMust(
				`return the records that it has stored (${ids.join(', ')})`,
				isChangedLater || (isStored && returned.every((each) => ids.includes(each))),
				returned,
			);
			itemMust('return its own data', JSON.stringify(json).includes(row.agent), json);
			itemMust('use the success output', output === 'success', output);
		} else {
			const isCreated = (_: unknown, index: number) =>
				requests[index]!.some(({ status }) => status === 201);
			const created = records[item]!.filter(isCreated).flat();
			const isReported =
				message.includes(fault.message) || (tries > 1 && message.includes(OUTCOME_UNKNOWN));
			const isRead = step.method === 'GET';
			const canBeDelivered = step.method !== 'POST' || isStored || outcome === 'refused';
			itemMust('succeed, as no fault affects its requests', isAffected, message);
			itemMust(
				`have the outcome "${effect.outcome}"`,
				!isAffected || outcome === effect.outcome,
				outcome,
			);
			itemMust(
				'store nothing if it is refused',
				outcome === 'unknown' || isRead || !isStored,
				records[item]!.at(-1),
			);
			itemMust(`report "${fault.message}" in its error`, isReported, message);
			itemMust(
				`name the records that it has created in its error (${created.join(', ')})`,
				created.every((id) => message.includes(id)),
				message,
			);
			itemMust(
				`use the ${outputOfFailed} output when it fails`,
				isStopped || output === outputOfFailed,
				output,
			);
			itemMust('keep the JSON of its input', isStopped || isSame(json, row), json);
			itemMust('be delivered by Retry', !isRetry || !canBeDelivered, message);
		}
	}

	const items = results.map(({ item }) => item);
	const expectedItems = isStopped ? [failed[0]!.item] : [...rows.keys()];
	const itemsAt = (name: string) =>
		results.filter(({ output }) => output === name).map(({ item }) => item);
	const reads = entries.filter(({ method }) => method === 'GET').length;
	const created = new Set(records.flat(2).filter((id) => added.includes(id)));
	const count = `${doneDespiteStop} of ${rows.length} items were ${testCase.done}.`;
	const ledger = finished.run.data.executionData!.contextData['node:Sahut'];
	expectThat('the fault must affect a request', isAnyAffected || isRetry);
	expectThat(
		`exactly the items ${expectedItems.join(', ')} must have a result`,
		isSame(items.toSorted(), expectedItems),
		items,
	);
	for (const output of ['success', 'error']) {
		expectThat(
			`the items on the ${output} output must be in order`,
			isSame(itemsAt(output), itemsAt(output).toSorted()),
			itemsAt(output),
		);
	}
	expectThat(
		'a failed item must stop the node if and only if On Error is Stop Workflow',
		isStopped === (settings.onError === 'stopWorkflow' && failed.length > 0),
	);
	expectThat(
		`the error of the stopped node must end with "${count}"`,
		!isStopped || failed[0]!.message.endsWith(count),
		failed[0]?.message,
	);
	expectThat(
		'every new record must belong to an item',
		created.size === added.length,
		added.filter((id) => !created.has(id)),
	);
	expectThat(`the execution must make at most ${MAX_READS} reads`, reads <= MAX_READS, reads);
	expectThat(
		'n8n must store the ledger if and only if an item has failed',
		isSame(ledger, {}) === (failed.length === 0),
		ledger,
	);
	return violations;
}
