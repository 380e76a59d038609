import type { IDataObject, INode } from 'n8n-workflow';

import { HOUR_MS, toTimestamp } from '../../../../sandbox/clock';
import { writeRequestsOf } from '../../../support/requests';
import { retry } from '../../../support/retryData';
import { advanceClock, now } from '../../../support/testClock';
import { allSentTexts, openWorkspace, sendText, toPhone } from '../../../support/workspace';

const CONTINUE = { onError: 'continueRegularOutput' } as const;
const PHONE = '+6281234567890';
const ROW = { phone: '0812-3456-7890', name: 'Budi', text: 'Halo' };

/** Opens a workspace with a customer who has an open WhatsApp conversation without messages. */
async function openWithCustomer() {
	const workspace = await openWorkspace();
	const { store } = workspace.sandbox;
	const contact = store.addContact({ phone: PHONE, name: 'Budi' });
	const longAgo = toTimestamp(new Date(now() - 90 * 24 * HOUR_MS));
	const conversation = store.addConversation({
		contact,
		created_at: longAgo,
		updated_at: longAgo,
	});
	const [agent] = [...store.agents.values()];
	const write = (hoursAgo: number, id = conversation.id) =>
		store.addIncoming(id, 'Baik, terima kasih', new Date(now() - hoursAgo * HOUR_MS));
	const row = { ...ROW, conversation: conversation.id };
	return { ...workspace, workspace, store, contact, conversation, agent: agent!, write, row };
}

type Opened = Awaited<ReturnType<typeof openWithCustomer>>;

const sendTemplate: INode['parameters'] = {
	...sendText,
	messageType: 'template',
	templateId: 'tmpl_follow_up',
	templateVariables: { variable: [{ name: 'customer_name', value: '={{ $json.name }}' }] },
};

/** The two operations that have the rules: the parameters with options. */
const OPERATIONS: Array<[string, (opened: Opened, options: IDataObject) => INode['parameters']]> = [
	['Message: Send', (_, options) => ({ ...sendTemplate, options }) as INode['parameters']],
	['Send to Phone Number', (opened, options) => toPhone(opened, options as never)],
];

const skipOf = ({ output }: { output: (node: string) => Array<{ json: IDataObject }> }) => {
	const { skipped, skip_reason } = output('Sahut')[0]!.json;
	return { skipped, skip_reason };
};

const SENT = { skipped: undefined, skip_reason: undefined };

describe.each(OPERATIONS)('%s', (_operation, parametersOf) => {
	describe('with Skip If Assigned', () => {
		const options = { skipIfAssigned: true };

		it.each(['open', 'pending', 'snoozed'] as const)(
			'skips a customer whose %s conversation is assigned',
			async (status) => {
				const opened = await openWithCustomer();
				Object.assign(opened.conversation, { status, assignee: opened.agent });

				const run = await opened.run(parametersOf(opened, options), [opened.row]);

				expect(skipOf(run)).toEqual({ skipped: true, skip_reason: 'assigned' });
				expect(run.output('Sahut')[0]!.json.conversation_id).toBe(opened.conversation.id);
				expect(writeRequestsOf(opened)).toEqual([]);
			},
		);

		it('sends if the assigned conversation is resolved', async () => {
			const opened = await openWithCustomer();
			Object.assign(opened.conversation, { status: 'resolved', assignee: opened.agent });

			const run = await opened.run(parametersOf(opened, options), [opened.row]);

			expect(skipOf(run)).toEqual(SENT);
			expect(allSentTexts(opened)).toHaveLength(1);
		});

		it('sends if nobody is assigned', async () => {
			const opened = await openWithCustomer();

			const run = await opened.run(parametersOf(opened, options), [opened.row]);

			expect(skipOf(run)).toEqual(SENT);
			expect(allSentTexts(opened)).toHaveLength(1);
		});

		it('notices an agent who was assigned since an earlier run', async () => {
			const opened = await openWithCustomer();
			await opened.run(parametersOf(opened, options), [opened.row]);
			opened.store.updateConversation(opened.conversation, { assignee: opened.agent });

			const run = await opened.run(parametersOf(opened, options), [opened.row]);

			expect(skipOf(run)).toMatchObject({ skip_reason: 'assigned' });
		});

		it('sends nothing if Sahut no longer shows whether an agent is assigned', async () => {
			const opened = await openWithCustomer();
			await opened.run(parametersOf(opened, options), [opened.row]);
			const body = { data: { ...opened.conversation, assignee: undefined } };
			opened.sandbox.faults.add({
				kind: 'body',
				body,
				method: 'GET',
				path: /^\/conversations\/[^/]+$/,
			});

			const run = await opened.run(parametersOf(opened, options), [opened.row], CONTINUE);

			expect(run.output('Sahut')[0]!.json.error).toMatchObject({ reason: 'ambiguous' });
			expect(allSentTexts(opened)).toHaveLength(1);
		});

		it('describes the skipped message in a Dry Run', async () => {
			const opened = await openWithCustomer();
			opened.conversation.assignee = opened.agent;

			const run = await opened.run(parametersOf(opened, { ...options, dryRun: true }), [
				opened.row,
			]);

			expect(run.output('Sahut')[0]!.json).toMatchObject({
				dryRun: true,
				skipped: true,
				skip_reason: 'assigned',
			});
		});
	});

	describe('with Skip If Customer Wrote Within', () => {
		const options = { skipIfCustomerWroteWithin: 24 };

		it.each([0, 1, 23.9])('skips a customer who wrote %d hours ago', async (hours) => {
			const opened = await openWithCustomer();
			opened.write(hours);

			const run = await opened.run(parametersOf(opened, options), [opened.row]);

			expect(skipOf(run)).toEqual({ skipped: true, skip_reason: 'customer_wrote' });
			expect(writeRequestsOf(opened)).toEqual([]);
		});

		it.each([24.1, 1_000])('sends to a customer who wrote %d hours ago', async (hours) => {
			const opened = await openWithCustomer();
			opened.write(hours);

			const run = await opened.run(parametersOf(opened, options), [opened.row]);

			expect(skipOf(run)).toEqual(SENT);
		});

		it('sends if only the team has written', async () => {
			const opened = await openWithCustomer();
			opened.store.addMessages(opened.conversation.id, 0);
			await opened.run(parametersOf(opened, {}), [opened.row]);

			const run = await opened.run(parametersOf(opened, options), [{ ...opened.row, name: 'Ani' }]);

			expect(skipOf(run)).toEqual(SENT);
		});

		it('finds a message of the customer behind 250 later messages', async () => {
			const opened = await openWithCustomer();
			opened.write(2);
			for (let count = 0; count < 250; count++) {
				await opened.sandbox.request('POST', `/conversations/${opened.conversation.id}/messages`, {
					content: `Pesan ${count}`,
				});
			}

			const run = await opened.run(parametersOf(opened, options), [opened.row]);

			expect(skipOf(run)).toMatchObject({ skip_reason: 'customer_wrote' });
		});

		it('does not skip a sent item in a Retry, although the customer has answered since', async () => {
			const opened = await openWithCustomer();
			const parameters = parametersOf(opened, { ...options, concurrency: 1 });
			const other = opened.store.addConversation({
				contact: opened.store.addContact({ phone: '+6281200000000' }),
			});
			const rows = [opened.row, { ...ROW, phone: '0812 0000 0000', conversation: other.id }];
			opened.sandbox.faults.add({ kind: 'status', status: 403, method: 'POST', skip: 1 });
			const failed = await opened.run(parameters, rows);
			opened.write(0);

			const retried = await retry(opened, failed, parameters);

			expect([failed.status, retried.status]).toEqual(['error', 'success']);
			expect(skipOf(retried)).toEqual(SENT);
			expect(opened.sent(opened.conversation.id)).toHaveLength(1);
			expect(opened.sent(other.id)).toHaveLength(1);
		});

		it.each([0, -1])('rejects %d hours before any request', async (skipIfCustomerWroteWithin) => {
			const opened = await openWithCustomer();

			const { error } = await opened.run(parametersOf(opened, { skipIfCustomerWroteWithin }), [
				opened.row,
			]);

			expect(error?.message).toContain('Skip If Customer Wrote Within');
			expect(opened.requests()).toEqual([]);
		});
	});

	it('skips a contact with a tag, in any case', async () => {
		const opened = await openWithCustomer();
		opened.contact.tags = ['Berhenti'];

		const run = await opened.run(parametersOf(opened, { skipContactTags: ['berhenti'] }), [
			opened.row,
		]);

		expect(skipOf(run)).toEqual({ skipped: true, skip_reason: 'contact_tag' });
		expect(run.output('Sahut')[0]!.json).toMatchObject({
			contact_id: opened.contact.id,
			tag: 'Berhenti',
		});
	});

	it('skips a contact if a duplicate with the same number has the tag', async () => {
		const opened = await openWithCustomer();
		opened.store.addContact({ phone: '0812 3456 7890', tags: ['berhenti'] });

		const run = await opened.run(parametersOf(opened, { skipContactTags: ['berhenti'] }), [
			opened.row,
		]);

		expect(skipOf(run)).toMatchObject({ skip_reason: 'contact_tag' });
		expect(allSentTexts(opened)).toEqual([]);
	});
});

it('Message: Send does not send if the conversation shows no contact, with Skip Contacts With Tags', async () => {
	const opened = await openWithCustomer();
	const path = `/conversations/${opened.conversation.id}`;
	const body = { data: { id: opened.conversation.id, status: 'open', contact: null } };
	opened.sandbox.faults.add({ kind: 'body', method: 'GET', path, body });

	const { output } = await opened.run(
		{ ...sendTemplate, options: { skipContactTags: ['stop'] } },
		[opened.row],
		CONTINUE,
	);

	expect(output('Sahut')[0]!.json.error).toMatchObject({ reason: 'ambiguous' });
	expect(writeRequestsOf(opened)).toEqual([]);
});

it('Message: Send takes one more request for the rules', async () => {
	const opened = await openWithCustomer();
	const options = { skipIfAssigned: true, skipIfCustomerWroteWithin: 24 };

	await opened.run({ ...sendTemplate, options }, [opened.row]);

	const { id } = opened.conversation;
	expect(opened.requests()).toEqual([
		`GET /conversations/${id}`,
		`GET /conversations/${id}/messages`,
		`POST /conversations/${id}/messages`,
	]);
});

it('Send to Phone Number skips a customer who wrote in a resolved conversation, or in a newer one', async () => {
	for (const status of ['resolved', 'open'] as const) {
		const opened = await openWithCustomer();
		const parameters = toPhone(opened, { skipIfCustomerWroteWithin: 24 });
		await opened.run(parameters, [opened.row]);
		const { contact } = opened;
		advanceClock(HOUR_MS / 2);
		const other = opened.store.addConversation({ contact, status });
		opened.write(0, other.id);
		Object.assign(opened.store.conversations.get(other.id)!, { status });

		const run = await opened.run(parameters, [{ ...opened.row, name: 'Ani' }]);

		expect(skipOf(run)).toMatchObject({ skip_reason: 'customer_wrote' });
	}
});

it('Send to Phone Number does not send if a list in an unknown order may hide the reply', async () => {
	const opened = await openWithCustomer();
	opened.sandbox.store.conversationOrder = 'created';
	for (let count = 0; count < 1_200; count++) opened.store.addConversation({ status: 'resolved' });
	opened.store.addConversation({ contact: opened.contact, status: 'open' });

	const { output } = await opened.run(
		toPhone(opened, { skipIfCustomerWroteWithin: 24 }),
		[opened.row],
		CONTINUE,
	);

	expect(output('Sahut')[0]!.json.error).toMatchObject({ reason: 'ambiguous' });
	expect(writeRequestsOf(opened)).toEqual([]);
});
