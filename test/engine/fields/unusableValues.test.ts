import type { IDataObject } from 'n8n-workflow';

import { REJECTED_PHONES } from '../../support/phoneNumbers';
import {
	FIELDS,
	OPERATIONS,
	openWithRecords,
	parametersWith,
	titleOf,
	validParameters,
	type FieldUnderTest,
} from './fieldTable';

/** Leftovers of failed expressions. */
const LEFTOVERS = ['{{ $json.nama }}', '{{$json.nama}}', '[object Object]', 'Invalid DateTime'];
const NO_VALUES = ['undefined', 'NaN'];
/** An object, and a number that JavaScript cannot represent exactly. */
const NO_TEXTS = [{ nama: 'Budi' }, 2 ** 60];
/** Values of empty cells, failed lookups and copied whitespace. */
const EMPTY = ['', ' \n', '\u200b\u2800\u3164', null];

/** The values that a field must reject, by the type of the field. */
const UNUSABLE: Record<string, unknown[]> = {
	string: [...LEFTOVERS, ...NO_VALUES, ...NO_TEXTS],
	texts: [
		'["vip"',
		'[vip, reseller]',
		'{"vip": true}',
		['{{ $json.tag }}'],
		...NO_TEXTS,
		[[{}]],
		['{"tag": "vip"}'],
	],
	id: [...LEFTOVERS, ...NO_VALUES, ...NO_TEXTS, 'conv_1/../..', 'a b', 'conv_\ud800'],
	phone: [
		...LEFTOVERS,
		...NO_VALUES,
		...NO_TEXTS,
		...REJECTED_PHONES,
		...EMPTY,
		['0812-3456-7890'],
	],
	email: [
		...LEFTOVERS,
		...NO_VALUES,
		...NO_TEXTS,
		...EMPTY,
		'0812-3456-7890',
		'budi@example',
		'Budi <budi@example.com>',
		'budi@example.com, ani@example.com',
		'budi\ud83d@example.com',
		['budi@example.com'],
	],
	options: ['Template', 'WhatsApp Template', 'JSON', 'newest', 0, true, ['open'], {}],
	multiOptions: ['Incoming', ['incoming', 'masuk'], '["incoming"', {}],
	boolean: ['ya', 'TRUE', 1, null, {}],
	number: ['60 per minute', '1,000', '1.000', 'enam puluh', '6e1', [60], {}, true],
	dateTime: [
		'05/03/2024',
		'05.03.2024',
		45_356,
		'45356',
		'ORD-2024',
		'2024/03/15 15:31',
		'NaN',
		{},
	],
	json: ['{ "a": 1', '[]', '"a"', '{ "a": "{{ $json.nama }}" }', '{ "a": "undefined" }'],
};

/** Text fields that contain an ID. */
const ID_FIELDS = ['teamId', 'templateId'];

/** Options that apply to the whole node are read from the first item only. */
const NODE_OPTIONS = ['concurrency', 'requestsPerMinute'];

/** Returns the key of a field in `UNUSABLE`. */
function valueTypeOf({ field, mode }: FieldUnderTest): string {
	const { name, type, typeOptions, options } = field;
	if (mode === 'phone' || mode === 'email') return mode;
	if (type === 'resourceLocator' || ID_FIELDS.includes(name)) return 'id';
	if (type === 'options' && !options) return 'id';
	if (type === 'multiOptions' && !options) return 'texts';
	if (type === 'string' && typeOptions?.multipleValues) return 'texts';
	return type;
}

let workspace: Awaited<ReturnType<typeof openWithRecords>>;

beforeEach(async () => {
	workspace = await openWithRecords();
});

/** Runs an operation with one item for each value of a field. @returns the errors of the items */
async function errorsFor(field: FieldUnderTest, values: unknown[]) {
	const isNodeOption = NODE_OPTIONS.includes(field.field.name);
	const batches = isNodeOption ? values.map((value) => [value]) : [values];
	const jsons: IDataObject[] = [];
	for (const batch of batches) {
		const rows = batch.map((value) => ({ ...workspace.ids, value }) as IDataObject);
		const parameters = parametersWith(field, '={{ $json.value }}');
		const { output } = await workspace.run(parameters, rows, { onError: 'continueRegularOutput' });
		jsons.push(...output('Sahut').map(({ json }) => json));
	}
	return jsons.map(({ error }) => error as IDataObject | undefined);
}

describe.each(FIELDS.map((field) => [`${field.operation}: ${titleOf(field)}`, field] as const))(
	'%s',
	(_, field) => {
		it('rejects unusable values before any request', async () => {
			const values = UNUSABLE[valueTypeOf(field)]!;

			const errors = await errorsFor(field, values);

			const accepted = values.filter((_value, index) => errors[index]?.reason !== 'invalid_input');
			expect(accepted).toEqual([]);
			expect(workspace.requests()).toEqual([]);
			expect(errors.every((error) => Boolean(error?.advice))).toBe(true);
		});
	},
);

it.each(OPERATIONS)('%s makes a request if all values are usable', async (operation) => {
	const { status } = await workspace.run(validParameters(operation), [workspace.ids]);

	expect(status).toBe(operation === 'message.sendAndWait' ? 'waiting' : 'success');
	expect(workspace.requests()).not.toEqual([]);
});
