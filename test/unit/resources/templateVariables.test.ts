import fc from 'fast-check';

import {
	parseTemplateVariables,
	toTemplateVariables,
} from '../../../nodes/Sahut/resources/message/templateVariables';

/** Excludes texts that look like leftovers of a failed expression or contain braces. */
const isOrdinary = (text: string) => !/\{\{|undefined|NaN|\[object|Invalid Date/.test(text);

/** Values that need no conversion for WhatsApp. */
const scalars = fc.oneof(
	fc
		.string()
		.map((text) => text.replace(/\s+/g, ' ').trim())
		.filter((text) => text !== '' && isOrdinary(text)),
	fc.integer(),
	fc.boolean(),
);

/** Any names, including those with a special meaning in JavaScript. */
const names = fc
	.oneof(fc.string(), fc.constantFrom('__proto__', 'constructor', 'toString', 'a": "', '\\'))
	.map((name) => name.trim())
	.filter((name) => name !== '' && isOrdinary(name));

const variables = fc
	.uniqueArray(fc.tuple(names, scalars), { selector: ([name]) => name, maxLength: 8 })
	.map((entries) => new Map(entries));

it('parses each variable of a flat object as a text with its own name', () => {
	fc.assert(
		fc.property(variables, fc.constantFrom(undefined, 1, '\t'), (given, indent) => {
			const json = JSON.stringify(Object.fromEntries(given), undefined, indent);
			const parsed = new Map(Object.entries(parseTemplateVariables(json)));

			const expected = [...given].map(([name, value]) => [name, String(value)] as const);

			expect(parsed).toEqual(new Map(expected));
		}),
	);
});

it('rejects a name that is defined twice in the JSON, in any position', () => {
	fc.assert(
		fc.property(variables, names, scalars, fc.nat(), (given, name, value, at) => {
			const entries = [...given].filter(([other]) => other !== name);
			entries.splice(at % (entries.length + 1), 0, [name, value]);
			entries.push([name, value]);

			const json = entries.map((entry) => entry.map((part) => JSON.stringify(part)).join(':'));

			expect(() => parseTemplateVariables(`{${json.join(',')}}`)).toThrow('is defined twice');
		}),
	);
});

it.each([
	['', {}],
	['  ', {}],
	['{}', {}],
	[
		{ total: 450_000, paid: false },
		{ total: '450000', paid: 'false' },
	],
])('parses %j as %j', (json, expected) => {
	expect(parseTemplateVariables(json)).toEqual(expected);
});

it.each([undefined, null, 'null', '1', '"text"', '[]', [], 42])(
	'rejects %j because it is not an object',
	(json) => {
		expect(() => parseTemplateVariables(json)).toThrow(
			'Template Variables (JSON) is not an object',
		);
	},
);

it.each([
	[[{ value: 'x' }], 'Template variable 1 has no name'],
	[[{ name: 'a' }], 'Template variable "a" has no value'],
	[[{ name: 'a', value: '' }], 'Template variable "a" has no value'],
	[[{ name: 'a', value: ' \r\n\u00a0' }], 'Template variable "a" has no value'],
])('rejects the rows %j: %s', (rows, message) => {
	expect(() => toTemplateVariables(rows)).toThrow(message);
});

it.each([
	['Jl. Merdeka 1\nBandung', 'Jl. Merdeka 1 Bandung'],
	['Jl. Merdeka 1,\r\n\r\n  Bandung\n', 'Jl. Merdeka 1, Bandung'],
	['a\tb\u2028c', 'a b c'],
	['empat    spasi', 'empat    spasi'],
	['lima     spasi', 'lima spasi'],
	['lima\u00a0 \u00a0 \u00a0spasi', 'lima spasi'],
])('sends %j in the form that WhatsApp accepts: %j', (value, sent) => {
	expect(toTemplateVariables([{ name: 'address', value }])).toEqual({ address: sent });
	expect(parseTemplateVariables({ address: value })).toEqual({ address: sent });
});

it.each([undefined, ' '])('rejects the value %p in an object as missing', (nama) => {
	expect(() => parseTemplateVariables({ nama })).toThrow('"nama" has no value');
});

it('rejects a number that JSON.parse would round', () => {
	const text = '{ "nama": "Budi", "va": 8808081234567890123 }';

	expect(() => parseTemplateVariables(text)).toThrow(
		'Template variable "va" is 8808081234567890000',
	);
	expect(parseTemplateVariables('{ "va": 880808123456789 }')).toEqual({ va: '880808123456789' });
});
