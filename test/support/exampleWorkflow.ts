import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { IConnections, INode, INodeCredentialsDetails, IWorkflowSettings } from 'n8n-workflow';

export const EXAMPLE_FILE = 'examples/crm-follow-up.json';

/** What the nodes of the example are called that the demo fills in or looks at. */
export const TABLE = 'CRM table';
export const SEND = 'Send template';
export const MARK = 'Mark as sent';
export const READ = 'Read conversation';
export const NOT_SENT = 'Not sent';

/** One row of the example's table. */
export interface Row {
	customer_name: string;
	/** As people and spreadsheets write it; a text without digits where there is none. */
	phone: string | number;
	/** No two rows have the same. */
	order_id: string;
	/** In rupiah. */
	total: number;
}

export interface ExampleWorkflow {
	name: string;
	nodes: INode[];
	connections: IConnections;
	settings: IWorkflowSettings;
}

export function readExample(file = EXAMPLE_FILE): ExampleWorkflow {
	const text = readFileSync(path.resolve(__dirname, '../..', file), 'utf8');
	return JSON.parse(text) as ExampleWorkflow;
}

export function rowsOf({ nodes }: ExampleWorkflow): Row[] {
	const json = nodes.find(({ name }) => name === TABLE)?.parameters['jsonOutput'];
	return (JSON.parse(json as string) as { customers: Row[] }).customers;
}

/**
 * An example as someone has it who imported it: with their credential chosen in each Sahut node, the
 * trigger included, and with the fields filled in that `parameters` gives for a node, by its name.
 */
export function fillIn(
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
