import type { IDataObject, INode } from 'n8n-workflow';

import { HOUR_MS } from '../../../../sandbox/clock';
import { writeRequestsOf } from '../../../support/requests';
import { retry } from '../../../support/retryData';
import {
	allSentTexts,
	openWorkspace,
	sendText,
	toPhone,
	type Workspace,
} from '../../../support/workspace';
import { jsonsOf } from '../deliveryFixture';
import { FAULTS, type FaultUnderTest } from './faultTable';
import { SETTINGS, type Settings } from './outcomes';

/** Eight executions per test take some seconds, or many on a busy machine. */
jest.setTimeout(90_000);

/** The text and the template contain the customer's name, which identifies the item of a message. */
const textOrTemplate: INode['parameters'] = {
	messageType: 'textOrTemplate',
	content: '={{ $json.name }}',
	templateId: 'tmpl_follow_up',
	templateVariables: { variable: [{ name: 'customer_name', value: '={{ $json.name }}' }] },
};

interface Case {
	parameters(workspace: Workspace): INode['parameters'];
	/** Adds the records that the case requires, and returns the JSON of the item. */
	addRow(workspace: Workspace, index: number): IDataObject;
	/** The paths of the reads before the message, keyed by a description. */
	reads: Record<string, RegExp>;
}

/** Adds a customer who wrote two days ago, and returns the JSON of the item. */
function addCustomer({ sandbox: { store } }: Workspace, index: number): IDataObject {
	const phone = `+62812${String(index).padStart(8, '0')}`;
	const contact = store.addContact({ name: `Pelanggan ${index}`, phone });
	const { id: conversation } = store.addConversation({ contact });
	const twoDaysAgo = new Date(store.now().getTime() - 48 * HOUR_MS);
	store.addIncoming(conversation, 'Halo', twoDaysAgo);
	return { phone, conversation, name: `nomor ${index}` };
}

const CASES: Record<string, Case> = {
	'into a conversation': {
		parameters: () => ({ ...sendText, ...textOrTemplate, options: { skipIfSentWithin: 1 } }),
		addRow: addCustomer,
		reads: {
			'its messages': /^\/conversations\/\w+\/messages$/,
			'the type of its channel': /^\/conversations\/\w+$/,
		},
	},
	'to the phone number of a customer': {
		parameters: (workspace) => ({
			...toPhone(workspace, { skipIfSentWithin: 1, skipContactTags: ['berhenti'] }),
			...textOrTemplate,
		}),
		addRow: addCustomer,
		reads: {
			'the contact': /^\/contacts$/,
			'the open conversations': /^\/conversations$/,
			'the known conversation': /^\/conversations\/\w+$/,
			'its messages': /^\/conversations\/\w+\/messages$/,
		},
	},
	'to a new phone number': {
		parameters: (workspace) => ({
			...toPhone(workspace, { skipIfSentWithin: 1 }),
			...textOrTemplate,
		}),
		addRow: (_, index) => ({
			phone: `+62812${String(index).padStart(8, '0')}`,
			name: `nomor ${index}`,
		}),
		reads: { 'the contact': /^\/contacts$/ },
	},
};

/** One fault for each way in which a read can fail. */
const KINDS = [
	'a 429 with Retry-After',
	'a 500',
	'a connection cut after storing',
	'a response that is not JSON',
];

const TIMES = { once: 1, always: Infinity };
type Frequency = keyof typeof TIMES;
const FREQUENCIES: Frequency[] = ['once', 'always'];

const ON_ERROR: Array<INode['onError']> = ['stopWorkflow', 'continueRegularOutput'];
const TESTED_SETTINGS = SETTINGS.filter(({ onError }) => ON_ERROR.includes(onError));

const CUSTOMERS = [1, 2, 3];

/**
 * Sends one message to each customer while reads meet a fault, then retries the execution without the
 * fault if it failed.
 *
 * @returns the violated expectations, as sentences
 */
async function sendUnderFault(
	{ parameters, addRow }: Case,
	path: RegExp,
	{ action, read }: FaultUnderTest,
	frequency: Frequency,
	settings: Settings,
): Promise<string[]> {
	const workspace = await openWorkspace();
	const { faults } = workspace.sandbox;
	const rows = CUSTOMERS.map((index) => addRow(workspace, index));
	faults.add({ ...action, method: 'GET', path, times: TIMES[frequency] });
	const isRecovered = read[frequency]!.outcome === 'done';
	const isStopped =
		settings.onError === 'stopWorkflow' &&
		!isRecovered &&
		(frequency === 'always' || !settings.retryOnFail);
	const violations: string[] = [];
	const expectThat = (expectation: string, isMet: boolean, observed: unknown) => {
		if (!isMet) violations.push(`${expectation} (observed: ${JSON.stringify(observed)})`);
	};

	const run = await workspace.run(parameters(workspace), rows, {
		...settings,
		waitBetweenTries: 1,
	});

	const sent = allSentTexts(workspace);
	expectThat('no message may be sent twice', new Set(sent).size === sent.length, sent);
	expectThat('every message must be sent', !isRecovered || sent.length === rows.length, sent);
	expectThat(
		'nothing may be written',
		frequency === 'once' || writeRequestsOf(workspace).length === 0,
		writeRequestsOf(workspace),
	);
	expectThat(
		`the execution must end with ${isStopped ? 'an error' : 'success'}`,
		run.status === (isStopped ? 'error' : 'success'),
		run.status,
	);
	if (settings.onError === 'continueRegularOutput') {
		const items = jsonsOf(run);
		const succeeded = items.filter(({ error }) => !error);
		expectThat('every item must be returned', items.length === rows.length, items);
		expectThat(
			'exactly the items whose message was sent must succeed',
			succeeded.length === sent.length,
			succeeded,
		);
		expectThat(
			'no item may report that its message may have arrived',
			!JSON.stringify(items).includes('mayHaveArrived'),
			items,
		);
	}
	if (run.status !== 'error') return violations;

	faults.clear();
	await retry(workspace, run, parameters(workspace));

	const afterRetry = allSentTexts(workspace);
	expectThat(
		'Retry must send each message once',
		afterRetry.length === rows.length && new Set(afterRetry).size === rows.length,
		afterRetry,
	);
	return violations;
}

describe.each(Object.entries(CASES))('a message %s', (target, testCase) => {
	describe.each(Object.entries(testCase.reads))('that requires a read of %s', (subject, path) => {
		it.each(KINDS)(
			`sends a message ${target} once or not at all when the read of ${subject} meets %s`,
			async (kind) => {
				const violations: string[] = [];

				for (const frequency of FREQUENCIES) {
					await Promise.all(
						TESTED_SETTINGS.map(async (settings) => {
							const fault = FAULTS[kind]!;
							const found = await sendUnderFault(testCase, path, fault, frequency, settings);
							const reads = frequency === 'once' ? 'the first read' : 'every read';
							const retryOnFail = settings.retryOnFail ? 'on' : 'off';
							const context = [
								`a message ${target}, when ${reads} of ${subject} meets ${kind}`,
								`(On Error: ${settings.onError}, Retry On Fail: ${retryOnFail})`,
							].join(' ');
							violations.push(...found.map((violation) => `${context}: ${violation}.`));
						}),
					);
				}

				expect(violations).toEqual([]);
			},
		);
	});
});
