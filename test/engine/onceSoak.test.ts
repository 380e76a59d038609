import fc from 'fast-check';
import type { INode } from 'n8n-workflow';

import type { FaultAction } from '../../sandbox';
import { HOUR_MS } from '../../sandbox/clock';
import { allSent, openWorkspace, toPhone } from '../support/workspace';

/** After each of these it is certain, sooner or later, whether a request was carried out. */
const FAULTS: FaultAction[] = [
	{ kind: 'status', status: 429, retryAfter: 1 },
	{ kind: 'status', status: 403 },
	{ kind: 'statusAfterStore', status: 500 },
	{ kind: 'dropAfter' },
	{ kind: 'notJson' },
];

const CUSTOMERS = 12;
const MAX_ROUNDS = 5;

const rowsArbitrary = fc.array(
	fc.record({ customer: fc.nat(CUSTOMERS - 1), order: fc.integer({ min: 1, max: 3 }) }),
	{ minLength: 1, maxLength: 20 },
);
const faultsArbitrary = fc.array(
	fc.record({
		action: fc.constantFrom(...FAULTS),
		method: fc.constantFrom('GET', 'POST'),
		skip: fc.nat(60),
	}),
	{ maxLength: 15 },
);

/** Sends what each row says, unless the customer has had it: a template or a text, by the hour. */
const onceEach: INode['parameters'] = {
	messageType: 'textOrTemplate',
	content: '={{ $json.text }}',
	templateId: 'tmpl_follow_up',
	templateVariables: { variable: [{ name: 'customer_name', value: '={{ $json.text }}' }] },
};

/**
 * Executions at once with rows that overlap, under faults; then all of them anew until all have gone
 * through, as after crashes. A customer is new, has an open conversation with or without a window, or a
 * resolved one; some are resolved in between.
 */
it('sends each message once, however often and at whatever time it is asked for', async () => {
	await fc.assert(
		fc.asyncProperty(
			fc.array(rowsArbitrary, { minLength: 2, maxLength: 4 }),
			faultsArbitrary,
			async (executions, plan) => {
				const workspace = await openWorkspace();
				const { store, faults } = workspace.sandbox;
				const phoneOf = (customer: number) => `+62812${String(customer).padStart(8, '0')}`;
				for (let customer = 0; customer < CUSTOMERS; customer += 2) {
					const contact = store.addContact({ phone: phoneOf(customer) });
					const status = customer % 3 === 0 ? 'resolved' : 'open';
					const { id } = store.addConversation({ contact, status });
					const hoursAgo = customer % 4 === 0 ? 30 : 1;
					store.addIncoming(id, 'Halo', new Date(store.now().getTime() - hoursAgo * HOUR_MS));
				}
				for (const { action, method, skip } of plan) faults.add({ ...action, method, skip });
				const textOf = ({ customer, order }: { customer: number; order: number }) =>
					`pelanggan-${customer} pesanan-${order}`;
				const parameters = { ...toPhone(workspace, { skipIfSentWithin: 1 }), ...onceEach };

				for (let round = 1; round <= MAX_ROUNDS; round++) {
					if (round === MAX_ROUNDS) faults.clear();
					const runs = await Promise.all(
						executions.map(async (rows) => {
							const items = rows.map((row) => ({
								phone: phoneOf(row.customer),
								name: 'Budi',
								text: textOf(row),
							}));
							const settings = { onError: 'continueRegularOutput' } as const;
							return await workspace.run(parameters, items, settings);
						}),
					);
					for (const [index, { output }] of runs.entries()) {
						expect(output('Sahut')).toHaveLength(executions[index]!.length);
					}
					const open = [...store.conversations.values()].filter(({ status }) => status === 'open');
					for (const [index, conversation] of open.entries()) {
						if (index % 3 === round % 3)
							store.updateConversation(conversation, { status: 'resolved' });
					}
				}

				const wanted = new Set(executions.flat().map(textOf));
				const sent = allSent(workspace).map(
					(content) => /pelanggan-\d+ pesanan-\d+/.exec(content)?.[0],
				);
				expect(sent.sort()).toEqual([...wanted].sort());
			},
		),
		{ numRuns: 15, interruptAfterTimeLimit: 60_000 },
	);
}, 120_000);
