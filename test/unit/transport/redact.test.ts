import { createRedactor } from '../../../nodes/Sahut/transport/redact';

it('returns a body without the key unchanged and uncopied', () => {
	const body = { data: [{ id: 'msg_1', content: 'sk_live_other' }] };

	expect(createRedactor('sk_live_own').data(body)).toBe(body);
});

it('removes a short key only after Bearer, since other texts may contain it by chance', () => {
	const { error } = createRedactor('abc');

	expect(error('Bearer abc is unknown, see abcdef')).toBe(
		'Bearer [API key] is unknown, see abcdef',
	);
});

it('leaves null and numbers in a body with the key', () => {
	const { data } = createRedactor('sk_live_own');

	expect(data([null, 1, { a: 'x sk_live_own' }])).toEqual([null, 1, { a: 'x [API key]' }]);
});
