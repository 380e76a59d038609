import type { INode } from 'n8n-workflow';

import { fakeBuiltInNodes } from '../../support/builtInNodes';
import { fillInExample, readExample } from '../../support/exampleWorkflow';
import type { Conversation } from '../../../sandbox';
import { openSandbox, type OpenSandbox } from '../../support/openSandbox';
import { runWorkflow, toItems, type Credentials } from '../../support/engine';
import { openTriggerHost, type TriggerHost } from '../trigger/triggerHost';

const TRIGGER = 'Customer writes';

let seed = 0;
let sandbox: OpenSandbox;
let now: Date;
let credentials: Credentials;
let host: TriggerHost;
let conversation: Conversation;

async function openSahut(time: string): Promise<void> {
	now = new Date(time);
	// With the same seed, events of different tests would have the same IDs.
	seed += 1;
	sandbox = await openSandbox({ data: 'empty', now: () => now, seed });
	credentials = { sahutApi: { apiKey: sandbox.apiKey, baseUrl: sandbox.url } };
	host = await openTriggerHost(sandbox);
	const contact = sandbox.store.addContact({ name: 'Siti Aminah' });
	conversation = sandbox.store.addConversation({ contact, labels: ['prioritas'] });
}

/** Adds a message of the customer, delivers it to the trigger of the example, and runs its workflow. */
async function write(
	file: string,
	content: string,
	parameters: Record<string, INode['parameters']> = {},
): Promise<void> {
	const example = fillInExample(readExample(file), parameters);
	await host.publish(example.nodes.find(({ name }) => name === TRIGGER)!.parameters);
	const before = host.executions.length;
	sandbox.store.addIncoming(conversation.id, content, now);
	await sandbox.deliveries.settled();
	expect(host.executions).toHaveLength(before + 1);

	const run = await runWorkflow({
		...example,
		items: toItems(host.executions.slice(before)),
		nodeTypes: fakeBuiltInNodes,
		credentials,
	});
	expect(run.status).toBe('success');
	await sandbox.deliveries.settled();
	// The workflow's own messages start no execution.
	expect(host.executions).toHaveLength(before + 1);
}

/** Returns the texts of the messages to the customer. */
const replies = () =>
	sandbox.store
		.messages(conversation.id)
		.filter(({ type }) => type === 'outgoing')
		.map(({ content }) => content);

describe('auto-reply-outside-hours.json', () => {
	const FILE = 'examples/auto-reply-outside-hours.json';

	it.each([
		['before 8:00', '2026-11-24T00:59:59Z'],
		['at 17:00', '2026-11-24T10:00:00Z'],
		['on a Saturday', '2026-11-28T03:00:00Z'],
		['on a Sunday', '2026-11-29T03:00:00Z'],
	])('replies %s in Jakarta (%s)', async (_, time) => {
		await openSahut(time);

		await write(FILE, 'Halo, masih buka?');

		expect(replies()).toEqual([
			expect.stringMatching(/^Halo Kak Siti Aminah, terima kasih sudah menghubungi Toko/),
		]);
	});

	it.each([
		['at 8:00', '2026-11-24T01:00:00Z'],
		['before 17:00', '2026-11-24T09:59:59Z'],
		['on a Friday', '2026-11-27T05:00:00Z'],
	])('does not reply %s in Jakarta (%s)', async (_, time) => {
		await openSahut(time);

		await write(FILE, 'Halo, masih buka?');

		expect(replies()).toEqual([]);
	});

	it.each([
		['only a phone number', '+6281300001002', /^Halo Kak, terima kasih/],
		['a name with other letters', 'Ni Luh Évi', /^Halo Kak Ni Luh Évi, terima kasih/],
	])('greets a customer with %s as name', async (_, name, expected) => {
		await openSahut('2026-11-24T12:00:00Z');
		conversation.contact.name = name;

		await write(FILE, 'Halo');

		expect(replies()).toEqual([expect.stringMatching(expected)]);
	});

	it('replies once per night', async () => {
		await openSahut('2026-11-24T12:00:00Z');
		await write(FILE, 'Halo');
		now = new Date('2026-11-24T12:00:40Z');
		await write(FILE, 'Masih buka?');
		now = new Date('2026-11-24T23:00:00Z');
		await write(FILE, 'Pagi');
		expect(replies()).toHaveLength(1);

		now = new Date('2026-11-25T12:00:00Z');
		await write(FILE, 'Halo lagi');
		expect(replies()).toHaveLength(2);
	});
});

describe('keyword-to-team.json', () => {
	const FILE = 'examples/keyword-to-team.json';
	/** Node → the team that the user has entered in it. */
	const teams = {
		'To the support team': 'team_support',
		'To the sales team': 'team_sales',
	};
	const parameters = Object.fromEntries(
		readExample(FILE)
			.nodes.filter(({ name }) => name in teams)
			.map(({ name, parameters: given }) => {
				const updateFields = given.updateFields as object;
				const teamId = teams[name as keyof typeof teams];
				return [name, { updateFields: { ...updateFields, teamId } }];
			}),
	);

	beforeEach(async () => await openSahut('2026-11-24T03:00:00Z'));

	it.each([
		['Saya mau KOMPLAIN soal pesanan kemarin', ['prioritas', 'komplain'], 'team_support'],
		['berapa harganya ya?', ['prioritas', 'harga'], 'team_sales'],
		['Kak, HARGA ukuran L?', ['prioritas', 'harga'], 'team_sales'],
		['Komplain: harga di struk beda', ['prioritas', 'komplain'], 'team_support'],
	])('after the message "%s", the labels are %j and the team is %s', async (...row) => {
		const [text, labels, team_id] = row;

		await write(FILE, text, parameters);

		expect(conversation).toMatchObject({ labels, team_id });
	});

	it('starts only for whole words', async () => {
		const example = readExample(FILE);
		await host.publish(example.nodes.find(({ name }) => name === TRIGGER)!.parameters);
		for (const text of ['Terima kasih', 'Saya hargai jawabannya', 'dikomplainkan']) {
			sandbox.store.addIncoming(conversation.id, text, now);
		}
		await sandbox.deliveries.settled();

		expect(host.executions).toEqual([]);
	});

	it('adds a label once if several messages contain the keyword', async () => {
		await write(FILE, 'Saya mau komplain', parameters);
		await write(FILE, 'Komplain saya belum dijawab', parameters);

		expect(conversation.labels).toEqual(['prioritas', 'komplain']);
	});
});
