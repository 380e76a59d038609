import type { INode } from 'n8n-workflow';
import fc from 'fast-check';

import type { FaultAction, SandboxOptions } from '../../../../sandbox';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../../../sandbox/clock';
import type { Conversation, ConversationStatus } from '../../../../sandbox/records';
import { OTHER_BOT, replyAutomatically, resolveOnEachMessage } from '../../../support/automation';
import { advanceClock } from '../../../support/transport';
import { contactsOf, conversationsOf, openWorkspace, toPhone } from '../../../support/workspace';
import { onChannel, openChannel } from '../conversationChoice/channelFixture';

const CONVERSATION_STATUSES: ConversationStatus[] = ['open', 'pending', 'snoozed', 'resolved'];
const isOpen = ({ status }: Pick<Conversation, 'status'>) =>
	status === 'open' || status === 'pending';

/** Has no text or template value of an item. */
const AUTO_REPLY = 'Terima kasih, pesan Kakak sudah kami catat.';

const PEOPLE = [1, 2, 3, 4].map((number) => ({
	phone: `0812 0000 000${number}`,
	e164: `+628120000000${number}`,
	name: `Pelanggan ${number}`,
}));

const personArbitrary = fc.nat(PEOPLE.length - 1);

const stepArbitrary = fc.oneof(
	{
		weight: 4,
		// Each run has one or more items, possibly several for one customer.
		arbitrary: fc.record({
			kind: fc.constant('send' as const),
			runs: fc.array(fc.array(personArbitrary, { minLength: 1, maxLength: 4 }), {
				minLength: 1,
				maxLength: 3,
			}),
		}),
	},
	{
		weight: 3,
		arbitrary: fc.record({
			kind: fc.constant('setStatus' as const),
			which: fc.nat(20),
			status: fc.constantFrom(...CONVERSATION_STATUSES),
		}),
	},
	fc.record({ kind: fc.constant('reply' as const), which: fc.nat(20) }),
	fc.record({ kind: fc.constant('open' as const), customer: personArbitrary }),
);

const automationArbitrary = fc.record({
	resolves: fc.boolean(),
	replies: fc.boolean(),
});

/**
 * Sends templates, which can go into any conversation. Checks each conversation at the moment of the
 * message, before an automation rule changes it.
 */
it('sends only into conversations that are not resolved or that the run has used, and opens one only for a customer without an unresolved one', async () => {
	await fc.assert(
		fc.asyncProperty(
			fc.array(stepArbitrary, { minLength: 3, maxLength: 10 }),
			automationArbitrary,
			async (steps, { resolves, replies }) => {
				const workspace = await openChannel();
				const { store } = workspace.sandbox;
				const channel = store.channels.get(workspace.channel)!;
				const parameters = onChannel(workspace, workspace.channel);
				const others = (conversation: Conversation) =>
					conversationsOf(workspace).filter(
						({ id, contact }) =>
							id !== conversation.id && contact.phone === conversation.contact.phone,
					);
				/** What each message met: the status of its conversation, and the others of the customer. */
				const met = new Map<string, { status: ConversationStatus; others: ConversationStatus[] }>();
				const needlessConversations: string[] = [];
				let isNodeRunning = false;
				// This listener comes before those of the rules.
				store.notices.on('event', (event) => {
					if (!isNodeRunning || !event.name.endsWith('.created')) return;
					if (!('conversation' in event)) return;
					const { conversation } = event;
					const statuses = others(conversation).map(({ status }) => status);
					if (event.name === 'message.created') {
						met.set(event.message.id, { status: conversation.status, others: statuses });
					} else if (statuses.some((status) => status !== 'resolved')) {
						needlessConversations.push(`${conversation.id} beside ${statuses.join()}`);
					}
				});
				if (resolves) resolveOnEachMessage(workspace);
				if (replies) replyAutomatically(workspace, AUTO_REPLY);

				for (const next of steps) {
					// Times are whole seconds: two changes within one second have no order.
					advanceClock(2 * SECOND_MS);
					const all = conversationsOf(workspace);
					const chosen = 'which' in next ? all[next.which % Math.max(1, all.length)] : undefined;
					if (next.kind === 'setStatus' && chosen) {
						store.updateConversation(chosen, { status: next.status });
					} else if (next.kind === 'reply' && chosen) {
						store.updateConversation(chosen, { status: 'open' });
						store.addIncoming(chosen.id, 'Halo');
					} else if (next.kind === 'open') {
						const { e164 } = PEOPLE[next.customer]!;
						const known = contactsOf(workspace).find(({ phone }) => phone === e164);
						if (known) store.addConversation({ contact: known, channel });
					} else if (next.kind === 'send') {
						isNodeRunning = true;
						const runs = await Promise.all(
							next.runs.map(async (customers) => {
								const rows = customers.map((customer) => PEOPLE[customer]!);
								return { rows, ...(await workspace.run(parameters, rows)) };
							}),
						);
						isNodeRunning = false;
						for (const { rows, status, output } of runs) {
							expect(status).toBe('success');
							expect(output('Sahut')).toHaveLength(rows.length);
							/** By phone number. */
							const usedByRun = new Map<string, unknown>();
							for (const [index, { json }] of output('Sahut').entries()) {
								const { e164 } = rows[index]!;
								const conversation = store.conversations.get(String(json.conversation_id))!;
								expect(conversation.contact.phone).toBe(e164);
								const before = met.get(String(json.id))!;
								if (usedByRun.has(e164)) {
									expect(json.conversation_id).toBe(usedByRun.get(e164));
								} else {
									expect(before.status).not.toBe('resolved');
									// A snoozed one is only used if none is open.
									const openOthers = before.others.filter((each) => isOpen({ status: each }));
									if (before.status === 'snoozed') expect(openOthers).toEqual([]);
								}
								usedByRun.set(e164, json.conversation_id);
							}
						}
					}
				}
				expect(needlessConversations).toEqual([]);
				const phones = contactsOf(workspace).map(({ phone }) => phone);
				expect(new Set(phones).size).toBe(phones.length);
				await workspace.sandbox.close();
			},
		),
		{ numRuns: 50 },
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
const SECOND_KEY = 'sk_live_second_key';

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

/**
 * How lists and API keys behave. Delayed lists are not combined with a second key: each key looks up
 * contacts and conversations by phone number and in lists on its own, because two clients may share a
 * customer (principle 6 of the design). So the second key cannot know a contact or conversation of the
 * first key that lists do not show yet, and would create another one.
 */
const accessArbitrary = fc.oneof(
	fc.constant({ listDelayMs: 0, hasSecondKey: false }),
	fc.constant({ listDelayMs: 0, hasSecondKey: true }),
	fc.record({
		listDelayMs: fc.integer({ min: 1, max: 6 }).map((seconds) => seconds * SECOND_MS),
		hasSecondKey: fc.constant(false),
	}),
);

/**
 * The statuses that conversations get between two rounds. With a second key, none is opened again: a key
 * that has an open conversation reads no list, and so does not learn of the one that the other key
 * created in the meantime (as with another process, docs/limits.md, "Skip If Sent Within").
 */
const statusesFor = (hasSecondKey: boolean): ConversationStatus[] =>
	hasSecondKey ? ['snoozed', 'resolved'] : CONVERSATION_STATUSES;

const worldArbitrary = accessArbitrary.chain((access) => {
	const status = fc.constantFrom(...statusesFor(access.hasSecondKey));
	const changes = fc.array(fc.record({ which: fc.nat(60), status }), { maxLength: 8 });
	return fc.record({
		access: fc.constant(access),
		/** Whether a rule resolves the conversation of each message. */
		resolves: fc.boolean(),
		/** The sender of the auto-reply to each message. */
		autoReplyBy: fc.constantFrom('nobody', 'apiSender', 'otherBot'),
		/** The changes of conversations after each round but the last. */
		changesAfter: fc.array(changes, { minLength: MAX_ROUNDS - 1, maxLength: MAX_ROUNDS - 1 }),
	});
});

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
 * or outside the window, or a resolved one. Between the rounds, agents change the status of some.
 */
it('sends each message once, however often and whenever an execution requests it', async () => {
	await fc.assert(
		fc.asyncProperty(
			fc.array(rowsArbitrary, { minLength: 2, maxLength: 4 }),
			faultsArbitrary,
			worldArbitrary,
			async (executions, plan, { access, resolves, autoReplyBy, changesAfter }) => {
				const { listDelayMs, hasSecondKey } = access;
				const options: SandboxOptions = {
					...(hasSecondKey && { secondApiKey: SECOND_KEY }),
					...(listDelayMs > 0 && { deviations: ['late-lists', 'stale-lists'], listDelayMs }),
				};
				const workspace = await openWorkspace(options);
				const { store, faults, apiKey, url: baseUrl } = workspace.sandbox;
				const phoneOf = (customer: number) => `+62812${String(customer).padStart(8, '0')}`;
				for (let customer = 0; customer < CUSTOMERS; customer += 2) {
					const contact = store.addContact({ phone: phoneOf(customer) });
					const status = customer % 3 === 0 ? 'resolved' : 'open';
					const { id } = store.addConversation({ contact, status });
					const hoursAgo = customer % 4 === 0 ? 30 : 1;
					store.addIncoming(id, 'Halo', new Date(store.now().getTime() - hoursAgo * HOUR_MS));
				}
				// Lists show all of them.
				advanceClock(MINUTE_MS);
				if (resolves) resolveOnEachMessage(workspace);
				if (autoReplyBy !== 'nobody') {
					const sender = autoReplyBy === 'apiSender' ? store.bot : OTHER_BOT;
					replyAutomatically(workspace, AUTO_REPLY, sender);
				}
				for (const { action, method, skip } of plan) faults.add({ ...action, method, skip });
				const textOf = ({ customer, order }: { customer: number; order: number }) =>
					`pelanggan-${customer} pesanan-${order}`;
				const parameters = { ...toPhone(workspace, { skipIfSentWithin: 1 }), ...eitherForm };
				const credentialsOf = (execution: number) => ({
					sahutApi: { baseUrl, apiKey: hasSecondKey && execution % 2 === 1 ? SECOND_KEY : apiKey },
				});

				for (let round = 1; round <= MAX_ROUNDS; round++) {
					if (round === MAX_ROUNDS) faults.clear();
					const runs = await Promise.all(
						executions.map(async (rows, execution) => {
							const items = rows.map((row) => ({
								phone: phoneOf(row.customer),
								name: 'Budi',
								text: textOf(row),
							}));
							const settings = { onError: 'continueRegularOutput' } as const;
							const credentials = credentialsOf(execution);
							return await workspace.run(parameters, items, settings, { credentials });
						}),
					);
					for (const [execution, { output }] of runs.entries()) {
						const items = output('Sahut');
						expect(items.map(({ pairedItem }) => pairedItem)).toEqual(
							executions[execution]!.map((_, item) => ({ item })),
						);
						const errors = items.flatMap(({ json }) => json.error ?? []);
						if (round === MAX_ROUNDS) expect(errors).toEqual([]);
					}
					const all = conversationsOf(workspace);
					for (const { which, status } of changesAfter[round - 1] ?? []) {
						store.updateConversation(all[which % all.length]!, { status });
					}
				}

				const wanted = new Map(
					executions.flat().map((row) => [textOf(row), phoneOf(row.customer)]),
				);
				const sent = conversationsOf(workspace).flatMap(({ id, contact }) =>
					workspace
						.sent(id)
						.filter((content) => content !== AUTO_REPLY)
						.map((content) => {
							return [/pelanggan-\d+ pesanan-\d+/.exec(content)?.[0], contact.phone];
						}),
				);
				expect(sent.sort()).toEqual([...wanted].sort());
				await workspace.sandbox.close();
			},
		),
		{ numRuns: 25, interruptAfterTimeLimit: 60_000 },
	);
}, 120_000);
