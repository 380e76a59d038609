import type { INode } from 'n8n-workflow';

import type { SandboxOptions } from '../../../sandbox';
import { replaceLists } from '../../support/replaceLists';
import { allSentTexts, contactsOf, openWorkspace, type Workspace } from '../../support/workspace';
import {
	BUDI,
	BUDI_E164,
	LONG_AGO,
	openWithContact,
	runItem,
	templateToPhone,
} from '../delivery/deliveryFixture';

/** The number of another customer, with the same last four digits as Budi's number. */
const SIMILAR_NUMBER = '+62 813 9999 0001';

const upsert: INode['parameters'] = {
	resource: 'contact',
	operation: 'upsert',
	matchBy: 'phone',
	phone: '={{ $json.phone }}',
	name: '={{ $json.name }}',
	additionalFields: { company: 'Toko Budi' },
};

const OPERATIONS = [
	['Send to Phone Number', templateToPhone],
	['Contact: Create or Update', () => upsert],
] as const;

/** Forms in which Sahut may store Budi's number. */
const STORED_FORMS = ['0812-777-0001', '+62 812 777 0001', '(0812) 777.0001', '62 812-777-0001'];

/** Numbers with the same last four digits as Budi's number: more than the node reads. */
const SIMILAR_NUMBERS = Array.from(
	{ length: 350 },
	(_, index) => `+62813${String(index).padStart(4, '0')}0001`,
);

const SKIP_TAGGED = { skipContactTags: ['berhenti'] };

/** Opens a workspace with an old contact for each of the numbers. */
async function openWithNumbers(phones: string[], options: SandboxOptions = {}) {
	const workspace = await openWorkspace(options);
	const contacts = phones.map((phone) =>
		workspace.sandbox.store.addContact({ phone, created_at: LONG_AGO }),
	);
	return { workspace, contacts };
}

const contactIdOf = ({ contact_id, id }: Record<string, unknown>) => contact_id ?? id;

const searches = ({ sandbox }: Workspace) =>
	sandbox.journal.entries.filter(({ method, path }) => method === 'GET' && path === '/contacts');

describe.each(OPERATIONS)('%s', (_, parametersFor) => {
	it.each(STORED_FORMS)('finds a contact whose number is stored as %s', async (phone) => {
		const { workspace, contacts } = await openWithNumbers([SIMILAR_NUMBER, phone]);

		const json = await runItem(workspace, parametersFor(workspace));

		expect(json.error).toBeUndefined();
		expect(contactIdOf(json)).toBe(contacts[1]!.id);
		expect(contactsOf(workspace)).toHaveLength(2);
	});

	it('does not use a contact whose number matches only in the last four digits', async () => {
		const { workspace } = await openWithNumbers([SIMILAR_NUMBER]);

		await runItem(workspace, parametersFor(workspace));

		expect(contactsOf(workspace)).toMatchObject([{ phone: SIMILAR_NUMBER }, { phone: BUDI_E164 }]);
	});

	it('searches twice for a new customer', async () => {
		const { workspace } = await openWithNumbers([]);

		await runItem(workspace, parametersFor(workspace));

		expect(searches(workspace)).toHaveLength(2);
	});

	it('uses the contact that Sahut has rejected as a duplicate, once the search shows it', async () => {
		const workspace = await openWorkspace({ deviations: ['unique-phones', 'late-lists'] });
		const contact = workspace.sandbox.store.addContact({ phone: BUDI_E164 });

		const json = await runItem(workspace, parametersFor(workspace));

		expect(json.error).toBeUndefined();
		expect(contactIdOf(json)).toBe(contact.id);
		expect(contactsOf(workspace)).toHaveLength(1);
	});

	it('fails with Sahut’s message if the search does not show the contact with the number', async () => {
		const deviations = ['unique-phones', 'late-lists'] as const;
		const workspace = await openWorkspace({ deviations, listDelayMs: 600_000 });
		workspace.sandbox.store.addContact({ phone: BUDI_E164 });

		const { error } = await runItem(workspace, parametersFor(workspace));

		expect(`${error?.message} ${error?.advice}`).toContain('phone has already been taken');
		expect(error).not.toHaveProperty('mayHaveArrived');
		// The node searches again before it gives up.
		expect(searches(workspace).length).toBeGreaterThan(2);
		expect(allSentTexts(workspace)).toEqual([]);
	});
});

describe('Skip Contacts With Tags', () => {
	it.each([
		...STORED_FORMS.map((phone) => [phone, BUDI_E164]),
		...STORED_FORMS.map((phone) => [BUDI_E164, phone]),
	])('skips a customer if the contact %s has the tag, but %s does not', async (...row) => {
		const [tagged, untagged] = row as [string, string];
		const { workspace, contacts } = await openWithNumbers([untagged, tagged]);
		contacts[1]!.tags = ['berhenti'];

		const json = await runItem(workspace, templateToPhone(workspace, SKIP_TAGGED));

		expect(json).toMatchObject({
			skipped: true,
			skip_reason: 'contact_tag',
			contact_id: contacts[1]!.id,
		});
		expect(allSentTexts(workspace)).toEqual([]);
	});

	it.each([
		['width', 'ＳＴＯＰ'],
		['invisible characters', 'stop\u200b'],
		['the amount of whitespace', 'jangan  hubungi'],
	])('ignores %s', async (_, tag) => {
		const { workspace, contact } = await openWithContact();
		contact.tags.push(tag);
		const options = { skipContactTags: ['stop', 'jangan hubungi'] };

		const json = await runItem(workspace, templateToPhone(workspace, options));

		expect(json).toMatchObject({ skip_reason: 'contact_tag' });
		expect(allSentTexts(workspace)).toEqual([]);
	});

	it('skips a tagged contact that the search shows without the field tags', async () => {
		const { workspace, contact } = await openWithContact();
		contact.tags.push('berhenti');
		const { id, phone, created_at } = contact;
		replaceLists(workspace, '/contacts', [{ id, name: 'Budi', phone, created_at }]);

		const json = await runItem(workspace, templateToPhone(workspace, SKIP_TAGGED));

		expect(json).toMatchObject({ skip_reason: 'contact_tag' });
		expect(allSentTexts(workspace)).toEqual([]);
	});

	it.each([
		['an existing', [BUDI_E164]],
		['a new', []],
	])(
		'does not send to %s customer if a tagged contact may be beyond the page limit',
		async (_, phones) => {
			const { workspace } = await openWithNumbers([...phones, ...SIMILAR_NUMBERS]);

			const { error } = await runItem(workspace, templateToPhone(workspace, SKIP_TAGGED));

			expect(error).toMatchObject({ reason: 'ambiguous' });
			expect(error).not.toHaveProperty('mayHaveArrived');
			expect(allSentTexts(workspace)).toEqual([]);
			expect(contactsOf(workspace)).toHaveLength(phones.length + SIMILAR_NUMBERS.length);
			// One page for the complete number, and at most three for its last four digits.
			expect(searches(workspace).length).toBeLessThanOrEqual(4);
		},
	);

	it('skips a tagged contact that Sahut reveals only by rejecting a duplicate', async () => {
		const workspace = await openWorkspace({ deviations: ['unique-phones', 'late-lists'] });
		workspace.sandbox.store.addContact({ phone: BUDI_E164, tags: ['berhenti'] });

		const json = await runItem(workspace, templateToPhone(workspace, SKIP_TAGGED));

		expect(json).toMatchObject({ skip_reason: 'contact_tag' });
		expect(allSentTexts(workspace)).toEqual([]);
	});
});

it('Send to Phone Number sends to a number that shares its last four digits with many others', async () => {
	const { workspace, contacts } = await openWithNumbers([BUDI_E164, ...SIMILAR_NUMBERS]);

	const json = await runItem(workspace, templateToPhone(workspace), BUDI);

	expect(json).toMatchObject({ contact_id: contacts[0]!.id });
	expect(allSentTexts(workspace)).toHaveLength(1);
});
