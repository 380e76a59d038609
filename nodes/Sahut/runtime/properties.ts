import type { INodeProperties } from 'n8n-workflow';

import type { Operation, Resource } from './operation';

function operationPicker(resource: Resource): INodeProperties {
	return {
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: [resource.value] } },
		options: resource.operations.map(({ name, value, action, description }) => {
			return { name, value, action, description };
		}),
		default: resource.defaultOperation,
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
 * The parameters of the node: the Resource picker, an Operation picker for each resource, and the
 * fields of every operation, shown for that operation alone.
 */
export function toProperties(resources: Resource[]): INodeProperties[] {
	return [
		{
			displayName: 'Resource',
			name: 'resource',
			type: 'options',
			noDataExpression: true,
			options: resources.map(({ name, value }) => ({ name, value })),
			default: resources[0]?.value,
		},
		...resources.map(operationPicker),
		...resources.flatMap((resource) =>
			resource.operations.flatMap((operation) => fieldsOf(resource, operation)),
		),
	];
}
