import type { Session } from './session';

/** The type of a column. */
export type ColumnType = 'boolean' | 'date' | 'number' | 'string';

/** The values of a row, keyed by column. */
export type TableRow = Record<string, boolean | number | string | null>;

/** A data table without its rows. */
export interface StoredTable {
	id: string;
	name: string;
}

/** Returns the API path of the owner's data tables. */
async function tablesPath({ request }: Session): Promise<string> {
	const { id } = await request<{ id: string }>('GET', '/projects/personal');
	return `/projects/${id}/data-tables`;
}

export async function listDataTables(session: Session): Promise<StoredTable[]> {
	const path = await tablesPath(session);
	return (await session.request<{ data: StoredTable[] }>('GET', path)).data;
}

/** Creates a data table in n8n, with rows. */
export async function createDataTable(
	session: Session,
	name: string,
	columns: Record<string, ColumnType>,
	rows: TableRow[],
): Promise<StoredTable> {
	const path = await tablesPath(session);
	const table = await session.request<StoredTable>('POST', path, {
		name,
		columns: Object.entries(columns).map(([column, type]) => ({ name: column, type })),
	});
	if (rows.length > 0) await insertRows(session, table.id, rows);
	return table;
}

export async function insertRows(session: Session, id: string, rows: TableRow[]): Promise<void> {
	const insertion = { data: rows, returnType: 'count' };
	await session.request('POST', `${await tablesPath(session)}/${id}/insert`, insertion);
}

/** Returns all rows, oldest first. */
export async function readDataTable(session: Session, id: string): Promise<TableRow[]> {
	const path = `${await tablesPath(session)}/${id}/rows?sortBy=id:asc`;
	return (await session.request<{ data: TableRow[] }>('GET', path)).data;
}

export async function deleteDataTable(session: Session, id: string): Promise<void> {
	await session.request('DELETE', `${await tablesPath(session)}/${id}`);
}

/** Sets the columns in `data` in all rows whose column `columnName` equals `value`. */
export async function updateDataTable(
	session: Session,
	id: string,
	[columnName, value]: [string, string],
	data: TableRow,
): Promise<void> {
	const filter = { type: 'and', filters: [{ columnName, condition: 'eq', value }] };
	const path = `${await tablesPath(session)}/${id}/rows`;
	await session.request('PATCH', path, { filter, data });
}
