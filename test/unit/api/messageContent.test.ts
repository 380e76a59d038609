import {
	contentKey,
	isDistinctive,
	isIdentifiable,
	createContentMatcher,
	showsValues,
} from '../../../nodes/Sahut/api/messageContent';

const template = (template_variables: Record<string, unknown>, template_id = 'tmpl_1') => ({
	template_id,
	template_variables,
});

it.each([
	['a text, with an equal message', { content: 'Halo Budi' }, 'Halo Budi', true],
	[
		'a text, with a message that differs in whitespace',
		{ content: 'Halo  Budi\n' },
		' Halo\tBudi',
		true,
	],
	['a text, with a message in another Unicode form', { content: 'Café' }, 'Cafe\u0301', true],
	['a text, with a message that only contains it', { content: 'Halo' }, 'Halo Budi', false],
	['a text, with a message without content', { content: 'Halo' }, null, false],
	['a template, with all its values', template({ a: 'Ani', b: '450' }), 'Ani: Rp450', true],
	[
		'a template, with only one of its values',
		template({ a: 'Ani', b: '450' }),
		'Ani: Rp500',
		false,
	],
	['a template, one value of which is blank', template({ a: 'Ani', b: ' ' }), 'Halo Ani', true],
	['a template, with its value as part of a word', template({ a: 'Ani' }), 'Halo Anita', false],
	['a template, with its value as part of a number', template({ a: '450' }), 'Rp450.000', false],
	[
		'a template, with special characters in its value',
		template({ a: '(a+b)?' }),
		'Halo (a+b)?!',
		true,
	],
])('compares the content of %s', (_, body, stored, isMatch) => {
	expect(createContentMatcher(body)(stored)).toBe(isMatch);
});

it.each([
	['a text', { content: 'Halo' }, true, true],
	['a template with an order number', template({ a: 'Ani', b: 'INV-7' }), true, true],
	['a template with a name', template({ a: 'Ani' }), true, false],
	['a template with blank values', template({ a: ' ' }), false, false],
	['a template without variables', { template_id: 'tmpl_1' }, false, false],
])(
	'classifies %s as identifiable: %s, and as distinctive: %s',
	(_, body, identifiable, distinctive) => {
		expect(isIdentifiable(body)).toBe(identifiable);
		expect(isDistinctive(body)).toBe(distinctive);
	},
);

it('reports whether a stored text shows the values of a template, if the template has any', () => {
	expect(showsValues(template({ a: 'Ani' }), 'Halo Ani')).toBe(true);
	expect(showsValues(template({ a: 'Ani' }), 'Halo {{1}}')).toBe(false);
	expect(showsValues({ template_id: 'tmpl_1' }, 'Halo')).toBeUndefined();
});

describe('the content key', () => {
	it.each([
		['whitespace', { content: 'Halo Budi' }, { content: 'Halo\n Budi ' }],
		['the order of the values', template({ a: 'x', b: 'y' }), template({ b: 'y', a: 'x' })],
		['the type of a value', template({ a: 7 }), template({ a: '7' })],
		['whether empty variables are given', { template_id: 'tmpl_1' }, template({})],
		[
			'whether the default of the note flag is given',
			{ content: 'Halo' },
			{ content: 'Halo', private: false },
		],
	])('does not depend on %s', (_, one, other) => {
		expect(contentKey(one)).toBe(contentKey(other));
	});

	it.each([
		['the text', { content: 'Halo' }, { content: 'Hai' }],
		['the template', template({ a: 'x' }), template({ a: 'x' }, 'tmpl_2')],
		['a value', template({ a: 'x' }), template({ a: 'y' })],
		['the name of a variable', template({ a: 'x' }), template({ b: 'x' })],
		['whether the message is a note', { content: 'Halo' }, { content: 'Halo', private: true }],
		['whether an ID is the text or the template', { content: 'tmpl_1' }, { template_id: 'tmpl_1' }],
	])('depends on %s', (_, one, other) => {
		expect(contentKey(one)).not.toBe(contentKey(other));
	});
});
