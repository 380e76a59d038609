import { setTimeout as wait } from 'node:timers/promises';

import type { Conversation } from '../../../../sandbox/records';
import { fromDist, sahutWorkflow } from '../../../support/engine';
import { dataAtStart } from '../../../support/retryData';
import {
	conversationsOf,
	openWorkspace,
	sendText,
	toPhone,
	type Workspace,
} from '../../../support/workspace';
import { ANI, onChannel, openChannel } from '../conversationChoice/channelFixture';
import type * as ProcessCacheModule from '../../../../nodes/Sahut/processCache';
import { now } from '../../../support/testClock';

const SIX_ROWS = [1, 2, 3, 4, 5, 6].map((number) => ({
	phone: `0812 0000 000${number}`,
	name: `Nama ${number}`,
}));

/** A second key of the sandbox, for which writes are refused. */
const OTHER_KEY = 'sk_read_only_1';

const withOtherKey = ({ sandbox: { url } }: Workspace) => ({
	credentials: { sahutApi: { apiKey: OTHER_KEY, baseUrl: url } },
});

describe('executions in one process at the same moment', () => {
	it('creates one contact and one conversation when three executions send to the same new phone number', async () => {
		const workspace = await openChannel({ latencyMs: 10 });

		const runs = await Promise.all([1, 2, 3].map(async () => await workspace.send()));

		expect(runs.map(({ status }) => status)).toEqual(Array(3).fill('success'));
		expect(workspace.sandbox.store.contacts.size).toBe(1);
		const [conversation, ...others] = conversationsOf(workspace);
		expect(others).toEqual([]);
		expect(workspace.sent(conversation!.id)).toHaveLength(3);
	});

	it('creates one contact when lists do not show a new contact yet', async () => {
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

	it('sends one message at a time into a conversation, by its ID or by the phone number', async () => {
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

	it('sends one message at a time into a conversation, whatever the API key', async () => {
		const workspace = await openChannel({ readOnlyApiKey: OTHER_KEY });
		const { faults, journal } = workspace.sandbox;
		const [conversation] = workspace.addConversations(1);
		faults.add({ kind: 'slow', delayMs: 300, method: 'POST' });
		const rows = [{ conversation, text: 'Halo' }];
		const slow = workspace.run(sendText, rows);
		await wait(100);

		await Promise.all([slow, workspace.run(sendText, rows, {}, withOtherKey(workspace))]);

		const [first, second] = journal.entries.filter(({ method }) => method === 'POST');
		expect(first!.headers.authorization).not.toContain(OTHER_KEY);
		expect(second!.headers.authorization).toContain(OTHER_KEY);
		expect(second!.at).toBeGreaterThanOrEqual(first!.endedAt!);
	});

	it('creates one contact and one conversation when executions with two spellings of the base URL send to the same new phone number', async () => {
		const workspace = await openChannel({ latencyMs: 10 });
		const { apiKey, url } = workspace.sandbox;
		const spelled = { sahutApi: { apiKey, baseUrl: `${url.replace('http:', 'HTTP:')}/` } };
		const send = async (more: object) =>
			await workspace.run(onChannel(workspace, workspace.channel), [ANI], {}, more);

		const runs = await Promise.all([send({}), send({ credentials: spelled })]);

		expect(runs.map(({ status }) => status)).toEqual(['success', 'success']);
		expect(workspace.sandbox.store.contacts.size).toBe(1);
		expect(conversationsOf(workspace)).toHaveLength(1);
	});

	it('does not share with another API key what it has found by a phone number or in lists', async () => {
		const workspace = await openChannel({ readOnlyApiKey: OTHER_KEY });
		const { journal } = workspace.sandbox;
		await workspace.send();
		await workspace.send();
		const own = journal.entries.filter(({ path }) => path.startsWith('/conversations/'));
		expect(own.filter(({ method }) => method === 'GET')).toHaveLength(1);
		journal.clear();

		await workspace.run(
			onChannel(workspace, workspace.channel),
			[ANI],
			{},
			withOtherKey(workspace),
		);

		// It searches the contact and reads the list before it reads or writes anything by an ID.
		const requests = workspace.requests();
		expect(requests.slice(0, 2)).toEqual(['GET /contacts', 'GET /conversations']);
	});

	it.each([true, false])(
		'sends each message once when two retries of one execution run (Reuse Open Conversation: %s)',
		async (reuse) => {
			const workspace = await openChannel({ latencyMs: 5 });
			const options = { concurrency: 1, reuseOpenConversation: reuse };
			const workflow = sahutWorkflow({ ...onChannel(workspace, workspace.channel), options });
			const stored = dataAtStart(workflow.nodes[0]!, SIX_ROWS, now() - 600_000);
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
		},
	);

	it('creates one conversation for items with one phone number while the list of conversations is read', async () => {
		const workspace = await openChannel({ deviations: ['late-lists'] });
		const { store, faults } = workspace.sandbox;
		const channel = store.channels.get(workspace.channel)!;
		store.addConversations(150, { until: new Date(now() - 3_600_000), channel });
		store.addContact({ phone: '+6281200000009', created_at: '2024-03-01T08:00:00Z' });
		faults.add({
			kind: 'slow',
			delayMs: 400,
			method: 'GET',
			path: '/conversations',
			skip: 2,
			times: 9,
		});
		// The list has been read when the second item begins.
		faults.add({ kind: 'slow', delayMs: 600, method: 'POST', path: /messages/, mentions: 'Ani' });
		const rows = [{ phone: '0812 0000 0009', name: 'Lama' }, ANI, ANI, ANI];

		await workspace.run(
			{ ...onChannel(workspace, workspace.channel), options: { concurrency: 20 } },
			rows,
		);

		expect(store.conversations.size).toBe(150 + 2);
	});
});

describe('locks', () => {
	it('does not deadlock when a contact is named like a conversation ID', async () => {
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

	it('keeps the lock of a waiting execution, however many other workspaces are used', async () => {
		const workspace = await openChannel();
		const { getProcessCache } = await fromDist<typeof ProcessCacheModule>('processCache/index');
		workspace.sandbox.faults.add({ kind: 'slow', delayMs: 500, method: 'POST', path: '/contacts' });

		const first = workspace.send();
		await wait(150);
		for (let number = 0; number <= 100; number++) {
			getProcessCache({ id: `other ${number}`, address: `other ${number}`, now });
		}
		await Promise.all([first, workspace.send()]);

		expect(workspace.sandbox.store.contacts.size).toBe(1);
		expect(conversationsOf(workspace)).toHaveLength(1);
	});

	it('does not deadlock when executions use phone numbers and conversations in opposite order', async () => {
		const workspace = await openWorkspace({ latencyMs: 10 });
		const { store, faults } = workspace.sandbox;
		const rows = [0, 1, 2, 3].map((n) => {
			const contact = store.addContact({ phone: `+628123456789${n}` });
			const { id } = store.addConversation({ contact });
			store.addIncoming(id, 'Halo');
			return { phone: `+628123456789${n}`, name: 'Budi', conversation: id, text: 'Halo' };
		});
		faults.add({ kind: 'dropBefore', method: 'POST', times: 3, skip: 1 });
		const on = { onError: 'continueRegularOutput' } as const;
		await Promise.all([
			workspace.run({ ...sendText, options: { concurrency: 1 } }, rows, on),
			workspace.run(
				toPhone(workspace, { concurrency: 1, skipIfSentWithin: 1 }),
				[...rows].reverse(),
				on,
			),
			workspace.run(toPhone(workspace, { concurrency: 2, reuseOpenConversation: false }), rows, on),
		]);
	}, 60_000);
});

describe('a cancelled execution', () => {
	it('ends an execution at once that is cancelled while it waits, and does not block the next one', async () => {
		const workspace = await openChannel();
		const [conversation] = workspace.addConversations(1);
		workspace.sandbox.faults.add({ kind: 'slow', delayMs: 700, method: 'POST' });
		const row = (text: string) => [{ conversation, text }];
		const first = workspace.run(sendText, row('Satu'));
		await wait(50);
		const startedAt = now();
		const cancelled = await workspace.run(sendText, row('Dua'), {}, { cancelWhen: wait(100) });

		expect(cancelled.status).toBe('canceled');
		expect(now() - startedAt).toBeLessThan(500);
		await Promise.all([first, workspace.run(sendText, row('Tiga'))]);
		expect(workspace.sent(conversation!)).toEqual(['Satu', 'Tiga']);
	});

	it('does not harm other executions when one is cancelled that reads a list for them or waits for it', async () => {
		const workspace = await openChannel();
		const { store, faults } = workspace.sandbox;
		const people = [1, 2, 3].map((number) => ({ phone: `0812 0000 000${number}`, name: 'Ani' }));
		for (const number of [1, 2, 3]) store.addContact({ phone: `+628120000000${number}` });
		faults.add({ kind: 'slow', delayMs: 500, method: 'GET', path: '/conversations' });
		const send = async (customer: number, more = {}) =>
			await workspace.run(onChannel(workspace, workspace.channel), [people[customer]!], {}, more);

		const startedAt = now();
		const reader = send(0, { cancelWhen: wait(200) });
		await wait(50);
		const [cancelled, waiting, third] = await Promise.all([
			reader,
			send(1, { cancelWhen: wait(100) }),
			send(2),
		]);

		expect([cancelled.status, waiting.status]).toEqual(['canceled', 'canceled']);
		expect(waiting.error?.message).toContain('The execution was canceled');
		expect(third.status).toBe('success');
		expect(now() - startedAt).toBeLessThan(5_000);
		expect(conversationsOf(workspace)).toHaveLength(1);
	});
});
