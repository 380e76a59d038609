import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';

import type { Operation, Resource } from './operation';

function toPickerEntry(operation: Operation): INodePropertyOptions {
	const { name, value, action, description, builderHint } = operation;
	const hint = builderHint && { builderHint: { propertyHint: builderHint } };
	return { name, value, action, description, ...hint };
}

/** Returns the Operation picker of a resource. */
function operationPicker({ value, operations, defaultOperation }: Resource): INodeProperties {
	return {
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: [value] } },
		options: operations.map(toPickerEntry),
		default: defaultOperation,
	};
}

/** Returns the fields of an operation, shown only for this operation. */
function fieldsOf(resource: Resource, operation: Operation): INodeProperties[] {
	const shownFor = { resource: [resource.value], operation: [operation.value] };
	return operation.fields.map((field) => {
		const { displayOptions } = field;
		const show = { ...shownFor, ...displayOptions?.show };
		return { ...field, displayOptions: { ...displayOptions, show } };
	});
}

/**
 * Returns a hidden field with the name of each collection, to be placed after all collections. n8n removes
 * unknown entries from a collection, and so deletes a collection that is stored as a single expression. n8n
 * does not change the value of a hidden field.
 */
export function hiddenCollectionFields(fields: INodeProperties[]): INodeProperties[] {
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
 * Returns the parameters of the node: the Resource picker, an Operation picker for each resource, and the
 * fields of all operations.
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
		...hiddenCollectionFields(fields),
	];
}
