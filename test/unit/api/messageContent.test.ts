import {
	contentKey,
	isDistinctive,
	isIdentifiable,
	matcherOf,
	showsValues,
} from '../../../nodes/Sahut/api/messageContent';

const template = (template_variables: Record<string, unknown>, template_id = 'tmpl_1') => ({
	template_id,
	template_variables,
});

it.each([
	['a text that equals it', { content: 'Halo Budi' }, 'Halo Budi', true],
	['a text with other whitespace', { content: 'Halo  Budi\n' }, ' Halo\tBudi', true],
	['a text in another Unicode form', { content: 'Café' }, 'Cafe\u0301', true],
	['a text that only contains it', { content: 'Halo' }, 'Halo Budi', false],
	['nothing', { content: 'Halo' }, null, false],
	['a template with all values', template({ a: 'Ani', b: '450' }), 'Ani: Rp450', true],
	['a template with one of the values', template({ a: 'Ani', b: '450' }), 'Ani: Rp500', false],
	['a template with a blank value', template({ a: 'Ani', b: ' ' }), 'Halo Ani', true],
	['a value inside of a word', template({ a: 'Ani' }), 'Halo Anita', false],
	['a value inside of a number', template({ a: '450' }), 'Rp450.000', false],
	['a value with special characters', template({ a: '(a+b)?' }), 'Halo (a+b)?!', true],
])('matches a message with stored texts: %s', (_, body, stored, isMatch) => {
	expect(matcherOf(body)(stored)).toBe(isMatch);
});

it.each([
	['a text', { content: 'Halo' }, true, true],
	['a template with an order number', template({ a: 'Ani', b: 'INV-7' }), true, true],
	['a template with a name', template({ a: 'Ani' }), true, false],
	['a template with blank values', template({ a: ' ' }), false, false],
	['a template without variables', { template_id: 'tmpl_1' }, false, false],
])('recognizes %s by its content: %s; as distinctive: %s', (_, body, canBe, distinctive) => {
	expect(isIdentifiable(body)).toBe(canBe);
	expect(isDistinctive(body)).toBe(distinctive);
});

it('knows whether a stored text shows the values of a template', () => {
	expect(showsValues(template({ a: 'Ani' }), 'Halo Ani')).toBe(true);
	expect(showsValues(template({ a: 'Ani' }), 'Halo {{1}}')).toBe(false);
	expect(showsValues({ template_id: 'tmpl_1' }, 'Halo')).toBeUndefined();
});

describe('the key of a content', () => {
	it.each([
		['whitespace', { content: 'Halo Budi' }, { content: 'Halo\n Budi ' }],
		['the order of the values', template({ a: 'x', b: 'y' }), template({ b: 'y', a: 'x' })],
		['the type of a value', template({ a: 7 }), template({ a: '7' })],
		['missing and empty variables', { template_id: 'tmpl_1' }, template({})],
		['a missing flag', { content: 'Halo' }, { content: 'Halo', private: false }],
	])('does not depend on %s', (_, one, other) => {
		expect(contentKey(one)).toBe(contentKey(other));
	});

	it.each([
		['the text', { content: 'Halo' }, { content: 'Hai' }],
		['the template', template({ a: 'x' }), template({ a: 'x' }, 'tmpl_2')],
		['a value', template({ a: 'x' }), template({ a: 'y' })],
		['the name of a variable', template({ a: 'x' }), template({ b: 'x' })],
		['whether it is a note', { content: 'Halo' }, { content: 'Halo', private: true }],
		['a text that looks like a template', { content: 'tmpl_1' }, { template_id: 'tmpl_1' }],
	])('depends on %s', (_, one, other) => {
		expect(contentKey(one)).not.toBe(contentKey(other));
	});
});
