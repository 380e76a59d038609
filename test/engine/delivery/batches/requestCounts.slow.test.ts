import type { IDataObject, INode } from 'n8n-workflow';

import { MINUTE_MS } from '../../../../sandbox/clock';
import {
	allSentTexts,
	contactsOf,
	conversationsOf,
	toPhone,
	type Workspace,
} from '../../../support/workspace';
import { advanceClock } from '../../../support/testClock';
import {
	CONTACTS,
	CONVERSATIONS,
	countRequests,
	openLargeWorkspace,
	rowsFrom,
	upsertByPhone,
} from './largeWorkspace';

const ROWS = 600;

const TEXT_OR_TEMPLATE = { messageType: 'textOrTemplate', content: '=Halo {{ $json.name }}' };

/** Runs the node with one item per row, which must all succeed. @returns the number of requests */
async function countRequestsOfRun(
	workspace: Workspace,
	parameters: INode['parameters'],
	rows: IDataObject[],
): Promise<number> {
	workspace.sandbox.journal.clear();
	const { output } = await workspace.run(parameters, rows);
	const records = output('Sahut').map(({ json }) => json);
	expect(records).toHaveLength(rows.length);
	expect(records.filter(({ error }) => error)).toEqual([]);
	return workspace.requests().length;
}

describe(`A batch of ${ROWS} messages to phone numbers`, () => {
	it('takes little more than one request per known customer, also if Sahut stores the number as typed', async () => {
		const workspace = await openLargeWorkspace();

		const requests = await countRequestsOfRun(workspace, toPhone(workspace), rowsFrom(0, ROWS));

		expect(requests / ROWS).toBeLessThanOrEqual(1.25);
		expect(allSentTexts(workspace)).toHaveLength(ROWS);
		expect(contactsOf(workspace)).toHaveLength(CONTACTS);
		expect(conversationsOf(workspace)).toHaveLength(CONVERSATIONS);
	});

	it('reads no history of customers who have been silent for days, with Text or Template', async () => {
		const workspace = await openLargeWorkspace();

		const requests = await countRequestsOfRun(
			workspace,
			{ ...toPhone(workspace), ...TEXT_OR_TEMPLATE },
			rowsFrom(0, ROWS),
		);

		expect(requests / ROWS).toBeLessThanOrEqual(1.35);
		expect(allSentTexts(workspace)).toHaveLength(ROWS);
	});

	it('reads the contact of each customer, but not the conversation, with Skip Contacts With Tags', async () => {
		const workspace = await openLargeWorkspace();
		contactsOf(workspace)[5]!.tags = ['Stop'];

		const requests = await countRequestsOfRun(
			workspace,
			toPhone(workspace, { skipContactTags: ['stop'] }),
			rowsFrom(0, ROWS),
		);

		expect(requests / ROWS).toBeLessThanOrEqual(2.4);
		expect(allSentTexts(workspace)).toHaveLength(ROWS - 1);
	});

	it('reads the history of each conversation, but not the conversation, with Skip If Sent Within', async () => {
		const workspace = await openLargeWorkspace();
		const parameters = toPhone(workspace, { skipIfSentWithin: 24 });

		const requests = await countRequestsOfRun(workspace, parameters, rowsFrom(0, ROWS));
		const requestsOfSecondRun = await countRequestsOfRun(workspace, parameters, rowsFrom(0, ROWS));

		expect(requests / ROWS).toBeLessThanOrEqual(2.4);
		expect(requestsOfSecondRun / ROWS).toBeLessThanOrEqual(2);
		expect(allSentTexts(workspace)).toHaveLength(ROWS);
	});

	it('reads the complete list of contacts if no customer is known', async () => {
		const workspace = await openLargeWorkspace();

		const requests = await countRequestsOfRun(
			workspace,
			toPhone(workspace),
			rowsFrom(CONTACTS, ROWS),
		);

		expect(requests / ROWS).toBeLessThanOrEqual(4.1);
		expect(allSentTexts(workspace)).toHaveLength(ROWS);
		expect(contactsOf(workspace)).toHaveLength(CONTACTS + ROWS);
	});

	it('finds the contacts without a conversation in the complete list of contacts', async () => {
		const workspace = await openLargeWorkspace();
		const rows = rowsFrom(CONVERSATIONS, CONTACTS - CONVERSATIONS);

		await countRequestsOfRun(workspace, toPhone(workspace), rows);

		expect(countRequests(workspace, /^GET \/contacts/) / rows.length).toBeLessThanOrEqual(0.15);
		expect(contactsOf(workspace)).toHaveLength(CONTACTS);
	});
});

it('A batch of 40 messages takes at most 60 requests', async () => {
	const workspace = await openLargeWorkspace({
		rateLimit: { requests: 60, windowMs: MINUTE_MS },
	});

	const requests = await countRequestsOfRun(workspace, toPhone(workspace), rowsFrom(0, 40));

	expect(requests).toBeLessThanOrEqual(60);
	expect(allSentTexts(workspace)).toHaveLength(40);
});

describe('A batch of five messages', () => {
	it('takes three requests per known customer, if the process knows the conversations', async () => {
		const workspace = await openLargeWorkspace();
		await workspace.run(toPhone(workspace), rowsFrom(100, 1));
		advanceClock(MINUTE_MS);

		const requests = await countRequestsOfRun(workspace, toPhone(workspace), rowsFrom(0, 5));

		expect(requests).toBeLessThanOrEqual(3 * 5);
		expect(countRequests(workspace, /^GET \/contacts$/)).toBeLessThanOrEqual(5);
	});

	it('takes five requests per new customer', async () => {
		const workspace = await openLargeWorkspace();

		const requests = await countRequestsOfRun(workspace, toPhone(workspace), rowsFrom(CONTACTS, 5));

		expect(requests).toBe(5 * 5);
	});
});

describe(`Contact: Create or Update of ${ROWS} known contacts without changes`, () => {
	it('takes only the list of contacts if no custom attributes are given', async () => {
		const workspace = await openLargeWorkspace();

		const requests = await countRequestsOfRun(workspace, upsertByPhone, rowsFrom(0, ROWS));

		expect(requests / ROWS).toBeLessThanOrEqual(0.2);
		expect(countRequests(workspace, /^(POST|PUT)/)).toBe(0);
	});

	it('reads each contact if custom attributes are given, which the list does not show', async () => {
		const workspace = await openLargeWorkspace();
		for (const contact of contactsOf(workspace)) contact.custom_attributes = { kota: 'Bandung' };
		const attribute = [{ name: 'kota', value: 'Bandung' }];

		const requests = await countRequestsOfRun(
			workspace,
			{ ...upsertByPhone, additionalFields: { customAttributes: { attribute } } },
			rowsFrom(0, ROWS),
		);

		expect(requests / ROWS).toBeLessThanOrEqual(1.2);
		expect(countRequests(workspace, /^(POST|PUT)/)).toBe(0);
	});
});
