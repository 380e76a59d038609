// n8n loads this file. Types alone may be imported: n8n's Node.js strips them.
import type { IDataObject, IExecuteFunctions, INodeExecutionData, INodeType } from 'n8n-workflow';

const CREDENTIAL = 'sahutApi';
/** As our node does by default. */
const AT_ONCE = 10;

interface Page {
	data: IDataObject[];
	meta: { total_pages: number };
}

/** The floor of lists: all pages by the engine's request helper, an item for each record, no check. */
export class SahutFloorList implements INodeType {
	description: INodeType['description'] = {
		displayName: 'Sahut Floor List',
		name: 'sahutFloorList',
		group: ['transform'],
		version: 1,
		description: 'The least that n8n needs to read a list in a benchmark',
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
		await Promise.all(Array.from({ length: AT_ONCE }, worker));
		return [items];
	}
}
