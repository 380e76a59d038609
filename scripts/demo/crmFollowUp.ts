import type { ExampleWorkflow } from '../../test/support/exampleWorkflow';

export const EXAMPLE_FILE = 'examples/crm-follow-up.json';
/** The node that sends the template. Its channel must be set. */
export const SEND_NODE = 'Send template';

/** One row of the example's table. */
export interface Row {
	customer_name: string;
	/** As written in a spreadsheet. A text without digits if the customer has no phone. */
	phone: string | number;
	/** Unique. */
	order_id: string;
	/** In rupiah. */
	total: number;
}

/** Reads the rows of the example's table. */
export function readTable({ nodes }: ExampleWorkflow): Row[] {
	const json = nodes.find(({ name }) => name === 'CRM table')?.parameters['jsonOutput'];
	return (JSON.parse(json as string) as { customers: Row[] }).customers;
}
