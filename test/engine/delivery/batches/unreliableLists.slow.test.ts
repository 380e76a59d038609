import type { IDataObject, INode } from 'n8n-workflow';

import { MINUTE_MS } from '../../../../sandbox/clock';
import { advanceClock } from '../../../support/testClock';
import {
	allSentTexts,
	contactsOf,
	conversationsOf,
	toPhone,
	type Workspace,
} from '../../../support/workspace';
import {
	CONTACTS,
	CONVERSATIONS,
	countRequests,
	openLargeWorkspace,
	phoneOf,
	rowsFrom,
	storedPhoneOf,
	upsertByPhone,
} from './largeWorkspace';

const CONTINUE = { onError: 'continueRegularOutput' } as const;

const upsert: INode['parameters'] = { ...upsertByPhone, options: { concurrency: 1 } };

/** Runs the node with one item per row. @returns the output items */
async function run(
	workspace: Workspace,
	parameters: INode['parameters'],
	rows: IDataObject[],
): Promise<IDataObject[]> {
	const { output } = await workspace.run(parameters, rows, CONTINUE);
	return output('Sahut').map(({ json }) => json);
}

/** The position of a contact that changes while a run of 60 items is at item 25. */
const CHANGED = 45;

const errorsOf = (records: IDataObject[]) => records.flatMap(({ error }) => error ?? []);

/** Resolves the conversations of all customers but the last ones. */
function resolveAllBut(workspace: Workspace, count: number): void {
	for (const each of conversationsOf(workspace).slice(0, CONVERSATIONS - count)) {
		each.status = 'resolved';
	}
}

describe('With a low rate limit, a batch', () => {
	it('takes no more requests than single messages, with 20 slots and Skip If Sent Within', async () => {
		const workspace = await openLargeWorkspace();
		const options = { concurrency: 20, requestsPerMinute: 60, skipIfSentWithin: 24 };

		const records = await run(workspace, toPhone(workspace, options), rowsFrom(0, 100));

		expect(errorsOf(records)).toEqual([]);
		expect(allSentTexts(workspace)).toHaveLength(100);
		// A single message takes a search, the conversation, its history and the message.
		expect(countRequests(workspace)).toBeLessThanOrEqual(4 * 100);
	});

	it('does not spend time of the rate limit on messages that it does not send', async () => {
		const workspace = await openLargeWorkspace();
		const options = { concurrency: 20, requestsPerMinute: 60 };

		await run(workspace, toPhone(workspace, options), rowsFrom(0, 100));

		const { entries } = workspace.sandbox.journal;
		const times = entries.map(({ at }) => at);
		const minutes = (Math.max(...times) - Math.min(...times)) / MINUTE_MS;
		expect(minutes).toBeLessThan((1.1 * entries.length) / 60);
	});
});

it('A batch creates no conversations if Sahut responds to each message with 404', async () => {
	const workspace = await openLargeWorkspace();
	workspace.sandbox.faults.add({
		kind: 'status',
		status: 404,
		method: 'POST',
		path: /messages$/,
		times: Infinity,
	});

	const records = await run(workspace, toPhone(workspace), rowsFrom(0, 40));

	expect(errorsOf(records)).toHaveLength(40);
	expect(conversationsOf(workspace)).toHaveLength(CONVERSATIONS);
});

it('A batch creates no duplicate contacts if Sahut responds to each new conversation with 404', async () => {
	const workspace = await openLargeWorkspace();
	workspace.sandbox.faults.add({
		kind: 'status',
		status: 404,
		method: 'POST',
		path: '/conversations',
		times: Infinity,
	});
	const count = CONTACTS - CONVERSATIONS;

	const records = await run(workspace, toPhone(workspace), rowsFrom(CONVERSATIONS, count));

	expect(errorsOf(records)).toHaveLength(count);
	expect(contactsOf(workspace)).toHaveLength(CONTACTS);
});

it('A batch sends its messages although the list of conversations can no longer be read', async () => {
	const workspace = await openLargeWorkspace();
	const parameters = toPhone(workspace);
	await run(workspace, parameters, rowsFrom(0, 40));
	advanceClock(MINUTE_MS);
	workspace.sandbox.faults.add({
		kind: 'status',
		status: 403,
		method: 'GET',
		path: '/conversations',
		times: Infinity,
	});

	const records = await run(workspace, parameters, rowsFrom(100, 40));

	expect(errorsOf(records)).toEqual([]);
	expect(allSentTexts(workspace)).toHaveLength(80);
});

it('A message reads no more pages of a list without meta than the unresolved conversations take', async () => {
	const workspace = await openLargeWorkspace({ deviations: ['no-meta'] });
	resolveAllBut(workspace, 10);

	await run(workspace, toPhone(workspace), rowsFrom(CONVERSATIONS - 1, 1));

	expect(countRequests(workspace, /^GET \/conversations$/)).toBeLessThanOrEqual(6);
});

it('A message reads page 1 of the open conversations only once', async () => {
	const workspace = await openLargeWorkspace();
	resolveAllBut(workspace, 300);

	await run(workspace, toPhone(workspace), rowsFrom(CONVERSATIONS - 1, 1));

	const queries = workspace.sandbox.journal.entries.flatMap(({ query }) =>
		JSON.stringify(query).includes('open') ? JSON.stringify(query) : [],
	);
	expect(queries).toEqual([...new Set(queries)]);
});

it('A batch finds a contact in the list whose number a spreadsheet has formatted as an amount', async () => {
	const workspace = await openLargeWorkspace({ deviations: ['raw-phones'] });
	for (const contact of contactsOf(workspace).slice(-30)) {
		contact.phone = `${phoneOf(contactsOf(workspace).indexOf(contact)).slice(1)}.0`;
	}

	await run(workspace, toPhone(workspace), rowsFrom(CONVERSATIONS, CONTACTS - CONVERSATIONS));

	expect(contactsOf(workspace)).toHaveLength(CONTACTS);
});

it('A batch finds all contacts with a number as typed, although a contact was deleted while it read the list', async () => {
	const workspace = await openLargeWorkspace();
	const { store } = workspace.sandbox;
	const deleted = contactsOf(workspace).slice(-20);
	// All later contacts move to the page before.
	workspace.sandbox.journal.emitter.on('request', ({ path, query }) => {
		if (path !== '/contacts' || query.page !== '3') return;
		for (const { id } of deleted) store.contacts.delete(id);
	});
	const count = CONTACTS - CONVERSATIONS - deleted.length;

	await run(workspace, toPhone(workspace), rowsFrom(CONVERSATIONS, count));

	expect(contactsOf(workspace)).toHaveLength(CONTACTS - deleted.length);
});

describe('Contact: Create or Update of many contacts', () => {
	/** Changes a contact once the run has read the list of contacts and has reached a later item. */
	async function runWithChange(workspace: Workspace, change: () => Promise<void> | void) {
		const { faults, store } = workspace.sandbox;
		const rows = rowsFrom(0, 60).map((row) => ({ ...row, name: 'Baru' }));
		let isChanged = false;
		store.emitter.on('event', (event) => {
			if (event.name !== 'contact.updated' || event.contact.phone !== storedPhoneOf(25)) return;
			if (isChanged) return;
			isChanged = true;
			advanceClock(2 * MINUTE_MS);
			void change();
		});
		const records = await run(workspace, upsert, rows);
		expect(isChanged).toBe(true);
		expect(faults.remaining()).toBe(0);
		return records;
	}

	it('creates a contact again that was deleted after the list was read', async () => {
		const workspace = await openLargeWorkspace();
		const deleted = contactsOf(workspace)[CHANGED]!;

		const records = await runWithChange(
			workspace,
			() => void workspace.sandbox.store.contacts.delete(deleted.id),
		);

		expect(errorsOf(records)).toEqual([]);
		expect(records[CHANGED]).toMatchObject({ phone: phoneOf(CHANGED) });
		expect(contactsOf(workspace)).toHaveLength(CONTACTS);
	});

	it('does not change a contact whose number has changed since the list was read', async () => {
		const workspace = await openLargeWorkspace();
		const renumbered = contactsOf(workspace)[CHANGED]!;

		await runWithChange(workspace, () => void (renumbered.phone = '+628999999999'));

		expect(renumbered.name).toBe(`Pelanggan ${CHANGED}`);
		expect(contactsOf(workspace)).toHaveLength(CONTACTS + 1);
	});
});

it('Create or Update writes a value again that another execution has changed since the list was read', async () => {
	const workspace = await openLargeWorkspace();
	const { store } = workspace.sandbox;
	const contact = contactsOf(workspace)[50]!;
	let other: Promise<unknown> | undefined;
	store.emitter.on('event', (event) => {
		if (event.name !== 'contact.updated' || event.contact.phone !== storedPhoneOf(25) || other)
			return;
		other = run(workspace, upsert, [{ phone: phoneOf(50), name: 'Nama lain' }]).then(() =>
			advanceClock(2 * MINUTE_MS),
		);
	});
	// The item after the change waits for the other execution.
	workspace.sandbox.faults.add({
		kind: 'slow',
		delayMs: 1_500,
		method: 'GET',
		path: `/contacts/${contactsOf(workspace)[26]!.id}`,
	});
	const rows = rowsFrom(0, 60).map((row, index) => (index < 30 ? { ...row, name: 'Baru' } : row));

	await run(workspace, upsert, rows);
	await other;

	expect(contact.name).toBe('Pelanggan 50');
});
