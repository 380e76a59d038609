import type { ExampleWorkflow } from '../../test/support/exampleWorkflow';

export const EXAMPLE_FILE = 'examples/crm-follow-up.json';
/** The node whose channel has to be chosen. */
export const SEND = 'Send template';

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
	const json = nodes.find(({ name }) => name === 'CRM table')?.parameters['jsonOutput'];
	return (JSON.parse(json as string) as { customers: Row[] }).customers;
}
