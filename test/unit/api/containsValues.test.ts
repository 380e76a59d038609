import { containsValues } from '../../../nodes/Sahut/api/containsValues';

const isStored = (actual: unknown, wanted: unknown) =>
	containsValues({ custom_attributes: { x: actual, y: 1 } }, { custom_attributes: { x: wanted } });

describe('a custom attribute counts as stored', () => {
	it.each<[unknown, unknown]>([
		['Bandung', 'Bandung'],
		[12, 12],
		[12, '12'],
		['12', 12],
		['12.50', 12.5],
		[true, true],
		['true', true],
		[1, true],
		['1', true],
		[true, 'true'],
		[true, 1],
		[false, false],
		['false', false],
		[0, false],
		['2026-11-30T00:00:00Z', '2026-11-30'],
		['2026-11-30T00:00:00.000+07:00', '2026-11-30'],
		['2026-11-30', '2026-11-30T00:00:00Z'],
		['2026-11-30T01:30:00.000Z', '2026-11-30T01:30:00Z'],
		['2026-11-30T08:30:00+07:00', '2026-11-30T01:30:00Z'],
		[null, null],
		[undefined, undefined],
		[
			[1, { a: 'b' }],
			[1, { a: 'b' }],
		],
		[{ a: [null] }, { a: [null] }],
	])('if the contact has %p and %p was sent', (actual, wanted) => {
		expect(isStored(actual, wanted)).toBe(true);
	});
});

describe('a custom attribute does not count as stored', () => {
	it.each<[unknown, unknown]>([
		['8123', '08123'],
		[8123, '08123'],
		['08123', 8123],
		['1', '1.0'],
		[1, '1.0'],
		['bandung', 'Bandung'],
		[undefined, ''],
		[undefined, false],
		[null, false],
		[undefined, 0],
		['', 0],
		['', false],
		[2, true],
		['yes', true],
		[false, true],
		['2026-11-30T01:00:00Z', '2026-11-30'],
		['2026-11-29T17:00:00Z', '2026-11-30'],
		['2026-11-30', '2026-11-30T01:30:00Z'],
		['2026-12-01T00:00:00Z', '2026-11-30'],
		['2026-11-30T00:00:00', '2026-11-30T00:00:00Z'],
		[
			[1, 2],
			[2, 1],
		],
		[{ a: 1 }, { a: 1, b: 2 }],
		[{ a: 1, b: 2 }, { a: 1 }],
		[{ 0: 1 }, [1]],
		[null, { a: 1 }],
		[{}, 'x'],
	])('if the contact has %p and %p was sent', (actual, wanted) => {
		expect(isStored(actual, wanted)).toBe(false);
	});

	it('if the contact only inherits it from the prototype', () => {
		const given = JSON.parse('{ "__proto__": "x" }') as object;

		expect(containsValues({ custom_attributes: {} }, { custom_attributes: given })).toBe(false);
		expect(containsValues({ custom_attributes: given }, { custom_attributes: given })).toBe(true);
	});

	it.each([undefined, null, 'x'])('if the contact has %p instead of attributes', (attributes) => {
		const wanted = { custom_attributes: { x: 'a' } };

		expect(containsValues({ custom_attributes: attributes }, wanted)).toBe(false);
	});
});

describe('a list of tags', () => {
	it.each<[unknown, string[], boolean]>([
		[['a', 'b'], ['b', 'a'], true],
		[['a'], ['A'], false],
		[['a', 'b'], ['a'], false],
		[['a', 'a'], ['a', 'b'], false],
		[['2026-11-30T00:00:00Z'], ['2026-11-30'], false],
		[null, [], true],
		[undefined, [], true],
		[undefined, ['a'], false],
		['a', ['a'], false],
	])('stored as %p matches the list %p: %p', (actual, wanted, isEqual) => {
		expect(containsValues({ tags: actual }, { tags: wanted })).toBe(isEqual);
	});
});

it.each<[unknown, unknown, boolean]>([
	['Budi', 'Budi', true],
	['budi', 'Budi', false],
	[123, '123', true],
	[null, null, true],
	['usr_1', null, false],
	[undefined, 'Budi', false],
])('a field stored as %p matches the value %p: %p', (actual, wanted, isEqual) => {
	expect(containsValues({ name: actual }, { name: wanted })).toBe(isEqual);
});
