import { isSuccess, type Context } from './context';
import { PAGE_SIZE, readFirstPage } from './lists';
import { noteContactOrder } from './order';
import { notePhones } from './phones';
import { noteSearch } from './search';
import { rowsOf, textOf, type Row } from '../values';

const MAY_BE_UNKNOWN = ['email', 'phone', 'company'];

function noteUnknowns(rows: Row[], { findings }: Context): void {
	const values = rows.flatMap((row) => MAY_BE_UNKNOWN.map((name) => row[name]));
	if (values.includes('')) findings.note('unknown-is-null', 'copes', 'an empty text');
	else if (values.includes(null)) findings.note('unknown-is-null', 'as assumed', 'null');
}

function tagsOf({ tags }: Row): string[] {
	return Array.isArray(tags) ? tags.filter((tag) => typeof tag === 'string') : [];
}

async function noteTagFilter(rows: Row[], { api, findings }: Context): Promise<void> {
	const [tag] = rows.flatMap(tagsOf);
	if (tag === undefined) return;
	const answer = await api('listContacts', { query: { tag, per_page: PAGE_SIZE } });
	const found = rowsOf(answer.body);
	if (!isSuccess(answer) || found.some((row) => !tagsOf(row).includes(tag))) {
		findings.note('contact-tag-filter', 'differs', 'it does not');
	} else if (found.length > 0) findings.note('contact-tag-filter', 'as assumed', 'it does');
	else findings.note('contact-tag-filter', 'differs', 'it leaves out those with the tag as well');
}

/** Reads contacts, in several ways. */
export async function checkContacts(context: Context): Promise<void> {
	const { api, findings } = context;
	const rows = rowsOf((await readFirstPage('listContacts', context)).body);
	const id = textOf(rows[0] ?? {}, 'id');
	if (id === undefined) return;
	await api('getContact', { ids: [id] });
	noteContactOrder(rows, findings);
	noteUnknowns(rows, context);
	await notePhones(rows, context);
	await noteSearch(rows, context);
	await noteTagFilter(rows, context);
}
