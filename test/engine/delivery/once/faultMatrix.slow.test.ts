import { setTimeout as wait } from 'node:timers/promises';

import { type Sandbox, startSandbox } from '../../../../sandbox';
import { runWorkflow, sahutWorkflow, toItems } from '../../../support/engine';
import type { WorkflowToRun } from '../../../support/engine';
import { findClosedOrigin } from '../../../support/localServer';
import { createRetryData } from '../../../support/retryData';
import { now } from '../../../support/testClock';
import { overrideTransport } from '../../../support/transport';
import { casesOf, describeCase, type TestCase } from './faultCases';
import { findViolations, idsOf } from './faultRules';
import { FAULTS } from './faultTable';
import { addRows, OPERATIONS } from './operationTable';
import { MAX_TRIES } from './outcomes';

/** The number of test cases that run at the same time. */
const SANDBOXES = 8;
/** All cases of a fault take some seconds, or many on a busy machine. */
const FAULT_TIMEOUT_MS = 90_000;
/** Enough for a request that the node has started before it ended. */
const QUIET_MS = 20;

jest.setTimeout(FAULT_TIMEOUT_MS);

/**
 * Runs a test case and, if the node stopped, a *Retry* without the fault.
 *
 * @param unreachable an origin on which nothing listens
 * @returns the violated expectations, as sentences
 */
async function runCase(
	testCase: TestCase,
	sandbox: Sandbox,
	unreachable: string,
): Promise<string[]> {
	const { parameters, customers, fault, faultTarget, step, settings } = testCase;
	const { store, faults, journal, apiKey, url } = sandbox;
	journal.clear();
	const rows = addRows(store, testCase);
	const start = { rows, ids: idsOf(store) };
	const run = async (baseUrl: string, overrides: Partial<WorkflowToRun> = {}) =>
		await runWorkflow({
			...sahutWorkflow(parameters, { ...settings, maxTries: MAX_TRIES, waitBetweenTries: 1 }),
			items: toItems(rows),
			credentials: { sahutApi: { apiKey, baseUrl } },
			...overrides,
		});

	const { method, path, identifiedBy = 'phone' } = step;
	const [frequency, customer] = faultTarget;
	const row = rows[customers.indexOf(customer)]!;
	const request =
		method === 'GET'
			? { path: new RegExp(row.conversation!) }
			: { path, bodyContains: row[identifiedBy] };
	const times = frequency === 'once' ? 1 : Infinity;
	faults.add({ ...fault.action, ...request, method, times });
	if (frequency === 'blind') faults.add({ ...fault.action, method: 'GET', times });
	const finished = await run(fault.isUnreachable ? unreachable : url);
	faults.clear();
	const violations = findViolations(testCase, sandbox, start, finished);
	if (!finished.error) return violations;

	const requests = journal.entries.length;
	await wait(QUIET_MS);
	const later = journal.entries.slice(requests).map((entry) => `${entry.method} ${entry.path}`);
	if (later.length > 0)
		violations.push(`the node must make no request after it has ended: ${later}`);
	const retried = await run(url, { mode: 'retry', executionData: createRetryData(finished) });
	const afterRetry = findViolations(testCase, sandbox, start, retried, true);
	return [...violations, ...afterRetry.map((violation) => `after Retry, ${violation}`)];
}

/**
 * Each sandbox runs one execution at a time. They have different IDs, because executions wait for each
 * other if they write into conversations with the same ID.
 */
let sandboxes: Sandbox[];
beforeAll(async () => {
	const opening = Array.from(
		{ length: SANDBOXES },
		async (_, seed) => await startSandbox({ data: 'empty', seed, now: () => new Date(now()) }),
	);
	sandboxes = await Promise.all(opening);
});
afterAll(async () => await Promise.all(sandboxes.map(async (sandbox) => await sandbox.close())));

describe.each(Object.keys(OPERATIONS))('%s', (operationName) => {
	it.each(Object.keys(FAULTS))(
		`${operationName} writes each record once and reports each item when a step meets %s`,
		async (faultName) => {
			const { timeoutMs } = FAULTS[faultName]!;
			if (timeoutMs) overrideTransport({ timeoutMs });
			const unreachable = await findClosedOrigin();
			const cases = casesOf(operationName, faultName);
			const violations: string[] = [];
			const runCases = async (sandbox: Sandbox) => {
				for (let testCase = cases.pop(); testCase; testCase = cases.pop()) {
					const found = await runCase(testCase, sandbox, unreachable);
					const context = `${operationName}, ${describeCase(testCase)}`;
					violations.push(...found.map((violation) => `${context}: ${violation}.`));
				}
			};

			expect(cases.length).toBeGreaterThan(0);
			await Promise.all(sandboxes.map(runCases));

			expect(violations).toEqual([]);
		},
	);
});
