import type { IDataObject, INode, INodeProperties } from 'n8n-workflow';

import { FIELDS, openWithRecords, parametersWith, type FieldUnderTest } from './fieldTable';

const IN_FUTURE = '2099-03-15T08:30:00Z';

/** Returns a valid value for a field, other than its default. */
function sampleOf(
	{ name, type, typeOptions, options, default: initial }: INodeProperties,
	agent: string,
) {
	const [choice] = ((options ?? []) as Array<{ value?: string }>).filter(
		({ value }) => value !== initial,
	);
	if (typeOptions?.multipleValues) return ['vip', 'reseller, emas'];
	if (type === 'boolean') return !initial;
	if (type === 'number') return name === 'limit' ? 2 : 7;
	if (name === 'maxDateAndTime') return IN_FUTURE;
	if (type === 'dateTime') return '2024-03-15T08:30:00Z';
	if (type === 'multiOptions') return [choice!.value!];
	if (type === 'options') return choice?.value ?? agent;
	if (name === 'teamId') return 'team_1';
	if (name === 'phone') return '0813-1111-2222';
	if (name === 'email') return 'siti@example.com';
	if (name === 'defaultCountryCode') return '65';
	return 'Toko Makmur';
}

/** Private requires a text, Skip If Sent Within a message that can be recognized, and a limit at a time its time. */
const REQUIRES: Record<string, INode['parameters']> = {
	private: { messageType: 'text' },
	skipIfSentWithin: { messageType: 'text' },
	limitType: {
		options: {
			limitWaitTime: { values: { limitType: 'atSpecifiedTime', maxDateAndTime: IN_FUTURE } },
		},
	},
};

/**
 * Runs an operation in a new workspace. Returns its requests and its result, without IDs, times and the secrets of
 * links.
 *
 * @param depth the number of path segments above the collection that is replaced by an expression
 */
async function observe(field: FieldUnderTest, depth: number | undefined) {
	const { ids, run, sandbox } = await openWithRecords();
	const sample = sampleOf(field.field, ids.agent);
	const parameters = { ...parametersWith(field, sample), ...REQUIRES[field.field.name] };
	const rows: IDataObject = { ...ids };
	if (depth !== undefined) {
		const [above, below] = [field.path.slice(0, depth), field.path[depth]!];
		const parent = above.reduce<IDataObject>((each, key) => each[key] as IDataObject, parameters);
		rows.collection = parent[below];
		parent[below] = '={{ $json.collection }}';
	}
	const { output } = await run(parameters, [rows], { onError: 'continueRegularOutput' });
	const requests = sandbox.journal.entries.map(({ method, path, query, body }) => ({
		method,
		path,
		query,
		body,
	}));
	const [item] = output('Sahut');
	return JSON.stringify({ requests, error: item?.json.error, isDryRun: item?.json.dryRun })
		.replaceAll(/[a-z]+_[0-9A-Z]{14}/g, 'ID')
		.replaceAll(/"at":\d+/g, '')
		.replaceAll(/(nonce|signature)=[\w-]+/g, '$1');
}

const FIELDS_IN_COLLECTIONS = FIELDS.filter(
	({ path, field }) => path.length > 1 && !path.includes('0') && !field.noDataExpression,
);
const FIELDS_IN_ROWS = FIELDS.filter(({ path }) => path.at(-1) === 'value' && path.includes('0'));

const withTitles = (fields: FieldUnderTest[]) =>
	fields.map((field) => [`${field.operation} with ${field.path.join('.')}`, field] as const);

it.each(withTitles(FIELDS_IN_COLLECTIONS))(
	'%s has the same effect if the collection is one expression',
	async (_, field) => {
		const asStored = await observe(field, undefined);

		const asExpression = await observe(field, 0);

		expect(asExpression).toBe(asStored);
		expect(asStored).toContain('"method"');
	},
);

it.each(withTitles(FIELDS_IN_ROWS))(
	'%s has the same effect if the rows, or a collection above them, are one expression',
	async (_, field) => {
		const asStored = await observe(field, undefined);

		const asExpressions: string[] = [];
		for (const depth of field.path.slice(0, field.path.indexOf('0')).keys()) {
			asExpressions.push(await observe(field, depth));
		}

		expect(asExpressions).not.toEqual([]);
		expect(asExpressions).toEqual(asExpressions.map(() => asStored));
		expect(asStored).toContain('"method"');
	},
);

describe('A collection that is one expression', () => {
	const dryRun = FIELDS.find(
		({ operation, path }) => operation === 'message.send' && path.join('.') === 'options.dryRun',
	)!;

	it.each([
		[{ dryrun: true }, 'Options has no field "dryrun"'],
		['dryRun', 'Options must be an object, but is "dryRun"'],
		[[true], 'Options must be an object, but is [true]'],
		[true, 'Options must be an object, but is true'],
	])('is rejected if it returns %j', async (collection, message) => {
		const { ids, run, requests } = await openWithRecords();
		const parameters = { ...parametersWith(dryRun, true), options: '={{ $json.collection }}' };

		const { error } = await run(parameters, [{ ...ids, collection }]);

		expect(error?.message).toContain(message);
		expect(requests()).toEqual([]);
	});

	it.each([{ collection: null }, { collection: '' }, {}])(
		'counts as empty if it returns nothing: %j',
		async (row) => {
			const { ids, run, requests } = await openWithRecords();
			const parameters = { ...parametersWith(dryRun, true), options: '={{ $json.collection }}' };

			const { status } = await run(parameters, [{ ...ids, ...row }]);

			expect(status).toBe('success');
			expect(requests().filter((request) => request.startsWith('POST'))).toHaveLength(1);
		},
	);
});
