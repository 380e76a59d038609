import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';

import type { Operation, Resource } from './operation';

function toEntry({ name, value, action, description }: Operation): INodePropertyOptions {
	return { name, value, action, description };
}

function operationPicker({ value, operations, defaultOperation }: Resource): INodeProperties {
	return {
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: [value] } },
		options: operations.map(toEntry),
		default: defaultOperation,
	};
}

function fieldsOf(resource: Resource, operation: Operation): INodeProperties[] {
	const shown = { resource: [resource.value], operation: [operation.value] };
	return operation.fields.map((field) => {
		const { displayOptions } = field;
		const show = { ...shown, ...displayOptions?.show };
		return { ...field, displayOptions: { ...displayOptions, show } };
	});
}

/**
 * Returns a hidden field with the name of each collection, to be placed after all collections. n8n removes
 * unknown entries from a collection, and thereby loses one that is stored as a single expression. It does
 * not change the value of a hidden field.
 */
export function collectionTwins(fields: INodeProperties[]): INodeProperties[] {
	const collections = fields.filter(({ type }) => ['collection', 'fixedCollection'].includes(type));
	const byName = new Map(collections.map((field) => [field.name, field]));
	return [...byName.values()].map(({ displayName, name }) => ({
		displayName,
		name,
		type: 'hidden',
		default: {},
	}));
}

/**
 * The parameters of the node: the Resource picker, an Operation picker for each resource, and the
 * fields of every operation, shown for that operation alone.
 */
export function toProperties(resources: Resource[]): INodeProperties[] {
	const firstResource = resources[0]?.value;
	const fields = resources.flatMap((resource) =>
		resource.operations.flatMap((operation) => fieldsOf(resource, operation)),
	);
	return [
		{
			displayName: 'Resource',
			name: 'resource',
			type: 'options',
			noDataExpression: true,
			options: resources.map(({ name, value }) => ({ name, value })),
			default: firstResource,
		},
		...resources.map(operationPicker),
		...fields,
		...collectionTwins(fields),
	];
}
