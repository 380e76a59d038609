import type { INode } from 'n8n-workflow';

import { byId } from '../../../support/locator';
import { replaceLists } from '../../../support/replaceLists';
import { writeRequestsOf } from '../../../support/requests';
import { retry } from '../../../support/retryData';
import {
	allSentTexts,
	contactsOf,
	openWorkspace,
	sendText,
	toPhone,
	type Workspace,
} from '../../../support/workspace';
import { openWithContact, runItem, templateToPhone } from '../deliveryFixture';
import { skipReasonsOf } from './skipHelpers';

const PHONE = '+6281234567890';
const ROW = { phone: '0812-3456-7890', name: 'Budi' };

/** Returns the parameters of *Message: Send to Phone Number* with *Skip Contacts With Tags*. */
const toUntagged = (workspace: Workspace, tags: unknown, options: INode['parameters'] = {}) =>
	toPhone(workspace, { skipContactTags: tags as string[], ...options });

it.each([[['Berhenti']], [['vip', ' BERHENTI ']], ['={{ ["berhenti"] }}']])(
	'Skip Contacts With Tags skips a contact with one of the tags %j',
	async (tags) => {
		const workspace = await openWorkspace();
		const contact = workspace.sandbox.store.addContact({
			phone: PHONE,
			tags: ['pelanggan', 'berhenti'],
		});

		const { output } = await workspace.run(toUntagged(workspace, tags), [
			ROW,
			{ phone: '0812-3456-7891', name: 'Siti' },
		]);

		expect(output('Sahut')[0]!.json).toEqual({
			skipped: true,
			skip_reason: 'contact_tag',
			contact_id: contact.id,
			tag: 'berhenti',
		});
		expect(output('Sahut')[1]!.json).toMatchObject({ type: 'outgoing' });
		expect(allSentTexts(workspace)).toHaveLength(1);
	},
);

it.each([[['berhenti, stop']], [['={{ "berhenti, stop" }}']]])(
	'Skip Contacts With Tags splits tags at commas: %j',
	async (tags) => {
		const workspace = await openWorkspace();
		workspace.sandbox.store.addContact({ phone: PHONE, tags: ['berhenti'] });

		const run = await workspace.run(toUntagged(workspace, tags), [ROW]);

		expect(skipReasonsOf(run)).toEqual(['contact_tag']);
	},
);

it('Skip Contacts With Tags skips a phone number when one of several contacts has the tag, even if it stores the number in another format', async () => {
	const workspace = await openWorkspace();
	const { store } = workspace.sandbox;
	store.addContact({ phone: PHONE });
	store.addContact({ phone: '081234567890', tags: ['berhenti'] });
	store.addContact({ phone: PHONE });

	const run = await workspace.run(toUntagged(workspace, ['berhenti']), [ROW]);

	expect(skipReasonsOf(run)).toEqual(['contact_tag']);
});

it('Skip Contacts With Tags makes no additional request', async () => {
	const workspace = await openWorkspace();

	await workspace.run(toUntagged(workspace, ['berhenti']), [ROW]);

	expect(workspace.requests()).toEqual([
		'GET /contacts',
		'GET /contacts',
		'POST /contacts',
		'POST /conversations',
		expect.stringMatching(/^POST .*messages$/),
	]);
});

it('Skip Contacts With Tags uses the current tags in a Retry', async () => {
	const workspace = await openWorkspace();
	const { store, faults } = workspace.sandbox;
	const parameters = toUntagged(workspace, ['berhenti']);
	faults.add({ kind: 'status', status: 403, method: 'POST', path: /messages/ });
	const failed = await workspace.run(parameters, [ROW]);
	store.updateContact(contactsOf(workspace)[0]!, { tags: ['berhenti'] });

	const { output } = await retry(workspace, failed, parameters);

	expect(output('Sahut')[0]!.json).toMatchObject({ skip_reason: 'contact_tag' });
	expect(allSentTexts(workspace)).toEqual([]);
});

it('Skip Contacts With Tags does not skip a message in a Retry that the execution has already sent', async () => {
	const workspace = await openWorkspace();
	const { store, faults } = workspace.sandbox;
	const parameters = toUntagged(workspace, ['berhenti']);
	faults.add({ kind: 'status', status: 403, method: 'POST', bodyContains: 'Siti' });
	const rows = [ROW, { phone: '0812-3456-7891', name: 'Siti' }];
	const failed = await workspace.run(parameters, rows);
	store.updateContact(contactsOf(workspace)[0]!, { tags: ['berhenti'] });

	const { output } = await retry(workspace, failed, parameters);

	expect(output('Sahut').map(({ json }) => json.type)).toEqual(['outgoing', 'outgoing']);
	expect(allSentTexts(workspace)).toHaveLength(2);
});

it.each([[['={{ $json.none }}']], ['={{ undefined }}'], [['']]])(
	'Skip Contacts With Tags rejects %j, which contains no tag, before the first request',
	async (tags) => {
		const workspace = await openWorkspace();

		const { error } = await workspace.run(toUntagged(workspace, tags), [ROW]);

		expect(error?.message).toContain('Skip Contacts With Tags has no tag');
		expect(workspace.requests()).toEqual([]);
	},
);

it('Skip Contacts With Tags shows in a Dry Run that a contact would be skipped', async () => {
	const workspace = await openWorkspace();
	workspace.sandbox.store.addContact({ phone: PHONE, tags: ['berhenti'] });

	const { output } = await workspace.run(toUntagged(workspace, ['berhenti'], { dryRun: true }), [
		ROW,
	]);

	expect(output('Sahut')[0]!.json).toMatchObject({ dryRun: true, skip_reason: 'contact_tag' });
});

it('Skip Contacts With Tags reads a contact that Sahut reports as existing, if its list row lacks the tags', async () => {
	const { workspace, contact } = await openWithContact({ deviations: ['unique-phones'] });
	contact.tags = ['berhenti'];
	const rowWithoutTags = { ...contact, tags: undefined };
	// The first search does not find the contact.
	replaceLists(workspace, '/contacts', [], 2);
	replaceLists(workspace, '/contacts', [rowWithoutTags], Infinity);
	const parameters = templateToPhone(workspace, { skipContactTags: ['berhenti'] });

	const json = await runItem(workspace, parameters);

	expect(json.skip_reason).toBe('contact_tag');
	expect(allSentTexts(workspace)).toEqual([]);
});

it.each([
	['a list of objects', [{ id: 1, name: 'berhenti' }]],
	['an object', { berhenti: true }],
	['a text', 'berhenti, vip'],
])('Skip Contacts With Tags sends nothing if Sahut returns the tags as %s', async (_, tags) => {
	const { workspace, contact } = await openWithContact();
	const data = { ...contact, tags };
	const path = `/contacts/${contact.id}`;
	replaceLists(workspace, '/contacts', [data], Infinity);
	workspace.sandbox.faults.add({
		kind: 'body',
		method: 'GET',
		path,
		times: Infinity,
		body: { data },
	});
	const parameters = templateToPhone(workspace, { skipContactTags: ['berhenti'] });

	const json = await runItem(workspace, parameters);

	expect(json.error).toMatchObject({ reason: 'ambiguous' });
	expect(writeRequestsOf(workspace)).toEqual([]);
});

it('Skip Contacts With Tags skips a contact that this n8n has just tagged, although lists do not show the tag yet', async () => {
	const { workspace, contact } = await openWithContact({ deviations: ['stale-lists'] });
	const { id } = workspace.sandbox.store.addConversation({ contact });
	const contactId = byId(contact.id);
	const updateFields = { addTags: ['berhenti'] };
	await workspace.run({ resource: 'contact', operation: 'update', contactId, updateFields });
	const row = { phone: contact.phone, name: 'Budi', conversation: id, text: 'Halo' };

	const runs = [
		await workspace.run(toUntagged(workspace, ['berhenti']), [row]),
		await workspace.run({ ...sendText, options: { skipContactTags: ['berhenti'] } }, [row]),
	];

	expect(runs.flatMap(skipReasonsOf)).toEqual(['contact_tag', 'contact_tag']);
	expect(allSentTexts(workspace)).toEqual([]);
});
