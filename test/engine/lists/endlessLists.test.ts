import type { IDataObject, INode } from 'n8n-workflow';

import { searchList, sahutWorkflow } from '../../support/engine';
import { openServer } from '../../support/localServer';
import { byId } from '../../support/locator';
import { openWorkspace, sendText } from '../../support/workspace';
import { now } from '../../support/testClock';

interface Request {
	method: string;
	path: string;
	page: number;
	perPage: number;
}

/** Starts a server that responds with a page to each GET, and with a message to each POST. */
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

const NOW = now();
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

const list = (resource: string, overrides: INode['parameters'] = {}): INode['parameters'] => ({
	resource,
	operation: 'list',
	conversationId: byId('conv_1'),
	returnAll: true,
	...overrides,
});

const LISTS: Array<[string, INode['parameters']]> = [
	['Message: List', list('message')],
	['Message: List, newest first', list('message', { options: { order: 'newestFirst' } })],
	['Conversation: List', list('conversation')],
	['Contact: List', list('contact')],
];

describe.each(LISTS)('%s', (_, parameters) => {
	it.each<[string, (request: Request) => IDataObject]>([
		['one more page on each page', ({ page }) => ({ total_pages: page + 1 })],
		['a million pages', () => ({ total: 1e8, per_page: 100, total_pages: 1e6 })],
	])('returns all records of a list whose meta announces %s', async (__, meta) => {
		const { run, requests } = await openLists((request) => ({
			data: pageOf(request),
			meta: meta(request),
		}));

		const { output, error } = await run(parameters);

		expect(error).toBeUndefined();
		const ids = output('Sahut').map(({ json }) => json.id);
		expect(ids.sort()).toEqual(RECORDS.map(({ id }) => id).sort());
		// A list with a wrong total is read up to five times.
		expect(requests.length).toBeLessThanOrEqual(5 * (3 + 20));
	});

	it.each<[string, (request: Request) => IDataObject | undefined]>([
		['the correct meta', () => ({ total: 261, page: 1, per_page: 100, total_pages: 3 })],
		['meta that announces one more page on each page', ({ page }) => ({ total_pages: page + 1 })],
		['no meta', () => undefined],
	])('fails if all pages are equal and have %s', async (__, meta) => {
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

		const ids = output('Sahut').map(({ json }) => json.id);
		expect(ids.sort()).toEqual(RECORDS.map(({ id }) => id).sort());
	});

	it('returns records without an ID, and omits entries that are not records', async () => {
		const data = [null, ...RECORDS.slice(0, 99).map((row) => ({ ...row, id: undefined }))];
		const { run, requests } = await openLists(({ page }) => ({
			data: page === 1 ? data : ['x', null, ...RECORDS.slice(99, 120)],
			meta: { total: 123, page, per_page: 100, total_pages: 2 },
		}));

		const { output, error } = await run(parameters);

		expect(error).toBeUndefined();
		const names = output('Sahut').map(({ json }) => json.name);
		expect(names.sort()).toEqual(
			RECORDS.slice(0, 120)
				.map(({ name }) => name)
				.sort(),
		);
		expect(requests).toHaveLength(2);
	});
});

it.each(['contacts', 'conversations'])(
	'Send to Phone Number sends nothing if the pages of %s repeat without end',
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

it('Message: Send sends nothing if the pages of the history repeat without end', async () => {
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
	'%s omits entries without an ID, because users cannot choose them',
	async (method) => {
		const { credentials } = await openLists(() => ({ data: [null, { name: 'Budi' }, record(1)] }));
		const toRun = { ...sahutWorkflow(sendText), credentials };

		const { results } = await searchList(toRun, method);

		expect(results.map(({ value }) => value)).toEqual(['id_1']);
	},
);
