import type { IDataObject, INode } from 'n8n-workflow';

import { searchList, sahutWorkflow } from '../../support/engine';
import { openServer } from '../../support/localServer';
import { byId } from '../../support/locator';
import { openWorkspace, sendText } from '../../support/workspace';

interface Request {
	method: string;
	path: string;
	page: number;
	perPage: number;
}

/** Runs the node against a server that answers each GET with a page, and each POST with a message. */
async function openLists(pageOf: (request: Request) => IDataObject) {
	const requests: Request[] = [];
	const baseUrl = await openServer(({ method, url }, response) => {
		const { pathname: path, searchParams } = new URL(url!, 'http://x');
		const page = Number(searchParams.get('page'));
		const request = { method: method!, path, page, perPage: Number(searchParams.get('per_page')) };
		requests.push(request);
		response.setHeader('content-type', 'application/json');
		const message = { id: 'msg_sent', type: 'outgoing', content: 'Halo' };
		response.end(JSON.stringify(method === 'GET' ? pageOf(request) : { data: message }));
	});
	const workspace = await openWorkspace();
	const credentials = { sahutApi: { apiKey: 'sk_live_endless_lists', baseUrl } };
	return {
		requests,
		credentials,
		run: async (parameters: INode['parameters'], rows: IDataObject[] = [{}]) =>
			await workspace.run(parameters, rows, {}, { credentials }),
	};
}

const NOW = Date.now();
const record = (index: number) => {
	const at = new Date(NOW - 3_600_000 + index).toISOString();
	const contact = { id: `ct_${index}`, name: 'Budi', phone: '+6281234567890' };
	const channel = { id: 'ch_1', type: 'whatsapp', name: 'WhatsApp' };
	const sender = { type: 'contact', id: 'ct_1', name: 'Budi' };
	const times = { created_at: at, updated_at: at };
	const texts = { name: `Budi ${index}`, type: 'incoming', content: `Pesan ${index}` };
	return { id: `id_${index}`, ...texts, contact, channel, sender, status: 'open', ...times };
};
const RECORDS = Array.from({ length: 261 }, (_, index) => record(index));
const pageOf = ({ page }: Request, size = 100) => RECORDS.slice((page - 1) * size, page * size);

const list = (resource: string, more: INode['parameters'] = {}): INode['parameters'] => ({
	resource,
	operation: 'list',
	conversationId: byId('conv_1'),
	returnAll: true,
	...more,
});

const LISTS: Array<[string, INode['parameters']]> = [
	['Message: List', list('message')],
	['Message: List, newest first', list('message', { options: { order: 'newestFirst' } })],
	['Conversation: List', list('conversation')],
	['Contact: List', list('contact')],
];

describe.each(LISTS)('%s', (_, parameters) => {
	it.each<[string, (request: Request) => IDataObject]>([
		['claims one more page each time', ({ page }) => ({ total_pages: page + 1 })],
		['claims a million pages', () => ({ total: 1e8, per_page: 100, total_pages: 1e6 })],
	])('returns all records of a list that %s', async (__, meta) => {
		const { run, requests } = await openLists((request) => ({
			data: pageOf(request),
			meta: meta(request),
		}));

		const { output, error } = await run(parameters);

		expect(error).toBeUndefined();
		expect(output('Sahut').map(({ json }) => json.id)).toHaveLength(261);
		expect(new Set(output('Sahut').map(({ json }) => json.id)).size).toBe(261);
		// A list with a wrong total is read up to five times.
		expect(requests.length).toBeLessThanOrEqual(5 * (3 + 20));
	});

	it.each<[string, (request: Request) => IDataObject | undefined]>([
		['accurate meta', () => ({ total: 261, page: 1, per_page: 100, total_pages: 3 })],
		['one more page each time', ({ page }) => ({ total_pages: page + 1 })],
		['no meta', () => undefined],
	])('fails if every page is the same, with %s', async (__, meta) => {
		const { run, requests } = await openLists((request) => ({
			data: pageOf({ ...request, page: 1 }),
			meta: meta(request),
		}));

		const { output, error } = await run(parameters);

		expect(error?.message).toContain('Sahut returned the same records on several pages');
		expect(error?.description).toContain('could not be read completely');
		expect(error?.context.reason).toBe('server_error');
		expect(output('Sahut')).toEqual([]);
		expect(requests.length).toBeLessThanOrEqual(1 + 10);
	});

	it('returns all records of a list without meta whose pages are shorter than requested', async () => {
		const { run } = await openLists((request) => ({ data: pageOf(request, 50) }));

		const { output } = await run(parameters);

		expect(output('Sahut')).toHaveLength(261);
	});

	it('returns records without an ID, and leaves out entries that are null', async () => {
		const data = [null, ...RECORDS.slice(0, 99).map((row) => ({ ...row, id: undefined }))];
		const { run, requests } = await openLists(({ page }) => ({
			data: page === 1 ? data : ['x', null, ...RECORDS.slice(99, 120)],
			meta: { total: 123, page, per_page: 100, total_pages: 2 },
		}));

		const { output, error } = await run(parameters);

		expect(error).toBeUndefined();
		expect(output('Sahut').map(({ json }) => json.name)).toHaveLength(120);
		expect(requests).toHaveLength(2);
	});
});

it.each(['contacts', 'conversations'])(
	'a message is not sent if the %s repeat',
	async (endless) => {
		const phone = '+6281299990000';
		const contact = { data: [{ ...record(1), phone }], meta: { total: 1 } };
		const { run, requests } = await openLists((request) => {
			if (request.path !== `/${endless}`) return contact;
			return { data: pageOf({ ...request, page: 1 }), meta: { total_pages: request.page + 1 } };
		});

		const { error } = await run({
			resource: 'message',
			operation: 'sendToPhone',
			phone,
			channelId: byId('ch_1'),
			messageType: 'template',
			templateId: 'tmpl_1',
			templateVariables: { variable: [{ name: 'customer_name', value: 'Budi' }] },
			options: { skipIfSentWithin: 24 },
		});

		expect(error?.message).toContain('Sahut returned the same records on several pages');
		expect(error?.context.reason).toBe('server_error');
		expect(requests.filter(({ method }) => method === 'POST')).toEqual([]);
		expect(requests.length).toBeLessThanOrEqual(20);
	},
);

it('a message is not sent if the history repeats without end', async () => {
	const { run, requests } = await openLists((request) => ({
		data: pageOf({ ...request, page: 1 }),
		meta: { total_pages: request.page + 1 },
	}));

	const { error } = await run({ ...sendText, options: { skipIfSentWithin: 24 } }, [
		{ conversation: 'conv_1', text: 'Halo' },
	]);

	expect(error?.context.reason).toBe('server_error');
	expect(requests.filter(({ method }) => method === 'POST')).toEqual([]);
	expect(requests.length).toBeLessThanOrEqual(12);
});

it.each(['searchConversations', 'searchContacts'])(
	'%s omits entries without an ID, which cannot be chosen',
	async (method) => {
		const { credentials } = await openLists(() => ({ data: [null, { name: 'Budi' }, record(1)] }));
		const toRun = { ...sahutWorkflow(sendText), credentials };

		const { results } = await searchList(toRun, method);

		expect(results.map(({ value }) => value)).toEqual(['id_1']);
	},
);
