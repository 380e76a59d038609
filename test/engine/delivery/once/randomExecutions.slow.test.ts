import type { INode } from 'n8n-workflow';
import fc from 'fast-check';

import type { FaultAction, SandboxOptions } from '../../../../sandbox';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../../../sandbox/clock';
import type { Conversation, ConversationStatus } from '../../../../sandbox/records';
import { OTHER_BOT, addAutoReply, addResolveRule } from '../../../support/automation';
import { advanceClock } from '../../../support/testClock';
import { contactsOf, conversationsOf, openWorkspace, toPhone } from '../../../support/workspace';
import { toPhoneOnChannel, openChannel } from '../conversationChoice/channelFixture';

const CONVERSATION_STATUSES: ConversationStatus[] = ['open', 'pending', 'snoozed', 'resolved'];
const isOpen = ({ status }: Pick<Conversation, 'status'>) =>
	status === 'open' || status === 'pending';

/** Contains neither the text nor a template value of an item. */
const AUTO_REPLY = 'Terima kasih, pesan Kakak sudah kami catat.';

const CUSTOMERS = [1, 2, 3, 4].map((number) => ({
	phone: `0812 0000 000${number}`,
	e164: `+628120000000${number}`,
	name: `Pelanggan ${number}`,
}));

const TEST_TIMEOUT_MS = 300_000;

const customerArbitrary = fc.nat(CUSTOMERS.length - 1);

const stepArbitrary = fc.oneof(
	{
		weight: 4,
		// Each run has one or more items, possibly several for one customer.
		arbitrary: fc.record({
			kind: fc.constant('send' as const),
			runs: fc.array(fc.array(customerArbitrary, { minLength: 1, maxLength: 4 }), {
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
	fc.record({ kind: fc.constant('open' as const), customer: customerArbitrary }),
);

/** Whether automation rules resolve the conversation of each message, and reply to each message. */
const automationArbitrary = fc.record({
	resolves: fc.boolean(),
	replies: fc.boolean(),
});

/**
 * Sends templates, which WhatsApp accepts in any conversation. Records the status of each conversation when
 * a message arrives, before an automation rule changes it.
 */
it(
	'sends into an unresolved conversation or into the one that the run has used, and creates one only if the customer has no unresolved one',
	async () => {
		await fc.assert(
			fc.asyncProperty(
				fc.array(stepArbitrary, { minLength: 3, maxLength: 10 }),
				automationArbitrary,
				async (steps, { resolves, replies }) => {
					const workspace = await openChannel();
					const { store } = workspace.sandbox;
					const channel = store.channels.get(workspace.channel)!;
					const parameters = toPhoneOnChannel(workspace, workspace.channel);
					const otherConversationsOf = (conversation: Conversation) =>
						conversationsOf(workspace).filter(
							({ id, contact }) =>
								id !== conversation.id && contact.phone === conversation.contact.phone,
						);
					/** The status of each message's conversation, and those of the customer's other ones. */
					const statusesAtMessage = new Map<
						string,
						{ status: ConversationStatus; others: ConversationStatus[] }
					>();
					const needlessConversations: string[] = [];
					let isNodeRunning = false;
					// This listener runs before the rules, because it is added first.
					store.emitter.on('event', (event) => {
						if (!isNodeRunning || !event.name.endsWith('.created')) return;
						if (!('conversation' in event)) return;
						const { conversation } = event;
						const others = otherConversationsOf(conversation).map(({ status }) => status);
						if (event.name === 'message.created') {
							const { status } = conversation;
							statusesAtMessage.set(event.message.id, { status, others });
						} else if (others.some((status) => status !== 'resolved')) {
							needlessConversations.push(
								`${conversation.id} was created although the customer has ${others.join(', ')} ones`,
							);
						}
					});
					if (resolves) addResolveRule(workspace);
					if (replies) addAutoReply(workspace, AUTO_REPLY);

					for (const next of steps) {
						// Sahut's times are whole seconds, so two changes within one second have no order.
						advanceClock(2 * SECOND_MS);
						const all = conversationsOf(workspace);
						const chosen = 'which' in next ? all[next.which % Math.max(1, all.length)] : undefined;
						if (next.kind === 'setStatus' && chosen) {
							store.updateConversation(chosen, { status: next.status });
						} else if (next.kind === 'reply' && chosen) {
							store.updateConversation(chosen, { status: 'open' });
							store.addIncoming(chosen.id, 'Halo');
						} else if (next.kind === 'open') {
							const { e164 } = CUSTOMERS[next.customer]!;
							const known = contactsOf(workspace).find(({ phone }) => phone === e164);
							if (known) store.addConversation({ contact: known, channel });
						} else if (next.kind === 'send') {
							isNodeRunning = true;
							const runs = await Promise.all(
								next.runs.map(async (customers) => {
									const rows = customers.map((customer) => CUSTOMERS[customer]!);
									return { rows, ...(await workspace.run(parameters, rows)) };
								}),
							);
							isNodeRunning = false;
							for (const { rows, status, output } of runs) {
								expect(status).toBe('success');
								expect(output('Sahut')).toHaveLength(rows.length);
								/** The conversation of each phone number in this run. */
								const usedByRun = new Map<string, unknown>();
								for (const [index, { json }] of output('Sahut').entries()) {
									const { e164 } = rows[index]!;
									const conversation = store.conversations.get(String(json.conversation_id))!;
									expect(conversation.contact.phone).toBe(e164);
									const before = statusesAtMessage.get(String(json.id))!;
									if (usedByRun.has(e164)) {
										expect(json.conversation_id).toBe(usedByRun.get(e164));
									} else {
										expect(before.status).not.toBe('resolved');
										// The node uses a snoozed conversation only if none is open.
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
	},
	TEST_TIMEOUT_MS,
);

/** Faults after which a later round determines the outcome of the request. */
const FAULTS: FaultAction[] = [
	{ kind: 'status', status: 429, retryAfter: 1 },
	{ kind: 'status', status: 403 },
	{ kind: 'statusAfterStore', status: 500 },
	{ kind: 'dropAfter' },
	{ kind: 'notJson' },
];

const CUSTOMER_COUNT = 12;
const MAX_ROUNDS = 5;
const SECOND_KEY = 'sk_live_second_key';

const rowsArbitrary = fc.array(
	fc.record({ customer: fc.nat(CUSTOMER_COUNT - 1), order: fc.integer({ min: 1, max: 3 }) }),
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
 * The delay of lists, and whether the executions use two API keys. The two are not combined: each key
 * searches contacts and lists on its own, because two workspaces may share a customer. So the second key
 * cannot know a record of the first key that lists do not show yet, and would create another one.
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
 * Returns the statuses that agents may set between two rounds. With a second key, no conversation is opened
 * again: a key that knows an open conversation reads no list, so it does not find a conversation that the
 * other key has created (docs/limits.md, "Skip If Sent Within").
 */
const statusesFor = (hasSecondKey: boolean): ConversationStatus[] =>
	hasSecondKey ? ['snoozed', 'resolved'] : CONVERSATION_STATUSES;

const settingArbitrary = accessArbitrary.chain((access) => {
	const status = fc.constantFrom(...statusesFor(access.hasSecondKey));
	const changes = fc.array(fc.record({ which: fc.nat(60), status }), { maxLength: 8 });
	return fc.record({
		access: fc.constant(access),
		/** Whether a rule resolves the conversation of each message. */
		resolves: fc.boolean(),
		/** The sender of an auto-reply to each message. `none`: there is no auto-reply. */
		autoReplySender: fc.constantFrom('none', 'apiSender', 'otherBot'),
		/** The changes of conversations after each round except the last one. */
		changesAfter: fc.array(changes, { minLength: MAX_ROUNDS - 1, maxLength: MAX_ROUNDS - 1 }),
	});
});

/** *Text, or Template After 24 Hours*, where both forms contain the text of the item. */
const textOrTemplate: INode['parameters'] = {
	messageType: 'textOrTemplate',
	content: '={{ $json.text }}',
	templateId: 'tmpl_follow_up',
	templateVariables: { variable: [{ name: 'customer_name', value: '={{ $json.text }}' }] },
};

/**
 * Runs executions with overlapping items at the same moment under faults, and repeats all of them in several
 * rounds, the last one without faults. A customer is new, has an open conversation inside or outside the
 * 24-hour window, or a resolved one. Between the rounds, agents change the status of some conversations.
 */
it(
	'sends each message once when overlapping executions with Skip If Sent Within are repeated under faults',
	async () => {
		await fc.assert(
			fc.asyncProperty(
				fc.array(rowsArbitrary, { minLength: 2, maxLength: 4 }),
				faultsArbitrary,
				settingArbitrary,
				async (executions, plannedFaults, { access, resolves, autoReplySender, changesAfter }) => {
					const { listDelayMs, hasSecondKey } = access;
					const options: SandboxOptions = {
						...(hasSecondKey && { secondApiKey: SECOND_KEY }),
						...(listDelayMs > 0 && { deviations: ['late-lists', 'stale-lists'], listDelayMs }),
					};
					const workspace = await openWorkspace(options);
					const { store, faults, apiKey, url: baseUrl } = workspace.sandbox;
					const phoneOf = (customer: number) => `+62812${String(customer).padStart(8, '0')}`;
					for (let customer = 0; customer < CUSTOMER_COUNT; customer += 2) {
						const contact = store.addContact({ phone: phoneOf(customer) });
						const status = customer % 3 === 0 ? 'resolved' : 'open';
						const { id } = store.addConversation({ contact, status });
						const hoursAgo = customer % 4 === 0 ? 30 : 1;
						store.addIncoming(id, 'Halo', new Date(store.now().getTime() - hoursAgo * HOUR_MS));
					}
					// After this, lists show all records.
					advanceClock(MINUTE_MS);
					if (resolves) addResolveRule(workspace);
					if (autoReplySender !== 'none') {
						const sender = autoReplySender === 'apiSender' ? store.bot : OTHER_BOT;
						addAutoReply(workspace, AUTO_REPLY, sender);
					}
					for (const { action, method, skip } of plannedFaults)
						faults.add({ ...action, method, skip });
					const textOf = ({ customer, order }: { customer: number; order: number }) =>
						`pelanggan-${customer} pesanan-${order}`;
					const parameters = { ...toPhone(workspace, { skipIfSentWithin: 1 }), ...textOrTemplate };
					const credentialsOf = (execution: number) => ({
						sahutApi: {
							baseUrl,
							apiKey: hasSecondKey && execution % 2 === 1 ? SECOND_KEY : apiKey,
						},
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

					const expected = new Map(
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
					expect(sent.sort()).toEqual([...expected].sort());
					await workspace.sandbox.close();
				},
			),
			{ numRuns: 25, interruptAfterTimeLimit: 250_000, markInterruptAsFailure: true },
		);
	},
	TEST_TIMEOUT_MS,
);
