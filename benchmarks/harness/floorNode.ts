// n8n loads this file. Types alone may be imported: n8n's Node.js strips them.
import type { IDataObject, IExecuteFunctions, INodeExecutionData, INodeType } from 'n8n-workflow';

const CREDENTIAL = 'sahutApi';
const PAGE_SIZE = 100;

type Request = (
	method: 'GET' | 'POST',
	path: string,
	body?: IDataObject,
) => Promise<{ data: unknown; meta?: { total_pages: number } }>;

async function requestWith(context: IExecuteFunctions): Promise<Request> {
	const data = await context.getCredentials(CREDENTIAL);
	const credentialsDecrypted = { id: '', name: CREDENTIAL, type: CREDENTIAL, data };
	return async (method, path, body) =>
		await context.helpers.httpRequestWithAuthentication.call(
			context,
			CREDENTIAL,
			{ method, url: `${String(data['baseUrl'])}${path}`, body, json: true },
			{ credentialsDecrypted },
		);
}

/** Does a task for each of `count` indexes, `concurrency` at once, without any order. */
async function pool(count: number, concurrency: number, task: (index: number) => Promise<void>) {
	let next = 0;
	const worker = async () => {
		while (next < count) await task(next++);
	};
	await Promise.all(Array.from({ length: concurrency }, worker));
}

async function listAll(request: Request, conversation: string, concurrency: number) {
	const read = async (page: number) =>
		await request(
			'GET',
			`/conversations/${conversation}/messages?page=${page}&per_page=${PAGE_SIZE}`,
		);
	const first = await read(1);
	const pages = [first.data as IDataObject[]];
	await pool((first.meta?.total_pages ?? 1) - 1, concurrency, async (index) => {
		pages[index + 1] = (await read(index + 2)).data as IDataObject[];
	});
	return pages.flat();
}

/**
 * The floor: a bare loop over the engine's request helper, for the benchmarks alone. It checks
 * nothing, repeats nothing and keeps no order; it reads no field but those that differ by item.
 */
export class SahutFloor implements INodeType {
	description: INodeType['description'] = {
		displayName: 'Sahut Floor',
		name: 'sahutFloor',
		group: ['transform'],
		version: 1,
		description: 'The least that n8n needs for the requests of a benchmark',
		defaults: { name: 'Sahut Floor' },
		usableAsTool: true,
		inputs: ['main'],
		outputs: ['main'],
		credentials: [{ name: CREDENTIAL, required: true }],
		properties: [
			{ displayName: 'Work', name: 'work', type: 'string', default: 'send' },
			{ displayName: 'Concurrency', name: 'concurrency', type: 'number', default: 5 },
			{ displayName: 'Conversation ID', name: 'conversation', type: 'string', default: '' },
			{ displayName: 'Text', name: 'text', type: 'string', default: '' },
		],
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const text = (name: string, index: number) => this.getNodeParameter(name, index) as string;
		const concurrency = this.getNodeParameter('concurrency', 0) as number;
		const request = await requestWith(this);
		if (text('work', 0) === 'list') {
			const messages = await listAll(request, text('conversation', 0), concurrency);
			return [messages.map((json) => ({ json }))];
		}
		const rows = this.getInputData().map((_, index) => ({
			path: `/conversations/${text('conversation', index)}/messages`,
			body: { content: text('text', index) },
		}));
		const sent: INodeExecutionData[] = [];
		await pool(rows.length, concurrency, async (index) => {
			const { path, body } = rows[index]!;
			const { data } = await request('POST', path, body);
			sent[index] = { json: data as IDataObject, pairedItem: { item: index } };
		});
		return [sent];
	}
}
