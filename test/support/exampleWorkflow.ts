import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { IConnections, INode, INodeCredentialsDetails, IWorkflowSettings } from 'n8n-workflow';

export interface ExampleWorkflow {
	name: string;
	nodes: INode[];
	connections: IConnections;
	settings: IWorkflowSettings;
}

/** @param file from the repository's root, e.g. `examples/crm-follow-up.json` */
export function readExample(file: string): ExampleWorkflow {
	const text = readFileSync(path.resolve(__dirname, '../..', file), 'utf8');
	return JSON.parse(text) as ExampleWorkflow;
}

/**
 * An example as someone has it who imported it: with their credential chosen in each Sahut node, the
 * trigger included, and with the fields filled in that `parameters` gives for a node, by its name.
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
