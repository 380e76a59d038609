import type { ExampleWorkflow } from '../../test/support/exampleWorkflow';

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

export function rowsOf({ nodes }: ExampleWorkflow): Row[] {
	const json = nodes.find(({ name }) => name === TABLE)?.parameters['jsonOutput'];
	return (JSON.parse(json as string) as { customers: Row[] }).customers;
}
