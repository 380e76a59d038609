import type { Fault } from '../../sandbox';
import { until } from '../support/workspace';
import { check, checkUntil, everything, namesOf, openWorkspace } from './check';

const times = Infinity;
const EMPTY = { data: [], meta: { total: 0, page: 1, per_page: 100, total_pages: 0 } };

test.each<[string, string, Fault[]]>([
	[
		'an update that neither PUT nor PATCH makes',
		'update-by-put',
		['PUT', 'PATCH'].map((method) => ({ method, kind: 'status', status: 405, times })),
	],
	[
		'a made-up ID that is refused',
		'unknown-is-404',
		[{ method: 'GET', path: /conversations\/conv_/, kind: 'status', status: 403 }],
	],
	[
		'a note that never appears in the list',
		'list-shows-at-once',
		// The check reads five conversations before it writes.
		[{ method: 'GET', path: /messages$/, skip: 5, kind: 'body', body: EMPTY, times }],
	],
	[
		'a note that is refused',
		'notes-any-time',
		[{ method: 'POST', path: /messages$/, kind: 'status', status: 422, times }],
	],
])('%s differs, and the rest is tried all the same', async (_, assumption, faults) => {
	const sandbox = await openWorkspace();
	for (const fault of faults) sandbox.faults.add(fault);

	const outcome = await check(sandbox, '--conversation', sandbox.latest.id);

	expect(outcome.end).toBe('differs');
	expect(namesOf(outcome, 'differs')).toEqual([`${assumption}: differs`]);

	const others = ['messages-oldest-first', 'post-status', 'update-by-put'];
	const untried = { 'notes-any-time': 'post-status' }[assumption];

	expect(namesOf(outcome, 'as assumed')).toEqual(
		expect.arrayContaining(
			others
				.filter((name) => name !== assumption && name !== untried)
				.map((name) => `${name}: as assumed`),
		),
	);
});

test.each([
	['succeeds', undefined],
	['answers 500', { kind: 'statusAfterStore', status: 500 }],
	['does not answer', { kind: 'dropAfter' }],
	['is interrupted', { kind: 'slow', delayMs: 300 }],
] as const)('what a PUT that %s has changed differs, and is put back', async (_, fault) => {
	const sandbox = await openWorkspace();
	const { latest, store } = sandbox;
	const { assignee } = latest;
	const interrupted = new AbortController();
	const seen: unknown[] = [];
	// As a PUT that replaces the whole conversation would.
	const updateConversation = store.updateConversation.bind(store);
	store.updateConversation = (record, changes) => {
		updateConversation(record, { assignee: null, ...changes });
		seen.push(record.assignee);
		if (fault?.kind === 'slow') interrupted.abort(new Error('Interrupted.'));
	};
	if (fault) sandbox.faults.add({ ...fault, method: 'PUT' });

	const outcome = await checkUntil(interrupted.signal, sandbox, '--conversation', latest.id);

	expect(namesOf(outcome, 'differs')).toContain('update-keeps-the-rest: differs');
	expect(seen).toEqual([null, assignee]);
	expect(latest.assignee).toEqual(assignee);
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

test('a delivery that is signed with another secret differs', async () => {
	const sandbox = await openWorkspace();
	const slowly = ['--per-minute', '600'];
	const checking = check(sandbox, ...(await everything(sandbox)), ...slowly);
	await until(() => sandbox.store.webhooks.size > 0);
	for (const webhook of sandbox.store.webhooks.values()) webhook.secret = 'whsec_another';

	expect(namesOf(await checking, 'differs')).toEqual(['delivery-signature: differs']);
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
	const { data } = (await sandbox.request('GET', `/conversations/${sandbox.latest.id}`)).body;
	const meta = { total: 1, page: 1, per_page: 100, total_pages: 1 };
	const body = { data: [{ ...data, ...change }], meta };

	sandbox.faults.add({ method: 'GET', path: '/conversations', kind: 'body', body });

	expect(namesOf(await check(sandbox), 'copes', 'differs')).toContain(found);
});

test.each([
	['labels of another form than the documented one', { labels: [{ title: 'vip' }] }, 'open'],
	['the status of a resolved conversation', { status: 'resolved', labels: [] }, undefined],
])('%s: not set', async (_, change, status) => {
	const sandbox = await openWorkspace();
	const { id } = sandbox.latest;
	const body = { data: { ...sandbox.latest, ...change } };
	sandbox.faults.add({ method: 'GET', path: `/conversations/${id}`, kind: 'body', body, times });

	await check(sandbox, '--conversation', id);

	const [update] = sandbox.journal.entries.filter(({ method }) => method === 'PUT');

	expect(update?.body).toEqual(status ? { status } : { labels: [] });
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

/** Contacts as a list shows them. */
const listOf = (data: object[]) => ({
	data,
	meta: { total: data.length, page: 1, per_page: 100, total_pages: 1 },
});

describe('custom attributes', () => {
	const GET_CONTACT = { method: 'GET', path: /^\/contacts\/\w+$/, kind: 'body' } as const;

	async function checkWith(
		toRow: (row: Record<string, unknown>) => object,
		byId?: (contact: object) => object,
	) {
		const sandbox = await openWorkspace();
		const contacts = [...sandbox.store.contacts.values()].reverse();
		const body = listOf(contacts.map((contact) => toRow({ ...contact })));
		sandbox.faults.add({ method: 'GET', path: '/contacts', kind: 'body', body });
		for (const contact of byId ? contacts : []) {
			const path = `/contacts/${contact.id}`;
			sandbox.faults.add({ ...GET_CONTACT, path, body: { data: byId!({ ...contact }) } });
		}
		const outcome = await check(sandbox);
		const finding = outcome.findings.find((each) => each.assumption === 'contact-shows-attributes');
		return { outcome, finding };
	}

	const without = (row: object) => ({ ...row, custom_attributes: undefined });
	const asShown = (row: object) => row;

	test('that rows of the list lack are as assumed', async () => {
		const { outcome, finding } = await checkWith(without);

		expect(namesOf(outcome, 'copes', 'differs')).toEqual([]);

		const found = 'it does; not all rows of the list do';

		expect(finding).toMatchObject({ verdict: 'as assumed', found });
	});

	test('that only the list shows differ', async () => {
		const { outcome } = await checkWith(asShown, without);

		expect(namesOf(outcome, 'differs')).toEqual(['contact-shows-attributes: differs']);
		expect(outcome.end).toBe('differs');
	});

	test('that neither shows are not tried, and the report says what to do', async () => {
		const { outcome, finding } = await checkWith(without, without);

		expect(namesOf(outcome, 'copes', 'differs')).toEqual([]);

		const found = '5 of 5 contacts lack the field: give your newest contact an attribute';

		expect(finding).toMatchObject({ verdict: 'not tried', found: expect.stringContaining(found) });
	});

	test('that some contacts lack are coped with', async () => {
		const toContact = (contact: object & { name?: string }) =>
			contact.name === 'Ratna Kusuma' ? without(contact) : contact;

		const { outcome } = await checkWith(without, toContact);

		expect(namesOf(outcome, 'copes', 'differs')).toEqual(['contact-shows-attributes: copes']);
	});
});
