import type { INode } from 'n8n-workflow';

import { retry } from '../../../support/retryData';
import {
	allSent,
	contactsOf,
	openWorkspace,
	toPhone,
	type Workspace,
} from '../../../support/workspace';
import { skipReasonsOf } from './skipHelpers';

const ROW = { phone: '0812-3456-7890', name: 'Budi' };

/** Message: Send to Phone Number except to contacts with these tags. */
const toUntagged = (workspace: Workspace, tags: unknown, more: INode['parameters'] = {}) =>
	toPhone(workspace, { skipContactTags: tags as string[], ...more });

it.each([[['Berhenti']], [['vip', ' BERHENTI ']], ['={{ ["berhenti"] }}']])(
	'skips a contact with one of the tags %j',
	async (tags) => {
		const workspace = await openWorkspace();
		const contact = workspace.sandbox.store.addContact({
			phone: '+6281234567890',
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
		expect(allSent(workspace)).toHaveLength(1);
	},
);

it.each([[['berhenti, stop']], [['={{ "berhenti, stop" }}']]])(
	'splits tags at commas: %j',
	async (tags) => {
		const workspace = await openWorkspace();
		workspace.sandbox.store.addContact({ phone: '+6281234567890', tags: ['berhenti'] });
		const run = await workspace.run(toPhone(workspace, { skipContactTags: tags }), [ROW]);
		expect(skipReasonsOf(run)).toEqual(['contact_tag']);
	},
);

it('skips a phone number when one of several contacts with it has the tag, however the number is stored', async () => {
	const workspace = await openWorkspace();
	const { store } = workspace.sandbox;
	store.addContact({ phone: '+6281234567890' });
	store.addContact({ phone: '081234567890', tags: ['berhenti'] });
	store.addContact({ phone: '+6281234567890' });
	const run = await workspace.run(toPhone(workspace, { skipContactTags: ['berhenti'] }), [ROW]);
	expect(skipReasonsOf(run)).toEqual(['contact_tag']);
});

it('makes no additional request', async () => {
	const workspace = await openWorkspace();
	await workspace.run(toUntagged(workspace, ['berhenti']), [ROW]);
	expect(workspace.requests()).toHaveLength(5);
});

it('uses the current tags when n8n runs the node again', async () => {
	const workspace = await openWorkspace();
	const { store, faults } = workspace.sandbox;
	const parameters = toUntagged(workspace, ['berhenti']);
	faults.add({ kind: 'status', status: 403, method: 'POST', path: /messages/ });
	const failed = await workspace.run(parameters, [ROW]);
	store.updateContact(contactsOf(workspace)[0]!, { tags: ['berhenti'] });

	const { output } = await retry(workspace, failed, parameters);

	expect(output('Sahut')[0]!.json).toMatchObject({ skip_reason: 'contact_tag' });
	expect(allSent(workspace)).toEqual([]);
});

it('returns a sent message in a retry although the contact has the tag by now', async () => {
	const workspace = await openWorkspace();
	const { store, faults } = workspace.sandbox;
	const parameters = toUntagged(workspace, ['berhenti']);
	faults.add({ kind: 'status', status: 403, method: 'POST', mentions: 'Siti' });
	const rows = [ROW, { phone: '0812-3456-7891', name: 'Siti' }];
	const failed = await workspace.run(parameters, rows);
	store.updateContact(contactsOf(workspace)[0]!, { tags: ['berhenti'] });

	const { output } = await retry(workspace, failed, parameters);

	expect(output('Sahut').map(({ json }) => json.type)).toEqual(['outgoing', 'outgoing']);
	expect(allSent(workspace)).toHaveLength(2);
});

it.each([[['={{ $json.none }}']], ['={{ undefined }}'], [['']]])(
	'refuses %j, which contains no tag, before the first request',
	async (tags) => {
		const workspace = await openWorkspace();
		const { error } = await workspace.run(toUntagged(workspace, tags), [ROW]);
		expect(error?.message).toContain('Skip Contacts With Tags has no tag');
		expect(workspace.requests()).toEqual([]);
	},
);

it('skips contacts in a Dry Run too', async () => {
	const workspace = await openWorkspace();
	workspace.sandbox.store.addContact({ phone: '+6281234567890', tags: ['berhenti'] });
	const { output } = await workspace.run(toUntagged(workspace, ['berhenti'], { dryRun: true }), [
		ROW,
	]);
	expect(output('Sahut')[0]!.json).toMatchObject({ dryRun: true, skip_reason: 'contact_tag' });
});
