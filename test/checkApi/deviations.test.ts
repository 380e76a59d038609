import type { DeliveryOptions, Deviation } from '../../sandbox';
import { DEVIATIONS } from '../../sandbox/deviations';
import { personalDataOf, textsShownIn } from './personalData';
import { runCheck, allOptions, verdictsOf, openWorkspace } from './runCheck';

const CONTACT_WITH_RAW_PHONE = { name: 'Wahyu Nugroho', phone: '0812-7777-6666' };

/** The verdicts on each deviation that the check can observe, with all options. */
const OBSERVED: Partial<Record<Deviation, string[]>> = {
	'patch-only': ['update-by-put: handled'],
	'trimmed-texts': ['text-unchanged: handled'],
	'late-lists': ['lists-are-current: handled'],
	'missing-fields': ['no-missing-fields: handled', 'contact-shows-attributes: handled'],
	'raw-phones': ['phones-e164: handled'],
	'plain-records': ['records-in-data: handled'],
	'no-meta': ['list-meta: handled'],
	'other-statuses': ['post-status: handled', 'delete-status: handled'],
	milliseconds: ['whole-seconds: handled'],
	'oldest-first': ['conversation-order: handled'],
	'sent-by-agent': ['sender-is-bot: handled'],
	'exact-search': ['search-by-part: handled'],
};

/** The deviations that would require a visible change, with their assumption and the reported reason. */
const NOT_TRIED: Partial<Record<Deviation, [assumption: string, reason: string]>> = {
	'hidden-values': ['template-shows-values', 'needs a message to a customer'],
	'attributes-replaced': ['attributes-not-merged', 'needs a contact to be changed'],
	'attributes-merged': ['attributes-not-merged', 'needs a contact to be changed'],
	'typed-attributes': ['attributes-stored-unchanged', 'needs a contact to be changed'],
	'converted-attributes': ['attributes-stored-unchanged', 'needs a contact to be changed'],
	'window-per-conversation': ['window-per-customer', 'needs a message to a customer'],
	rules: ['rules-send-as-bot', 'needs an automation rule'],
};

/** Opens a workspace with a deviation, and with a phone number that is not in E.164 if that is the deviation. */
async function openWorkspaceWith(deviation: Deviation) {
	const sandbox = await openWorkspace({ deviations: [deviation] });
	if (deviation === 'raw-phones') sandbox.store.addContact(CONTACT_WITH_RAW_PHONE);
	return sandbox;
}

test.each(Object.entries(OBSERVED) as Array<[Deviation, string[]]>)(
	'the check reports the deviation %s as %j, and no other difference',
	async (deviation, verdicts) => {
		const sandbox = await openWorkspaceWith(deviation);

		const result = await runCheck(sandbox, ...(await allOptions(sandbox)));

		expect(verdictsOf(result, 'handled', 'differs')).toEqual(verdicts);
		expect(result.outcome).toBe('fine');
	},
);

test.each((Object.keys(DEVIATIONS) as Deviation[]).filter((name) => !(name in OBSERVED)))(
	'the check reports no difference for the deviation %s, which it cannot observe',
	async (deviation) => {
		const sandbox = await openWorkspaceWith(deviation);

		const result = await runCheck(sandbox, ...(await allOptions(sandbox)));

		expect(verdictsOf(result, 'handled', 'differs')).toEqual([]);
		expect(result.outcome).toBe('fine');
	},
);

test.each(Object.entries(NOT_TRIED) as Array<[Deviation, [string, string]]>)(
	'the report on the deviation %s states why its assumption was not tried',
	async (deviation, [assumption, reason]) => {
		const sandbox = await openWorkspaceWith(deviation);

		const result = await runCheck(sandbox, ...(await allOptions(sandbox)));

		const finding = result.findings.find((each) => each.assumption === assumption);
		expect(finding).toMatchObject({ verdict: 'not tried', found: reason });
		expect(result.printed).toContain(reason);
	},
);

test.each(Object.keys(DEVIATIONS) as Deviation[])(
	'the report on the deviation %s contains no personal data',
	async (deviation) => {
		const sandbox = await openWorkspaceWith(deviation);
		const before = personalDataOf(sandbox);

		const result = await runCheck(sandbox, ...(await allOptions(sandbox)));

		expect(textsShownIn(result, [...before, ...personalDataOf(sandbox)])).toEqual([]);
	},
);

test('the check reports a difference if no search finds a phone number', async () => {
	const sandbox = await openWorkspace({ deviations: ['raw-phones', 'exact-search'] });
	sandbox.store.addContact(CONTACT_WITH_RAW_PHONE);

	const result = await runCheck(sandbox);

	expect(verdictsOf(result, 'differs')).toEqual(['phones-e164: differs']);
	expect(result.outcome).toBe('differs');
});

test.each<[DeliveryOptions, verdicts: string[]]>([
	[
		{ envelope: { name: 'type', object: 'payload', nested: false } },
		['delivery-envelope: handled', 'delivery-conversation: handled'],
	],
	[{ envelope: { withId: false } }, ['delivery-id: handled']],
	[{ signature: 'prefixedHex' }, ['delivery-signature: handled']],
	[{ signature: 'upperHex' }, ['delivery-signature: handled']],
	[{ signature: 'base64' }, ['delivery-signature: handled']],
])('the check reports deliveries with %j as %j', async (webhooks, verdicts) => {
	const sandbox = await openWorkspace({ webhooks });

	const result = await runCheck(sandbox, ...(await allOptions(sandbox)));

	expect(verdictsOf(result, 'handled', 'differs')).toEqual(verdicts);
});
