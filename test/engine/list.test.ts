import type { INode } from 'n8n-workflow';

import { openWorkspace } from '../support/workspace';

const listMessages: INode['parameters'] = {
	resource: 'message',
	operation: 'list',
	conversationId: { __rl: true, mode: 'id', value: '={{ $json.conversation }}' },
};

/** @param latencyMs long enough for as many requests to begin as are wanted at once */
async function openConversationOf(count: number, latencyMs = 50) {
	const workspace = await openWorkspace({ latencyMs });
	const { store } = workspace.sandbox;
	const { id: conversation } = store.addConversation();
	store.addMessages(conversation, count);
	return {
		...workspace,
		conversation,
		stored: store.messages(conversation).map(({ id }) => id),
		/** `page/per_page` of each request. */
		pages: () =>
			workspace.sandbox.journal.entries.map(({ query }) => `${query.page}/${query.per_page}`),
	};
}

describe('Return All', () => {
	it('reads every message once, in the order of the API, with 100 on a page', async () => {
		const { run, conversation, stored, pages } = await openConversationOf(950);

		const { output } = await run({ ...listMessages, returnAll: true }, [{ conversation }]);

		expect(output('Sahut').map(({ json }) => json.id)).toEqual(stored);
		expect(pages()[0]).toBe('1/100');
		expect(pages().sort()).toEqual(
			Array.from({ length: 10 }, (_, index) => `${index + 1}/100`).sort(),
		);
	});

	it.each([
		['10 at once by default', {}, 10],
		['one after another, if so chosen', { concurrency: 1 }, 1],
		['20 at once at most', { concurrency: 99 }, 20],
		['10 at once, if the option is no number', { concurrency: 'many' }, 10],
	])('fetches the pages behind the first %s', async (_, options, inFlight) => {
		const { run, conversation, sandbox } = await openConversationOf(2_600, 250);

		const { output } = await run({ ...listMessages, returnAll: true, options }, [{ conversation }]);

		expect(output('Sahut')).toHaveLength(2_600);
		expect(sandbox.journal.maxInFlight).toBe(inFlight);
		expect(sandbox.journal.entries[1]!.at).toBeGreaterThan(sandbox.journal.entries[0]!.endedAt!);
	});

	it('gives no items for a conversation without messages', async () => {
		const { run, conversation } = await openConversationOf(0);

		const { status, output } = await run({ ...listMessages, returnAll: true }, [{ conversation }]);

		expect(status).toBe('success');
		expect(output('Sahut')).toEqual([]);
	});

	it('reads on while pages are full, should the API once leave out how many there are', async () => {
		const { run, conversation, stored, sandbox } = await openConversationOf(250);
		for (const page of [0, 1, 2]) {
			const data = sandbox.store
				.messages(conversation)
				.slice(page * 100, page * 100 + 100)
				.map(({ id }) => ({ id }));
			sandbox.faults.add({ kind: 'body', body: { data } });
		}

		const { output } = await run({ ...listMessages, returnAll: true }, [{ conversation }]);

		expect(output('Sahut').map(({ json }) => json.id)).toEqual(stored);
	});
});

describe('Limit', () => {
	it.each([
		[undefined, 50, ['1/50']],
		[1, 1, ['1/1']],
		[100, 100, ['1/100']],
		[101, 101, ['1/100', '2/100']],
		[1_000, 250, ['1/100', '2/100', '3/100']],
	])('of %s gives %s of 250 messages from pages %j', async (limit, count, expected) => {
		const { run, conversation, stored, pages } = await openConversationOf(250);

		const { output } = await run({ ...listMessages, ...(limit && { limit }) }, [{ conversation }]);

		expect(output('Sahut').map(({ json }) => json.id)).toEqual(stored.slice(0, count));
		expect(pages()).toEqual(expected);
	});

	it.each([0, -1, 1.5, 'ten'])('of %j is refused before any request', async (limit) => {
		const { run, conversation, requests } = await openConversationOf(1);

		const { error } = await run({ ...listMessages, limit: '={{ $json.limit }}' }, [
			{ conversation, limit },
		]);

		expect(error?.message).toBe('Limit must be a whole number from 1 [item 0]');
		expect(requests()).toEqual([]);
	});
});

it('no ID comes twice when records move to the next page meanwhile', async () => {
	const { run, conversation, stored, sandbox } = await openConversationOf(200);
	const [first, second] = [stored.slice(0, 100), [stored[99], ...stored.slice(100)]];
	const meta = { total: 201, page: 1, per_page: 100, total_pages: 3 };
	for (const ids of [first, second, [stored[199], 'msg_new']]) {
		sandbox.faults.add({ kind: 'body', body: { data: ids.map((id) => ({ id })), meta } });
	}

	const { output } = await run({ ...listMessages, returnAll: true, options: { concurrency: 1 } }, [
		{ conversation },
	]);

	expect(output('Sahut').map(({ json }) => json.id)).toEqual([...stored, 'msg_new']);
});

it('several conversations come in the order of the items, every message paired with its item', async () => {
	const { run, conversation, sandbox } = await openConversationOf(3);
	const { id: empty } = sandbox.store.addConversation();
	const { id: other } = sandbox.store.addConversation();
	sandbox.store.addMessages(other, 2);
	sandbox.faults.add({
		kind: 'slow',
		delayMs: 150,
		path: `/conversations/${conversation}/messages`,
	});

	const { output } = await run(listMessages, [
		{ conversation },
		{ conversation: empty },
		{ conversation: other },
	]);

	expect(output('Sahut').map(({ pairedItem }) => pairedItem)).toEqual(
		[0, 0, 0, 2, 2].map((item) => ({ item })),
	);
});
