import type { DeliveryOptions, Deviation } from '../../sandbox';
import { DEVIATIONS } from '../../sandbox/deviations';
import { belongings, shown } from './belongings';
import { check, everything, namesOf, openWorkspace } from './check';

/** What the check says of each deviation of the sandbox, with everything tried. */
const FOUND: Record<Deviation, string[]> = {
	'patch-only': ['update-by-put: copes'],
	'trimmed-texts': ['text-unchanged: copes'],
	'late-lists': ['list-shows-at-once: copes'],
	holes: ['no-holes: copes', 'contact-shows-attributes: copes'],
	'raw-phones': ['phones-e164: copes'],
	'plain-records': ['records-in-data: copes'],
	'no-meta': ['list-meta: copes'],
	'other-statuses': ['post-status: copes', 'delete-status: copes'],
	milliseconds: ['whole-seconds: copes'],
	'oldest-first': ['conversation-order: copes'],
	'sent-by-agent': ['sender-is-bot: copes'],
	'exact-search': ['search-part: copes'],
	'stale-lists': [],
	'unique-phones': [],
	'existing-conversations': [],
	'open-only': [],
	'hidden-values': [],
	'attributes-replaced': [],
	'attributes-merged': [],
	'full-rows': [],
	'typed-attributes': [],
	'converted-attributes': [],
	'window-per-conversation': [],
	'auto-reply': [],
	rules: [],
};

/** Which assumption is not tried, and why. */
const UNTRIED: Partial<Record<Deviation, [assumption: string, why: string]>> = {
	'hidden-values': ['template-shows-values', 'needs a message to a customer'],
	'attributes-replaced': ['attributes-not-merged', 'needs a contact to be changed'],
	'attributes-merged': ['attributes-not-merged', 'needs a contact to be changed'],
	'typed-attributes': ['attributes-keep-values', 'needs a contact to be changed'],
	'converted-attributes': ['attributes-keep-values', 'needs a contact to be changed'],
	'window-per-conversation': ['window-per-customer', 'needs a message to a customer'],
	rules: ['rules-send-as-bot', 'needs an automation rule'],
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

	const [untried, why = ''] = UNTRIED[name] ?? [];
	const verdict = outcome.findings.find(({ assumption }) => assumption === untried);

	if (untried) expect(verdict).toMatchObject({ verdict: 'not tried', found: why });
	expect(outcome.screen).toContain(why);
});

test('a phone that no search finds differs', async () => {
	const sandbox = await openWorkspace({ deviations: ['raw-phones', 'exact-search'] });
	sandbox.store.addContact({ name: 'Wahyu Nugroho', phone: '0812-7777-6666' });

	const outcome = await check(sandbox);

	expect(namesOf(outcome, 'differs')).toEqual(['phones-e164: differs']);
	expect(outcome.end).toBe('differs');
});

test.each<[DeliveryOptions, found: string[]]>([
	[
		{ envelope: { name: 'type', object: 'payload', nested: false } },
		['delivery-envelope: copes', 'delivery-conversation: copes'],
	],
	[{ envelope: { withId: false } }, ['delivery-id: copes']],
	[{ signature: 'prefixedHex' }, ['delivery-signature: copes']],
	[{ signature: 'upperHex' }, ['delivery-signature: copes']],
	[{ signature: 'base64' }, ['delivery-signature: copes']],
])('deliveries with %j are found', async (webhooks, found) => {
	const sandbox = await openWorkspace({ webhooks });

	const outcome = await check(sandbox, ...(await everything(sandbox)));

	expect(namesOf(outcome, 'copes', 'differs')).toEqual(found);
});
