import { refusalAdvice } from '../../../nodes/Sahut/api/refusalAdvice';

const WINDOW_RULE = /24 hours/;
const TEXT = { content: 'Halo' };
const TEMPLATE = { template_id: 'tmpl_1', template_variables: { name: 'Budi' } };

it.each([
	undefined,
	'',
	'The customer has not written in the last 24 hours: only a template can be sent',
	'Outside of the customer service window',
	'Sudah lebih dari 24 jam sejak pesan terakhir',
	'Re-engagement message requires a template',
	'The session has expired',
	'Re-engagement message',
	'Gunakan templat',
	'The 24h limit has passed',
])('mentions the 24-hour rule if Sahut refuses a text with the message: %s', (message) => {
	expect(refusalAdvice(TEXT, message)).toMatch(WINDOW_RULE);
});

it.each(['content is too long', 'content must not be blank', 'Kontak diblokir', 'invalid content'])(
	'does not mention the 24-hour rule if Sahut refuses a text with the message: %s',
	(message) => {
		expect(refusalAdvice(TEXT, message)).toBe('Check the text of the message for this item.');
	},
);

it('never mentions the 24-hour rule for a template or a note', () => {
	expect(refusalAdvice(TEMPLATE)).toBe('Check the template ID and its variables for this item.');
	expect(refusalAdvice({ ...TEXT, private: true })).toBe(
		'Check the text of the note for this item.',
	);
});

it('states the limit of WhatsApp if a text or value exceeds it, even if Sahut gives another reason', () => {
	const text = refusalAdvice({ content: '😀'.repeat(4_097) }, 'over 24 hours');

	const value = { ...TEMPLATE, template_variables: { a: 'x'.repeat(1_024), b: 'x'.repeat(1_025) } };

	expect(text).toBe(
		'WhatsApp accepts at most 4,096 characters in a text, but this text has 4,097. Shorten it, or split it into several messages.',
	);
	expect(refusalAdvice({ content: '😀'.repeat(4_096) }, 'too long')).not.toContain('4,096');
	expect(refusalAdvice(value)).toBe(
		'WhatsApp accepts at most 1,024 characters in a template variable, but "b" has 1,025. Shorten the value.',
	);
});
