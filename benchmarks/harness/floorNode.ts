// n8n loads this file. Import only types, which n8n's Node.js strips.
import type { IDataObject, IExecuteFunctions, INodeExecutionData, INodeType } from 'n8n-workflow';

const CREDENTIAL = 'sahutApi';

/**
 * The floor of the benchmarks: a minimal loop over n8n's request helper, without checks, retries and
 * ordering. It reads only the fields that differ between items.
 */
export class SahutFloor implements INodeType {
	description: INodeType['description'] = {
		displayName: 'Sahut Floor',
		name: 'sahutFloor',
		group: ['transform'],
		version: 1,
		description: 'A minimal node that sends the requests of a benchmark',
		defaults: { name: 'Sahut Floor' },
		usableAsTool: true,
		inputs: ['main'],
		outputs: ['main'],
		credentials: [{ name: CREDENTIAL, required: true }],
		properties: [
			{ displayName: 'Concurrency', name: 'concurrency', type: 'number', default: 5 },
			{ displayName: 'Conversation ID', name: 'conversation', type: 'string', default: '' },
			{ displayName: 'Text', name: 'text', type: 'string', default: '' },
		],
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const text = (name: string, index: number) => this.getNodeParameter(name, index) as string;
		const data = await this.getCredentials(CREDENTIAL);
		const credentialsDecrypted = { id: '', name: CREDENTIAL, type: CREDENTIAL, data };
		const send = async ({ conversation, content }: { conversation: string; content: string }) =>
			(await this.helpers.httpRequestWithAuthentication.call(
				this,
				CREDENTIAL,
				{
					method: 'POST',
					url: `${String(data['baseUrl'])}/conversations/${conversation}/messages`,
					body: { content },
					json: true,
				},
				{ credentialsDecrypted },
			)) as { data: IDataObject };
		const rows = this.getInputData().map((_, index) => ({
			conversation: text('conversation', index),
			content: text('text', index),
		}));
		const sent: INodeExecutionData[] = [];
		let next = 0;
		const worker = async () => {
			while (next < rows.length) {
				const item = next++;
				const { data: json } = await send(rows[item]!);
				sent[item] = { json, pairedItem: { item } };
			}
		};
		const concurrency = this.getNodeParameter('concurrency', 0) as number;
		await Promise.all(Array.from({ length: concurrency }, worker));
		return [sent];
	}
}
