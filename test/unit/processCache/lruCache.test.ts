import { createLruCache } from '../../../nodes/Sahut/processCache/lruCache';

const HOUR_MS = 60 * 60 * 1_000;

let time = 0;
const now = () => time;

/** Creates a cache that numbers its entries in the order of their creation. */
function createNumberedCache(max: number, idleHours?: number) {
	let created = 0;
	return createLruCache(max, (name) => ({ name, number: ++created }), { idleHours, now });
}

beforeEach(() => {
	time = 0;
});

it('creates an entry from its name only once', () => {
	const cache = createNumberedCache(2);

	expect(cache.get('a')).toEqual({ name: 'a', number: 1 });
	expect(cache.get('a')).toBe(cache.get('a'));
});

it('caches an entry that is undefined', () => {
	const create = jest.fn(() => undefined);
	const cache = createLruCache(2, create, { now });

	cache.get('a');
	cache.get('a');

	expect(create).toHaveBeenCalledTimes(1);
});

it('evicts the least recently used entry when there are too many', () => {
	const cache = createNumberedCache(2);

	cache.get('a');
	cache.get('b');
	cache.get('a');
	cache.get('c');

	expect(cache.get('a').number).toBe(1);
	expect(cache.get('c').number).toBe(3);
	expect(cache.get('b').number).toBe(4);
});

it('evicts only the entries that were not used for the given time', () => {
	const cache = createNumberedCache(10, 1);

	cache.get('old');
	time = HOUR_MS / 2;
	cache.get('used');
	time = HOUR_MS;
	cache.get('new');

	expect(cache.get('old').number).toBe(4);
	expect(cache.get('used').number).toBe(2);
});

it('evicts an unused entry after 48 hours by default', () => {
	const cache = createNumberedCache(10);

	cache.get('a');
	time = 48 * HOUR_MS - 1;
	cache.get('b');

	expect(cache.get('a').number).toBe(1);

	time = 96 * HOUR_MS;
	cache.get('b');

	expect(cache.get('a').number).toBe(3);
});
