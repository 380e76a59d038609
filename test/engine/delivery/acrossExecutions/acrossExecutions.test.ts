import { setTimeout as wait } from 'node:timers/promises';

import { HOUR_MS, MINUTE_MS } from '../../../../sandbox/clock';
import type { Conversation } from '../../../../sandbox/records';
import { importFromDist, sahutWorkflow } from '../../../support/engine';
import { createStartData } from '../../../support/retryData';
import {
	allSentTexts,
	conversationsOf,
	openWorkspace,
	sendText,
	toPhone,
	until,
	type Workspace,
} from '../../../support/workspace';
import { ANI, toPhoneOnChannel, openChannel } from '../conversationChoice/channelFixture';
import type * as ProcessCacheModule from '../../../../nodes/Sahut/processCache';
import { now, testClock } from '../../../support/testClock';

const toE164 = (phone: string) => `+62${phone.slice(1).replaceAll(' ', '')}`;

const SIX_ROWS = [1, 2, 3, 4, 5, 6].map((number) => ({
	phone: `0812 0000 000${number}`,
	name: `Nama ${number}`,
}));

/** A second key of the sandbox, whose writes Sahut refuses. */
const OTHER_KEY = 'sk_read_only_1';

const postsOf = ({ sandbox }: Workspace) =>
	sandbox.journal.entries.filter(({ method }) => method === 'POST');

const withOtherKey = ({ sandbox: { url } }: Workspace) => ({
	credentials: { sahutApi: { apiKey: OTHER_KEY, baseUrl: url } },
});

describe('concurrent executions in one process', () => {
	it('create one contact and one conversation for the same new phone number', async () => {
		const workspace = await openChannel({ latencyMs: 10 });

		const runs = await Promise.all([1, 2, 3].map(async () => await workspace.send()));

		expect(runs.map(({ status }) => status)).toEqual(Array(3).fill('success'));
		expect(workspace.sandbox.store.contacts.size).toBe(1);
		const [conversation, ...others] = conversationsOf(workspace);
		expect(others).toEqual([]);
		expect(workspace.sent(conversation!.id)).toHaveLength(3);
	});

	it('create one contact even if lists do not show a new contact yet', async () => {
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

	it('send one message at a time into a conversation, by its ID or by the phone number', async () => {
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

		const posts = postsOf(workspace);
		expect(posts).toHaveLength(4);
		const early = posts.slice(1).filter(({ at }, index) => at < posts[index]!.endedAt!);
		expect(early).toEqual([]);
	});

	it('send one message at a time into a conversation, even with different API keys', async () => {
		const workspace = await openChannel({ readOnlyApiKey: OTHER_KEY });
		const [conversation] = workspace.addConversations(1);
		workspace.sandbox.faults.add({ kind: 'slow', delayMs: 300, method: 'POST' });
		const rows = [{ conversation, text: 'Halo' }];
		const slow = workspace.run(sendText, rows);
		await until(() => postsOf(workspace).length === 1);

		await Promise.all([slow, workspace.run(sendText, rows, {}, withOtherKey(workspace))]);

		const [first, second] = postsOf(workspace);
		expect(first!.headers.authorization).not.toContain(OTHER_KEY);
		expect(second!.headers.authorization).toContain(OTHER_KEY);
		expect(second!.at).toBeGreaterThanOrEqual(first!.endedAt!);
	});

	it('create one contact and one conversation for a new phone number with two spellings of the base URL', async () => {
		const workspace = await openChannel({ latencyMs: 10 });
		const { apiKey, url } = workspace.sandbox;
		const otherSpelling = { sahutApi: { apiKey, baseUrl: `${url.replace('http:', 'HTTP:')}/` } };
		const send = async (overrides: object) =>
			await workspace.run(toPhoneOnChannel(workspace, workspace.channel), [ANI], {}, overrides);

		const runs = await Promise.all([send({}), send({ credentials: otherSpelling })]);

		expect(runs.map(({ status }) => status)).toEqual(['success', 'success']);
		expect(workspace.sandbox.store.contacts.size).toBe(1);
		expect(conversationsOf(workspace)).toHaveLength(1);
	});

	it('do not share a contact or conversation that was found by a phone number or in lists with another API key', async () => {
		const workspace = await openChannel({ readOnlyApiKey: OTHER_KEY });
		const { journal } = workspace.sandbox;
		await workspace.send();
		await workspace.send();
		const own = journal.entries.filter(({ path }) => path.startsWith('/conversations/'));
		expect(own.filter(({ method }) => method === 'GET')).toHaveLength(1);
		journal.clear();

		await workspace.run(
			toPhoneOnChannel(workspace, workspace.channel),
			[ANI],
			{},
			withOtherKey(workspace),
		);

		// The other key searches for the contact and reads the list before it uses an ID.
		expect(workspace.requests().slice(0, 2)).toEqual(['GET /contacts', 'GET /conversations']);
	});

	it.each([true, false])(
		'send each message once if they are retries of the same execution (Reuse Open Conversation: %s)',
		async (reuseOpenConversation) => {
			const workspace = await openChannel({ latencyMs: 5 });
			const options = { concurrency: 1, reuseOpenConversation };
			const workflow = sahutWorkflow({
				...toPhoneOnChannel(workspace, workspace.channel),
				options,
			});
			const stored = createStartData(workflow.nodes[0]!, SIX_ROWS, now() - 10 * MINUTE_MS);
			const retry = async () => {
				const executionData = structuredClone(stored);
				return await workspace.run({}, [], {}, { ...workflow, mode: 'retry', executionData });
			};

			await Promise.all([retry(), retry()]);

			expect(allSentTexts(workspace)).toHaveLength(6);
			expect(new Set(allSentTexts(workspace)).size).toBe(6);
		},
	);

	it('create one conversation for three items with one phone number while a long list is being read', async () => {
		const workspace = await openChannel({ deviations: ['late-lists'] });
		const { store, faults } = workspace.sandbox;
		const channel = store.channels.get(workspace.channel)!;
		store.addConversations(150, { until: new Date(now() - HOUR_MS), channel });
		store.addContact({ phone: '+6281200000009', created_at: '2024-03-01T08:00:00Z' });
		faults.add({
			kind: 'slow',
			delayMs: 400,
			method: 'GET',
			path: '/conversations',
			skip: 2,
			times: 9,
		});
		// The node finishes reading the list before the second item with this number begins.
		faults.add({
			kind: 'slow',
			delayMs: 600,
			method: 'POST',
			path: /messages/,
			bodyContains: 'Ani',
		});
		const rows = [{ phone: '0812 0000 0009', name: 'Lama' }, ANI, ANI, ANI];

		await workspace.run(
			{ ...toPhoneOnChannel(workspace, workspace.channel), options: { concurrency: 20 } },
			rows,
		);

		expect(store.conversations.size).toBe(150 + 2);
	});
});

describe('lanes', () => {
	it('do not deadlock when a contact is named like a conversation ID', async () => {
		const workspace = await openChannel();
		await workspace.send();
		const [{ id: name }] = conversationsOf(workspace) as [Conversation];
		workspace.sandbox.faults.add({ kind: 'slow', delayMs: 300, method: 'GET', path: '/contacts' });
		workspace.sandbox.journal.clear();
		const create = {
			resource: 'contact',
			operation: 'create',
			name,
			additionalFields: { phone: ANI.phone },
		};

		const first = workspace.send();
		await until(() => workspace.requests().length > 0);
		const runs = await Promise.all([first, workspace.run(create)]);

		expect(runs.map(({ status }) => status)).toEqual(['success', 'success']);
	});

	it('still apply to a waiting execution after the process has used 100 other workspaces', async () => {
		const workspace = await openChannel();
		const { getProcessCache } =
			await importFromDist<typeof ProcessCacheModule>('processCache/index');
		workspace.sandbox.faults.add({ kind: 'slow', delayMs: 500, method: 'POST', path: '/contacts' });

		const first = workspace.send();
		await until(() => postsOf(workspace).length === 1);
		for (let number = 0; number <= 100; number++) {
			getProcessCache({ id: `other ${number}`, address: `other ${number}`, clock: testClock });
		}
		await Promise.all([first, workspace.send()]);

		expect(workspace.sandbox.store.contacts.size).toBe(1);
		expect(conversationsOf(workspace)).toHaveLength(1);
	});

	it('do not deadlock when executions use phone numbers and conversations in opposite order', async () => {
		const workspace = await openWorkspace({ latencyMs: 10 });
		const { store, faults } = workspace.sandbox;
		const rows = [0, 1, 2, 3].map((index) => {
			const phone = `+628123456789${index}`;
			const { id } = store.addConversation({ contact: store.addContact({ phone }) });
			store.addIncoming(id, 'Halo');
			return { phone, name: 'Budi', conversation: id, text: 'Halo' };
		});
		faults.add({ kind: 'dropBefore', method: 'POST', times: 3, skip: 1 });
		const settings = { onError: 'continueRegularOutput' } as const;
		const once = toPhone(workspace, { concurrency: 1, skipIfSentWithin: 1 });
		const intoNew = toPhone(workspace, { concurrency: 2, reuseOpenConversation: false });

		const runs = await Promise.all([
			workspace.run({ ...sendText, options: { concurrency: 1 } }, rows, settings),
			workspace.run(once, [...rows].reverse(), settings),
			workspace.run(intoNew, rows, settings),
		]);

		expect(runs.map(({ status }) => status)).toEqual(Array(3).fill('success'));
		expect(runs.map(({ output }) => output('Sahut').length)).toEqual(Array(3).fill(4));
	}, 60_000);
});

describe('a canceled execution', () => {
	it('ends immediately if it waits for another one, and does not block the next one', async () => {
		const workspace = await openChannel();
		const [conversation] = workspace.addConversations(1);
		workspace.sandbox.faults.add({ kind: 'slow', delayMs: 2_000, method: 'POST' });
		const rowsOf = (text: string) => [{ conversation, text }];
		const first = workspace.run(sendText, rowsOf('Satu'));
		await until(() => postsOf(workspace).length === 1);

		const canceled = await workspace.run(sendText, rowsOf('Dua'), {}, { cancelWhen: wait(100) });
		const [post] = postsOf(workspace);

		expect(canceled.status).toBe('canceled');
		// The first execution is still waiting for its response.
		expect(post).not.toHaveProperty('endedAt');
		await Promise.all([first, workspace.run(sendText, rowsOf('Tiga'))]);
		expect(workspace.sent(conversation!)).toEqual(['Satu', 'Tiga']);
	});

	it('does not prevent other executions from sending if it reads a list or waits for it', async () => {
		const workspace = await openChannel();
		const { store, faults, journal } = workspace.sandbox;
		const rows = SIX_ROWS.slice(0, 3);
		for (const { phone } of rows) store.addContact({ phone: toE164(phone) });
		faults.add({ kind: 'slow', delayMs: 3_000, method: 'GET', path: '/conversations' });
		const answered = (path: string) =>
			journal.entries.filter((entry) => entry.path === path && entry.endedAt !== undefined);
		const send = async (customer: number, overrides = {}) =>
			await workspace.run(
				toPhoneOnChannel(workspace, workspace.channel),
				[rows[customer]!],
				{},
				overrides,
			);
		let isCanceled = false;
		const cancelWhen = until(() => isCanceled);

		const reader = send(0, { cancelWhen });
		await until(() => workspace.requests().includes('GET /conversations'));
		const searches = answered('/contacts').length;
		const others = Promise.all([send(1, { cancelWhen }), send(2)]);
		// Both have found their contact, and wait for the list of the first execution.
		await until(() => answered('/contacts').length === 3 * searches);
		await wait(100);
		isCanceled = true;
		const [canceled, [waiting, third]] = await Promise.all([reader, others]);

		expect([canceled.status, waiting.status]).toEqual(['canceled', 'canceled']);
		expect(waiting.error?.message).toContain('The execution was canceled');
		expect(third.status).toBe('success');
		expect(conversationsOf(workspace)).toHaveLength(1);
	});
});
