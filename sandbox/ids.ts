const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const ID_LENGTH = 14;
const TIME_LIKE_START = '01';

export type IdPrefix = 'conv' | 'msg' | 'ct' | 'ch' | 'usr' | 'wh' | 'tmpl' | 'whsec';

/** Numbers from 0 up to 1, the same ones for the same seed (mulberry32). */
export function seededRandom(seed: number): () => number {
	let state = seed >>> 0;
	return () => {
		state = (state + 0x6d2b79f5) >>> 0;
		let mixed = Math.imul(state ^ (state >>> 15), state | 1);
		mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
	};
}

/** Makes IDs such as `conv_01HX2B9K3M5N7P`: the same ones in the same order for the same seed. */
export function idMaker(seed: number): (prefix: IdPrefix) => string {
	const random = seededRandom(seed);
	return (prefix) => {
		let id = `${prefix}_${TIME_LIKE_START}`;
		for (let index = TIME_LIKE_START.length; index < ID_LENGTH; index++) {
			id += CROCKFORD[Math.floor(random() * CROCKFORD.length)];
		}
		return id;
	};
}
