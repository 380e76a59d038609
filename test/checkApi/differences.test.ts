import type { Fault } from '../../sandbox';
import { until } from '../support/workspace';
import { runCheck, runCheckUntil, allOptions, verdictsOf, openWorkspace } from './runCheck';

const times = Infinity;
const EMPTY_LIST = { data: [], meta: { total: 0, page: 1, per_page: 100, total_pages: 0 } };

test.each<[string, string, Fault[]]>([
	[
		'an update that fails with PUT and PATCH',
		'update-by-put',
		['PUT', 'PATCH'].map((method) => ({ method, kind: 'status', status: 405, times })),
	],
	[
		'a 403 for an unknown ID',
		'unknown-is-404',
		[{ method: 'GET', path: /conversations\/conv_/, kind: 'status', status: 403 }],
	],
	[
		'a note that never appears in the list',
		'lists-are-current',
		// The check reads five conversations before it writes.
		[{ method: 'GET', path: /messages$/, skip: 5, kind: 'body', body: EMPTY_LIST, times }],
	],
	[
		'a rejected note',
		'notes-always-accepted',
		[{ method: 'POST', path: /messages$/, kind: 'status', status: 422, times }],
	],
])(
	'%s is reported as a difference, and the other checks still run',
	async (_, assumption, faults) => {
		const sandbox = await openWorkspace();
		for (const fault of faults) sandbox.faults.add(fault);

		const result = await runCheck(sandbox, '--conversation', sandbox.latest.id);

		expect(result.outcome).toBe('differs');
		expect(verdictsOf(result, 'differs')).toEqual([`${assumption}: differs`]);

		const otherAssumptions = ['messages-oldest-first', 'post-status', 'update-by-put'];
		const untried = { 'notes-always-accepted': 'post-status' }[assumption];

		expect(verdictsOf(result, 'as assumed')).toEqual(
			expect.arrayContaining(
				otherAssumptions
					.filter((name) => name !== assumption && name !== untried)
					.map((name) => `${name}: as assumed`),
			),
		);
	},
);

test.each([
	['succeeds', undefined],
	['gets a 500', { kind: 'statusAfterStore', status: 500 }],
	['gets no response', { kind: 'dropAfter' }],
	['is interrupted', { kind: 'slow', delayMs: 300 }],
] as const)('an unintended change by a PUT that %s is reported and reverted', async (_, fault) => {
	const sandbox = await openWorkspace();
	const { latest, store } = sandbox;
	const { assignee } = latest;
	const interrupted = new AbortController();
	const assignees: unknown[] = [];
	// Simulates an API whose PUT replaces the whole conversation.
	const updateConversation = store.updateConversation.bind(store);
	store.updateConversation = (record, changes) => {
		updateConversation(record, { assignee: null, ...changes });
		assignees.push(record.assignee);
		if (fault?.kind === 'slow') interrupted.abort(new Error('Interrupted.'));
	};
	if (fault) sandbox.faults.add({ ...fault, method: 'PUT' });

	const result = await runCheckUntil(interrupted.signal, sandbox, '--conversation', latest.id);

	expect(verdictsOf(result, 'differs')).toContain('update-keeps-other-fields: differs');
	expect(assignees).toEqual([null, assignee]);
	expect(latest.assignee).toEqual(assignee);
});

test('a key that cannot filter conversations still allows the other checks', async () => {
	const sandbox = await openWorkspace();
	const fault = { method: 'GET', path: '/conversations', kind: 'status', status: 403 } as const;
	sandbox.faults.add({ ...fault, skip: 3 });

	const result = await runCheck(sandbox);

	expect(result.outcome).toBe('incomplete');
	expect(result.printed).toContain(
		'The key has no permission for GET /conversations (status 403).',
	);
	expect(verdictsOf(result, 'as assumed')).toContain('messages-oldest-first: as assumed');
});

test('a delivery that is signed with another secret is reported as a difference', async () => {
	const sandbox = await openWorkspace();
	const slowRate = ['--per-minute', '600'];
	const checking = runCheck(sandbox, ...(await allOptions(sandbox)), ...slowRate);
	await until(() => sandbox.store.webhooks.size > 0);
	for (const webhook of sandbox.store.webhooks.values()) webhook.secret = 'whsec_another';

	expect(verdictsOf(await checking, 'differs')).toEqual(['delivery-signature: differs']);
});

test.each([
	['an unknown status', { status: 'archived' }, 'known-values: differs'],
	['null as the status', { status: null }, 'no-missing-fields: differs'],
	['an ID without a prefix', { id: '4711' }, 'id-prefixes: handled'],
	['a time without a time zone', { updated_at: '2026-11-25 10:00:00' }, 'whole-seconds: differs'],
	['a text as labels', { labels: 'vip,lunas' }, 'documented-behavior: differs'],
	['an undocumented field', { priority: 'high' }, 'no-undocumented-fields: handled'],
])('%s in a list is reported', async (_, change, verdict) => {
	const sandbox = await openWorkspace();
	const { data } = (await sandbox.request('GET', `/conversations/${sandbox.latest.id}`)).body;
	const meta = { total: 1, page: 1, per_page: 100, total_pages: 1 };
	const body = { data: [{ ...data, ...change }], meta };

	sandbox.faults.add({ method: 'GET', path: '/conversations', kind: 'body', body });

	expect(verdictsOf(await runCheck(sandbox), 'handled', 'differs')).toContain(verdict);
});

test.each([
	[
		'the update sends only the status if labels have an undocumented format',
		{ labels: [{ title: 'vip' }] },
		'open',
	],
	[
		'the update sends only the labels if the conversation is resolved',
		{ status: 'resolved', labels: [] },
		undefined,
	],
])('%s', async (_, change, status) => {
	const sandbox = await openWorkspace();
	const { id } = sandbox.latest;
	const body = { data: { ...sandbox.latest, ...change } };
	sandbox.faults.add({ method: 'GET', path: `/conversations/${id}`, kind: 'body', body, times });

	await runCheck(sandbox, '--conversation', id);

	const [update] = sandbox.journal.entries.filter(({ method }) => method === 'PUT');

	expect(update?.body).toEqual(status ? { status } : { labels: [] });
});

test('the webhook is also deleted if its ID is a number', async () => {
	const sandbox = await openWorkspace();
	const body = { data: { id: 77, url: 'https://n8n.example.com/x', secret: 'whsec_1' } };

	sandbox.faults.add({ kind: 'body', method: 'POST', path: /webhooks/, body });
	await runCheck(sandbox, '--webhook', 'https://n8n.example.com/x');

	expect(sandbox.journal.entries.map(({ method, path }) => `${method} ${path}`)).toContain(
		'DELETE /webhooks/77',
	);
});

/** Creates the response for a list of contacts. */
const listOf = (data: object[]) => ({
	data,
	meta: { total: data.length, page: 1, per_page: 100, total_pages: 1 },
});

describe('custom attributes', () => {
	const GET_CONTACT = { method: 'GET', path: /^\/contacts\/\w+$/, kind: 'body' } as const;

	/**
	 * Checks an API with other contacts.
	 *
	 * @param toRow changes a contact in the list
	 * @param byId changes a contact that is requested by its ID; by default, there is no change
	 */
	async function checkContacts(
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
		const result = await runCheck(sandbox);
		const finding = result.findings.find((each) => each.assumption === 'contact-shows-attributes');
		return { result, finding };
	}

	const withoutAttributes = (row: object) => ({ ...row, custom_attributes: undefined });
	const unchanged = (row: object) => row;

	test('may be missing in the list of contacts', async () => {
		const found = 'as expected; some rows of the list lack the field';

		const { result, finding } = await checkContacts(withoutAttributes);

		expect(verdictsOf(result, 'handled', 'differs')).toEqual([]);
		expect(finding).toMatchObject({ verdict: 'as assumed', found });
	});

	test('that only the list contains are reported as a difference', async () => {
		const { result } = await checkContacts(unchanged, withoutAttributes);

		expect(verdictsOf(result, 'differs')).toEqual(['contact-shows-attributes: differs']);
		expect(result.outcome).toBe('differs');
	});

	test('that are missing everywhere cannot be checked, and the report states what to do', async () => {
		const found = '5 of 5 contacts lack the field: give your newest contact an attribute';

		const { result, finding } = await checkContacts(withoutAttributes, withoutAttributes);

		expect(verdictsOf(result, 'handled', 'differs')).toEqual([]);
		expect(finding).toMatchObject({ verdict: 'not tried', found: expect.stringContaining(found) });
	});

	test('that some contacts lack are handled by the nodes', async () => {
		const toContact = (contact: object & { name?: string }) =>
			contact.name === 'Ratna Kusuma' ? withoutAttributes(contact) : contact;

		const { result } = await checkContacts(withoutAttributes, toContact);

		expect(verdictsOf(result, 'handled', 'differs')).toEqual(['contact-shows-attributes: handled']);
	});
});

test('a conversation that shows a former phone of its contact is reported', async () => {
	const sandbox = await openWorkspace();
	sandbox.latest.contact = { ...sandbox.latest.contact, phone: '+6281200000001' };

	const result = await runCheck(sandbox);

	expect(verdictsOf(result, 'differs')).toEqual(['conversation-shows-phone: differs']);
});
