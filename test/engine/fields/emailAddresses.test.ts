import type { INode } from 'n8n-workflow';

import { requestBodiesOf, writeRequestsOf } from '../../support/requests';
import { contactsOf, openWorkspace } from '../../support/workspace';

const upsert: INode['parameters'] = {
	resource: 'contact',
	operation: 'upsert',
	matchBy: 'email',
	email: '={{ $json.email }}',
	name: 'Budi',
};

const create: INode['parameters'] = {
	resource: 'contact',
	operation: 'create',
	name: 'Budi',
	additionalFields: { email: '={{ $json.email }}' },
};

/** The same address in the forms of spreadsheets and mail programs. */
const FORMS = [
	'budi@example.com',
	'\u200bBudi@Example.com\u3164',
	'bu\u00addi@exa\u2060mple.com',
	'ｂｕｄｉ＠ｅｘａｍｐｌｅ．ｃｏｍ',
	'mailto:budi@example.com?subject=Halo',
	'<budi@example.com>',
];

const rows = FORMS.map((email) => ({ email }));

it.each(['Budi@Example.com', '\u200bbudi@example.com\ufeff', ' budi@example.com'])(
	'Create or Update finds the contact whose email address is stored as %j, in whichever form it is given',
	async (email) => {
		const workspace = await openWorkspace();
		const { id } = workspace.sandbox.store.addContact({ name: 'Budi', email });

		const ids: unknown[] = [];
		for (const row of rows) {
			const { output } = await workspace.run(upsert, [row]);
			ids.push(output('Sahut')[0]?.json.id);
		}

		expect(ids).toEqual(FORMS.map(() => id));
		const searched = workspace.sandbox.journal.entries.flatMap(({ query }) => query.q ?? []);
		expect(searched.map((q) => q.toLowerCase())).toEqual(FORMS.map(() => 'budi@example.com'));
	},
);

it('Create or Update creates one contact for all forms of an email address', async () => {
	const workspace = await openWorkspace();

	await workspace.run(upsert, rows);

	expect(contactsOf(workspace)).toHaveLength(1);
});

it('Create removes the text around an email address and keeps its upper and lower case', async () => {
	const workspace = await openWorkspace();

	await workspace.run(create, [{ email: '\u3164mailto:Budi@exam\u200bple.com?subject=Halo' }]);

	expect(requestBodiesOf(workspace, 'POST')).toEqual([{ name: 'Budi', email: 'Budi@example.com' }]);
});

it('Create finds its contact after a lost response, although Sahut shows the email address in another form', async () => {
	const workspace = await openWorkspace();
	const { store, faults } = workspace.sandbox;
	faults.add({ method: 'POST', kind: 'dropAfter' });
	const addContact = store.addContact.bind(store);
	store.addContact = (fields) => addContact({ ...fields, email: `\u200b${fields?.email}` });

	const { status, output } = await workspace.run(create, [{ email: 'Budi@example.com' }]);

	expect(status).toBe('success');
	expect(output('Sahut')[0]!.json.id).toBe(contactsOf(workspace)[0]!.id);
	expect(writeRequestsOf(workspace)).toHaveLength(1);
});

it.each([upsert, create])(
	'an email address with a broken character is rejected before any request',
	async (parameters) => {
		const workspace = await openWorkspace();

		const { output } = await workspace.run(parameters, [{ email: 'budi\ud83d@example.com' }], {
			onError: 'continueRegularOutput',
		});

		expect(output('Sahut')[0]!.json.error).toMatchObject({ reason: 'invalid_input' });
		expect(workspace.sandbox.journal.entries).toEqual([]);
	},
);
