import type { IDataObject, INode } from 'n8n-workflow';

import { HOUR_MS } from '../../../../sandbox/clock';
import { retry } from '../../../support/retryData';
import {
	allSent,
	openWorkspace,
	sendText,
	toPhone,
	type Workspace,
} from '../../../support/workspace';
import { FAULTS } from './faultTable';
import { SETTINGS } from './outcomes';

/** Both forms contain the name of the customer, so that each message can be assigned to its item. */
const forms: INode['parameters'] = {
	messageType: 'textOrTemplate',
	content: '={{ $json.name }}',
	templateId: 'tmpl_follow_up',
	templateVariables: { variable: [{ name: 'customer_name', value: '={{ $json.name }}' }] },
};

interface Case {
	parameters(workspace: Workspace): INode['parameters'];
	/** Adds a customer as far as the case requires, and returns the item. */
	addRow(workspace: Workspace, index: number): IDataObject;
	/** The paths of the requests that read, keyed by a description. */
	reads: Record<string, RegExp>;
}

/** Adds a customer who wrote two days ago. */
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
		parameters: () => ({ ...sendText, ...forms, options: { skipIfSentWithin: 1 } }),
		addRow: addCustomer,
		reads: {
			'its messages': /^\/conversations\/\w+\/messages$/,
			'the type of its channel': /^\/conversations\/\w+$/,
		},
	},
	'to the phone number of a customer': {
		parameters: (workspace) => ({
			...toPhone(workspace, { skipIfSentWithin: 1, skipContactTags: ['berhenti'] }),
			...forms,
		}),
		addRow: addCustomer,
		reads: {
			'the contact': /^\/contacts$/,
			'the open conversations': /^\/conversations$/,
			'whether it is still open': /^\/conversations\/\w+$/,
			'its messages': /^\/conversations\/\w+\/messages$/,
		},
	},
	'to a new phone number': {
		parameters: (workspace) => ({ ...toPhone(workspace, { skipIfSentWithin: 1 }), ...forms }),
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

describe.each(Object.entries(CASES))('a message %s', (target, { parameters, addRow, reads }) => {
	describe.each(Object.entries(reads))('that requires a read of %s', (subject, path) => {
		it.each(KINDS)(
			`sends a message ${target} once or not at all when the read of ${subject} meets %s`,
			async (kind) => {
				const { action, read } = FAULTS[kind]!;
				const settings = SETTINGS.filter(({ onError }) => onError !== 'continueErrorOutput');
				for (const frequency of ['once', 'always'] as const) {
					await Promise.all(
						settings.map(async (setting) => {
							const workspace = await openWorkspace();
							const { faults } = workspace.sandbox;
							const rows = [1, 2, 3].map((index) => addRow(workspace, index));
							faults.add({ ...action, method: 'GET', path, times: TIMES[frequency] });

							const run = await workspace.run(parameters(workspace), rows, {
								...setting,
								waitBetweenTries: 1,
							});

							const sent = allSent(workspace);
							expect(new Set(sent).size).toBe(sent.length);
							if (read[frequency]!.outcome === 'done') expect(sent).toHaveLength(rows.length);
							if (frequency === 'always') expect(workspace.requests().join()).not.toContain('POST');
							if (setting.onError === 'continueRegularOutput') {
								const items = run.output('Sahut').map(({ json }) => json);
								expect(items).toHaveLength(rows.length);
								expect(items.filter(({ error }) => !error)).toHaveLength(sent.length);
								expect(JSON.stringify(items)).not.toContain('mayHaveArrived');
							}
							if (run.status !== 'error') return;
							faults.clear();
							await retry(workspace, run, parameters(workspace));
							expect(allSent(workspace)).toHaveLength(rows.length);
							expect(new Set(allSent(workspace)).size).toBe(rows.length);
						}),
					);
				}
			},
		);
	});
});
