import { assertNoLeftovers } from '../../../nodes/Sahut/values/leftovers';

const check = (text: string) => () => assertNoLeftovers(text, 'Text', true);

it.each([
	'Halo {{ $json.nama }}',
	'{{\n$json.nama\n}}',
	'{{ {{ $json.nama }}',
	'{{{ $json.nama }}}',
	'{{ $json["a}}b"] }}',
	'[object Promise]',
	'“a” undefined “b”',
])('rejects %j', (text) => {
	expect(check(text)).toThrow('Text contains');
});

it.each(['Promo {{nama}} hanya $5 untuk {{1}}', 'Kata ‘undefined’, “NaN” dan «undefined»'])(
	'accepts %j',
	(text) => {
		expect(check(text)).not.toThrow();
	},
);

it.each(['{{', '“', '‘', '«', '"', "'", '$', '{{ '])(
	'checks a long text of %j in linear time',
	(piece) => {
		const start = performance.now();

		expect(check(piece.repeat(30_000))).not.toThrow();

		expect(performance.now() - start).toBeLessThan(1_000);
	},
);
