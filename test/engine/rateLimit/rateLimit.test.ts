import { setTimeout as sleep } from 'node:timers/promises';

import { now, useRealWaits } from '../../support/testClock';
import { overrideTransport } from '../../support/transport';
import { openWorkspace, sendText, until, type Workspace } from '../../support/workspace';

/** Adds conversations, and returns one row for each. */
function rowsFor(workspace: Workspace, count: number) {
	return workspace
		.addConversations(count)
		.map((conversation, index) => ({ conversation, text: `Pesan ${index}` }));
}

/** Returns the status of each response. */
const statuses = ({ sandbox }: Workspace) => sandbox.journal.entries.map(({ status }) => status);

describe('A 429', () => {
	it('pauses all requests until Retry-After has passed, and then sends one request first', async () => {
		// The first 429 must not arrive before all eight requests have been sent, on a busy machine either.
		const workspace = await openWorkspace({ latencyMs: 500 });
		const rows = rowsFor(workspace, 24);
		workspace.sandbox.faults.add({ kind: 'status', status: 429, retryAfter: 1, skip: 8, times: 8 });

		const { status, output } = await workspace.run(
			{ ...sendText, options: { concurrency: 8 } },
			rows,
		);

		expect(status).toBe('success');
		expect(output('Sahut')).toHaveLength(24);
		const { entries } = workspace.sandbox.journal;
		const [first, second] = entries.slice(8 + 8);
		expect(statuses(workspace)).toEqual([
			...Array<number>(8).fill(201),
			...Array<number>(8).fill(429),
			...Array<number>(16).fill(201),
		]);
		// Retry-After has passed, and the others wait for the response to the first.
		expect(first!.at - entries[8]!.endedAt!).toBeGreaterThanOrEqual(1_000);
		expect(second!.at).toBeGreaterThanOrEqual(first!.endedAt!);
	});

	it('to the first request after a pause pauses the others again', async () => {
		const workspace = await openWorkspace({ latencyMs: 5 });
		const rows = rowsFor(workspace, 10);
		workspace.sandbox.faults.add({ kind: 'status', status: 429, retryAfter: 1, times: 10 + 2 });

		const { status } = await workspace.run({ ...sendText, options: { concurrency: 10 } }, rows);

		expect(status).toBe('success');
		// Ten concurrent requests, and then two single ones.
		expect(statuses(workspace).filter((each) => each === 429)).toHaveLength(12);
		expect(workspace.sandbox.journal.entries).toHaveLength(22);
	});

	it('with Retry-After in seconds is retried after this time', async () => {
		const workspace = await openWorkspace();
		const [row] = rowsFor(workspace, 1);
		workspace.sandbox.faults.add({ kind: 'status', status: 429, retryAfter: 2 });

		await workspace.run(sendText, [row!]);

		const [first, second] = workspace.sandbox.journal.entries;
		expect(statuses(workspace)).toEqual([429, 201]);
		expect(second!.at - first!.endedAt!).toBeGreaterThanOrEqual(2_000);
	});

	it('with Retry-After as a date is retried after this date', async () => {
		const workspace = await openWorkspace();
		const [row] = rowsFor(workspace, 1);
		const retryAfter = new Date(now() + 60_000).toUTCString();
		workspace.sandbox.faults.add({ kind: 'status', status: 429, retryAfter });

		await workspace.run(sendText, [row!]);

		expect(statuses(workspace)).toEqual([429, 201]);
		expect(workspace.sandbox.journal.entries[1]!.at).toBeGreaterThanOrEqual(Date.parse(retryAfter));
	});

	it('without Retry-After is retried four times, and then the item fails', async () => {
		const workspace = await openWorkspace();
		const [row] = rowsFor(workspace, 1);
		workspace.sandbox.faults.add({ kind: 'status', status: 429, times: Infinity });

		const { error } = await workspace.run(sendText, [row!]);

		expect(statuses(workspace)).toEqual([429, 429, 429, 429, 429]);
		expect(error?.message).toContain('Sahut did not state how long');
		expect(error?.description).toContain('Sahut did not process this request.');
	});

	it('with a wait of more than 120 seconds fails all remaining items, and the error states the wait', async () => {
		const workspace = await openWorkspace();
		const rows = rowsFor(workspace, 30);
		workspace.sandbox.faults.add({ kind: 'status', status: 429, retryAfter: 300, skip: 3 });

		const { output } = await workspace.run({ ...sendText, options: { concurrency: 1 } }, rows, {
			onError: 'continueErrorOutput',
		});

		expect(output('Sahut', 0)).toHaveLength(3);
		expect(output('Sahut', 1)).toHaveLength(27);
		for (const { json } of output('Sahut', 1)) {
			expect(json.error).toMatchObject({
				message: expect.stringContaining('Wait 300 seconds'),
				status: 429,
			});
		}
		expect(workspace.requests()).toHaveLength(4);
	});
});

describe('Under the rate limit of a plan', () => {
	it('every message arrives once, and few requests get a 429', async () => {
		const workspace = await openWorkspace({ rateLimit: { requests: 60, windowMs: 1_000 } });
		const conversations = workspace.addConversations(100);
		const rows = Array.from({ length: 500 }, (_, index) => ({
			conversation: conversations[index % 100],
			text: `Pesan ${index}`,
		}));

		const { status, output } = await workspace.run(
			{ ...sendText, options: { concurrency: 20 } },
			rows,
		);

		expect(status).toBe('success');
		expect(output('Sahut').map(({ json }) => json.content)).toEqual(rows.map(({ text }) => text));
		expect(conversations.flatMap(workspace.sent)).toHaveLength(500);
		const limited = statuses(workspace).filter((status) => status === 429);
		expect(limited.length).toBeLessThanOrEqual(20 * 10);
	}, 120_000);

	it('Requests per Minute spreads the requests evenly', async () => {
		const workspace = await openWorkspace();
		const rows = rowsFor(workspace, 20);
		const waits: number[] = [];
		let time = now();
		// Time passes only in the waits of the node.
		const clock = {
			now: () => time,
			async sleep(ms: number) {
				waits.push(ms);
				time += ms;
			},
		};
		overrideTransport({ clock });

		await workspace.run(
			{ ...sendText, options: { concurrency: 20, requestsPerMinute: 300 } },
			rows,
		);

		expect(statuses(workspace)).toEqual(rows.map(() => 201));
		// 300 requests per minute are 200 ms apart.
		expect(waits).toEqual(Array(19).fill(200));
	});
});

describe('Cancellation during the wait', () => {
	it('ends the execution, and sends nothing afterwards', async () => {
		const workspace = await openWorkspace();
		const rows = rowsFor(workspace, 10);
		workspace.sandbox.faults.add({ kind: 'status', status: 429, retryAfter: 100, times: Infinity });
		useRealWaits();
		const limited = until(() => statuses(workspace).includes(429));

		// A wait of 100 seconds would exceed the time limit of the test.
		const { status } = await workspace.run(
			sendText,
			rows,
			{ onError: 'continueErrorOutput' },
			{ cancelWhen: limited.then(async () => await sleep(100)) },
		);

		const requests = workspace.requests().length;
		workspace.sandbox.faults.clear();
		await sleep(300);
		expect(status).toBe('canceled');
		expect(workspace.requests()).toHaveLength(requests);
		expect(requests).toBeLessThanOrEqual(5);
	});
});

it('A failed read of a page is repeated without reading the other pages again', async () => {
	const workspace = await openWorkspace();
	const { id: conversation } = workspace.sandbox.store.addConversation();
	workspace.sandbox.store.addMessages(conversation, 1_000);
	workspace.sandbox.faults.add({ kind: 'status', status: 503, skip: 2, times: 2 });
	workspace.sandbox.faults.add({ kind: 'dropBefore', skip: 5 });
	workspace.sandbox.faults.add({ kind: 'slow', delayMs: 3_000, skip: 7 });
	overrideTransport({ timeoutMs: 1_500 });

	const { status, output } = await workspace.run(
		{ ...sendText, operation: 'list', returnAll: true },
		[{ conversation }],
	);

	expect(status).toBe('success');
	expect(new Set(output('Sahut').map(({ json }) => json.id)).size).toBe(1_000);
	expect(workspace.requests()).toHaveLength(10 + 4);
});

describe('Requests per Minute', () => {
	const withOption = (requestsPerMinute: unknown) =>
		({ ...sendText, options: { requestsPerMinute } }) as typeof sendText;

	it.each(['={{ null }}', '={{ "" }}', '={{ undefined }}'])('of %s is no limit', async (value) => {
		const workspace = await openWorkspace();

		const { status } = await workspace.run(withOption(value), rowsFor(workspace, 3));

		expect(status).toBe('success');
		expect(workspace.requests()).toHaveLength(3);
	});

	it.each([0, -1, 0.5])('of %s is rejected before any request', async (value) => {
		const workspace = await openWorkspace();

		const { error } = await workspace.run(withOption(value), rowsFor(workspace, 3));

		expect(error?.message).toContain('Requests per Minute must be at least 1');
		expect(workspace.requests()).toEqual([]);
	});
});
