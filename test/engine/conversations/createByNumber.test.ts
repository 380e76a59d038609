import type { INode } from 'n8n-workflow';

import { byId, byMode } from '../../support/locator';
import { requestBodiesOf, writeRequestsOf } from '../../support/requests';
import { createCrashedExecution, retry } from '../../support/retryData';
import {
	allSentTexts,
	conversationsOf,
	openWorkspace,
	type Workspace,
} from '../../support/workspace';
import { BUDI_E164, jsonsOf, openWithContact, SITI_E164 } from '../delivery/deliveryFixture';

const NUMBER = '0812-777-0001';
const RETRY_ON_FAIL = { retryOnFail: true, maxTries: 3, waitBetweenTries: 1 };

/** Returns parameters for a channel on which a first message is possible. */
const createWith = (
	{ sandbox }: Workspace,
	contactId: unknown,
	additionalFields: INode['parameters'] = {},
) =>
	({
		resource: 'conversation',
		operation: 'create',
		contactId,
		channelId: byId(sandbox.store.channelOfType('instagram').id),
		additionalFields,
	}) as INode['parameters'];

const byPhone = byMode('phone', '={{ $json.phone }}');
const rows = (...phones: string[]) => phones.map((phone) => ({ phone }));

const contactIdsOf = (workspace: Workspace) =>
	requestBodiesOf(workspace, 'POST').map((body) => (body as { contact_id?: string }).contact_id);

describe('Conversation: Create', () => {
	it.each<[string, (id: string) => unknown, searches: number]>([
		['from the list', (id) => byMode('list', id), 0],
		['by its ID', byId, 0],
		['by its phone number', () => byMode('phone', NUMBER), 1],
		['by its email address', () => byMode('email', 'BUDI@example.com'), 1],
		[
			'by an expression for the whole locator',
			() => `={{ ({ __rl: true, mode: 'phone', value: '${NUMBER}' }) }}`,
			1,
		],
	])('uses the contact %s', async (_, locatorOf, searches) => {
		const { workspace, contact } = await openWithContact();
		contact.email = 'budi@example.com';

		const { status } = await workspace.run(createWith(workspace, locatorOf(contact.id)));

		expect(status).toBe('success');
		expect(contactIdsOf(workspace)).toEqual([contact.id]);
		expect(workspace.requests()).toEqual([
			...Array.from({ length: searches }, () => 'GET /contacts'),
			'POST /conversations',
		]);
	});

	it('uses the oldest of several contacts with the number', async () => {
		const { workspace, contact } = await openWithContact();
		workspace.sandbox.store.addContact({ phone: BUDI_E164 });

		await workspace.run(createWith(workspace, byPhone), rows(NUMBER));

		expect(contactIdsOf(workspace)).toEqual([contact.id]);
	});

	it.each(['continueRegularOutput', 'continueErrorOutput', 'stopWorkflow'] as const)(
		'creates nothing for a number without a contact, with On Error %s',
		async (onError) => {
			const { workspace } = await openWithContact();

			const { output, error } = await workspace.run(
				createWith(workspace, byPhone),
				rows(SITI_E164),
				{ onError },
			);

			const message = `Sahut has no contact with ${SITI_E164}`;
			if (onError === 'stopWorkflow') {
				expect(error?.message).toBe(`${message} [item 0]`);
				expect(error?.context).toMatchObject({ reason: 'not_found' });
			} else {
				const failed = output('Sahut', onError === 'continueErrorOutput' ? 1 : 0);
				expect(failed).toMatchObject([{ json: { error: { message, reason: 'not_found' } } }]);
			}
			expect(writeRequestsOf(workspace)).toEqual([]);
		},
	);

	it('uses a contact that has just been created, although lists do not show it yet', async () => {
		const workspace = await openWorkspace({ deviations: ['late-lists'] });
		const additionalFields = { phone: NUMBER };
		await workspace.run({
			resource: 'contact',
			operation: 'create',
			name: 'Budi',
			additionalFields,
		});

		const { status } = await workspace.run(createWith(workspace, byPhone), rows(NUMBER));

		expect(status).toBe('success');
		expect(conversationsOf(workspace)).toHaveLength(1);
	});

	it('does not write to a contact by a number that has just been changed', async () => {
		const { workspace, contact } = await openWithContact({ deviations: ['stale-lists'] });
		await workspace.run({
			resource: 'contact',
			operation: 'update',
			contactId: byId(contact.id),
			updateFields: { phone: SITI_E164 },
		});

		const { error } = await workspace.run(
			createWith(workspace, byPhone, { firstMessage: 'Halo' }),
			rows(NUMBER),
		);

		expect(error?.message).toContain(`Sahut has no contact with ${BUDI_E164}`);
		expect(conversationsOf(workspace)).toEqual([]);
	});

	it('creates a conversation for each of two items with the same number, also after a lost response', async () => {
		const { workspace, sandbox } = await openWithContact();
		sandbox.faults.add({ method: 'POST', kind: 'dropAfter' });

		const run = await workspace.run(createWith(workspace, byPhone), rows(NUMBER, BUDI_E164));

		expect(run.error?.message).toBeUndefined();
		expect(new Set(jsonsOf(run).map(({ id }) => id)).size).toBe(2);
		expect(conversationsOf(workspace)).toHaveLength(2);
		expect(writeRequestsOf(workspace)).toHaveLength(2);
	});

	it('creates the conversations of an item by number and an item by ID one after another', async () => {
		const { workspace, contact, sandbox } = await openWithContact();
		const { journal, faults } = sandbox;
		faults.add({ method: 'POST', kind: 'slow', delayMs: 100, times: 2 });
		let inFlight = 0;
		let maxInFlight = 0;
		journal.emitter.on('request', ({ method }) => {
			if (method === 'POST') maxInFlight = Math.max(maxInFlight, ++inFlight);
		});
		journal.emitter.on('response', ({ method }) => {
			if (method === 'POST') inFlight--;
		});
		const locator = '={{ ({ __rl: true, mode: $json.mode, value: $json.value }) }}';

		const run = await workspace.run(createWith(workspace, locator), [
			{ mode: 'phone', value: NUMBER },
			{ mode: 'id', value: contact.id },
		]);

		expect(run.error?.message).toBeUndefined();
		expect(conversationsOf(workspace)).toHaveLength(2);
		// In parallel, a search after a lost response could return the conversation of the other item.
		expect(maxInFlight).toBe(1);
	});
});

describe('If n8n runs the node again, Conversation: Create by number', () => {
	it.each([
		['Retry On Fail', true],
		['Retry', false],
	])(
		'uses the same conversation if its first message was refused, with %s',
		async (_, isRetryOnFail) => {
			const { workspace, contact, sandbox } = await openWithContact();
			sandbox.faults.add({ method: 'POST', kind: 'status', status: 422, skip: 1 });
			const parameters = createWith(workspace, byPhone, { firstMessage: 'Halo' });
			if (isRetryOnFail) {
				const { status } = await workspace.run(parameters, rows(NUMBER), RETRY_ON_FAIL);
				expect(status).toBe('success');
			} else {
				const failed = await workspace.run(parameters, rows(NUMBER));
				expect(failed.status).toBe('error');
				// A duplicate that is older than the contact, and another number of the contact.
				sandbox.store.addContact({ phone: BUDI_E164, created_at: '2020-01-01T00:00:00Z' });
				contact.phone = SITI_E164;
				const { error } = await retry(workspace, failed, parameters);
				expect(error?.message).toBeUndefined();
			}

			expect(conversationsOf(workspace)).toMatchObject([{ contact: { id: contact.id } }]);
			expect(allSentTexts(workspace)).toEqual(['Halo']);
		},
	);

	it('returns the conversation of a successful item', async () => {
		const { workspace, sandbox } = await openWithContact();
		const parameters = createWith(workspace, byPhone);
		const failed = await workspace.run(parameters, rows(NUMBER, SITI_E164));
		expect(failed.status).toBe('error');
		sandbox.store.addContact({ phone: SITI_E164 });

		const { status } = await retry(workspace, failed, parameters);

		expect(status).toBe('success');
		expect(conversationsOf(workspace)).toHaveLength(2);
	});

	it('finds the conversation of a crashed execution', async () => {
		const { workspace } = await openWithContact();
		const execution = createCrashedExecution(
			workspace,
			createWith(workspace, byPhone),
			rows(NUMBER),
		);
		await execution.run();

		const { status } = await execution.retry();

		expect(status).toBe('success');
		expect(conversationsOf(workspace)).toHaveLength(1);
	});
});
