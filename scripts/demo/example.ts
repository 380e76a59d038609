import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { IConnections, INode } from 'n8n-workflow';

export const EXAMPLE_FILE = 'examples/crm-follow-up.json';

/** What the nodes of the example are called that the demo fills in or looks at. */
export const TABLE = 'CRM table';
export const SEND = 'Send template';
export const READ = 'Read conversation';
export const NOT_SENT = 'Not sent';

/** One row of the example's table. */
export interface Customer {
	customer_name: string;
	order_id: string;
	/** In rupiah. */
	total: number;
	/** In the file, a text that says what belongs here. */
	conversation_id: string;
}

export interface ExampleWorkflow {
	nodes: INode[];
	connections: IConnections;
}

export function readExample(): ExampleWorkflow {
	const file = path.resolve(__dirname, '../..', EXAMPLE_FILE);
	return JSON.parse(readFileSync(file, 'utf8')) as ExampleWorkflow;
}

export function customersOf({ nodes }: ExampleWorkflow): Customer[] {
	const json = nodes.find(({ name }) => name === TABLE)?.parameters['jsonOutput'];
	return (JSON.parse(json as string) as { customers: Customer[] }).customers;
}

/** The example as someone has it who imported it: with their table, and their credential chosen. */
export function fillIn(
	{ nodes, connections }: ExampleWorkflow,
	customers: Customer[],
): ExampleWorkflow {
	return {
		connections,
		nodes: nodes.map((node) => {
			if (node.name === TABLE) {
				const jsonOutput = JSON.stringify({ customers });
				return { ...node, parameters: { ...node.parameters, jsonOutput } };
			}
			return node.type === 'n8n-nodes-sahut.sahut'
				? { ...node, credentials: { sahutApi: { id: '1', name: 'Sahut account' } } }
				: node;
		}),
	};
}
