import { processCacheOf } from '../../../nodes/Sahut/processCache';
import { writeKey } from '../../../nodes/Sahut/processCache/recentWrites';

const cache = processCacheOf({ id: 'key 1', address: 'address 1' });
const sameCache = processCacheOf({ id: 'key 1', address: 'address 1' });
const otherKey = processCacheOf({ id: 'key 2', address: 'address 1' });
const otherAddress = processCacheOf({ id: 'key 3', address: 'address 2' });

it('is the same object for the same address and key', () => {
	expect(sameCache.conversations('ch_1')).toBe(cache.conversations('ch_1'));
	expect(sameCache.observedApi).toBe(cache.observedApi);
});

it('separates conversations and observed API behavior by key', () => {
	for (const other of [otherKey, otherAddress]) {
		expect(other.conversations('ch_1')).not.toBe(cache.conversations('ch_1'));
		expect(other.observedApi).not.toBe(cache.observedApi);
	}
	expect(cache.conversations('ch_2')).not.toBe(cache.conversations('ch_1'));
});

it('shares lanes and recent writes across keys and addresses', () => {
	for (const other of [otherKey, otherAddress]) {
		expect(other.inLane).toBe(cache.inLane);
		expect(other.recentMessages).toBe(cache.recentMessages);
		expect(other.recentRecords).toBe(cache.recentRecords);
	}
});

it('finds a write by the ID of its record only at the same address', () => {
	const { recentMessages } = cache;
	const key = writeKey('Halo');

	recentMessages.confirm(recentMessages.begin(cache.address, key, Date.now()), 'msg_1', Date.now());

	expect(recentMessages.keyOf(otherKey.address, 'msg_1')).toBe(key);
	expect(recentMessages.keyOf(otherAddress.address, 'msg_1')).toBeUndefined();
});
