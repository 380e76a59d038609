import { runCheck, allOptions, verdictsOf, openWorkspace } from './runCheck';

test('without options, the check only reads, and finds no difference in an API as assumed', async () => {
	const sandbox = await openWorkspace();

	const result = await runCheck(sandbox);

	expect(result.outcome).toBe('fine');
	expect(verdictsOf(result, 'handled', 'differs')).toEqual([]);
	expect(new Set(sandbox.journal.entries.map(({ method }) => method))).toEqual(new Set(['GET']));

	const untried = result.findings.filter(({ verdict }) => verdict === 'not tried');

	expect(untried.filter(({ found }) => !found.startsWith('needs '))).toMatchObject([
		{ assumption: 'retry-after-seconds' },
	]);
});

test('with all options, the check also writes, and leaves only an internal note', async () => {
	const sandbox = await openWorkspace();
	const { store, journal } = sandbox;
	const id = sandbox.latest.id;
	const before = { ...store.conversations.get(id)! };
	const messages = store.messages(id).length;

	const result = await runCheck(sandbox, ...(await allOptions(sandbox)));

	expect(result.outcome).toBe('fine');
	expect(verdictsOf(result, 'handled', 'differs')).toEqual([]);
	expect(verdictsOf(result, 'not tried')).toEqual([
		'retry-after-seconds: not tried',
		'template-shows-values: not tried',
		'window-per-customer: not tried',
		'closed-conversations-accept-messages: not tried',
		'reply-changes-updated-at: not tried',
		'status-changes-updated-at: not tried',
		'rules-send-as-bot: not tried',
		'attributes-not-merged: not tried',
		'attributes-stored-unchanged: not tried',
		'phones-stored-unchanged: not tried',
		'duplicate-contacts: not tried',
		'duplicate-conversations: not tried',
		'team-is-hidden: not tried',
	]);
	expect(store.messages(id)).toHaveLength(messages + 1);
	expect(store.messages(id).at(-1)).toMatchObject({ private: true, type: 'outgoing' });
	expect({ ...store.conversations.get(id)!, updated_at: before.updated_at }).toEqual(before);
	expect(store.webhooks.size).toBe(0);

	const writes = journal.entries.filter(({ method }) => method !== 'GET');

	expect(writes.map(({ method, path }) => `${method} ${path.split('/')[1]}`)).toEqual([
		'POST webhooks',
		'POST conversations',
		'PUT conversations',
		'DELETE webhooks',
		'DELETE webhooks',
	]);
});

test('the check finds no difference in an empty workspace', async () => {
	const sandbox = await openWorkspace({ data: 'empty' });
	sandbox.store.conversations.clear();
	sandbox.store.contacts.clear();

	const result = await runCheck(sandbox);

	expect(verdictsOf(result, 'handled', 'differs')).toEqual([]);
	expect(verdictsOf(result, 'as assumed')).toContain('unknown-is-404: as assumed');
});
