import type { INode, INodeProperties, INodeType } from 'n8n-workflow';

import { loadPackage, openTool, sahutWorkflow } from '../../support/engine';
import { byId, byMode } from '../../support/locator';
import { replaceLists } from '../../support/replaceLists';
import { retry } from '../../support/retryData';
import { writeRequestsOf } from '../../support/requests';
import { contactsOf, openWorkspace } from '../../support/workspace';
import { BUDI_E164, LONG_AGO, openWithContact, SITI_E164 } from '../delivery/deliveryFixture';

const EMAIL = 'Budi@Example.com';
const NUMBER = '0812-777-0001';

const get = (contactId: unknown) =>
	({ resource: 'contact', operation: 'get', contactId }) as INode['parameters'];

const getByPhone = get(byMode('phone', '={{ $json.phone }}'));

/** Opens a workspace with Budi, who has attributes and an email address. */
async function openWithBudi() {
	const opened = await openWithContact();
	Object.assign(opened.contact, { email: EMAIL, custom_attributes: { kota: 'Bandung' } });
	return opened;
}

it('the Contact of each operation has the modes for a phone number and an email address', async () => {
	const { type } = (await loadPackage()).getNode('sahut');
	const fields = (type as INodeType).description.properties.filter(
		({ name }) => name === 'contactId',
	);
	const labelsOf = ({ modes = [] }: INodeProperties) =>
		modes.map(({ name, displayName }) => `${name}: ${displayName}`);

	expect(fields).toHaveLength(3);
	for (const field of fields) {
		expect(labelsOf(field)).toEqual([
			'list: From List',
			'id: By ID',
			'phone: By Phone Number',
			'email: By Email',
		]);
	}
});

describe('Contact: Get returns the complete contact', () => {
	it.each<[string, (id: string) => unknown]>([
		['from the list', (id) => byMode('list', id)],
		['by its ID', byId],
		['by its phone number', () => byMode('phone', NUMBER)],
		['by a number from a spreadsheet', () => byMode('phone', '={{ 8127770001 }}')],
		['by its email address', () => byMode('email', ' mailto:budi@example.com')],
		['by an ID without a mode', (id) => id],
		['by an expression for the ID', (id) => `={{ "${id}" }}`],
		[
			'by an expression for the whole locator',
			() => `={{ ({ __rl: true, mode: 'phone', value: '${NUMBER}' }) }}`,
		],
		['by an expression for the mode', () => byMode('={{ "email" }}', EMAIL)],
	])('%s', async (_, locatorOf) => {
		const { workspace, contact } = await openWithBudi();
		workspace.sandbox.store.addContact({ phone: SITI_E164, email: 'xbudi@example.com' });

		const { output, error } = await workspace.run(get(locatorOf(contact.id)));

		expect(error?.message).toBeUndefined();
		expect(output('Sahut')).toEqual([{ json: contact, pairedItem: { item: 0 } }]);
		expect(writeRequestsOf(workspace)).toEqual([]);
	});

	it.each(['0812 777 0001', '(0812) 777.0001', '628127770001'])(
		'by a number that Sahut stores as %s',
		async (stored) => {
			const { workspace, contact } = await openWithBudi();
			contact.phone = stored;

			const { output } = await workspace.run(getByPhone, [{ phone: '+62 812-777-0001' }]);

			expect(output('Sahut')[0]!.json).toEqual(contact);
		},
	);

	it('if the list row lacks custom attributes', async () => {
		const { workspace, contact } = await openWithBudi();

		const { output } = await workspace.run(getByPhone, [{ phone: NUMBER }]);

		expect(output('Sahut')[0]!.json).toEqual(contact);
		expect(workspace.requests()).toEqual(['GET /contacts', `GET /contacts/${contact.id}`]);
	});

	it('as a tool of an AI agent', async () => {
		const { workspace, contact } = await openWithBudi();
		const { credentials } = workspace;
		const call = await openTool({
			...sahutWorkflow(get(byMode('phone', NUMBER)), {}),
			credentials,
		});

		expect(JSON.parse(await call())).toEqual([contact]);
	});
});

it.each(['url', 'Phone', '', null])('Contact: Get rejects the mode %j', async (mode) => {
	const { workspace } = await openWithBudi();

	const { error } = await workspace.run(get(byMode(mode as string, NUMBER)));

	expect(error?.message).toContain('The mode of Contact has an unknown value');
	expect(workspace.requests()).toEqual([]);
});

describe('Contact: Get', () => {
	it('returns the oldest of several contacts with the number', async () => {
		const { workspace, contact } = await openWithBudi();
		workspace.sandbox.store.addContact({ phone: BUDI_E164 });

		const { output } = await workspace.run(getByPhone, [{ phone: NUMBER }]);

		expect(output('Sahut')[0]!.json.id).toBe(contact.id);
	});

	it.each(['continueRegularOutput', 'continueErrorOutput', 'stopWorkflow'] as const)(
		'fails for a number without a contact, and creates none, with On Error %s',
		async (onError) => {
			const { workspace, contact } = await openWithBudi();
			const rows = [{ phone: NUMBER }, { phone: '0812-999-0009' }];

			const { output, error } = await workspace.run(getByPhone, rows, { onError });

			const failure = {
				reason: 'not_found',
				message: 'Sahut has no contact with +628129990009',
				advice: expect.stringContaining('Check the phone number.'),
			};
			if (onError === 'stopWorkflow') {
				expect(error?.message).toBe(`${failure.message} [item 1]`);
				expect(error?.description).toContain('Create or Update');
				expect(error?.context).toMatchObject({ reason: 'not_found' });
			} else {
				const [found, failed] = [
					output('Sahut', 0),
					output('Sahut', onError === 'continueErrorOutput' ? 1 : 0),
				];
				expect(found[0]!.json).toEqual(contact);
				expect(failed.at(-1)).toMatchObject({
					json: { ...rows[1], error: failure },
					pairedItem: { item: 1 },
				});
			}
			expect(writeRequestsOf(workspace)).toEqual([]);
			expect(contactsOf(workspace)).toHaveLength(1);
		},
	);

	it('fails if the contact was deleted after the search', async () => {
		const { workspace, contact } = await openWithBudi();
		replaceLists(workspace, '/contacts', [{ ...contact, custom_attributes: undefined }]);
		workspace.sandbox.store.contacts.delete(contact.id);

		const { error } = await workspace.run(getByPhone, [{ phone: NUMBER }]);

		expect(error?.message).toContain(`Sahut has no contact with ${BUDI_E164}`);
	});

	it('returns a contact that has just been created, although lists do not show it yet', async () => {
		const workspace = await openWorkspace({ deviations: ['late-lists'] });
		const fields = { phone: NUMBER, email: EMAIL };
		await workspace.run({
			resource: 'contact',
			operation: 'create',
			name: 'Budi',
			additionalFields: fields,
		});

		const byPhone = await workspace.run(getByPhone, [{ phone: NUMBER }]);
		const byEmail = await workspace.run(get(byMode('email', EMAIL)));

		expect(byPhone.output('Sahut')[0]!.json).toEqual(contactsOf(workspace)[0]);
		expect(byEmail.output('Sahut')[0]!.json).toEqual(contactsOf(workspace)[0]);
	});

	it('returns a contact that another execution creates at the same time', async () => {
		const workspace = await openWorkspace({ latencyMs: 30 });
		const upsert = { resource: 'contact', operation: 'upsert', phone: NUMBER, name: 'Budi' };

		const [, read] = await Promise.all([
			workspace.run(upsert),
			workspace.run(getByPhone, [{ phone: NUMBER }]),
		]);

		expect(read.output('Sahut')[0]!.json).toEqual(contactsOf(workspace)[0]);
	});

	it('does not return a contact by a number that has just been changed', async () => {
		const workspace = await openWorkspace({ deviations: ['stale-lists'] });
		const { id } = workspace.sandbox.store.addContact({ phone: BUDI_E164, created_at: LONG_AGO });
		await workspace.run({
			resource: 'contact',
			operation: 'update',
			contactId: byId(id),
			updateFields: { phone: SITI_E164 },
		});

		const before = await workspace.run(getByPhone, [{ phone: BUDI_E164 }]);
		const now = await workspace.run(getByPhone, [{ phone: SITI_E164 }]);

		expect(before.error?.message).toContain(`Sahut has no contact with ${BUDI_E164}`);
		expect(now.output('Sahut')[0]!.json.id).toBe(id);
	});

	it('reads the contact again on Retry', async () => {
		const { workspace, contact } = await openWithBudi();
		const rows = [{ phone: NUMBER }, { phone: SITI_E164 }];
		const failed = await workspace.run(getByPhone, rows);
		expect(failed.status).toBe('error');
		const siti = workspace.sandbox.store.addContact({ phone: SITI_E164 });

		const { output } = await retry(workspace, failed, getByPhone);

		expect(output('Sahut').map(({ json }) => json.id)).toEqual([contact.id, siti.id]);
	});

	it('searches for a few numbers, and reads the list for many', async () => {
		const workspace = await openWorkspace();
		const phones = Array.from({ length: 60 }, (_, index) => `+62812777${1000 + index}`);
		const contacts = phones.map((phone) => workspace.sandbox.store.addContact({ phone }));
		const readIds = async (count: number) => {
			const rows = phones.slice(0, count).map((phone) => ({ phone }));
			workspace.sandbox.journal.clear();
			const { output } = await workspace.run(getByPhone, rows);
			expect(output('Sahut').map(({ json }) => json.id)).toEqual(
				contacts.slice(0, count).map(({ id }) => id),
			);
			return workspace.requests().length;
		};

		// One search, and one read by ID: rows of lists lack custom attributes.
		expect(await readIds(1)).toBe(2);
		expect(await readIds(10)).toBe(20);
		// Ten searches, one page of the list, and the reads by ID.
		expect(await readIds(60)).toBe(71);
	});
});
