import type { INode } from 'n8n-workflow';

import type { Deviation } from '../../sandbox';
import { openSandbox } from '../support/openSandbox';
import { goOnInAnotherProcess, openWithBudi, type WithBudi } from './budi';
import { WRITING } from './deviationTable';
import { sahutWorkflow, searchList } from '../support/engine';
import { letPass } from '../support/retryData';
import { openTriggerHost } from './triggerHost';

async function run(workspace: WithBudi, parameters: INode['parameters'], change = {}) {
	const { error, output } = await workspace.run(parameters, [{ ...workspace.row, ...change }]);
	expect(error?.message).toBeUndefined();
	return output('Sahut')[0]!.json;
}

it('sent-by-agent: once a message was sent, others are found whose answers are lost', async () => {
	const workspace = await openWithBudi(['sent-by-agent']);
	const parameters = WRITING['sending a text'].parameters();
	await run(workspace, parameters);
	workspace.sandbox.faults.add({ kind: 'dropAfter', method: 'POST' });

	await run(workspace, { ...parameters, content: 'Pesanan 13 sudah dikirim.' });

	expect(workspace.left()).toMatchObject({ sent: 2 });
});

it('patch-only: PUT is tried once', async () => {
	const workspace = await openWithBudi(['patch-only']);
	const parameters = WRITING['updating a conversation'].parameters();
	await run(workspace, parameters);
	await run(workspace, { ...parameters, updateFields: { status: 'pending' } });

	const methods = workspace.sandbox.journal.entries.map(({ method }) => method);
	expect(methods.filter((method) => method !== 'GET')).toEqual(['PUT', 'PATCH', 'PATCH']);
	expect(workspace.left()).toMatchObject({ status: 'pending' });
});

describe('Skip If Sent Within sees what another process has sent', () => {
	const deviations: Deviation[] = ['trimmed-texts', 'milliseconds', 'sent-by-agent', 'holes'];
	const names = ['sending a text', 'sending a template', 'sending to a known number'] as const;

	it.each(deviations.flatMap((each) => names.map((name) => [each, name] as const)))(
		'%s: %s',
		async (deviation, name) => {
			const workspace = await openWithBudi([deviation]);
			const parameters: INode['parameters'] = WRITING[name].parameters(workspace);
			await run(workspace, parameters);
			letPass(workspace, 5);
			goOnInAnotherProcess(workspace);

			const again = { ...parameters, options: { skipIfSentWithin: 1 } };
			expect(await run(workspace, again)).toMatchObject({ skipped: true });
			expect(workspace.left()).toMatchObject({ sent: 1 });
		},
	);
});

describe('raw-phones: a number is known', () => {
	const typed = ['0812-3456-7890', '6281234567890', '+62 812 3456 7890', '(0812) 3456 7890'];
	const names = ['sending to a known number', 'creating or updating a known contact'] as const;

	it.each(typed.flatMap((phone) => names.map((name) => [phone, name] as const)))(
		'that was typed as %s: %s',
		async (phone, name) => {
			const workspace = await openWithBudi(['raw-phones'], phone);
			await run(workspace, WRITING[name].parameters(workspace));
			expect(workspace.left()).toMatchObject({ contacts: 1, conversations: 1 });
		},
	);
});

it.each(['+65 8123 4567 890', '(021) 81234567890', '6562 812 3456 7890'])(
	'raw-phones: %s is another number, which has the same digits in it',
	async (phone) => {
		const workspace = await openWithBudi(['raw-phones'], phone);
		await run(workspace, WRITING['sending to a known number'].parameters(workspace));
		expect(workspace.left()).toMatchObject({ contacts: 2, conversations: 2, sent: 1 });
	},
);

it.each<Deviation>(['raw-phones', 'exact-search'])(
	'%s: the editor finds a contact by its number as it stands there',
	async (deviation) => {
		const phone = deviation === 'raw-phones' ? '0812-3456-7890' : '+6281234567890';
		const workspace = await openWithBudi([deviation], phone);
		const toRun = { ...sahutWorkflow({}), credentials: workspace.credentials };
		const { results } = await searchList(toRun, 'searchContacts', phone);
		expect(results.map(({ value }) => value)).toEqual([workspace.row.contact]);
	},
);

it('late-lists: two messages to a new number, one right after the other, make one contact', async () => {
	const workspace = await openWithBudi(['late-lists']);
	const { parameters } = WRITING['sending to a new number'];
	await run(workspace, parameters(workspace));
	await run(workspace, parameters(workspace));
	expect(workspace.left()).toMatchObject({ contacts: 2, conversations: 2, sent: 2 });
});

it.each<Deviation>(['plain-records', 'other-statuses'])(
	'%s: the trigger makes one webhook, and deletes it',
	async (deviation) => {
		const sandbox = await openSandbox({ data: 'empty', deviations: [deviation] });
		const host = await openTriggerHost(sandbox);
		const { webhooks } = sandbox.store;

		await host.publish({ events: ['message.created'] });
		await host.publish();

		const [webhook] = webhooks.values();
		expect(host.stored).toMatchObject({ webhookId: webhook!.id, secret: webhook!.secret });
		expect(webhooks.size).toBe(1);
		await host.unpublish();
		expect(webhooks.size).toBe(0);
	},
);
