import { assertNoLeftovers } from '../../../nodes/Sahut/values/leftovers';

const MAX_DURATION_MS = 1_000;

const check = (text: string) => () => assertNoLeftovers(text, 'Text', true);

it.each([
	'Halo {{ $json.nama }}',
	'{{\n$json.nama\n}}',
	'{{ {{ $json.nama }}',
	'{{{ $json.nama }}}',
	'{{ $json["a}}b"] }}',
	'[object Promise]',
	'“a” undefined “b”',
])('rejects the leftover of an expression in %j', (text) => {
	expect(check(text)).toThrow('Text contains');
});

it.each(['Promo {{nama}} hanya $5 untuk {{1}}', 'Kata ‘undefined’, “NaN” dan «undefined»'])(
	'accepts the braces and quoted words in %j',
	(text) => {
		expect(check(text)).not.toThrow();
	},
);

it.each(['{{', '“', '‘', '«', '"', "'", '$', '{{ '])(
	'checks 30,000 repetitions of %j in linear time',
	(piece) => {
		const text = piece.repeat(30_000);
		const startedAt = performance.now();

		expect(check(text)).not.toThrow();
		expect(performance.now() - startedAt).toBeLessThan(MAX_DURATION_MS);
	},
);
