import { createLruCache } from '../../../nodes/Sahut/processCache/lruCache';

const HOUR_MS = 3_600_000;

/** A cache that numbers its entries in the order in which they are created. */
function countingCache(max: number, idleHours?: number) {
	let created = 0;
	return createLruCache(max, (name) => ({ name, number: ++created }), idleHours);
}

afterEach(() => jest.useRealTimers());

it('creates an entry from its name, once', () => {
	const cache = countingCache(2);

	expect(cache.get('a')).toEqual({ name: 'a', number: 1 });
	expect(cache.get('a')).toBe(cache.get('a'));
});

it('keeps entries that are undefined', () => {
	const create = jest.fn(() => undefined);
	const cache = createLruCache(2, create);

	cache.get('a');
	cache.get('a');

	expect(create).toHaveBeenCalledTimes(1);
});

it('evicts the least recently used entry when there are too many', () => {
	const cache = countingCache(2);

	cache.get('a');
	cache.get('b');
	cache.get('a');
	cache.get('c');

	expect(cache.get('a').number).toBe(1);
	expect(cache.get('c').number).toBe(3);
	expect(cache.get('b').number).toBe(4);
});

it('evicts entries that were not used for the given time, and no others', () => {
	jest.useFakeTimers({ now: 0 });
	const cache = countingCache(10, 1);

	cache.get('old');
	jest.setSystemTime(HOUR_MS / 2);
	cache.get('used');
	jest.setSystemTime(HOUR_MS);
	cache.get('new');

	expect(cache.get('old').number).toBe(4);
	expect(cache.get('used').number).toBe(2);
});

it('keeps an unused entry for 48 hours unless the cache states another time', () => {
	jest.useFakeTimers({ now: 0 });
	const cache = countingCache(10);

	cache.get('a');
	jest.setSystemTime(48 * HOUR_MS - 1);
	cache.get('b');

	expect(cache.get('a').number).toBe(1);

	jest.setSystemTime(96 * HOUR_MS);
	cache.get('b');

	expect(cache.get('a').number).toBe(3);
});
