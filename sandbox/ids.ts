const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const BITS_PER_CHARACTER = 5;
const CHARACTERS_PER_DRAW = 6;
const TIME_LIKE_START = '01';

/** Creates a deterministic generator of integers from 0 to 2 ** 32 - 1 (mulberry32). */
function seededRandom(seed: number): () => number {
	let state = seed >>> 0;
	return () => {
		state = (state + 0x6d2b79f5) >>> 0;
		let mixed = Math.imul(state ^ (state >>> 15), state | 1);
		mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
		return (mixed ^ (mixed >>> 14)) >>> 0;
	};
}

/** Creates a deterministic generator of IDs such as `conv_01HX2B9K3M5N7P`. */
export function createIdGenerator(seed: number): (prefix: string) => string {
	const random = seededRandom(seed);

	function sixCharacters(): string {
		let bits = random();
		let text = '';
		for (let index = 0; index < CHARACTERS_PER_DRAW; index++) {
			text += CROCKFORD[bits % CROCKFORD.length];
			bits >>>= BITS_PER_CHARACTER;
		}
		return text;
	}

	return (prefix) => `${prefix}_${TIME_LIKE_START}${sixCharacters()}${sixCharacters()}`;
}
