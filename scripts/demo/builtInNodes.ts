import type { IDataObject, INodeProperties, INodeType } from 'n8n-workflow';

type Execute = NonNullable<INodeType['execute']>;

function standIn(name: string, properties: INodeProperties[], execute?: Execute): INodeType {
	return {
		description: {
			displayName: name,
			name,
			group: ['transform'],
			version: [1, 3.4],
			description: `Does what the example needs of n8n's own ${name} node`,
			defaults: { name },
			inputs: ['main'],
			outputs: ['main'],
			properties,
		},
		...(execute && { execute }),
	};
}

function field(name: string): INodeProperties {
	return { displayName: name, name, type: 'string', default: '' };
}

/**
 * Stand-ins for the built-in nodes of the example, by full name. n8n's own ones are in
 * n8n-nodes-base, which is too large to install for a demo.
 */
export const builtInNodes: Record<string, INodeType> = {
	'n8n-nodes-base.stickyNote': standIn('stickyNote', []),
	'n8n-nodes-base.noOp': standIn('noOp', [], async function () {
		return [this.getInputData()];
	}),
	/** "Edit Fields (Set)" in its JSON mode. */
	'n8n-nodes-base.set': standIn('set', [field('jsonOutput')], async function () {
		return [
			this.getInputData().map((_, item) => ({
				json: JSON.parse(this.getNodeParameter('jsonOutput', item) as string) as IDataObject,
				pairedItem: { item },
			})),
		];
	}),
	'n8n-nodes-base.splitOut': standIn('splitOut', [field('fieldToSplitOut')], async function () {
		return [
			this.getInputData().flatMap(({ json }, item) => {
				const rows = json[this.getNodeParameter('fieldToSplitOut', item) as string];
				return (rows as IDataObject[]).map((row) => ({ json: row, pairedItem: { item } }));
			}),
		];
	}),
};
