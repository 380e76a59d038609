import type {
	IDataObject,
	IExecuteFunctions,
	INodeExecutionData,
	INodeProperties,
	INodeType,
} from 'n8n-workflow';

/** One row of "Edit Fields (Set)". */
interface Assignment {
	name: string;
	value: IDataObject[string];
}

type Execute = NonNullable<INodeType['execute']>;

/** A node for the engine that does what `execute` says, under any version. */
export function fakeNode(
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
			description: `Does what the examples need of n8n's own ${name} node`,
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
	more: Partial<INodeProperties> = {},
): INodeProperties {
	return { displayName: name, name, type, default: '', ...more };
}

/** Of a field that holds conditions. */
const FILTER: Partial<INodeProperties> = {
	default: {},
	typeOptions: { filter: { caseSensitive: true, typeValidation: 'strict', version: 2 } },
};

const passOn: Execute = async function () {
	return [this.getInputData()];
};

/** What "Edit Fields (Set)" makes of an item, in either of its modes, without the fields it had. */
function editedFields(node: IExecuteFunctions, item: number): IDataObject {
	if (node.getNodeParameter('mode', item) === 'raw') {
		return JSON.parse(node.getNodeParameter('jsonOutput', item) as string) as IDataObject;
	}
	const rows = node.getNodeParameter('assignments.assignments', item) as Assignment[];
	return Object.fromEntries(rows.map(({ name, value }) => [name, value]));
}

/**
 * Stand-ins for the built-in nodes of the examples, by full name. n8n's own ones are in
 * n8n-nodes-base, which is too large to install for a demo.
 */
export const builtInNodes: Record<string, INodeType> = {
	'n8n-nodes-base.stickyNote': fakeNode('stickyNote', []),
	'n8n-nodes-base.noOp': fakeNode('noOp', [], passOn),
	'n8n-nodes-base.scheduleTrigger': fakeNode('scheduleTrigger', [], passOn),
	'n8n-nodes-base.set': fakeNode(
		'set',
		[
			field('mode', 'string', { default: 'manual' }),
			field('jsonOutput'),
			field('assignments', 'assignmentCollection', { default: {} }),
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
	'n8n-nodes-base.splitOut': fakeNode('splitOut', [field('fieldToSplitOut')], async function () {
		return [
			this.getInputData().flatMap(({ json }, item) => {
				const rows = json[this.getNodeParameter('fieldToSplitOut', item) as string];
				return (rows as IDataObject[]).map((row) => ({ json: row, pairedItem: { item } }));
			}),
		];
	}),
	/** Passes on what the test starts it with: what n8n makes of a call. */
	'n8n-nodes-base.webhook': fakeNode('webhook', [], passOn),
	/** Does not wait. */
	'n8n-nodes-base.wait': fakeNode('wait', [], passOn),
	/** Puts out what it would answer: the status as `code`, and the `body`. */
	'n8n-nodes-base.respondToWebhook': fakeNode(
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
	/** The engine itself tells whether the conditions of a `filter` field hold. */
	'n8n-nodes-base.if': fakeNode(
		'if',
		[field('conditions', 'filter', FILTER)],
		async function () {
			const outputs: INodeExecutionData[][] = [[], []];
			for (const [item, data] of this.getInputData().entries()) {
				const holds = this.getNodeParameter('conditions', item, false, { extractValue: true });
				outputs[holds === true ? 0 : 1]!.push({ ...data, pairedItem: { item } });
			}
			return outputs;
		},
		2,
	),
	/** Its rules, as far as four of them and outputs go; an item goes to the first that holds. */
	'n8n-nodes-base.switch': fakeNode(
		'switch',
		[
			field('rules', 'fixedCollection', {
				default: {},
				typeOptions: { multipleValues: true },
				options: [
					{ name: 'values', displayName: 'Rules', values: [field('conditions', 'filter', FILTER)] },
				],
			}),
		],
		async function () {
			const outputs: INodeExecutionData[][] = [[], [], [], []];
			for (const [item, data] of this.getInputData().entries()) {
				const holds = (_: unknown, rule: number) =>
					this.getNodeParameter(`rules.values[${rule}].conditions`, item, false, {
						extractValue: true,
					}) as boolean;
				const first = outputs.findIndex(holds);
				outputs[first]?.push({ ...data, pairedItem: { item } });
			}
			return outputs;
		},
		4,
	),
	'n8n-nodes-base.filter': fakeNode(
		'filter',
		[field('conditions', 'filter', FILTER)],
		async function () {
			const holds = (_: INodeExecutionData, item: number) =>
				this.getNodeParameter('conditions', item, false, { extractValue: true }) as boolean;
			return [
				this.getInputData()
					.map((data, item) => ({ ...data, pairedItem: { item } }))
					.filter(holds),
			];
		},
	),
};
