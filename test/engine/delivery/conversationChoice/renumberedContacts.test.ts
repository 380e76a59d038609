import { byId } from '../../../support/locator';
import { openWorkspace, toPhone, type Workspace } from '../../../support/workspace';
import { BUDI_E164, jsonsOf, LONG_AGO, openWithContact, SITI_E164 } from '../deliveryFixture';

const ROW = { phone: BUDI_E164, name: 'Budi' };

/** Gives a contact another number, by Contact: Update. */
const renumber = async (workspace: Workspace, contactId: string) =>
	await workspace.run({
		resource: 'contact',
		operation: 'update',
		contactId: byId(contactId),
		updateFields: { phone: SITI_E164 },
	});

it('A message to the former number of a contact does not go to the contact after an agent changed the number', async () => {
	const { workspace, contact } = await openWithContact();
	const { sandbox } = workspace;
	await workspace.run(toPhone(workspace), [ROW]);
	await sandbox.request('PUT', `/contacts/${contact.id}`, { phone: SITI_E164 });
	const other = sandbox.store.addContact({ phone: BUDI_E164 });

	const run = await workspace.run(toPhone(workspace), [{ ...ROW, name: 'Ani' }]);

	expect(jsonsOf(run)).toMatchObject([{ contact_id: other.id, conversation_created: true }]);
});

it('A message to the former number of a contact does not go to the contact while lists still show the number', async () => {
	const { workspace, contact } = await openWithContact({ deviations: ['stale-lists'] });
	await renumber(workspace, contact.id);

	const run = await workspace.run(toPhone(workspace), [ROW]);

	expect(jsonsOf(run)).toMatchObject([{ contact_created: true }]);
	expect(jsonsOf(run)[0]!.contact_id).not.toBe(contact.id);
});

it('A batch does not use the list of conversations for a contact whose number this n8n has changed since', async () => {
	const workspace = await openWorkspace();
	const { store } = workspace.sandbox;
	const rows = Array.from({ length: 12 }, (_, index) => ({
		phone: `+62812000000${10 + index}`,
		name: `Pelanggan ${index}`,
	}));
	const contacts = [ROW, ...rows].map(({ phone }) =>
		store.addContact({ phone, created_at: LONG_AGO }),
	);
	for (const contact of contacts) store.addConversation({ contact });
	await workspace.run(toPhone(workspace), rows);
	await renumber(workspace, contacts[0]!.id);

	const run = await workspace.run(toPhone(workspace), [...rows, ROW]);

	expect(jsonsOf(run).at(-1)).toMatchObject({ contact_created: true });
	expect(jsonsOf(run)[0]).toMatchObject({ contact_id: contacts[1]!.id });
});
