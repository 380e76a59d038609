import type { IDataObject, INode } from 'n8n-workflow';

import { HOUR_MS } from '../../sandbox/clock';
import { SETTINGS } from './accounts';
import { FAULTS } from './faultTable';
import { retry } from '../support/retryData';
import { allSent, openWorkspace, sendText, toPhone, type Workspace } from '../support/workspace';

/** What a message says in both of its forms, so that it can be told whose it is. */
const forms: INode['parameters'] = {
	messageType: 'textOrTemplate',
	content: '={{ $json.name }}',
	templateId: 'tmpl_follow_up',
	templateVariables: { variable: [{ name: 'customer_name', value: '={{ $json.name }}' }] },
};

interface Case {
	parameters(workspace: Workspace): INode['parameters'];
	/** The row of a customer that is there as far as the case says. */
	addRow(workspace: Workspace, index: number): IDataObject;
	/** The requests that only read, by what is read. */
	reads: Record<string, RegExp>;
}

/** A customer who wrote two days ago. */
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
			'of what kind its channel is': /^\/conversations\/\w+$/,
		},
	},
	'to the number of a customer': {
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
	'to a number that is new': {
		parameters: (workspace) => ({ ...toPhone(workspace, { skipIfSentWithin: 1 }), ...forms }),
		addRow: (_, index) => ({
			phone: `+62812${String(index).padStart(8, '0')}`,
			name: `nomor ${index}`,
		}),
		reads: { 'the contact': /^\/contacts$/ },
	},
};

/** One for each way in which reading can go wrong. */
const KINDS = [
	'a 429 with Retry-After',
	'a 500',
	'a connection cut after storing',
	'an answer that is not JSON',
];

const STRIKES = { once: 1, always: Infinity };

describe.each(Object.entries(CASES))('a message %s', (_, { parameters, addRow, reads }) => {
	describe.each(Object.entries(reads))('that cannot be sent before it has read %s', (__, path) => {
		it.each(KINDS)('under %s, is sent once or not at all', async (kind) => {
			const { action, read } = FAULTS[kind]!;
			const settings = SETTINGS.filter(({ onError }) => onError !== 'continueErrorOutput');
			for (const often of ['once', 'always'] as const) {
				await Promise.all(
					settings.map(async (setting) => {
						const workspace = await openWorkspace();
						const { faults } = workspace.sandbox;
						const rows = [1, 2, 3].map((index) => addRow(workspace, index));
						faults.add({ ...action, method: 'GET', path, times: STRIKES[often] });

						const run = await workspace.run(parameters(workspace), rows, {
							...setting,
							waitBetweenTries: 1,
						});

						const sent = allSent(workspace);
						expect(new Set(sent).size).toBe(sent.length);
						if (read[often]!.fate === 'done') expect(sent).toHaveLength(rows.length);
						if (often === 'always') expect(workspace.requests().join()).not.toContain('POST');
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
		});
	});
});

it('a text to a number that is new, when it cannot be found out of what kind the channel is, makes nothing', async () => {
	const workspace = await openWorkspace();
	workspace.addConversations(1);
	workspace.sandbox.faults.add({ kind: 'status', status: 403, path: /^\/conversations$/ });

	const { status } = await workspace.run(
		{ ...toPhone(workspace), messageType: 'text', content: 'Halo' },
		[{ phone: '0812-3456-7890', name: 'Budi' }],
	);

	expect(status).toBe('error');
	expect(workspace.requests()).toEqual(['GET /contacts', 'GET /contacts', 'GET /conversations']);
});
