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

/**
 * The message that a row has to get, if it has a phone number: made for the few forms of the table, so
 * that the demo is checked without the node's own rules and the example's expressions.
 */
export function expectedMessages({ customer_name, phone, order_id, total }: Row) {
	const digits = String(phone).replace(/\D/g, '');
	const to = `+62${digits.replace(/^(62|0)/, '')}`;
	const rupiah = String(total).replace(/\B(?=(\d{3})+$)/g, '.');
	return digits === '' ? [] : [{ to, customer_name, order_id, total: `Rp ${rupiah}` }];
}
