import type { INode, INodePropertyOptions, INodeType } from 'n8n-workflow';
import { setTimeout as wait } from 'node:timers/promises';

import { loadPackage } from '../support/engine';
import { openServer } from '../support/localServer';
import { byId } from '../support/locator';
import { waitReally, withTransport } from '../support/transport';
import { openWorkspace, sendText } from '../support/workspace';

const about = {
	conversationId: byId('={{ $json.conversation }}'),
	contactId: byId('={{ $json.contact }}'),
	channelId: byId('={{ $json.channel }}'),
	phone: '={{ $json.phone }}',
	name: '={{ $json.phone }}',
	messageType: 'template',
	templateId: 'tmpl_follow_up',
	templateVariables: { variable: [{ name: 'customer_name', value: 'Ani' }] },
	returnAll: true,
};

/** Every operation, with what it needs beside `about`. */
const OPERATIONS: Record<string, INode['parameters']> = {
	'message list': {},
	'message send': {},
	'message sendToPhone': {},
	'conversation list': {},
	'conversation get': {},
	'conversation create': { additionalFields: { firstMessage: 'Halo' } },
	'conversation update': { updateFields: { status: 'resolved' } },
	'contact list': {},
	'contact get': {},
	'contact create': {},
	'contact update': {
		updateFields: { customAttributes: { attribute: [{ name: 'kota', value: 'Bandung' }] } },
	},
	'contact upsert': { matchBy: 'phone' },
};

const MANY = 1_000;
const LATENCY_MS = 15;

async function openFull() {
	const workspace = await openWorkspace({ latencyMs: LATENCY_MS });
	const { store } = workspace.sandbox;
	const { id: channel } = store.addChannel();
	const rows = Array.from({ length: 6 }, (_, index) => {
		const contact = store.addContact({ name: `0812 0000 000${index}` });
		const conversation = store.addConversation({ contact });
		store.addMessages(conversation.id, MANY);
		return {
			conversation: conversation.id,
			contact: contact.id,
			channel,
			phone: `0812 0000 000${index}`,
		};
	});
	for (let index = 0; index < MANY; index++) store.addConversation();
	return { ...workspace, rows };
}

it('every operation is tried', async () => {
	const { description } = (await loadPackage()).getNode('sahut').type as INodeType;
	const offered = description.properties
		.filter(({ name }) => name === 'operation')
		.flatMap(({ displayOptions, options = [] }) =>
			options.map((option) => {
				const { value } = option as INodePropertyOptions;
				return `${String(displayOptions?.show?.resource?.[0])} ${String(value)}`;
			}),
		);
	expect(Object.keys(OPERATIONS).sort()).toEqual(offered.sort());
});

describe.each(['stopWorkflow', 'continueRegularOutput'] as const)('on %s', (onError) => {
	it.each(
		Object.entries(OPERATIONS).flatMap(([name, parameters]) =>
			[2, 8].map((skip) => [name, skip, parameters] as const),
		),
	)(
		'%s, refused after %i requests, has sent its last request when it ends',
		async (name, skip, parameters) => {
			const { sandbox, rows, run } = await openFull();
			const [resource, operation] = name.split(' ');
			sandbox.faults.add({ kind: 'status', status: 403, skip, times: Infinity });

			await run({ resource, operation, ...about, ...parameters } as INode['parameters'], rows, {
				onError,
			});

			const atTheEnd = sandbox.journal.entries.length;
			expect(sandbox.journal.entries.filter(({ endedAt }) => endedAt === undefined)).toEqual([]);
			// What was on its way when the first was refused; on Continue, the other items are still tried.
			if (onError === 'stopWorkflow') expect(atTheEnd).toBeLessThanOrEqual(skip + 25);
			await wait(4 * LATENCY_MS);
			expect(sandbox.journal.entries).toHaveLength(atTheEnd);
		},
	);
});

it('a list that is refused at a page reads no further page', async () => {
	const { sandbox, rows, run } = await openFull();
	sandbox.store.addMessages(rows[0]!.conversation, 29_000);
	const list = { ...sendText, operation: 'list', returnAll: true };
	sandbox.faults.add({ kind: 'status', status: 403, skip: 2 });

	await run(list, rows.slice(0, 1), { onError: 'continueRegularOutput' });
	await wait(4 * LATENCY_MS);

	expect(sandbox.journal.entries.length).toBeLessThanOrEqual(3 + 15);
});

it('a wait before another try ends with the item', async () => {
	const { sandbox, rows, run } = await openFull();
	const list = { ...sendText, operation: 'list', returnAll: true };
	sandbox.faults.add({ kind: 'status', status: 500, skip: 1, times: 2 });
	sandbox.faults.add({ kind: 'status', status: 403, skip: 1, times: Infinity });
	waitReally(5);
	withTransport({ random: () => 1 });

	await run(list, rows.slice(0, 1));

	const atTheEnd = sandbox.journal.entries.length;
	await wait(400);
	expect(sandbox.journal.entries).toHaveLength(atTheEnd);
});

it('files are not fetched any more when one cannot be had', async () => {
	const { sandbox, run } = await openWorkspace();
	let asked = 0;
	const origin = await openServer((_, response) => {
		const status = asked++ === 0 ? 410 : 200;
		setTimeout(() => response.writeHead(status).end('gambar'), LATENCY_MS);
	});
	const { id: conversation } = sandbox.store.addConversation();
	for (let index = 0; index < 100; index++) {
		const file = {
			url: `${origin}/${index}`,
			content_type: 'image/png',
			file_name: `${index}.png`,
		};
		sandbox.store.addIncoming(conversation, 'Berkas', new Date(), [file]);
	}
	const list = {
		...sendText,
		operation: 'list',
		returnAll: true,
		options: { downloadAttachments: true },
	};

	const { error } = await run(list, [{ conversation }]);

	const atTheEnd = asked;
	expect(error?.message).toContain('could not be fetched');
	expect(atTheEnd).toBeLessThanOrEqual(10 + 10);
	await wait(8 * LATENCY_MS);
	expect(asked).toBe(atTheEnd);
});
