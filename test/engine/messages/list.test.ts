import type { IncomingHttpHeaders } from 'node:http';
import type { IDataObject, INode } from 'n8n-workflow';

import type { Sender } from '../../../sandbox';
import { replaceLists } from '../../support/replaceLists';
import { openServer } from '../../support/localServer';
import { overrideTransport } from '../../support/transport';
import { openWorkspace } from '../../support/workspace';

const listMessages: INode['parameters'] = {
	resource: 'message',
	operation: 'list',
	conversationId: { __rl: true, mode: 'id', value: '={{ $json.conversation }}' },
};

/** @param latencyMs long enough for as many requests to begin as are wanted at once */
async function openConversationOf(count: number, latencyMs = 50) {
	const workspace = await openWorkspace({ latencyMs });
	const { store } = workspace.sandbox;
	const { id: conversation } = store.addConversation();
	store.addMessages(conversation, count);
	return {
		...workspace,
		conversation,
		stored: store.messages(conversation).map(({ id }) => id),
		/** `page/per_page` of each request. */
		pages: () =>
			workspace.sandbox.journal.entries.map(({ query }) => `${query.page}/${query.per_page}`),
	};
}

describe('Return All', () => {
	it('reads every message once, in the order of the API, with 100 on a page', async () => {
		const { run, conversation, stored, pages } = await openConversationOf(450);

		const { output } = await run({ ...listMessages, returnAll: true }, [{ conversation }]);

		expect(output('Sahut').map(({ json }) => json.id)).toEqual(stored);
		expect(pages()[0]).toBe('1/100');
		expect(pages().sort()).toEqual(
			Array.from({ length: 5 }, (_, index) => `${index + 1}/100`).sort(),
		);
	});

	it.each([
		['10 at once by default', {}, 10],
		['one after another, if so chosen', { concurrency: 1 }, 1],
		['20 at once at most', { concurrency: 99 }, 20],
		['10 at once, if the option is empty', { concurrency: '={{ null }}' }, 10],
	])('fetches the pages behind the first %s', async (_, options, inFlight) => {
		const count = 100 * (inFlight + 2);
		const { run, conversation, sandbox } = await openConversationOf(count, 250);

		const { output } = await run({ ...listMessages, returnAll: true, options }, [{ conversation }]);

		expect(output('Sahut')).toHaveLength(count);
		expect(sandbox.journal.maxInFlight).toBe(inFlight);
		expect(sandbox.journal.entries[1]!.at).toBeGreaterThan(sandbox.journal.entries[0]!.endedAt!);
	});
});

describe('Limit', () => {
	it.each([
		[undefined, 50, ['1/50']],
		[1, 1, ['1/1']],
		[100, 100, ['1/100']],
		[101, 101, ['1/100', '2/100']],
		[1_000, 250, ['1/100', '2/100', '3/100']],
	])('of %s gives %s of 250 messages from pages %j', async (limit, count, expected) => {
		const { run, conversation, stored, pages } = await openConversationOf(250);

		const { output } = await run({ ...listMessages, ...(limit && { limit }) }, [{ conversation }]);

		expect(output('Sahut').map(({ json }) => json.id)).toEqual(stored.slice(0, count));
		expect(pages()).toEqual(expected);
	});
});

it('no ID comes twice when records move to the next page meanwhile', async () => {
	const { run, conversation, stored, sandbox } = await openConversationOf(200);
	const [first, second] = [stored.slice(0, 100), [stored[99], ...stored.slice(100)]];
	const meta = { total: 201, page: 1, per_page: 100, total_pages: 3 };
	for (const ids of [first, second, [stored[199], 'msg_new']]) {
		sandbox.faults.add({ kind: 'body', body: { data: ids.map((id) => ({ id })), meta } });
	}

	const { output } = await run({ ...listMessages, returnAll: true, options: { concurrency: 1 } }, [
		{ conversation },
	]);

	expect(output('Sahut').map(({ json }) => json.id)).toEqual([...stored, 'msg_new']);
});

it('several conversations come in the order of the items, every message paired with its item', async () => {
	const { run, conversation, sandbox } = await openConversationOf(3);
	const { id: empty } = sandbox.store.addConversation();
	const { id: other } = sandbox.store.addConversation();
	sandbox.store.addMessages(other, 2);
	sandbox.faults.add({
		kind: 'slow',
		delayMs: 150,
		path: `/conversations/${conversation}/messages`,
	});

	const { output } = await run(listMessages, [
		{ conversation },
		{ conversation: empty },
		{ conversation: other },
	]);

	expect(output('Sahut').map(({ pairedItem }) => pairedItem)).toEqual(
		[0, 0, 0, 2, 2].map((item) => ({ item })),
	);
});

const DEWI: Sender = { type: 'agent', id: 'usr_1', name: 'Dewi Lestari' };

/** A conversation of a morning in Jakarta (UTC+7): customer, agent, bot, activity, customer. */
async function openMorning() {
	const workspace = await openWorkspace();
	const { store } = workspace.sandbox;
	const contact = store.addContact({ name: 'Budi Santoso' });
	const { id } = store.addConversation({ contact });
	const at = (time: string) => `2024-03-15T${time}:00Z`;
	const file = {
		url: 'http://127.0.0.1:1/1.png',
		content_type: 'image/png',
		file_name: 'bukti.png',
	};
	const add = (
		type: 'incoming' | 'outgoing' | 'activity',
		sender: Sender,
		time: string,
		content: string,
		attachments = [] as Array<typeof file>,
	) => store.addMessage(id, { type, sender, content, attachments, created_at: at(time) });
	const budi: Sender = { type: 'contact', id: contact.id, name: contact.name };
	add('incoming', budi, '01:00', 'Halo,\nada stok?');
	add('outgoing', DEWI, '01:05', 'Ada Kak.');
	add('outgoing', store.bot, '01:10', 'Ini katalog kami.');
	add('activity', store.bot, '01:15', 'Percakapan ditugaskan ke Dewi Lestari');
	add('incoming', budi, '01:20', 'Ini buktinya', [file]);
	const list = async (parameters: INode['parameters'], row: IDataObject = {}) =>
		await workspace.run({ ...listMessages, returnAll: true, ...parameters }, [
			{ conversation: id, ...row },
		]);
	const texts = async (parameters: INode['parameters'], row?: IDataObject) =>
		(await list(parameters, row))
			.output('Sahut')
			.map(({ json }) => String(json.content).slice(0, 4));
	return { ...workspace, store, conversation: id, list, texts };
}

describe('Filters', () => {
	it.each<[string, INode['parameters'], string[]]>([
		['incoming messages', { types: ['incoming'] }, ['Halo', 'Ini ']],
		['two types', { types: ['incoming', 'activity'] }, ['Halo', 'Perc', 'Ini ']],
		['agents', { senderTypes: ['agent'] }, ['Ada ']],
		['outgoing messages of bots', { types: ['outgoing'], senderTypes: ['bot'] }, ['Ini ']],
		['a type from an expression', { types: '={{ "incoming" }}' }, ['Halo', 'Ini ']],
		['after a time, itself included', { createdAfter: '2024-03-15T01:15:00Z' }, ['Perc', 'Ini ']],
		[
			'before a time, itself not included',
			{ createdBefore: '2024-03-15T01:10:00Z' },
			['Halo', 'Ada '],
		],
		[
			'a time in the time zone of the workflow',
			{ createdAfter: '2024-03-15T08:20:00', createdBefore: '2024-03-15T08:21:00' },
			['Ini '],
		],
		[
			'a DateTime from an expression',
			{ createdAfter: '={{ DateTime.fromISO("2024-03-15T01:20:00Z") }}' },
			['Ini '],
		],
		[
			'nothing, when the dates are empty',
			{ createdAfter: '', createdBefore: '' },
			['Halo', 'Ada ', 'Ini ', 'Perc', 'Ini '],
		],
	])('by %s', async (_, filters, expected) => {
		const { texts } = await openMorning();
		expect(await texts({ filters } as INode['parameters'])).toEqual(expected);
	});

	it('the limit counts what passes them', async () => {
		const { texts } = await openMorning();
		const filters = { types: ['incoming'] };
		expect(await texts({ returnAll: false, limit: 2, filters })).toEqual(['Halo', 'Ini ']);
	});
});

describe('Transcript', () => {
	it('is one item that a person or a model can read', async () => {
		const { list, conversation } = await openMorning();

		const { output } = await list({ options: { output: 'transcript' } });

		expect(output('Sahut')).toEqual([
			{
				json: {
					conversation_id: conversation,
					count: 5,
					timezone: 'Asia/Jakarta',
					transcript: [
						'[2024-03-15 08:00] Budi Santoso (contact): Halo, ada stok?',
						'[2024-03-15 08:05] Dewi Lestari (agent): Ada Kak.',
						'[2024-03-15 08:10] Asisten Toko (bot): Ini katalog kami.',
						'[2024-03-15 08:15] activity: Percakapan ditugaskan ke Dewi Lestari',
						'[2024-03-15 08:20] Budi Santoso (contact): Ini buktinya [file: bukti.png]',
					].join('\n'),
				},
				pairedItem: { item: 0 },
			},
		]);
	});

	it('of the newest messages still reads from top to bottom', async () => {
		const { list } = await openMorning();
		const { output } = await list({
			returnAll: false,
			limit: 2,
			options: { output: 'transcript', order: 'newestFirst' },
		});
		expect(output('Sahut')[0]!.json).toMatchObject({
			count: 2,
			transcript: expect.stringMatching(/^\[2024-03-15 08:15\] .*\n\[2024-03-15 08:20\] /),
		});
	});

	it('of a conversation without messages is an empty text', async () => {
		const { list, store } = await openMorning();
		const { id } = store.addConversation();
		const { output } = await list({ options: { output: 'transcript' } }, { conversation: id });
		expect(output('Sahut')[0]!.json).toMatchObject({ count: 0, transcript: '' });
	});
});

describe('Download Attachments', () => {
	const FILES: Record<string, { status: number; body: Buffer; length?: number }> = {
		'/a.png': { status: 200, body: Buffer.from('gambar') },
		'/b.pdf': { status: 200, body: Buffer.from('faktur') },
		'/big.mp4': { status: 200, body: Buffer.alloc(2 * 1024 * 1024 + 1) },
		'/gone.png': { status: 410, body: Buffer.from('') },
		// Of which the rest never comes.
		'/half.png': { status: 200, body: Buffer.from('gam'), length: 6 },
	};

	it('names the file also when its host cannot be reached', async () => {
		const { list } = await openMorning();

		const { error } = await list({ options: { downloadAttachments: true } });

		expect(error?.message).toContain('The attachment "bukti.png" could not be fetched (');
	});

	async function withFiles(names: string[]) {
		const workspace = await openWorkspace();
		const requests: IncomingHttpHeaders[] = [];
		const origin = await openServer(({ url, headers }, response) => {
			requests.push(headers);
			const { status, body, length = body.length } = FILES[url!]!;
			response.writeHead(status, {
				'content-type': 'application/octet-stream',
				'content-length': length,
			});
			if (length === body.length) response.end(body);
			else response.write(body);
		});
		const { id: conversation } = workspace.sandbox.store.addConversation();
		workspace.sandbox.store.addIncoming(conversation, 'Tanpa berkas');
		workspace.sandbox.store.addIncoming(
			conversation,
			'Berkasnya',
			new Date(),
			names.map((name) => ({
				url: `${origin}/${name}`,
				content_type: name.endsWith('pdf') ? 'application/pdf' : 'image/png',
				file_name: name,
			})),
		);
		overrideTransport({ maxAttachmentBytes: 2 * 1024 * 1024, timeoutMs: 500 });
		const finished = await workspace.run(
			{ ...listMessages, returnAll: true, options: { downloadAttachments: true } },
			[{ conversation }],
		);
		return { ...workspace, ...finished, requests };
	}

	it('puts the files into binary data, and gives the API key to nobody', async () => {
		const { output, requests } = await withFiles(['a.png', 'b.pdf']);

		const [without, withTwo] = output('Sahut');
		expect(without!.binary).toBeUndefined();
		expect(withTwo!.binary).toMatchObject({
			attachment_0: { fileName: 'a.png', mimeType: 'image/png', fileExtension: 'png' },
			attachment_1: { fileName: 'b.pdf', mimeType: 'application/pdf' },
		});
		const data = Object.values(withTwo!.binary!).map((file) => file.data);
		expect(data.map((each) => Buffer.from(each, 'base64').toString())).toEqual([
			'gambar',
			'faktur',
		]);
		expect(requests).toHaveLength(2);
		expect(requests.map(({ authorization }) => authorization)).toEqual([undefined, undefined]);
	});

	it('names files without a name by their type, or else by their URL', async () => {
		const workspace = await openWorkspace();
		const origin = await openServer((_, response) => response.end('isi'));
		const [conversation] = workspace.addConversations(1);
		const files = [
			{ url: `${origin}/1`, content_type: 'audio/ogg; codecs=opus', file_name: null },
			{ url: `${origin}/2`, content_type: 'audio/ogg', file_name: '' },
			{ url: `${origin}/bukti%20bayar.pdf?a=b`, content_type: null },
			{ url: `${origin}/v2/bukti%20bayar.pdf`, content_type: '' },
		];
		const message = { id: 'msg_1', type: 'incoming', content: 'Suara', attachments: files };
		replaceLists(workspace, /messages$/, [message]);

		const { output, error } = await workspace.run(
			{ ...listMessages, returnAll: true, options: { downloadAttachments: true } },
			[{ conversation }],
		);

		expect(error).toBeUndefined();
		expect(Object.values(output('Sahut')[0]!.binary!)).toMatchObject([
			{ fileName: 'attachment_0.ogg', mimeType: 'audio/ogg; codecs=opus' },
			{ fileName: 'attachment_1.ogg', mimeType: 'audio/ogg' },
			{ fileName: 'bukti bayar.pdf', mimeType: 'application/pdf' },
			{ fileName: 'attachment_3.pdf' },
		]);
	});

	it.each([
		['big.mp4', 'The attachment "big.mp4" is larger than 2 MB'],
		['gone.png', 'The attachment "gone.png" could not be fetched (status 410)'],
		['half.png', 'The attachment "half.png" could not be fetched (aborted)'],
	])('names the file that cannot be had: %s', async (name, message) => {
		const { error } = await withFiles([name]);

		expect(error?.message).toBe(`${message} [item 0]`);
		expect(error?.description).toContain('Turn off Download Attachments');
	});
});
