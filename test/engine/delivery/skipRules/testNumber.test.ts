import type { IDataObject, INode } from 'n8n-workflow';

import { createFakeNode } from '../../../support/builtInNodes';
import { runWorkflow, sahutWorkflow, toItems, type FinishedRun } from '../../../support/engine';
import { writeRequestsOf } from '../../../support/requests';
import { retry } from '../../../support/retryData';
import {
	allSentTexts,
	contactsOf,
	conversationsOf,
	openWorkspace,
	toPhone,
} from '../../../support/workspace';

const TEST_PHONE = '+6281299990000';

const ROWS = ['Ani', 'Budi', 'Cici', 'Dedi', 'Eka'].map((name, index) => ({
	name,
	phone: `0812 0000 000${index}`,
}));

const skipReasons = ({ output }: FinishedRun) =>
	output('Sahut').map(({ json }) => json.skip_reason ?? 'sent');

const hintsOf = ({ runs }: FinishedRun) => runs('Sahut').flatMap(({ hints = [] }) => hints);

/** Opens a workspace in which the first customer has opted out and has an open conversation. */
async function openWithCustomer() {
	const workspace = await openWorkspace();
	const { store } = workspace.sandbox;
	const contact = store.addContact({ phone: '+6281200000000', name: 'Ani', tags: ['stop'] });
	const conversation = store.addConversation({ contact });
	const parametersWith = (options: IDataObject = {}) =>
		toPhone(workspace, { testPhone: '0812-9999-0000', ...options } as never);
	return { ...workspace, contact, conversation, parametersWith };
}

it('Test Number gets the first three messages, and no customer gets one', async () => {
	const opened = await openWithCustomer();

	const run = await opened.run(opened.parametersWith({ skipContactTags: ['stop'] }), ROWS);

	expect(skipReasons(run)).toEqual(['sent', 'sent', 'sent', 'test', 'test']);
	const [, tester] = contactsOf(opened);
	expect(contactsOf(opened)).toHaveLength(2);
	expect(tester).toMatchObject({ name: TEST_PHONE, phone: TEST_PHONE });
	const [, conversation] = conversationsOf(opened);
	expect(conversation).toMatchObject({ contact: { id: tester!.id }, assignee: null });
	expect(opened.sent(conversation!.id)).toHaveLength(3);
	expect(opened.sent(opened.conversation.id)).toEqual([]);
});

it('Test Number uses neither the assignee nor the rules of the row', async () => {
	const opened = await openWithCustomer();
	const { store } = opened.sandbox;
	const [agent] = [...store.agents.values()];
	const contact = store.addContact({ phone: TEST_PHONE, name: 'Saya', tags: ['stop'] });
	const conversation = store.addConversation({ contact, assignee: agent! });
	store.addIncoming(conversation.id, 'Halo');
	const options = {
		skipContactTags: ['stop'],
		skipIfAssigned: true,
		skipIfCustomerWroteWithin: 24,
		skipIfSentWithin: 24,
	};

	const runs = [
		await opened.run(opened.parametersWith(options), ROWS.slice(0, 1)),
		await opened.run(opened.parametersWith(options), ROWS.slice(0, 1)),
	];

	expect(runs.flatMap(skipReasons)).toEqual(['sent', 'sent']);
	expect(contact.name).toBe('Saya');
	expect(opened.sent(conversation.id)).toHaveLength(2);
});

it.each([
	['', 'Test Number is empty'],
	[' ', 'Test Number is empty'],
	['={{ $json.missing }}', 'Test Number must not be an expression'],
	['={{ $json.phone }}', 'Test Number must not be an expression'],
])('The Test Number %j is rejected before any request', async (testPhone, message) => {
	const opened = await openWithCustomer();
	const parameters = opened.parametersWith({ testPhone });

	const stopped = await opened.run(parameters, ROWS.slice(0, 1));
	const continued = await opened.run(parameters, ROWS, { onError: 'continueRegularOutput' });

	expect(stopped.error?.message).toContain(message);
	expect(continued.output('Sahut').map(({ json }) => json.error)).toEqual(
		ROWS.map(() => expect.objectContaining({ reason: 'invalid_input' })),
	);
	expect(opened.requests()).toEqual([]);
});

it('A Test Number in a collection that is one expression is rejected before any request', async () => {
	const opened = await openWithCustomer();
	const parameters = { ...opened.parametersWith(), options: '={{ { testPhone: $json.phone } }}' };

	const { error } = await opened.run(parameters, ROWS);

	expect(error?.message).toContain('Test Number must not be an expression');
	expect(opened.requests()).toEqual([]);
});

it('A Test Number without a country code is rejected if an expression provides Default Country Code', async () => {
	const opened = await openWithCustomer();
	const defaultCountryCode = '={{ $json.code }}';
	const rows = [{ phone: '8123 4567', name: 'Ani', code: '65' }];
	const withCode = { testPhone: '+62 812-9999-0000', defaultCountryCode };

	const national = await opened.run(opened.parametersWith({ defaultCountryCode }), rows);
	const requests = opened.requests();
	const international = await opened.run(opened.parametersWith(withCode), rows);

	expect(national.error?.message).toContain('Test Number has no country code');
	expect(requests).toEqual([]);
	expect(skipReasons(international)).toEqual(['sent']);
	expect(contactsOf(opened).at(-1)).toMatchObject({ phone: TEST_PHONE });
});

it('A row with an invalid number fails as it would without Test Number', async () => {
	const opened = await openWithCustomer();
	const rows = [{ ...ROWS[0], phone: 'bukan nomor' }, ROWS[1]!];

	const run = await opened.run(opened.parametersWith(), rows, {
		onError: 'continueRegularOutput',
	});

	expect(run.output('Sahut')[0]!.json.error).toMatchObject({ reason: 'invalid_input' });
	expect(skipReasons(run)).toEqual(['sent', 'sent']);
	expect(allSentTexts(opened)).toHaveLength(1);
});

it('Retry On Fail sends no further messages to Test Number', async () => {
	const opened = await openWithCustomer();
	opened.sandbox.faults.add({
		kind: 'status',
		status: 403,
		method: 'POST',
		path: /messages$/,
		skip: 2,
	});

	const run = await opened.run(opened.parametersWith(), ROWS, {
		retryOnFail: true,
		maxTries: 2,
		waitBetweenTries: 1,
	});

	expect(skipReasons(run)).toEqual(['sent', 'sent', 'sent', 'test', 'test']);
	expect(allSentTexts(opened)).toHaveLength(3);
});

it('A Retry sends no further messages to Test Number', async () => {
	const opened = await openWithCustomer();
	const parameters = opened.parametersWith();
	opened.sandbox.faults.add({
		kind: 'status',
		status: 403,
		method: 'POST',
		path: /messages$/,
		skip: 2,
	});
	const failed = await opened.run(parameters, ROWS);

	const retried = await retry(opened, failed, parameters);

	expect(skipReasons(retried)).toEqual(['sent', 'sent', 'sent', 'test', 'test']);
	expect(allSentTexts(opened)).toHaveLength(3);
});

it('A Dry Run with Test Number describes the requests to this number, and sends nothing', async () => {
	const opened = await openWithCustomer();

	const run = await opened.run(opened.parametersWith({ dryRun: true }), ROWS);

	expect(run.output('Sahut')[0]!.json).toMatchObject({ dryRun: true, phone: TEST_PHONE });
	expect(run.output('Sahut').map(({ json }) => json.dryRun)).toEqual(ROWS.map(() => true));
	expect(writeRequestsOf(opened)).toEqual([]);
});

it('The editor shows a warning with Test Number', async () => {
	const opened = await openWithCustomer();

	const run = await opened.run(opened.parametersWith(), ROWS);

	expect(hintsOf(run)).toEqual([
		{
			message:
				'Test Number: all messages go to +6281299990000, and none to the customers. 3 of 5 items were sent, and 2 were skipped (not among the first three). Remove Test Number to send to the customers.',
			type: 'warning',
			location: 'outputPane',
		},
	]);
});

it('Test Number gets three messages in all rounds of a loop together', async () => {
	const opened = await openWithCustomer();
	const { nodes, connections } = sahutWorkflow(opened.parametersWith());
	const again: INode = { ...nodes[1]!, id: 'again', name: 'Again', type: 'test.again' };
	connections.Sahut = { main: [[{ node: 'Again', type: 'main', index: 0 }]] };
	connections.Again = { main: [[{ node: 'Sahut', type: 'main', index: 0 }]] };
	let rounds = 1;
	const againType = createFakeNode('Again', [], async () => [
		rounds++ < 3 ? toItems(ROWS.slice(0, 2)) : [],
	]);

	const { runs } = await runWorkflow({
		nodes: [...nodes, again],
		connections,
		credentials: opened.credentials,
		nodeTypes: { 'test.again': againType },
		items: toItems(ROWS.slice(0, 2)),
	});

	expect(runs('Sahut')).toHaveLength(3);
	expect(runs('Sahut').at(-1)!.hints![0]!.message).toContain(
		'none to the customers. 0 of 2 items were sent, and 2 were skipped',
	);
	expect(allSentTexts(opened)).toHaveLength(3);
});
