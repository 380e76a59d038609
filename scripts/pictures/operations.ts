import { NodeHelpers, type INode, type INodeParameters, type INodeProperties } from 'n8n-workflow';

import { resources } from '../../nodes/Sahut/resources';
import { toProperties } from '../../nodes/Sahut/runtime/properties';
import { triggerFields } from '../../nodes/Sahut/trigger/fields';

/** A node in one of its states, with a name for its picture. */
export interface Pose extends Pick<INode, 'type' | 'parameters'> {
	name: string;
}

/** Rows for the fields that take several. */
const ROWS: Record<string, INodeParameters> = {
	customAttributes: { attribute: [{ name: 'kota', value: 'Bandung' }] },
	templateVariables: { variable: [{ name: 'customer_name', value: 'Budi' }] },
};

/** Every optional field of a collection, with its default. */
function allOf({ options = [] }: INodeProperties): INodeParameters {
	const fields = options as INodeProperties[];
	return Object.fromEntries(fields.map(({ name, default: value }) => [name, ROWS[name] ?? value]));
}

/** The parameters together with everything that a person can add to them. */
function opened(fields: INodeProperties[], parameters: INodeParameters): INodeParameters {
	const all = NodeHelpers.getNodeParameters(fields, parameters, true, false, null, null) ?? {};
	const added = fields
		.filter((field) => NodeHelpers.displayParameter(all, field, null, null))
		.flatMap((field): Array<[string, INodeParameters]> => {
			if (field.type === 'collection') return [[field.name, allOf(field)]];
			return field.name in ROWS ? [[field.name, ROWS[field.name]!]] : [];
		});
	return { ...parameters, ...Object.fromEntries(added) };
}

/** A state as it was just chosen, and with everything added. */
function posesOf(
	node: string,
	name: string,
	fields: INodeProperties[],
	parameters: INodeParameters,
): Pose[] {
	const type = `n8n-nodes-sahut.${node}`;
	return [
		{ name, type, parameters },
		{ name: `${name}-opened`, type, parameters: opened(fields, parameters) },
	];
}

/** All that has a picture: each operation, those that send with every kind of message; the trigger. */
export function allPoses(): Pose[] {
	const chosen = resources.flatMap(({ value: resource, operations }) =>
		operations.flatMap(({ value: operation }): INodeParameters[] => {
			const types = operation.startsWith('send') ? ['template', 'textOrTemplate'] : [];
			const parameters = { resource, operation };
			return [parameters, ...types.map((messageType) => ({ ...parameters, messageType }))];
		}),
	);
	return [
		...chosen.flatMap((parameters) =>
			posesOf('sahut', Object.values(parameters).join('-'), toProperties(resources), parameters),
		),
		...posesOf('sahutTrigger', 'trigger', [...triggerFields], {}),
	];
}
