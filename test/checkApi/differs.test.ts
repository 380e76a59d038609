import { setTimeout as wait } from 'node:timers/promises';

import { check, checkUntil, everything, latestOf, namesOf, openWorkspace } from './check';

const times = Infinity;

test('an update that neither PUT nor PATCH makes differs', async () => {
	const sandbox = await openWorkspace();
	for (const method of ['PUT', 'PATCH']) {
		sandbox.faults.add({ method, kind: 'status', status: 405, times });
	}

	const outcome = await check(sandbox, '--conversation', latestOf(sandbox));

	expect(outcome.end).toBe('differs');
	expect(namesOf(outcome, 'differs')).toEqual(['update-by-put: differs']);
});

test('an update that takes the assignee away differs, and the assignee is put back', async () => {
	const sandbox = await openWorkspace();
	const id = latestOf(sandbox);
	const conversation = sandbox.store.conversations.get(id)!;
	const { assignee } = conversation;
	sandbox.store.notices.on('event', (event) => {
		if (event.name === 'message.created') conversation.assignee = assignee;
	});
	sandbox.faults.add({ method: 'PUT', kind: 'slow', delayMs: 300 });
	const checking = check(sandbox, '--conversation', id);
	while (!sandbox.journal.entries.some(({ method }) => method === 'PUT')) {
		await wait(5);
	}
	conversation.assignee = null;

	const outcome = await checking;

	expect(namesOf(outcome, 'differs')).toEqual(['update-keeps-the-rest: differs']);
	expect(sandbox.store.conversations.get(id)!.assignee).toEqual(assignee);
});

test('where it is interrupted meanwhile, the assignee is put back all the same', async () => {
	const sandbox = await openWorkspace();
	const id = latestOf(sandbox);
	const conversation = sandbox.store.conversations.get(id)!;
	const { assignee } = conversation;
	const interrupted = new AbortController();
	sandbox.faults.add({ method: 'PUT', kind: 'slow', delayMs: 300 });
	const checking = checkUntil(interrupted.signal, sandbox, '--conversation', id);
	while (!sandbox.journal.entries.some(({ method }) => method === 'PUT')) await wait(5);
	conversation.assignee = null;
	interrupted.abort(new Error('Interrupted.'));

	expect((await checking).end).toBe('differs');
	expect(conversation.assignee).toEqual(assignee);
});

test('a made-up ID that is refused does not keep the rest from being tried', async () => {
	const sandbox = await openWorkspace();
	sandbox.faults.add({ method: 'GET', path: /conversations\/conv_/, kind: 'status', status: 403 });

	const outcome = await check(sandbox);

	expect(namesOf(outcome, 'differs')).toEqual(['unknown-is-404: differs']);
	expect(namesOf(outcome, 'as assumed')).toContain('messages-oldest-first: as assumed');
});

test('a key that may not filter conversations may check the rest', async () => {
	const sandbox = await openWorkspace();
	const fault = { method: 'GET', path: '/conversations', kind: 'status', status: 403 } as const;
	sandbox.faults.add({ ...fault, skip: 3 });

	const outcome = await check(sandbox);

	expect(outcome.end).toBe('incomplete');
	expect(outcome.screen).toContain('The key may not GET /conversations (status 403).');
	expect(namesOf(outcome, 'as assumed')).toContain('messages-oldest-first: as assumed');
});

test('a note that never appears in the list differs', async () => {
	const sandbox = await openWorkspace();
	const path = `/conversations/${latestOf(sandbox)}/messages`;
	const meta = { total: 0, page: 1, per_page: 100, total_pages: 0 };
	const fault = { method: 'GET', path, kind: 'body', times } as const;
	sandbox.faults.add({ ...fault, body: { data: [], meta } });

	const outcome = await check(sandbox, '--conversation', latestOf(sandbox));

	expect(namesOf(outcome, 'differs')).toEqual(['list-shows-at-once: differs']);
});

test('a note that is refused differs, and the rest is tried all the same', async () => {
	const sandbox = await openWorkspace();
	const fault = { method: 'POST', path: /messages$/, kind: 'status', times } as const;
	sandbox.faults.add({ ...fault, status: 422 });

	const outcome = await check(sandbox, '--conversation', latestOf(sandbox));

	expect(namesOf(outcome, 'differs')).toEqual(['notes-any-time: differs']);
	expect(namesOf(outcome, 'as assumed')).toContain('update-by-put: as assumed');
});

test('a delivery that is signed with another secret differs', async () => {
	const sandbox = await openWorkspace();
	const slowly = ['--per-minute', '600'];
	const checking = check(sandbox, ...(await everything(sandbox)), ...slowly);
	while (sandbox.store.webhooks.size === 0) await wait(5);
	for (const webhook of sandbox.store.webhooks.values()) webhook.secret = 'whsec_another';

	const outcome = await checking;

	expect(namesOf(outcome, 'differs')).toEqual(['delivery-signature: differs']);
});

test.each([
	['a status that is not known', { status: 'archived' }, 'known-values: differs'],
	['a status that is null', { status: null }, 'no-holes: differs'],
	['an ID of another kind', { id: '4711' }, 'id-prefixes: copes'],
	['a time without a zone', { updated_at: '2026-11-25 10:00:00' }, 'whole-seconds: differs'],
	['labels that are a text', { labels: 'vip,lunas' }, 'answers-as-documented: differs'],
	['a field that is not documented', { priority: 'high' }, 'no-further-fields: copes'],
])('%s is found', async (_, change, found) => {
	const sandbox = await openWorkspace();
	const { url, apiKey } = sandbox;
	const answer = await fetch(`${url}/conversations/${latestOf(sandbox)}`, {
		headers: { Authorization: `Bearer ${apiKey}` },
	});
	const { data } = (await answer.json()) as { data: object };
	const meta = { total: 1, page: 1, per_page: 100, total_pages: 1 };
	const body = { data: [{ ...data, ...change }], meta };
	sandbox.faults.add({ method: 'GET', path: '/conversations', kind: 'body', body });

	const outcome = await check(sandbox);

	expect(namesOf(outcome, 'copes', 'differs')).toContain(found);
});

test('labels of another form than the documented one are not set', async () => {
	const sandbox = await openWorkspace();
	const id = latestOf(sandbox);
	const conversation = sandbox.store.conversations.get(id)!;
	const body = { data: { ...conversation, labels: [{ title: 'vip' }] } };
	const path = `/conversations/${id}`;
	sandbox.faults.add({ method: 'GET', path, kind: 'body', body, times });

	await check(sandbox, '--conversation', id);

	const [update] = sandbox.journal.entries.filter(({ method }) => method === 'PUT');
	expect(update?.body).toEqual({ status: 'open' });
});

describe('what a PUT has changed is put back', () => {
	test.each([
		['succeeds (control)', undefined],
		['answers 500', { kind: 'statusAfterStore', status: 500 }],
		['does not answer', { kind: 'dropAfter' }],
	] as const)('that %s', async (_, fault) => {
		const sandbox = await openWorkspace();
		const id = latestOf(sandbox);
		const conversation = sandbox.store.conversations.get(id)!;
		const before = conversation.assignee?.id;
		const bodies: unknown[] = [];
		// As a PUT that replaces the whole conversation would.
		const updateConversation = sandbox.store.updateConversation.bind(sandbox.store);
		sandbox.store.updateConversation = (record, changes) => {
			bodies.push(changes);
			updateConversation(record, { assignee: null, ...changes });
		};
		if (fault) sandbox.faults.add({ ...fault, method: 'PUT' });
		await check(sandbox, '--conversation', id);
		expect([before !== undefined, bodies.length > 0]).toEqual([true, true]);
		expect(conversation.assignee?.id).toBe(before);
	});
});

test('the webhook is deleted where IDs are numbers', async () => {
	const sandbox = await openWorkspace();
	const body = { data: { id: 77, url: 'https://n8n.example.com/x', secret: 'whsec_1' } };
	sandbox.faults.add({ kind: 'body', method: 'POST', path: /webhooks/, body });
	await check(sandbox, '--webhook', 'https://n8n.example.com/x');
	expect(sandbox.journal.entries.map(({ method, path }) => `${method} ${path}`)).toContain(
		'DELETE /webhooks/77',
	);
});
