import type { INode } from 'n8n-workflow';
import fc from 'fast-check';

import type { FaultAction } from '../../../sandbox';
import { HOUR_MS } from '../../../sandbox/clock';
import type { Conversation } from '../../../sandbox/records';
import { allSent, conversationsOf, openWorkspace, toPhone } from '../../support/workspace';
import { openChannel } from './channelFixture';

it('sends only into open conversations and opens at most one for each customer, whatever happens in between', async () => {
	const people = [1, 2, 3, 4].map((number) => ({
		phone: `0812 0000 000${number}`,
		name: `Pelanggan ${number}`,
	}));
	const step = fc.oneof(
		{
			weight: 4,
			arbitrary: fc.record({
				kind: fc.constant('send' as const),
				customer: fc.array(fc.nat(3), { minLength: 1, maxLength: 3 }),
			}),
		},
		fc.record({ kind: fc.constant('resolve' as const), which: fc.nat(20) }),
		fc.record({ kind: fc.constant('reply' as const), which: fc.nat(20) }),
		fc.record({ kind: fc.constant('open' as const), customer: fc.nat(3) }),
	);
	await fc.assert(
		fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 10 }), async (steps) => {
			const workspace = await openChannel();
			const { store } = workspace.sandbox;
			const channel = store.channels.get(workspace.channel)!;
			const isOpen = ({ status }: Conversation) => status === 'open' || status === 'pending';
			for (const next of steps) {
				const all = conversationsOf(workspace);
				const chosen = 'which' in next ? all[next.which % Math.max(1, all.length)] : undefined;
				if (next.kind === 'resolve' && chosen) {
					store.updateConversation(chosen, { status: 'resolved' });
				} else if (next.kind === 'reply' && chosen) {
					store.updateConversation(chosen, { status: 'open' });
					store.addIncoming(chosen.id, 'Halo');
				} else if (next.kind === 'open') {
					const phone = people[next.customer]!.phone.replace('0', '+62').replace(/ /g, '');
					const known = [...store.contacts.values()].find((each) => each.phone === phone);
					if (known) store.addConversation({ contact: known, channel });
				} else if (next.kind === 'send') {
					const before = new Map(all.map((each) => [each.id, each.status]));
					const open = new Set(all.filter(isOpen).map(({ contact }) => contact.phone));
					const runs = await Promise.all(
						next.customer.map(async (customer) => await workspace.send(people[customer])),
					);
					const places = runs.map(({ output }) => output('Sahut')[0]!.json);
					for (const { conversation_id } of places) {
						expect(before.get(String(conversation_id)) ?? 'open').not.toBe('resolved');
					}
					const made = conversationsOf(workspace).filter(({ id }) => !before.has(id));
					const phones = made.map(({ contact }) => contact.phone);
					expect(new Set(phones).size).toBe(phones.length);
					expect(phones.filter((phone) => open.has(phone))).toEqual([]);
				}
			}
			await workspace.sandbox.close();
		}),
		{ numRuns: 25 },
	);
}, 120_000);

/** Faults after which the outcome of a request becomes certain, sooner or later. */
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

/** A text or a template with the text of each item, depending on the 24-hour window. */
const eitherForm: INode['parameters'] = {
	messageType: 'textOrTemplate',
	content: '={{ $json.text }}',
	templateId: 'tmpl_follow_up',
	templateVariables: { variable: [{ name: 'customer_name', value: '={{ $json.text }}' }] },
};

/**
 * Runs executions with overlapping items under faults at the same moment, then runs all of them again
 * until each one has succeeded, as after crashes. A customer is new, has an open conversation inside
 * or outside the window, or a resolved one. Some conversations are resolved in between.
 */
it('sends each message once, however often and whenever an execution requests it', async () => {
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
				const parameters = { ...toPhone(workspace, { skipIfSentWithin: 1 }), ...eitherForm };

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
