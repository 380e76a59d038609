import type { IDataObject } from 'n8n-workflow';

import type { SandboxOptions } from '../../../../sandbox';
import {
	allSentTexts,
	contactsOf,
	conversationsOf,
	openWorkspace,
	toPhone,
	type Workspace,
} from '../../../support/workspace';
import {
	addConversation,
	BUDI,
	BUDI_E164,
	jsonsOf,
	LONG_AGO,
	runItem,
	templateToPhone,
} from '../deliveryFixture';
import { openBehindOneUrl } from './twoWorkspaces';

const SECOND_KEY = 'sk_live_second_key';

type Access = { apiKey: string; baseUrl: string };

/** Pairs of credentials for one workspace. */
const CREDENTIALS: Record<string, (first: Access) => [Access, Access]> = {
	'two API keys': (first) => [first, { ...first, apiKey: SECOND_KEY }],
	'a host in upper case': ({ apiKey, baseUrl }) => {
		const local = baseUrl.replace('127.0.0.1', 'localhost');
		return [
			{ apiKey, baseUrl: local },
			{ apiKey, baseUrl: local.replace('localhost', 'LOCALHOST') },
		];
	},
	'a trailing slash': (first) => [first, { ...first, baseUrl: `${first.baseUrl}/` }],
	'localhost and 127.0.0.1': (first) => [
		first,
		{ ...first, baseUrl: first.baseUrl.replace('127.0.0.1', 'localhost') },
	],
};

/** Opens a workspace with two credentials, each as an override for `run`. */
async function openWithTwo(name: string, options: SandboxOptions = {}) {
	const workspace = await openWorkspace({ secondApiKey: SECOND_KEY, ...options });
	const { apiKey, url: baseUrl } = workspace.sandbox;
	const accesses = CREDENTIALS[name]!({ apiKey, baseUrl });
	return { workspace, credentials: accesses.map((sahutApi) => ({ credentials: { sahutApi } })) };
}

/** Returns the number of contacts, conversations and messages. */
const countRecords = (workspace: Workspace) => [
	contactsOf(workspace).length,
	conversationsOf(workspace).length,
	allSentTexts(workspace).length,
];

describe('one workspace with two credentials', () => {
	it.each(Object.keys(CREDENTIALS))(
		'gets one contact, one conversation and one message from two concurrent executions (%s)',
		async (name) => {
			const { workspace, credentials } = await openWithTwo(name, { latencyMs: 20 });
			const parameters = templateToPhone(workspace, { skipIfSentWithin: 1 });

			const items = await Promise.all(
				credentials.map(async (each) => await runItem(workspace, parameters, BUDI, each)),
			);

			expect(items.map(({ error }) => error?.message)).toEqual([undefined, undefined]);
			expect(countRecords(workspace)).toEqual([1, 1, 1]);
			expect(items.filter(({ skipped }) => skipped)).toHaveLength(1);
		},
	);

	it.each(Object.keys(CREDENTIALS))(
		'gets both of two different messages in one conversation from two concurrent executions (%s)',
		async (name) => {
			const { workspace, credentials } = await openWithTwo(name, { latencyMs: 20 });
			const parameters = templateToPhone(workspace);

			const runs = await Promise.all(
				credentials.map(
					async (each, index) =>
						await runItem(workspace, parameters, { ...BUDI, order: `ORD-${index}` }, each),
				),
			);

			expect(runs.map(({ error }) => error?.message)).toEqual([undefined, undefined]);
			expect(countRecords(workspace)).toEqual([1, 1, 2]);
		},
	);

	it.each(['a host in upper case', 'a trailing slash'])(
		'is recognized as one workspace with %s in the base URL although lists are delayed',
		async (name) => {
			const { workspace, credentials } = await openWithTwo(name, { deviations: ['late-lists'] });
			const parameters = templateToPhone(workspace, { skipIfSentWithin: 1 });

			const items: IDataObject[] = [];
			for (const each of credentials) {
				items.push(await runItem(workspace, parameters, BUDI, each));
			}

			expect(items[1]).toMatchObject({ skip_reason: 'sent_before' });
			expect(countRecords(workspace)).toEqual([1, 1, 1]);
		},
	);
});

/** Each opens two workspaces. */
const OPENERS: Record<string, () => Promise<Workspace[]>> = {
	'under two base URLs': async () => [
		await openWorkspace({ deviations: ['late-lists'] }),
		await openWorkspace({ deviations: ['late-lists'] }),
	],
	'under one base URL with two keys': async () =>
		await openBehindOneUrl({ deviations: ['late-lists'] }),
};

describe.each(Object.keys(OPENERS))('two workspaces that share a customer, %s', (name) => {
	it('each get a contact, a conversation and a message of their own', async () => {
		const workspaces = await OPENERS[name]!();

		for (const workspace of workspaces) {
			const json = await runItem(workspace, templateToPhone(workspace, { skipIfSentWithin: 24 }));
			expect(json.error).toBeUndefined();
			expect(json).toMatchObject({ contact_created: true, conversation_created: true });
		}

		expect(workspaces.map(countRecords)).toEqual([
			[1, 1, 1],
			[1, 1, 1],
		]);
	});

	it('each use their own conversation with the customer', async () => {
		const workspaces = await OPENERS[name]!();
		const conversations = workspaces.map((workspace) => {
			const contact = workspace.sandbox.store.addContact({
				phone: BUDI_E164,
				created_at: LONG_AGO,
			});
			return addConversation(workspace, contact, { hoursAgo: 30 }).id;
		});

		const used = [];
		for (const workspace of [...workspaces, ...workspaces]) {
			used.push((await runItem(workspace, templateToPhone(workspace))).conversation_id);
		}

		expect(used).toEqual([...conversations, ...conversations]);
	});

	it('do not share the customer’s tags', async () => {
		const workspaces = await OPENERS[name]!();
		workspaces[0]!.sandbox.store.addContact({
			phone: BUDI_E164,
			tags: ['berhenti'],
			created_at: LONG_AGO,
		});

		const outcomes = [];
		for (const workspace of workspaces) {
			const parameters = toPhone(workspace, { skipContactTags: ['berhenti'] });
			const [json] = jsonsOf(await workspace.run(parameters, [BUDI]));
			outcomes.push(json?.skip_reason ?? json?.type);
		}

		expect(outcomes).toEqual(['contact_tag', 'outgoing']);
	});

	it('each get a contact, a conversation and a message from concurrent executions', async () => {
		const workspaces = await OPENERS[name]!();

		const items = await Promise.all(
			workspaces.map(
				async (workspace) =>
					await runItem(workspace, templateToPhone(workspace, { skipIfSentWithin: 24 })),
			),
		);

		expect(items).toMatchObject([{ conversation_created: true }, { conversation_created: true }]);
		expect(workspaces.map(countRecords)).toEqual([
			[1, 1, 1],
			[1, 1, 1],
		]);
	});
});
