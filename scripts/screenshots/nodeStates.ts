import { NodeHelpers, type INode, type INodeParameters, type INodeProperties } from 'n8n-workflow';

import { resources } from '../../nodes/Sahut/resources';
import { toProperties } from '../../nodes/Sahut/runtime/properties';
import { triggerFields } from '../../nodes/Sahut/trigger/fields';

/** A node with certain parameters. `name` names the screenshot. */
export interface NodeState extends Pick<INode, 'type' | 'parameters'> {
	name: string;
}

/** Sample rows for fields that are lists of rows. */
const ROWS: Record<string, INodeParameters> = {
	customAttributes: { attribute: [{ name: 'kota', value: 'Bandung' }] },
	templateVariables: { variable: [{ name: 'customer_name', value: 'Budi' }] },
};

/** Returns all optional fields of a collection with their defaults. */
function defaultsOf({ options = [] }: INodeProperties): INodeParameters {
	const fields = options as INodeProperties[];
	return Object.fromEntries(fields.map(({ name, default: value }) => [name, ROWS[name] ?? value]));
}

/** Returns the parameters together with all optional fields. */
function withAllOptions(fields: INodeProperties[], parameters: INodeParameters): INodeParameters {
	const all = NodeHelpers.getNodeParameters(fields, parameters, true, false, null, null) ?? {};
	const added = fields
		.filter((field) => NodeHelpers.displayParameter(all, field, null, null))
		.flatMap((field): Array<[string, INodeParameters]> => {
			if (field.type === 'collection') return [[field.name, defaultsOf(field)]];
			return field.name in ROWS ? [[field.name, ROWS[field.name]!]] : [];
		});
	return { ...parameters, ...Object.fromEntries(added) };
}

/** Returns two states: with the defaults, and with all optional fields. */
function statesOf(
	node: string,
	name: string,
	fields: INodeProperties[],
	parameters: INodeParameters,
): NodeState[] {
	const type = `n8n-nodes-sahut.${node}`;
	return [
		{ name, type, parameters },
		{ name: `${name}-all-options`, type, parameters: withAllOptions(fields, parameters) },
	];
}

/**
 * Returns the states of which screenshots are taken: every operation, those that send with each message
 * type, and the trigger.
 */
export function allNodeStates(): NodeState[] {
	const chosen = resources.flatMap(({ value: resource, operations }) =>
		operations.flatMap(({ value: operation }): INodeParameters[] => {
			const types = operation.startsWith('send') ? ['template', 'textOrTemplate'] : [];
			const parameters = { resource, operation };
			return [parameters, ...types.map((messageType) => ({ ...parameters, messageType }))];
		}),
	);
	return [
		...chosen.flatMap((parameters) =>
			statesOf('sahut', Object.values(parameters).join('-'), toProperties(resources), parameters),
		),
		...statesOf('sahutTrigger', 'trigger', [...triggerFields], {}),
	];
}
