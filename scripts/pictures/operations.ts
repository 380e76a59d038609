import {
	NodeHelpers,
	type INode,
	type INodeParameters,
	type INodeProperties,
	type INodeTypeDescription,
} from 'n8n-workflow';

import type { Session } from '../n8n';

/** A node in one of its states, with a name for its picture. */
export interface Pose extends Pick<INode, 'type' | 'parameters'> {
	name: string;
}

const packaged = (node: string) => `n8n-nodes-sahut.${node.replace(/^.*\./, '')}`;

/** What n8n adds to the operations of every node. */
const CUSTOM_CALL = '__CUSTOM_API_CALL__';

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
function opened(description: INodeTypeDescription, parameters: INodeParameters): INodeParameters {
	const { properties } = description;
	const all = NodeHelpers.getNodeParameters(properties, parameters, true, false, null, description);
	const added = properties
		.filter((field) => NodeHelpers.displayParameter(all ?? {}, field, null, description))
		.flatMap((field): Array<[string, INodeParameters]> => {
			if (field.type === 'collection') return [[field.name, allOf(field)]];
			return field.name in ROWS ? [[field.name, ROWS[field.name]!]] : [];
		});
	return { ...parameters, ...Object.fromEntries(added) };
}

/** A state as it was just chosen, and with everything added. */
function posesOf(
	name: string,
	description: INodeTypeDescription,
	parameters: INodeParameters,
): Pose[] {
	const type = packaged(description.name);
	return [
		{ name, type, parameters },
		{ name: `${name}-opened`, type, parameters: opened(description, parameters) },
	];
}

/** What the operations of the node are told apart by. */
function operationsOf({ properties }: INodeTypeDescription): INodeParameters[] {
	return properties
		.filter(({ name }) => name === 'operation')
		.flatMap(({ options = [], displayOptions }) =>
			options.map((option) => ({
				resource: String(displayOptions?.show?.['resource']?.[0]),
				operation: 'value' in option ? String(option.value) : '',
			})),
		)
		.filter(({ operation }) => operation !== CUSTOM_CALL);
}

/** What n8n knows of a node of this package. */
async function describe(session: Session, node: string): Promise<INodeTypeDescription> {
	const nodeInfos = [{ name: packaged(node), version: 1 }];
	const answer = await session.request<INodeTypeDescription[]>('POST', '/node-types', {
		nodeInfos,
	});
	return answer[0]!;
}

/** All that has a picture: each operation, those that send with every kind of message; the trigger. */
export async function allPoses(session: Session): Promise<Pose[]> {
	const node = await describe(session, 'sahut');
	const poses = operationsOf(node).flatMap((parameters) => {
		const name = Object.values(parameters).join('-');
		const types = name.startsWith('message-send') ? ['template', 'textOrTemplate'] : [];
		return [
			...posesOf(name, node, parameters),
			...types.flatMap((messageType) =>
				posesOf(`${name}-${messageType}`, node, { ...parameters, messageType }),
			),
		];
	});
	return [...poses, ...posesOf('trigger', await describe(session, 'sahutTrigger'), {})];
}
