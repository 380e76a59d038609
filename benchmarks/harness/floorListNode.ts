// n8n loads this file. Import only types, which n8n's Node.js strips.
import type { IDataObject, IExecuteFunctions, INodeExecutionData, INodeType } from 'n8n-workflow';

const CREDENTIAL = 'sahutApi';
/** The default of the Sahut node. */
const CONCURRENCY = 10;

interface Page {
	data: IDataObject[];
	meta: { total_pages: number };
}

/** The floor for lists: reads all pages with n8n's request helper, and outputs the records unchecked. */
export class SahutFloorList implements INodeType {
	description: INodeType['description'] = {
		displayName: 'Sahut Floor List',
		name: 'sahutFloorList',
		group: ['transform'],
		version: 1,
		description: 'A minimal node that reads a list in a benchmark',
		defaults: { name: 'Sahut Floor List' },
		usableAsTool: true,
		inputs: ['main'],
		outputs: ['main'],
		credentials: [{ name: CREDENTIAL, required: true }],
		properties: [
			{ displayName: 'Conversation ID', name: 'conversation', type: 'string', default: '' },
		],
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const conversation = this.getNodeParameter('conversation', 0) as string;
		const data = await this.getCredentials(CREDENTIAL);
		const credentialsDecrypted = { id: '', name: CREDENTIAL, type: CREDENTIAL, data };
		const items: INodeExecutionData[] = [];
		const read = async (page: number): Promise<Page> =>
			(await this.helpers.httpRequestWithAuthentication.call(
				this,
				CREDENTIAL,
				{
					url: `${String(data['baseUrl'])}/conversations/${conversation}/messages`,
					qs: { page, per_page: 100 },
					json: true,
				},
				{ credentialsDecrypted },
			)) as Page;
		const take = (page: Page) => {
			for (const json of page.data) items.push({ json, pairedItem: { item: 0 } });
		};
		const first = await read(1);
		take(first);
		let next = 2;
		const worker = async () => {
			while (next <= first.meta.total_pages) take(await read(next++));
		};
		await Promise.all(Array.from({ length: CONCURRENCY }, worker));
		return [items];
	}
}
