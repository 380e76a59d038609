import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { IConnections, INode, INodeCredentialsDetails, IWorkflowSettings } from 'n8n-workflow';

/** A workflow in the format in which users import it. */
export interface ExampleWorkflow {
	name: string;
	nodes: INode[];
	connections: IConnections;
	settings: IWorkflowSettings;
}

/**
 * Reads an example workflow.
 *
 * @param file its path in the repository, such as `examples/crm-follow-up.json`
 */
export function readExample(file: string): ExampleWorkflow {
	const text = readFileSync(path.resolve(__dirname, '../..', file), 'utf8');
	return JSON.parse(text) as ExampleWorkflow;
}

/**
 * Returns an example as a user has it after the import: with a credential in each Sahut node.
 *
 * @param parameters the fields that the user has filled in, by the name of the node
 */
export function fillInExample(
	{ name, nodes, connections, settings }: ExampleWorkflow,
	parameters: Record<string, INode['parameters']> = {},
	sahutApi: INodeCredentialsDetails = { id: '1', name: 'Sahut account' },
): ExampleWorkflow {
	return {
		name,
		connections,
		settings,
		nodes: nodes.map((node) => ({
			...node,
			parameters: { ...node.parameters, ...parameters[node.name] },
			...(node.type.startsWith('n8n-nodes-sahut.') && { credentials: { sahutApi } }),
		})),
	};
}
