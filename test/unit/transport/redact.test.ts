import { createRedactor } from '../../../nodes/Sahut/transport/redact';

it('returns a body without the key as the same object', () => {
	const body = { data: [{ id: 'msg_1', content: 'sk_live_other' }] };

	expect(createRedactor('sk_live_own').data(body)).toBe(body);
});

it('redacts a short key only after "Bearer", since other texts can contain it by chance', () => {
	const { error } = createRedactor('abc');

	expect(error('Bearer abc is unknown, see abcdef')).toBe(
		'Bearer [API key] is unknown, see abcdef',
	);
});

it('redacts the key in a body, and does not change null and numbers', () => {
	const { data } = createRedactor('sk_live_own');

	expect(data([null, 1, { a: 'x sk_live_own' }])).toEqual([null, 1, { a: 'x [API key]' }]);
});
