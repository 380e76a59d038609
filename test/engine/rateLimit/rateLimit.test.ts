import { useRealWaits, overrideTransport } from '../../support/transport';
import { openWorkspace, sendText, type Workspace } from '../../support/workspace';

function rowsFor(workspace: Workspace, count: number) {
	return workspace
		.addConversations(count)
		.map((conversation, index) => ({ conversation, text: `Pesan ${index}` }));
}

/** How many requests had arrived when the n-th answer with this status was given. */
const statuses = ({ sandbox }: Workspace) => sandbox.journal.entries.map(({ status }) => status);

describe('a 429', () => {
	it('stops all requests until Retry-After has passed, then one goes first', async () => {
		const workspace = await openWorkspace({ latencyMs: 40 });
		const rows = rowsFor(workspace, 24);
		workspace.sandbox.faults.add({ kind: 'status', status: 429, retryAfter: 1, skip: 8, times: 8 });

		const { status, output } = await workspace.run(
			{ ...sendText, options: { concurrency: 8 } },
			rows,
		);

		expect(status).toBe('success');
		expect(output('Sahut')).toHaveLength(24);
		const { entries } = workspace.sandbox.journal;
		const refused = entries.filter((entry) => entry.status === 429);
		// On a busy machine, a request that was already admitted arrives long after the first 429.
		const closedAt = Math.max(...refused.map(({ endedAt }) => endedAt!));
		const after = entries.filter(({ at }) => at > closedAt);
		expect(refused).toHaveLength(8);
		// Retry-After has passed, and the others wait for what becomes of the first.
		expect(after[0]!.at - closedAt).toBeGreaterThanOrEqual(950);
		expect(after[1]!.at).toBeGreaterThanOrEqual(after[0]!.endedAt!);
		// Each of the eight was sent again, once.
		expect(entries).toHaveLength(24 + 8);
	});

	it('that the first one gets again keeps the door closed for the others', async () => {
		const workspace = await openWorkspace({ latencyMs: 5 });
		const rows = rowsFor(workspace, 10);
		workspace.sandbox.faults.add({ kind: 'status', status: 429, retryAfter: 1, times: 10 + 2 });

		const { status } = await workspace.run({ ...sendText, options: { concurrency: 10 } }, rows);

		expect(status).toBe('success');
		// Ten into the closed door, then two that went first alone.
		expect(statuses(workspace).filter((each) => each === 429)).toHaveLength(12);
		expect(workspace.sandbox.journal.entries).toHaveLength(22);
	});

	it.each([
		['in seconds', '2'],
		['as a date', new Date(Date.now() + 3_600_000).toUTCString()],
	])('with Retry-After %s is waited for', async (form, retryAfter) => {
		const workspace = await openWorkspace();
		const [row] = rowsFor(workspace, 1);
		const soon = new Date(Math.floor(Date.now() / 1000) * 1000 + 2_000).toUTCString();
		workspace.sandbox.faults.add({
			kind: 'status',
			status: 429,
			retryAfter: form === 'as a date' ? soon : retryAfter,
		});

		await workspace.run(sendText, [row!]);

		const [first, second] = workspace.sandbox.journal.entries;
		expect(statuses(workspace)).toEqual([429, 201]);
		expect(second!.at - first!.endedAt!).toBeGreaterThan(900);
	});

	it('without Retry-After is tried five times, then the item fails and nothing was done', async () => {
		const workspace = await openWorkspace();
		const [row] = rowsFor(workspace, 1);
		workspace.sandbox.faults.add({ kind: 'status', status: 429, times: Infinity });

		const { error } = await workspace.run(sendText, [row!]);

		expect(statuses(workspace)).toEqual([429, 429, 429, 429, 429]);
		expect(error?.message).toContain('Sahut did not state how long');
		expect(error?.description).toContain('Sahut did not process this request.');
	});

	it('with a wait of over 120 seconds fails all items at once, and the message names the wait', async () => {
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
				message: expect.stringContaining('Sahut asks to wait 300 seconds'),
				status: 429,
			});
		}
		expect(workspace.requests()).toHaveLength(4);
	});
});

describe('under the limit of a plan', () => {
	it('every message arrives once, and few requests run into the closed door', async () => {
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
		const turnedBack = statuses(workspace).filter((each) => each === 429).length;
		expect(turnedBack).toBeLessThanOrEqual(20 * 10);
	});

	it('Requests per Minute spreads them evenly, so that the limit is never hit', async () => {
		const workspace = await openWorkspace();
		const rows = rowsFor(workspace, 20);
		// Requests are on their way while the others wait.
		useRealWaits(4);

		await workspace.run(
			{ ...sendText, options: { concurrency: 20, requestsPerMinute: 300 } },
			rows,
		);

		const starts = workspace.sandbox.journal.entries.map(({ at }) => at);
		const distances = starts.slice(1).map((at, index) => at - starts[index]!);
		// 300 a minute are 200 ms apart.
		expect(starts.at(-1)! - starts[0]!).toBeGreaterThanOrEqual(19 * 200 * 0.95);
		expect(distances.filter((distance) => distance < 100)).toEqual([]);
	});
});

describe('cancelling the execution', () => {
	it('ends the wait at once, and nothing is sent afterwards', async () => {
		const workspace = await openWorkspace();
		const rows = rowsFor(workspace, 10);
		workspace.sandbox.faults.add({ kind: 'status', status: 429, retryAfter: 100, times: Infinity });
		useRealWaits();
		const begun = Date.now();
		const inTheWait = new Promise((resolve) => setTimeout(resolve, 300));

		await workspace.run(
			sendText,
			rows,
			{ onError: 'continueErrorOutput' },
			{
				cancelWhen: inTheWait,
			},
		);

		expect(Date.now() - begun).toBeLessThan(5_000);
		const requests = workspace.requests().length;
		workspace.sandbox.faults.clear();
		await new Promise((resolve) => setTimeout(resolve, 300));
		expect(workspace.requests()).toHaveLength(requests);
		expect(requests).toBeLessThanOrEqual(5);
	});
});

it('a read that fails in passing is repeated, each page for itself', async () => {
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

	it.each(['={{ null }}', '={{ "" }}', '={{ undefined }}'])('of %s is none', async (value) => {
		const workspace = await openWorkspace();
		const { status } = await workspace.run(withOption(value), rowsFor(workspace, 3));
		expect(status).toBe('success');
		expect(workspace.requests()).toHaveLength(3);
	});

	it.each([0, -1, 0.5])('of %s is refused before any request', async (value) => {
		const workspace = await openWorkspace();
		const { error } = await workspace.run(withOption(value), rowsFor(workspace, 3));
		expect(error?.message).toContain('Requests per Minute must be at least 1');
		expect(workspace.requests()).toEqual([]);
	});
});
