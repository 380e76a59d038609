import {
	UserError,
	type IDataObject,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeProperties,
	type INodeType,
} from 'n8n-workflow';

/** A row of the Edit Fields (Set) node. */
interface Assignment {
	name: string;
	value: IDataObject[string];
}

type Execute = NonNullable<INodeType['execute']>;

/**
 * Creates a node type for the engine, with all versions that the examples use.
 *
 * @param outputs the number of outputs
 */
export function createFakeNode(
	name: string,
	properties: INodeProperties[],
	execute?: Execute,
	outputs = 1,
): INodeType {
	return {
		description: {
			displayName: name,
			name,
			group: ['transform'],
			version: [1, 1.1, 1.2, 2, 2.2, 3.2, 3.4],
			description: `Replaces n8n's own ${name} node in the examples`,
			defaults: { name },
			inputs: ['main'],
			outputs: Array.from({ length: outputs }, () => 'main'),
			properties,
		},
		...(execute && { execute }),
	};
}

function field(
	name: string,
	type: INodeProperties['type'] = 'string',
	settings: Partial<INodeProperties> = {},
): INodeProperties {
	return { displayName: name, name, type, default: '', ...settings };
}

/** The definition of a field with conditions. */
const CONDITIONS: Partial<INodeProperties> = {
	default: {},
	typeOptions: { filter: { caseSensitive: true, typeValidation: 'strict', version: 2 } },
};

const passThrough: Execute = async function () {
	return [this.getInputData()];
};

/** Returns the output of the Edit Fields (Set) node for an item. */
function editedFields(node: IExecuteFunctions, item: number): IDataObject {
	if (node.getNodeParameter('mode', item) === 'raw') {
		return JSON.parse(node.getNodeParameter('jsonOutput', item) as string) as IDataObject;
	}
	const rows = node.getNodeParameter('assignments.assignments', item) as Assignment[];
	const includesInput = node.getNodeParameter('includeOtherFields', item);
	return {
		...(includesInput === true && node.getInputData()[item]!.json),
		...Object.fromEntries(rows.map(({ name, value }) => [name, value])),
	};
}

/**
 * Fakes of the built-in nodes in the examples, by full name. The real ones are in n8n-nodes-base,
 * which is too large to install for a demo.
 */
export const fakeBuiltInNodes: Record<string, INodeType> = {
	'n8n-nodes-base.stickyNote': createFakeNode('stickyNote', []),
	'n8n-nodes-base.noOp': createFakeNode('noOp', [], passThrough),
	'n8n-nodes-base.scheduleTrigger': createFakeNode('scheduleTrigger', [], passThrough),
	'n8n-nodes-base.set': createFakeNode(
		'set',
		[
			field('mode', 'string', { default: 'manual' }),
			field('jsonOutput'),
			field('assignments', 'assignmentCollection', { default: {} }),
			field('includeOtherFields', 'boolean', { default: false }),
		],
		async function () {
			return [
				this.getInputData().map((_, item) => ({
					json: editedFields(this, item),
					pairedItem: { item },
				})),
			];
		},
	),
	'n8n-nodes-base.splitOut': createFakeNode(
		'splitOut',
		[field('fieldToSplitOut')],
		async function () {
			return [
				this.getInputData().flatMap(({ json }, item) => {
					const rows = json[this.getNodeParameter('fieldToSplitOut', item) as string];
					return (rows as IDataObject[]).map((row) => ({ json: row, pairedItem: { item } }));
				}),
			];
		},
	),
	/** Outputs the items that the test starts with, in the format of a webhook call. */
	'n8n-nodes-base.webhook': createFakeNode('webhook', [], passThrough),
	/** Does not wait. */
	'n8n-nodes-base.wait': createFakeNode('wait', [], passThrough),
	/** Outputs the response that the real node would send: its status as `code`, and its `body`. */
	'n8n-nodes-base.respondToWebhook': createFakeNode(
		'respondToWebhook',
		[
			field('responseBody', 'json'),
			field('options', 'collection', { default: {}, options: [field('responseCode', 'number')] }),
		],
		async function () {
			const code = this.getNodeParameter('options.responseCode', 0) as number;
			const body = this.getNodeParameter('responseBody', 0) as IDataObject;
			return [[{ json: { code, body }, pairedItem: { item: 0 } }]];
		},
	),
	'n8n-nodes-base.stopAndError': createFakeNode(
		'stopAndError',
		[field('errorMessage')],
		async function () {
			throw new UserError(this.getNodeParameter('errorMessage', 0) as string);
		},
	),
	/** n8n's engine evaluates the conditions of a `filter` field. */
	'n8n-nodes-base.if': createFakeNode(
		'if',
		[field('conditions', 'filter', CONDITIONS)],
		async function () {
			const outputs: INodeExecutionData[][] = [[], []];
			for (const [item, data] of this.getInputData().entries()) {
				const isMatch = this.getNodeParameter('conditions', item, false, { extractValue: true });
				outputs[isMatch === true ? 0 : 1]!.push({ ...data, pairedItem: { item } });
			}
			return outputs;
		},
		2,
	),
	/** Sends an item to the output of the first matching rule. Supports four rules. */
	'n8n-nodes-base.switch': createFakeNode(
		'switch',
		[
			field('rules', 'fixedCollection', {
				default: {},
				typeOptions: { multipleValues: true },
				options: [
					{
						name: 'values',
						displayName: 'Rules',
						values: [field('conditions', 'filter', CONDITIONS)],
					},
				],
			}),
		],
		async function () {
			const outputs: INodeExecutionData[][] = [[], [], [], []];
			for (const [item, data] of this.getInputData().entries()) {
				const isMatch = (_: unknown, rule: number) =>
					this.getNodeParameter(`rules.values[${rule}].conditions`, item, false, {
						extractValue: true,
					}) as boolean;
				const firstMatch = outputs.findIndex(isMatch);
				outputs[firstMatch]?.push({ ...data, pairedItem: { item } });
			}
			return outputs;
		},
		4,
	),
	'n8n-nodes-base.filter': createFakeNode(
		'filter',
		[field('conditions', 'filter', CONDITIONS)],
		async function () {
			const isMatch = (_: INodeExecutionData, item: number) =>
				this.getNodeParameter('conditions', item, false, { extractValue: true }) as boolean;
			return [
				this.getInputData()
					.map((data, item) => ({ ...data, pairedItem: { item } }))
					.filter(isMatch),
			];
		},
	),
};
