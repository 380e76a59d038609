import type { Deviation } from '../../sandbox';
import { DEVIATIONS } from '../../sandbox/deviations';
import { belongings, shown } from './belongings';
import { check, everything, namesOf, openWorkspace } from './check';

/** What the check says of each deviation of the sandbox, with everything tried. */
const FOUND: Record<Deviation, string[]> = {
	'patch-only': ['update-by-put: copes'],
	'trimmed-texts': ['text-unchanged: copes'],
	'late-lists': ['list-shows-at-once: copes'],
	holes: ['no-holes: copes'],
	'raw-phones': ['phones-e164: copes'],
	'plain-records': ['records-in-data: copes'],
	'no-meta': ['list-meta: copes'],
	'other-statuses': ['post-status: copes', 'delete-status: copes'],
	milliseconds: ['whole-seconds: copes'],
	'oldest-first': ['conversation-order: copes'],
	'sent-by-agent': ['sender-is-bot: copes'],
	'exact-search': ['search-part: copes'],
	// To see it, a customer would have to get a template.
	'hidden-values': [],
	// To see it, a contact would have to be changed.
	'attributes-replaced': [],
	'attributes-merged': [],
};

test.each(Object.keys(DEVIATIONS) as Deviation[])('%s is found, and nothing else', async (name) => {
	const sandbox = await openWorkspace({ deviations: [name] });
	if (name === 'raw-phones') {
		sandbox.store.addContact({ name: 'Wahyu Nugroho', phone: '0812-7777-6666' });
	}

	const held = belongings(sandbox);

	const outcome = await check(sandbox, ...(await everything(sandbox)));

	expect(namesOf(outcome, 'copes', 'differs')).toEqual(FOUND[name]);
	expect(shown(outcome, [...held, ...belongings(sandbox)])).toEqual([]);
	expect(outcome.end).toBe('fine');
});

test.each([
	['hidden-values', 'template-shows-values', 'needs a message to a customer'],
	['attributes-replaced', 'attributes-not-merged', 'needs a contact to be changed'],
	['attributes-merged', 'attributes-not-merged', 'needs a contact to be changed'],
] as const)('the table says why %s is not tried', async (deviation, assumption, why) => {
	const sandbox = await openWorkspace({ deviations: [deviation] });

	const { findings, screen } = await check(sandbox);

	expect(findings.find((finding) => finding.assumption === assumption)).toMatchObject({
		verdict: 'not tried',
		found: why,
	});
	expect(screen).toContain(why);
});

test('a phone that no search finds differs', async () => {
	const sandbox = await openWorkspace({ deviations: ['raw-phones', 'exact-search'] });
	sandbox.store.addContact({ name: 'Wahyu Nugroho', phone: '0812-7777-6666' });

	const outcome = await check(sandbox);

	expect(namesOf(outcome, 'differs')).toEqual(['phones-e164: differs']);
	expect(outcome.end).toBe('differs');
});

test.each([
	[{ name: 'type', object: 'payload', nested: false } as const, 'delivery-envelope: copes'],
	[{ withId: false }, 'delivery-id: copes'],
	[{ nested: false }, 'delivery-conversation: copes'],
])('an envelope with %j is found', async (envelope, found) => {
	const sandbox = await openWorkspace({ webhooks: { envelope } });

	const outcome = await check(sandbox, ...(await everything(sandbox)));

	expect(namesOf(outcome, 'copes', 'differs')).toContain(found);
	expect(namesOf(outcome, 'differs')).toEqual([]);
});

test.each(['prefixedHex', 'upperHex', 'base64'] as const)(
	'a signature as %s is found',
	async (signature) => {
		const sandbox = await openWorkspace({ webhooks: { signature } });

		const outcome = await check(sandbox, ...(await everything(sandbox)));

		expect(namesOf(outcome, 'copes', 'differs')).toEqual(['delivery-signature: copes']);
	},
);
