import type { INode } from 'n8n-workflow';

import type { SandboxOptions } from '../../../sandbox';
import { allSent, contactsOf, openWorkspace, type Workspace } from '../../support/workspace';
import { BUDI, BUDI_E164, LONG_AGO, runItem, templateToPhone } from '../delivery/deliveryFixture';

/** Another customer whose number has the same last four digits. */
const STRANGER = '+62 813 9999 0001';

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

const AS_TYPED = ['0812-777-0001', '+62 812 777 0001', '(0812) 777.0001', '62 812-777-0001'];

/** A workspace with an old contact for each of the numbers. */
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

const skipStop = { skipContactTags: ['berhenti'] };

describe.each(OPERATIONS)('%s', (_, parametersFor) => {
	it.each(AS_TYPED)('finds a contact whose number is stored as %s', async (phone) => {
		const { workspace, contacts } = await openWithNumbers([STRANGER, phone]);

		const json = await runItem(workspace, parametersFor(workspace));

		expect(json.error).toBeUndefined();
		expect(contactIdOf(json)).toBe(contacts[1]!.id);
		expect(contactsOf(workspace)).toHaveLength(2);
	});

	it('does not use a contact whose number only has the same last four digits', async () => {
		const { workspace } = await openWithNumbers([STRANGER]);

		await runItem(workspace, parametersFor(workspace));

		expect(contactsOf(workspace)).toMatchObject([{ phone: STRANGER }, { phone: BUDI_E164 }]);
	});

	it('searches twice for a new customer', async () => {
		const { workspace } = await openWithNumbers([]);

		await runItem(workspace, parametersFor(workspace));

		expect(searches(workspace)).toHaveLength(2);
	});

	it('uses the contact that has a unique number, although the search shows it late', async () => {
		const workspace = await openWorkspace({ deviations: ['unique-phones', 'late-lists'] });
		const contact = workspace.sandbox.store.addContact({ phone: BUDI_E164 });

		const json = await runItem(workspace, parametersFor(workspace));

		expect(json.error).toBeUndefined();
		expect(contactIdOf(json)).toBe(contact.id);
		expect(contactsOf(workspace)).toHaveLength(1);
	});

	it('fails with Sahut’s message if the search does not show who has the number', async () => {
		const deviations = ['unique-phones', 'late-lists'] as const;
		const workspace = await openWorkspace({ deviations, listDelayMs: 600_000 });
		workspace.sandbox.store.addContact({ phone: BUDI_E164 });

		const { error } = await runItem(workspace, parametersFor(workspace));

		expect(`${error?.message} ${error?.advice}`).toContain('phone has already been taken');
		expect(error).not.toHaveProperty('mayHaveArrived');
		// The node searches again before it gives up.
		expect(searches(workspace).length).toBeGreaterThan(2);
		expect(allSent(workspace)).toEqual([]);
	});
});

describe('Skip Contacts With Tags', () => {
	it.each([
		...AS_TYPED.map((phone) => [phone, BUDI_E164]),
		...AS_TYPED.map((phone) => [BUDI_E164, phone]),
	])('skips a customer whose contact %s has the tag, beside %s without it', async (a, b) => {
		const { workspace, contacts } = await openWithNumbers([b!, a!]);
		contacts[1]!.tags = ['berhenti'];

		expect(await runItem(workspace, templateToPhone(workspace, skipStop))).toMatchObject({
			skipped: true,
			skip_reason: 'contact_tag',
			contact_id: contacts[1]!.id,
		});
		expect(allSent(workspace)).toEqual([]);
	});

	it.each([
		['has a contact', [BUDI_E164]],
		['has none', []],
	])(
		'does not send if the page limit hides whether a customer who %s has the tag',
		async (_, phones) => {
			const strangers = Array.from(
				{ length: 350 },
				(_, index) => `+62813${String(index).padStart(4, '0')}0001`,
			);
			const { workspace } = await openWithNumbers([...phones, ...strangers]);

			const { error } = await runItem(workspace, templateToPhone(workspace, skipStop));

			expect(error).toMatchObject({ reason: 'ambiguous' });
			expect(error).not.toHaveProperty('mayHaveArrived');
			expect(allSent(workspace)).toEqual([]);
			expect(contactsOf(workspace)).toHaveLength(phones.length + strangers.length);
			// One page for the whole number, at most three for its last four digits.
			expect(searches(workspace).length).toBeLessThanOrEqual(4);
		},
	);

	it('skips a tagged contact that only the rejection of its unique number reveals', async () => {
		const workspace = await openWorkspace({ deviations: ['unique-phones', 'late-lists'] });
		workspace.sandbox.store.addContact({ phone: BUDI_E164, tags: ['berhenti'] });

		expect(await runItem(workspace, templateToPhone(workspace, skipStop))).toMatchObject({
			skip_reason: 'contact_tag',
		});
		expect(allSent(workspace)).toEqual([]);
	});
});

it('sends to a customer whose number has the last four digits of many others', async () => {
	const strangers = Array.from(
		{ length: 350 },
		(_, index) => `+62813${String(index).padStart(4, '0')}0001`,
	);
	const { workspace, contacts } = await openWithNumbers([BUDI_E164, ...strangers]);

	expect(await runItem(workspace, templateToPhone(workspace), BUDI)).toMatchObject({
		contact_id: contacts[0]!.id,
	});
});
