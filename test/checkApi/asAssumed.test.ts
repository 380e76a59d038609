import { check, everything, namesOf, openWorkspace } from './check';

test('an API as it is assumed, which is only read, has nothing that differs', async () => {
	const sandbox = await openWorkspace();

	const outcome = await check(sandbox);

	expect(outcome.end).toBe('fine');
	expect(namesOf(outcome, 'copes', 'differs')).toEqual([]);
	expect(sandbox.journal.entries.map(({ method }) => method)).toEqual(
		sandbox.journal.entries.map(() => 'GET'),
	);

	const untried = outcome.findings.filter(({ verdict }) => verdict === 'not tried');

	expect(untried.filter(({ found }) => !found.startsWith('needs '))).toMatchObject([
		{ assumption: 'retry-after-seconds' },
	]);
});

test('what bothers nobody is tried where it is asked for, and leaves a note behind', async () => {
	const sandbox = await openWorkspace();
	const { store, journal } = sandbox;
	const id = sandbox.latest.id;
	const before = { ...store.conversations.get(id)! };
	const messages = store.messages(id).length;

	const outcome = await check(sandbox, ...(await everything(sandbox)));

	expect(outcome.end).toBe('fine');
	expect(namesOf(outcome, 'copes', 'differs')).toEqual([]);
	expect(namesOf(outcome, 'not tried')).toEqual([
		'retry-after-seconds: not tried',
		'template-shows-values: not tried',
		'window-per-customer: not tried',
		'delivers-into-closed: not tried',
		'reply-moves-updated-at: not tried',
		'rules-send-as-bot: not tried',
		'attributes-not-merged: not tried',
		'attributes-keep-values: not tried',
		'phones-kept-on-write: not tried',
		'contacts-can-double: not tried',
		'conversations-can-double: not tried',
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

test('a workspace without anything has nothing that differs', async () => {
	const sandbox = await openWorkspace({ data: 'empty' });
	sandbox.store.conversations.clear();
	sandbox.store.contacts.clear();

	const outcome = await check(sandbox);

	expect(namesOf(outcome, 'copes', 'differs')).toEqual([]);
	expect(namesOf(outcome, 'as assumed')).toContain('unknown-is-404: as assumed');
});
