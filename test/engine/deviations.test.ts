import type { IDataObject, INode } from 'n8n-workflow';

import { type Deviation, DEVIATIONS } from '../../sandbox/deviations';
import { type FinishedRun, loadOptions, sahutWorkflow, searchList } from '../support/engine';
import { byId } from '../support/locator';
import { openSandbox } from '../support/openSandbox';
import { executionThatDied, letPass, retry } from '../support/retryData';
import { openWorkspace, sendText, type Workspace } from '../support/workspace';
import { BEFORE, goOnInAnotherProcess, type Left, openWithBudi, type WithBudi } from './budi';
import { TOUCHED, WRITING, type Writing, type WritingName } from './deviationTable';
import { openTriggerHost } from './triggerHost';

/** `reported`: it failed, and says that it may have arrived all the same. */
function outcomeOf({ status, error }: FinishedRun): string {
	if (!error) return status;
	const isReported =
		(error.context as { mayHaveArrived?: boolean } | undefined)?.mayHaveArrived === true;
	return isReported ? 'reported' : error.message;
}

type Open = () => Promise<WithBudi>;

/** What came of the runs, and what there is afterwards. */
type Result = readonly [outcomes: string, left: Left];

async function succeed(workspace: WithBudi, { parameters }: Writing): Promise<Result> {
	const finished = await workspace.run(parameters(workspace), [workspace.row]);
	expect(finished.output('Sahut')[0]?.json.id).toMatch(/^(msg|ct|conv)_/);
	return [outcomeOf(finished), workspace.left()];
}

/** One of the writes is stored and its answer lost; if that ends the execution, it is retried. */
async function loseAnswer(open: Open, { parameters }: Writing, skip: number): Promise<Result> {
	const workspace = await open();
	// Only requests that write have a body.
	workspace.sandbox.faults.add({ kind: 'dropAfter', mentions: '{', skip });
	const finished = await workspace.run(parameters(workspace), [workspace.row]);
	expect(workspace.sandbox.faults.remaining()).toBe(0);
	if (!finished.error) return [outcomeOf(finished), workspace.left()];
	letPass(workspace, 1);
	const again = await retry(workspace, finished, parameters(workspace));
	return [`${outcomeOf(finished)}, ${outcomeOf(again)}`, workspace.left()];
}

/** The process dies when all is done, and n8n has stored nothing of it; *Retry* is pressed twice. */
async function retryTwice(open: Open, { parameters }: Writing): Promise<Result> {
	const workspace = await open();
	const execution = executionThatDied(workspace, parameters(workspace), [workspace.row]);
	await execution.run();
	letPass(workspace, 1);
	goOnInAnotherProcess(workspace);
	const outcomes = [outcomeOf(await execution.retry()), outcomeOf(await execution.retry())];
	return [outcomes.join(', '), workspace.left()];
}

/** What comes of an operation where a record cannot be told by what lists show of it. */
interface Doubt {
	/** When the answer to the first or the last write is lost. */
	first?: string;
	last?: string;
	/**
	 * What becomes of two retries of a process that knows nothing, and how often a message is there
	 * afterwards: a template without its values no retry can tell. That is among the documented assumptions.
	 */
	retried?: string;
	sentInAll?: number;
}

const DOUBTS: Partial<Record<Deviation, Doubt>> = {
	// It was an answer of 405.
	'patch-only': { first: 'reported, success' },
	// Nobody has told yet that this agent is the API.
	'sent-by-agent': { last: 'reported, reported', retried: 'reported, reported' },
	'hidden-values': { last: 'reported, reported', sentInAll: 3 },
};

async function check(deviations: Deviation[], name: WritingName, doubt: Doubt = {}) {
	const operation = WRITING[name];
	const open = async () => await openWithBudi(deviations);
	const workspace = await open();
	const first = await succeed(workspace, operation);
	const writes = workspace.sandbox.journal.entries.filter(({ body }) => body !== undefined);
	const [retried, ...afterLoss] = await Promise.all([
		retryTwice(open, operation),
		...writes.map(async (_, skip) => await loseAnswer(open, operation, skip)),
	]);

	const after = { ...BEFORE, ...operation.makes };
	const { retried: outcomes = 'success, success', sentInAll } = doubt;
	const lost = writes.map(() => 'success');
	if (doubt.first) lost[0] = doubt.first;
	if (doubt.last) lost[lost.length - 1] = doubt.last;
	expect({ first, afterLoss, retried }).toEqual({
		first: ['success', after],
		afterLoss: lost.map((each) => [each, after]),
		retried: [outcomes, { ...after, ...(sentInAll && { sent: sentInAll }) }],
	});
}

const names = Object.keys(DEVIATIONS) as Deviation[];

it.each(names.flatMap((deviation) => TOUCHED[deviation].map((name) => [deviation, name] as const)))(
	'%s: %s',
	async (deviation, name) => {
		await check([deviation], name, DOUBTS[deviation]);
	},
);

const told = names.filter((name) => !DOUBTS[name] && name !== 'attributes-replaced');

it.each(Object.keys(WRITING) as WritingName[])(
	'all at once, but for those that leave doubts: %s',
	async (name) => {
		await check(told, name);
	},
);

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

const MANY = 120;

/** More records than a page holds. */
async function openWithMany(deviation: Deviation) {
	const workspace = await openWorkspace({ deviations: [deviation] });
	const { store } = workspace.sandbox;
	const records = store.addConversations(MANY, { assignee: [...store.agents.values()][0]! });
	const { id, contact } = records.at(-1)!;
	store.addMessages(id, 2 * MANY + 5);
	const line = { type: 'activity', content: 'Dibuka', sender: store.bot } as const;
	store.addMessage(id, { ...line, attachments: [], created_at: '2024-03-15T08:30:00Z' });
	const read = async (resource: string, operation: string, parameters: IDataObject) => {
		const { output, error } = await workspace.run({
			resource,
			operation,
			conversationId: byId(id),
			contactId: byId(contact.id),
			...(parameters as object),
		});
		expect(error?.message).toBeUndefined();
		return output('Sahut').map(({ json }) => json);
	};
	return { ...workspace, conversation: id, contact, read };
}

const ids = (records: Iterable<{ id?: unknown }>) => Array.from(records, ({ id }) => id);

/** All that the editor shows, page by page. */
async function shown({ credentials }: Workspace, method: string): Promise<unknown[]> {
	const values: unknown[] = [];
	let token: string | undefined;
	do {
		const toRun = { ...sahutWorkflow(sendText), credentials };
		const page = await searchList(toRun, method, undefined, token);
		for (const { name, value } of page.results) {
			expect(name).not.toMatch(/null|undefined|^$/);
			values.push(value);
		}
		token = page.paginationToken as string | undefined;
	} while (token);
	return values;
}

const READ = ['holes', 'plain-records', 'no-meta', 'milliseconds', 'oldest-first'] as const;

describe.each(READ)('%s', (deviation) => {
	it('messages are listed from the oldest to the newest, all or the newest', async () => {
		const { read, conversation, sandbox } = await openWithMany(deviation);
		const all = ids(sandbox.store.messages(conversation));

		expect(ids(await read('message', 'list', { returnAll: true }))).toEqual(all);
		const newest = { returnAll: false, limit: 5, options: { order: 'newestFirst' } };
		expect(ids(await read('message', 'list', newest))).toEqual(all.slice(-5).reverse());
		const options = { output: 'transcript' };
		const [item] = await read('message', 'list', { returnAll: true, options });
		expect(item!.transcript).toMatch(/Pesan 1:[^]*Pesan 245:/);
		expect(item!.transcript).not.toMatch(/null|undefined/);
	});

	it('conversations and contacts are read, all, some or one', async () => {
		const { read, conversation, contact, sandbox } = await openWithMany(deviation);
		const { conversations, contacts } = sandbox.store;
		const all = { conversation: [...conversations.keys()], contact: [...contacts.keys()] };

		for (const resource of ['conversation', 'contact'] as const) {
			const listed = ids(await read(resource, 'list', { returnAll: true }));
			expect(listed.sort()).toEqual(all[resource].sort());
			const some = ids(await read(resource, 'list', { returnAll: false, limit: 7 }));
			expect(new Set(some).size).toBe(7);
		}
		expect(ids(await read('conversation', 'get', {}))).toEqual([conversation]);
		expect(ids(await read('contact', 'get', {}))).toEqual([contact.id]);
	});

	it('the editor shows all conversations and contacts', async () => {
		const workspace = await openWithMany(deviation);
		const { conversations, contacts } = workspace.sandbox.store;

		const found = [
			await shown(workspace, 'searchConversations'),
			await shown(workspace, 'searchContacts'),
		];

		expect(found.map((values) => values.sort())).toEqual([
			[...conversations.keys()].sort(),
			[...contacts.keys()].sort(),
		]);
	});

	it('the editor shows the channels and agents of conversations', async () => {
		const workspace = await openWithMany(deviation);
		const { store } = workspace.sandbox;
		const toRun = { ...sahutWorkflow(sendText), credentials: workspace.credentials };

		const channel = store.channelOfType('whatsapp').id;
		expect(await shown(workspace, 'searchChannels')).toEqual([channel]);
		const found = await loadOptions(toRun, 'getAgents');
		expect(found.map(({ value }) => value)).toEqual(['', [...store.agents.keys()][0]]);
	});
});
