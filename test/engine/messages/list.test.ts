import type { IncomingHttpHeaders } from 'node:http';
import type { IDataObject, INode } from 'n8n-workflow';

import type { Sender } from '../../../sandbox';
import { openServer } from '../../support/localServer';
import { byId } from '../../support/locator';
import { replaceLists } from '../../support/replaceLists';
import { overrideTransport } from '../../support/transport';
import { openWorkspace } from '../../support/workspace';
import { now } from '../../support/testClock';

const DEWI: Sender = { type: 'agent', id: 'usr_1', name: 'Dewi Lestari' };

const MAX_ATTACHMENT_BYTES = 2 * 1024 * 1024;

/** The response for each path. If `length` exceeds the body, the rest is never sent. */
const FILES: Record<string, { status: number; body: Buffer; length?: number }> = {
	'/a.png': { status: 200, body: Buffer.from('gambar') },
	'/b.pdf': { status: 200, body: Buffer.from('faktur') },
	'/big.mp4': { status: 200, body: Buffer.alloc(MAX_ATTACHMENT_BYTES + 1) },
	'/gone.png': { status: 410, body: Buffer.from('') },
	'/half.png': { status: 200, body: Buffer.from('gam'), length: 6 },
};

const listMessages: INode['parameters'] = {
	resource: 'message',
	operation: 'list',
	conversationId: byId('={{ $json.conversation }}'),
};

/** Opens a workspace with a conversation of `count` messages. */
async function openWithMessages(count: number) {
	const workspace = await openWorkspace();
	const { store } = workspace.sandbox;
	const { id: conversation } = store.addConversation();
	store.addMessages(conversation, count);
	return {
		...workspace,
		conversation,
		stored: store.messages(conversation).map(({ id }) => id),
		/** Returns `page/per_page` of each request. */
		pages: () =>
			workspace.sandbox.journal.entries.map(({ query }) => `${query.page}/${query.per_page}`),
	};
}

describe('Message: List with Return All', () => {
	it('returns each message once, in the order of the API, with 100 messages per page', async () => {
		const { run, conversation, stored, pages } = await openWithMessages(450);

		const { output } = await run({ ...listMessages, returnAll: true }, [{ conversation }]);

		expect(output('Sahut').map(({ json }) => json.id)).toEqual(stored);
		expect(pages()[0]).toBe('1/100');
		expect(pages().sort()).toEqual(
			Array.from({ length: 5 }, (_, index) => `${index + 1}/100`).sort(),
		);
	});

	it.each([
		['10 at a time by default', {}, 10],
		['one after another if Concurrency is 1', { concurrency: 1 }, 1],
		['at most 20 at a time', { concurrency: 99 }, 20],
		['10 at a time if Concurrency is empty', { concurrency: '={{ null }}' }, 10],
	])('requests the pages after the first page %s', async (_, options, inFlight) => {
		const count = 100 * (inFlight + 2);
		const { run, conversation, sandbox } = await openWithMessages(count);
		// Long enough for all concurrent requests to arrive, even on a busy machine.
		sandbox.faults.add({ kind: 'slow', delayMs: 1_000, skip: 1, times: inFlight });

		const { output } = await run({ ...listMessages, returnAll: true, options }, [{ conversation }]);

		expect(output('Sahut')).toHaveLength(count);
		expect(sandbox.journal.maxInFlight).toBe(inFlight);
		const [first, second] = sandbox.journal.entries;
		expect(second!.at).toBeGreaterThanOrEqual(first!.endedAt!);
	});

	it('returns each message once if messages move to the next page while it reads', async () => {
		const { run, conversation, stored, sandbox } = await openWithMessages(200);
		const pages = [
			stored.slice(0, 100),
			[stored[99], ...stored.slice(100, 199)],
			[stored[199], 'msg_new'],
		];
		const meta = { total: 201, page: 1, per_page: 100, total_pages: 3 };
		for (const ids of pages) {
			sandbox.faults.add({ kind: 'body', body: { data: ids.map((id) => ({ id })), meta } });
		}
		const parameters = { ...listMessages, returnAll: true, options: { concurrency: 1 } };

		const { output } = await run(parameters, [{ conversation }]);

		expect(output('Sahut').map(({ json }) => json.id)).toEqual([...stored, 'msg_new']);
	});
});

describe('Message: List without Return All', () => {
	it.each([
		[undefined, 50, ['1/50']],
		[1, 1, ['1/1']],
		[100, 100, ['1/100']],
		[101, 101, ['1/100', '2/100']],
		[1_000, 250, ['1/100', '2/100', '3/100']],
	])('with Limit %s returns %s of 250 messages, from the pages %j', async (...row) => {
		const [limit, count, expected] = row;
		const { run, conversation, stored, pages } = await openWithMessages(250);

		const { output } = await run({ ...listMessages, ...(limit && { limit }) }, [{ conversation }]);

		expect(output('Sahut').map(({ json }) => json.id)).toEqual(stored.slice(0, count));
		expect(pages()).toEqual(expected);
	});
});

it('Message: List returns the messages of several conversations in item order, paired with their items', async () => {
	const { run, conversation, stored, sandbox } = await openWithMessages(3);
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

	const otherIds = sandbox.store.messages(other).map(({ id }) => id);
	expect(output('Sahut').map(({ json, pairedItem }) => [json.id, pairedItem])).toEqual([
		...stored.map((id) => [id, { item: 0 }]),
		...otherIds.map((id) => [id, { item: 2 }]),
	]);
});

/** Opens a workspace with five messages of a morning: customer, agent, bot, activity, customer. */
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
	/** Returns the first four characters of each text in the output. */
	const listTexts = async (parameters: INode['parameters']) =>
		(await list(parameters)).output('Sahut').map(({ json }) => String(json.content).slice(0, 4));
	return { ...workspace, store, conversation: id, list, listTexts };
}

describe('Message: List with Filters', () => {
	it.each<[string, INode['parameters'], string[]]>([
		['one type', { types: ['incoming'] }, ['Halo', 'Ini ']],
		['two types', { types: ['incoming', 'activity'] }, ['Halo', 'Perc', 'Ini ']],
		['a sender type', { senderTypes: ['agent'] }, ['Ada ']],
		['a type and a sender type', { types: ['outgoing'], senderTypes: ['bot'] }, ['Ini ']],
		['a type from an expression', { types: '={{ "incoming" }}' }, ['Halo', 'Ini ']],
		['Created After, inclusive', { createdAfter: '2024-03-15T01:15:00Z' }, ['Perc', 'Ini ']],
		['Created Before, exclusive', { createdBefore: '2024-03-15T01:10:00Z' }, ['Halo', 'Ada ']],
		[
			'times in the time zone of the workflow',
			{ createdAfter: '2024-03-15T08:20:00', createdBefore: '2024-03-15T08:21:00' },
			['Ini '],
		],
		[
			'a DateTime from an expression',
			{ createdAfter: '={{ DateTime.fromISO("2024-03-15T01:20:00Z") }}' },
			['Ini '],
		],
		[
			'nothing if the times are empty',
			{ createdAfter: '', createdBefore: '' },
			['Halo', 'Ada ', 'Ini ', 'Perc', 'Ini '],
		],
	])('filters by %s', async (_, filters, expected) => {
		const { listTexts } = await openMorning();

		const texts = await listTexts({ filters } as INode['parameters']);

		expect(texts).toEqual(expected);
	});

	it('applies Limit after the filters', async () => {
		const { listTexts } = await openMorning();
		const filters = { types: ['incoming'] };

		const texts = await listTexts({ returnAll: false, limit: 2, filters });

		expect(texts).toEqual(['Halo', 'Ini ']);
	});
});

describe('Message: List with the output Transcript', () => {
	it('returns one item with one line per message', async () => {
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

	it('returns the newest messages in chronological order', async () => {
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

	it('returns an empty text for a conversation without messages', async () => {
		const { list, store } = await openMorning();
		const { id } = store.addConversation();

		const { output } = await list({ options: { output: 'transcript' } }, { conversation: id });

		expect(output('Sahut')[0]!.json).toMatchObject({ count: 0, transcript: '' });
	});
});

describe('Message: List with Download Attachments', () => {
	/** Lists a message without an attachment, and one with these files. */
	async function downloadFiles(names: string[]) {
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
			new Date(now()),
			names.map((name) => ({
				url: `${origin}/${name}`,
				content_type: name.endsWith('pdf') ? 'application/pdf' : 'image/png',
				file_name: name,
			})),
		);
		overrideTransport({ maxAttachmentBytes: MAX_ATTACHMENT_BYTES, timeoutMs: 500 });
		const finished = await workspace.run(
			{ ...listMessages, returnAll: true, options: { downloadAttachments: true } },
			[{ conversation }],
		);
		return { ...workspace, ...finished, requests };
	}

	it('returns the files as binary data, and requests them without the API key', async () => {
		const { output, requests } = await downloadFiles(['a.png', 'b.pdf']);

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

	it('derives a missing file name from the content type or the URL', async () => {
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
		['gone.png', 'The attachment "gone.png" could not be downloaded (status 410)'],
		['half.png', 'The attachment "half.png" could not be downloaded (aborted)'],
	])('fails if it cannot download %s: "%s"', async (name, message) => {
		const { error } = await downloadFiles([name]);

		expect(error?.message).toBe(`${message} [item 0]`);
		expect(error?.description).toContain('Turn off Download Attachments');
	});

	it('names the file if its host is unreachable', async () => {
		const { list } = await openMorning();

		const { error } = await list({ options: { downloadAttachments: true } });

		expect(error?.message).toContain('The attachment "bukti.png" could not be downloaded (');
	});
});
