import { findPhrase } from '../../../nodes/Sahut/values/phrases';

describe('A phrase', () => {
	it.each([
		['Berapa HARGA?', ['harga']],
		['harga', ['harga']],
		['(harga)', ['harga']],
		['hargai dulu, baru harga', ['harga']],
		['Jangan lupa BERHENTI.', ['stop', 'berhenti']],
		['minta daftar\nharga ya', ['daftar harga']],
		['café', ['CAFE']],
		['ＳＴＯＰ', ['stop']],
		['s\u200Btop', ['stop']],
		['naik 50%', ['50%']],
		['C++ atau C?', ['c++']],
		['😀 halo', ['😀']],
		['Tolong _stop_ ya', ['stop']],
		['_*harga* berapa_', ['harga']],
		['order_id saya', ['_order_id_']],
		['di 𠮷 ini', ['𠮷']],
		['कीमत कितनी है?', ['कीमत']],
	])('is found in %j: %j', (text, phrases) => {
		expect(findPhrase(text, phrases)).toBe(phrases.at(-1));
	});

	it.each([
		['hargai', ['harga']],
		['nonstop', ['stop']],
		['stop_1', ['stop']],
		['__non_stop__', ['stop']],
		['___', ['_']],
		['𠮷野', ['野']],
		['野𠮷', ['野']],
		['𠮷野', ['𠮷']],
		['daftar semua harga', ['daftar harga']],
		['किताब', ['क']],
		['कल मिलते हैं', ['काल']],
		['', ['stop']],
		['halo', ['', ' ']],
		['halo', []],
	])('is not found in %j: %j', (text, phrases) => {
		expect(findPhrase(text, phrases)).toBeUndefined();
	});

	it.each(['\u0301\u0323', '\u05b0\u05bc', '\u093c\u094d', '_'])(
		'is searched in a long series of marks or underscores (%j) in linear time',
		(marks) => {
			const startedAt = performance.now();
			expect(findPhrase(`a${marks.repeat(100_000)}c`, ['b'])).toBeUndefined();
			expect(performance.now() - startedAt).toBeLessThan(1_000);
		},
	);
});
