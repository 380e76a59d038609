import type { IDataObject, INode } from 'n8n-workflow';

import { byId } from '../../support/locator';
import { requestBodiesOf, writeRequestsOf } from '../../support/requests';
import { retry } from '../../support/retryData';
import { openWorkspace } from '../../support/workspace';

type Parameters = INode['parameters'];

const CONTINUE = { onError: 'continueRegularOutput' } as const;
const RETRY_ON_FAIL = { retryOnFail: true, maxTries: 2, waitBetweenTries: 1 };

/** The three ways to change a list: the operation, and the names of its fields. */
const LISTS = [
	['labels of Conversation: Update', 'conversation', 'Labels'],
	['tags of Contact: Update', 'contact', 'Tags'],
	['tags of Contact: Create or Update', 'upsert', 'Tags'],
] as const;

type Target = (typeof LISTS)[number][1];

const PHONE = '+6281234567890';

/** Returns the parameters that change a list of the record in the item. */
function parametersFor(target: Target, fields: IDataObject): Parameters {
	if (target === 'upsert') {
		const operation = { resource: 'contact', operation: 'upsert', matchBy: 'phone', phone: PHONE };
		return { ...operation, name: '', additionalFields: fields } as Parameters;
	}
	const id = { [`${target}Id`]: byId('={{ $json.id }}') };
	return { resource: target, operation: 'update', ...id, updateFields: fields } as Parameters;
}

async function openWithLists() {
	const workspace = await openWorkspace();
	const { store } = workspace.sandbox;
	const contact = store.addContact({ name: 'Budi', phone: PHONE, tags: ['vip', 'reseller'] });
	const conversation = store.addConversation({ contact, labels: ['vip', 'reseller'] });
	const listOf = (target: Target) => {
		const id = target === 'conversation' ? conversation.id : contact.id;
		return target === 'conversation'
			? store.conversations.get(id)!.labels
			: store.contacts.get(id)!.tags;
	};
	const rowFor = (target: Target) => ({
		id: target === 'conversation' ? conversation.id : contact.id,
	});
	return { ...workspace, workspace, contact, conversation, listOf, rowFor };
}

describe.each(LISTS)('The %s', (_, target, noun) => {
	const fieldsOf = (action: 'add' | 'remove', value: string | string[]) => ({
		[`${action}${noun}`]: value,
	});

	it('keeps the others if one is added', async () => {
		const { workspace, listOf, rowFor } = await openWithLists();

		const { output } = await workspace.run(parametersFor(target, fieldsOf('add', ['berhenti'])), [
			rowFor(target),
		]);

		expect(listOf(target)).toEqual(['vip', 'reseller', 'berhenti']);
		expect(output('Sahut')[0]!.json[noun.toLowerCase()]).toEqual(['vip', 'reseller', 'berhenti']);
	});

	it('keeps the others if one is removed, in any case', async () => {
		const { workspace, listOf, rowFor } = await openWithLists();

		await workspace.run(parametersFor(target, fieldsOf('remove', 'VIP')), [rowFor(target)]);

		expect(listOf(target)).toEqual(['reseller']);
	});

	it('is not written if one is added that exists in another case', async () => {
		const { workspace, listOf, rowFor } = await openWithLists();

		await workspace.run(parametersFor(target, fieldsOf('add', ['Reseller'])), [rowFor(target)]);

		expect(writeRequestsOf(workspace)).toEqual([]);
		expect(listOf(target)).toEqual(['vip', 'reseller']);
	});

	it('keeps both entries if two items add one each', async () => {
		const { workspace, listOf, rowFor } = await openWithLists();
		const rows = ['satu', 'dua'].map((entry) => ({ ...rowFor(target), entry }));

		await workspace.run(parametersFor(target, fieldsOf('add', '={{ $json.entry }}')), rows);

		expect(listOf(target).toSorted()).toEqual(['dua', 'reseller', 'satu', 'vip']);
	});

	it('keeps both entries if two executions add one each', async () => {
		const { workspace, listOf, rowFor } = await openWithLists();
		const add = async (entry: string) =>
			await workspace.run(parametersFor(target, fieldsOf('add', [entry])), [rowFor(target)]);

		await Promise.all([add('satu'), add('dua')]);

		expect(listOf(target).toSorted()).toEqual(['dua', 'reseller', 'satu', 'vip']);
	});

	it.each([
		['Retry On Fail', RETRY_ON_FAIL],
		['Retry On Fail and On Error Continue', { ...RETRY_ON_FAIL, ...CONTINUE }],
	])('gets the entry once if the response is lost, with %s', async (_name, settings) => {
		const { workspace, sandbox, listOf, rowFor } = await openWithLists();
		sandbox.faults.add({ kind: 'dropAfter', method: 'PUT' });

		await workspace.run(
			parametersFor(target, fieldsOf('add', ['baru'])),
			[rowFor(target)],
			settings,
		);

		expect(listOf(target)).toEqual(['vip', 'reseller', 'baru']);
	});

	it('is not changed again by a successful item in a Retry', async () => {
		const { workspace, sandbox, listOf, rowFor } = await openWithLists();
		const rows = ['satu', 'dua'].map((entry) => ({ ...rowFor(target), entry }));
		sandbox.faults.add({ kind: 'status', status: 403, method: 'PUT', skip: 1 });
		const parameters = parametersFor(target, fieldsOf('add', '={{ $json.entry }}'));
		const failed = await workspace.run(parameters, rows);
		const list = listOf(target);
		list.splice(list.indexOf('satu'), 1, 'lama');

		const retried = await retry(workspace, failed, parameters);

		expect([failed.status, retried.status]).toEqual(['error', 'success']);
		expect(listOf(target)).toEqual(['vip', 'reseller', 'lama', 'dua']);
	});

	it('gets an entry that was removed between a lost response and a Retry', async () => {
		const { workspace, sandbox, listOf, rowFor } = await openWithLists();
		const other = target === 'conversation' ? { status: 'pending' } : { company: 'Toko' };
		const parameters = parametersFor(target, { ...fieldsOf('add', ['vip']), ...other });
		sandbox.faults.add({ kind: 'dropAfter', method: 'PUT' });
		// The first try cannot read the record after its write.
		const skip = target === 'upsert' ? 2 : 1;
		sandbox.faults.add({ kind: 'status', status: 403, method: 'GET', skip });
		const failed = await workspace.run(parameters, [rowFor(target)]);
		listOf(target).splice(0, 1);

		const retried = await retry(workspace, failed, parameters);

		expect([failed.status, retried.status]).toEqual(['error', 'success']);
		expect(listOf(target)).toEqual(['reseller', 'vip']);
	});

	it(`rejects Set ${noun} together with Add ${noun} before any request`, async () => {
		const { workspace, rowFor } = await openWithLists();
		const fields = { [noun.toLowerCase()]: ['a'], ...fieldsOf('add', ['b']) };

		const { error } = await workspace.run(parametersFor(target, fields), [rowFor(target)]);

		expect(error?.message).toContain(`Set ${noun} and Add ${noun} are both set`);
		expect(workspace.requests()).toEqual([]);
	});

	it('rejects an entry that is added and removed before any request', async () => {
		const { workspace, rowFor } = await openWithLists();
		const fields = { ...fieldsOf('add', ['stop']), ...fieldsOf('remove', ['Stop']) };

		const { error } = await workspace.run(parametersFor(target, fields), [rowFor(target)]);

		expect(error?.message).toContain(`"stop" is in both Add ${noun} and Remove ${noun}`);
		expect(workspace.requests()).toEqual([]);
	});

	it('does not change if Sahut does not show it', async () => {
		const { workspace, sandbox, rowFor } = await openWithLists();
		const record = {
			id: rowFor(target).id,
			name: 'Budi',
			phone: PHONE,
			created_at: '2026-01-01T00:00:00Z',
		};
		sandbox.faults.add({
			kind: 'body',
			method: 'GET',
			path: /\/(contacts|conversations)\/\w+$/,
			body: { data: record },
			times: Infinity,
		});

		const { output } = await workspace.run(
			parametersFor(target, fieldsOf('add', ['baru'])),
			[rowFor(target)],
			CONTINUE,
		);

		expect(output('Sahut')[0]!.json.error).toMatchObject({ reason: 'ambiguous' });
		expect(requestBodiesOf(workspace, 'PUT')).toEqual([]);
	});
});

it('Contact: Create or Update creates a contact with the tags to add', async () => {
	const workspace = await openWorkspace();
	const parameters = {
		...parametersFor('upsert', { addTags: ['baru', 'Baru'], removeTags: ['lama'] }),
		name: 'Budi',
	};

	await workspace.run(parameters);

	expect(requestBodiesOf(workspace, 'POST')).toEqual([
		{ name: 'Budi', phone: PHONE, tags: ['baru'] },
	]);
});
