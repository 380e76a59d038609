import fc from 'fast-check';
import type { INode } from 'n8n-workflow';
import { setTimeout as wait } from 'node:timers/promises';

import type * as Room from '../../nodes/Sahut/workspace';
import type { FaultAction } from '../../sandbox';
import { HOUR_MS } from '../../sandbox/clock';
import type { Conversation } from '../../sandbox/records';
import { PACKAGE_FOLDER, sahutWorkflow } from '../support/engine';
import { byId } from '../support/locator';
import { dataAtStart } from '../support/retryData';
import {
	allSent,
	conversationsOf,
	openWorkspace,
	sendText,
	toPhone,
	type Workspace,
} from '../support/workspace';

/** A WhatsApp template to a phone number, which reaches everybody at any time. */
const onChannel = (workspace: Workspace, channel: string): INode['parameters'] => ({
	...toPhone(workspace),
	channelId: byId(channel),
});

/** The built room, as the built node uses it. */
async function loadRoom(): Promise<typeof Room> {
	return (await import(`${PACKAGE_FOLDER}/dist/nodes/Sahut/workspace/index.js`)) as typeof Room;
}

const ANI = { phone: '0812 0000 0001', name: 'Ani' };

async function openChannel(options: Parameters<typeof openWorkspace>[0] = {}) {
	const workspace = await openWorkspace(options);
	const { id: channel } = workspace.sandbox.store.addChannel();
	const send = async (row = ANI, parameters = onChannel(workspace, channel)) =>
		await workspace.run(parameters, [row]);
	return { ...workspace, channel, send };
}

describe('executions of one n8n at the same moment', () => {
	it('that reach the same new number make one contact and one conversation', async () => {
		const workspace = await openChannel({ latencyMs: 10 });

		const runs = await Promise.all([1, 2, 3].map(async () => await workspace.send()));

		expect(runs.map(({ status }) => status)).toEqual(Array(3).fill('success'));
		expect(workspace.sandbox.store.contacts.size).toBe(1);
		const [conversation, ...others] = conversationsOf(workspace);
		expect(others).toEqual([]);
		expect(workspace.sent(conversation!.id)).toHaveLength(3);
	});

	it('make one also when Sahut does not show at once what was made', async () => {
		const workspace = await openChannel();
		const meta = { total: 0, page: 1, per_page: 100, total_pages: 0 };
		const body = { data: [], meta };
		workspace.sandbox.faults.add({
			kind: 'body',
			method: 'GET',
			path: '/contacts',
			times: 3,
			body,
		});

		await Promise.all([1, 2, 3].map(async () => await workspace.send()));

		expect(workspace.sandbox.store.contacts.size).toBe(1);
		expect(conversationsOf(workspace)).toHaveLength(1);
	});

	it('do not write into one conversation at once, by its ID or by the number', async () => {
		const workspace = await openChannel();
		const { store, faults, journal } = workspace.sandbox;
		await workspace.send();
		const [{ id }] = conversationsOf(workspace) as [Conversation];
		store.addIncoming(id, 'Halo');
		journal.clear();
		faults.add({ kind: 'slow', delayMs: 300, method: 'POST', times: 4 });

		await Promise.all([
			workspace.run(sendText, [{ conversation: id, text: 'Satu' }]),
			workspace.send({ ...ANI, name: 'Dua' }),
			workspace.run(sendText, [{ conversation: id, text: 'Tiga' }]),
			workspace.send({ ...ANI, name: 'Empat' }),
		]);

		const posts = journal.entries.filter(({ method }) => method === 'POST');
		expect(posts).toHaveLength(4);
		for (const [index, post] of posts.slice(1).entries()) {
			expect(post.at).toBeGreaterThanOrEqual(posts[index]!.endedAt!);
		}
	});

	it('with other keys or other addresses know nothing of each other', async () => {
		const workspace = await openChannel({ latencyMs: 30, readOnlyApiKey: 'sk_read_only_1' });
		const { id } = workspace.sandbox.store.addConversation();
		workspace.sandbox.store.addIncoming(id, 'Halo');
		workspace.sandbox.faults.add({ kind: 'slow', delayMs: 400, method: 'POST' });
		const rows = [{ conversation: id, text: 'Halo' }];
		const slow = workspace.run(sendText, rows);
		await wait(60);

		const other = { apiKey: 'sk_read_only_1', baseUrl: workspace.sandbox.url };
		const started = Date.now();
		await workspace.run(sendText, rows, {}, { credentials: { sahutApi: other } });

		expect(Date.now() - started).toBeLessThan(300);
		await slow;
	});
});

describe('two retries of one execution at the same moment', () => {
	const rows = [1, 2, 3, 4, 5, 6].map((number) => ({
		phone: `0812 0000 000${number}`,
		name: `Nama ${number}`,
	}));

	it.each([true, false])('write to nobody twice, Reuse Open Conversation: %s', async (reuse) => {
		const workspace = await openChannel({ latencyMs: 5 });
		const options = { concurrency: 1, reuseOpenConversation: reuse };
		const workflow = sahutWorkflow({ ...onChannel(workspace, workspace.channel), options });
		const stored = dataAtStart(workflow.nodes[0]!, rows, Date.now() - 600_000);
		const retry = async () =>
			await workspace.run(
				{},
				[],
				{},
				{
					...workflow,
					mode: 'retry',
					executionData: structuredClone(stored),
				},
			);

		await Promise.all([retry(), retry()]);

		expect(conversationsOf(workspace).flatMap(({ id }) => workspace.sent(id))).toHaveLength(6);
	});
});

describe('lanes', () => {
	it('of a contact that is named like a conversation lock nobody up', async () => {
		const workspace = await openChannel();
		await workspace.send();
		const [{ id: name }] = conversationsOf(workspace) as [Conversation];
		workspace.sandbox.faults.add({ kind: 'slow', delayMs: 300, method: 'GET', path: '/contacts' });
		const create = {
			resource: 'contact',
			operation: 'create',
			name,
			additionalFields: { phone: ANI.phone },
		};

		const first = workspace.send();
		await wait(100);
		const runs = await Promise.all([first, workspace.run(create)]);

		expect(runs.map(({ status }) => status)).toEqual(['success', 'success']);
	});

	it('are kept while somebody is in them, whatever else this n8n works with', async () => {
		const workspace = await openChannel();
		const { workspaceOf } = await loadRoom();
		workspace.sandbox.faults.add({ kind: 'slow', delayMs: 500, method: 'POST', path: '/contacts' });

		const first = workspace.send();
		await wait(150);
		for (let number = 0; number <= 100; number++) workspaceOf(`other ${number}`);
		await Promise.all([first, workspace.send()]);

		expect(workspace.sandbox.store.contacts.size).toBe(1);
		expect(conversationsOf(workspace)).toHaveLength(1);
	});
});

it('rows with one new number share a conversation that was made while the list was read', async () => {
	const workspace = await openChannel({ deviations: ['late-lists'] });
	const { store, faults } = workspace.sandbox;
	const channel = store.channels.get(workspace.channel)!;
	store.addConversations(150, { until: new Date(Date.now() - 3_600_000), channel });
	store.addContact({ phone: '+6281200000009', created_at: '2024-03-01T08:00:00Z' });
	faults.add({
		kind: 'slow',
		delayMs: 400,
		method: 'GET',
		path: '/conversations',
		skip: 2,
		times: 9,
	});
	// The list has been read when the second row begins.
	faults.add({ kind: 'slow', delayMs: 600, method: 'POST', path: /messages/, mentions: 'Ani' });
	const rows = [{ phone: '0812 0000 0009', name: 'Lama' }, ANI, ANI, ANI];

	await workspace.run(
		{ ...onChannel(workspace, workspace.channel), options: { concurrency: 20 } },
		rows,
	);

	expect(store.conversations.size).toBe(150 + 2);
});

describe('an execution that is cancelled while it waits for another one', () => {
	it('ends at once, sends nothing, and keeps nobody waiting', async () => {
		const workspace = await openChannel();
		const [conversation] = workspace.addConversations(1);
		workspace.sandbox.faults.add({ kind: 'slow', delayMs: 700, method: 'POST' });
		const row = (text: string) => [{ conversation, text }];
		const first = workspace.run(sendText, row('Satu'));
		await wait(50);
		const begun = Date.now();
		const cancelled = await workspace.run(sendText, row('Dua'), {}, { cancelWhen: wait(100) });

		expect(cancelled.status).toBe('canceled');
		expect(Date.now() - begun).toBeLessThan(500);
		await Promise.all([first, workspace.run(sendText, row('Tiga'))]);
		expect(workspace.sent(conversation!)).toEqual(['Satu', 'Tiga']);
	});
});

describe('a customer whose conversation is known', () => {
	it.each<[string, (workspace: Workspace, conversation: Conversation) => void]>([
		[
			'was resolved',
			({ sandbox: { store } }, conversation) =>
				store.updateConversation(conversation, { status: 'resolved' }),
		],
		[
			'was moved to another channel',
			({ sandbox: { store } }, conversation) => {
				conversation.channel = store.addChannel({ name: 'Lain' });
			},
		],
		['was deleted', ({ sandbox: { store } }, { id }) => void store.conversations.delete(id)],
	])('gets another one when it %s since', async (_, happens) => {
		const workspace = await openChannel();
		await workspace.send();
		const [known] = conversationsOf(workspace) as [Conversation];
		happens(workspace, known);

		const { output } = await workspace.send();

		expect(output('Sahut')[0]!.json).toMatchObject({ conversation_created: true });
		expect(workspace.sandbox.store.contacts.size).toBe(1);
	});

	it('gets one on each channel', async () => {
		const workspace = await openChannel();
		const { id: second } = workspace.sandbox.store.addChannel({ name: 'Kedua' });
		for (let time = 1; time <= 2; time++) {
			await workspace.send();
			await workspace.send(ANI, onChannel(workspace, second));
		}
		const channels = conversationsOf(workspace).map(({ channel }) => channel.id);
		expect(channels.sort()).toEqual([workspace.channel, second].sort());
	});
});

it('an execution that is cancelled while it reads for another one, or waits for it, harms nobody', async () => {
	const workspace = await openChannel();
	const { store, faults } = workspace.sandbox;
	const people = [1, 2, 3].map((number) => ({ phone: `0812 0000 000${number}`, name: 'Ani' }));
	for (const number of [1, 2, 3]) store.addContact({ phone: `+628120000000${number}` });
	faults.add({ kind: 'slow', delayMs: 500, method: 'GET', path: '/conversations' });
	const send = async (who: number, more = {}) =>
		await workspace.run(onChannel(workspace, workspace.channel), [people[who]!], {}, more);

	const begun = Date.now();
	const reader = send(0, { cancelWhen: wait(200) });
	await wait(50);
	const [cancelled, waiting, third] = await Promise.all([
		reader,
		send(1, { cancelWhen: wait(100) }),
		send(2),
	]);

	expect([cancelled.status, waiting.status]).toEqual(['canceled', 'canceled']);
	expect(waiting.error?.message).toContain('The execution was cancelled');
	expect(third.status).toBe('success');
	expect(Date.now() - begun).toBeLessThan(5_000);
	expect(conversationsOf(workspace)).toHaveLength(1);
});

it('a conversation that was opened a second ago is found', async () => {
	const workspace = await openChannel();
	const { store } = workspace.sandbox;
	const contact = store.addContact({ phone: '+6281200000001' });
	await workspace.send({ phone: '0812 0000 0002', name: 'Budi' });
	await workspace.send();
	const [first] = conversationsOf(workspace).filter((each) => each.contact.id === contact.id);
	store.updateConversation(first!, { status: 'resolved' });
	const { id } = store.addConversation({
		contact,
		channel: store.channels.get(workspace.channel)!,
	});

	const { output } = await workspace.send();

	expect(output('Sahut')[0]!.json).toMatchObject({ conversation_id: id, contact_id: contact.id });
});

it('where the list is not ordered by activity, it is read whole at most once a minute', async () => {
	const workspace = await openChannel({ conversationOrder: 'created' });
	const { store } = workspace.sandbox;
	const channel = store.channels.get(workspace.channel)!;
	const long = { until: new Date(Date.now() - 3_600_000), channel };
	const [oldest] = store.addConversations(250, long);
	store.addIncoming(oldest!.id, 'Halo');
	for (const number of [1, 2, 3]) store.addContact({ phone: `+6281200000${100 + number}` });
	const lists = () => workspace.requests().filter((each) => each === 'GET /conversations').length;

	await workspace.send({ phone: '0812 0000 0101', name: 'Ani' });
	// The first page of all, three of open ones, and one of pending ones.
	expect(lists()).toBe(5);
	await workspace.send({ phone: '0812 0000 0102', name: 'Budi' });
	await workspace.send({ phone: '0812 0000 0103', name: 'Citra' });

	// Its first page shows at least those that are new.
	expect(lists()).toBe(5 + 2);
});

it('whatever happens meanwhile: no message into one that is not open, and no second one of ours', async () => {
	const people = [1, 2, 3, 4].map((number) => ({
		phone: `0812 0000 000${number}`,
		name: `Pelanggan ${number}`,
	}));
	const step = fc.oneof(
		{
			weight: 4,
			arbitrary: fc.record({
				kind: fc.constant('send' as const),
				who: fc.array(fc.nat(3), { minLength: 1, maxLength: 3 }),
			}),
		},
		fc.record({ kind: fc.constant('resolve' as const), which: fc.nat(20) }),
		fc.record({ kind: fc.constant('reply' as const), which: fc.nat(20) }),
		fc.record({ kind: fc.constant('open' as const), who: fc.nat(3) }),
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
					const phone = people[next.who]!.phone.replace('0', '+62').replace(/ /g, '');
					const known = [...store.contacts.values()].find((each) => each.phone === phone);
					if (known) store.addConversation({ contact: known, channel });
				} else if (next.kind === 'send') {
					const before = new Map(all.map((each) => [each.id, each.status]));
					const open = new Set(all.filter(isOpen).map(({ contact }) => contact.phone));
					const runs = await Promise.all(
						next.who.map(async (who) => await workspace.send(people[who])),
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
