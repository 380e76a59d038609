import { getProcessCache } from '../../../nodes/Sahut/processCache';
import { writeKey } from '../../../nodes/Sahut/processCache/recentWrites';
import { systemClock } from '../../../nodes/Sahut/transport/clock';

const cache = getProcessCache({ id: 'key 1', address: 'address 1', clock: systemClock });
const sameCache = getProcessCache({ id: 'key 1', address: 'address 1', clock: systemClock });
const otherKey = getProcessCache({ id: 'key 2', address: 'address 1', clock: systemClock });
const otherAddress = getProcessCache({ id: 'key 3', address: 'address 2', clock: systemClock });

it('is the same object for the same address and key', () => {
	expect(sameCache.conversationIndex('ch_1')).toBe(cache.conversationIndex('ch_1'));
	expect(sameCache.observedApi).toBe(cache.observedApi);
});

it('separates conversations and observed API behavior by key', () => {
	for (const other of [otherKey, otherAddress]) {
		expect(other.conversationIndex('ch_1')).not.toBe(cache.conversationIndex('ch_1'));
		expect(other.observedApi).not.toBe(cache.observedApi);
	}
	expect(cache.conversationIndex('ch_2')).not.toBe(cache.conversationIndex('ch_1'));
});

it('shares lanes and recent writes across keys and addresses', () => {
	for (const other of [otherKey, otherAddress]) {
		expect(other.runInLane).toBe(cache.runInLane);
		expect(other.recentMessages).toBe(cache.recentMessages);
		expect(other.recentRecords).toBe(cache.recentRecords);
	}
});

it('finds a write by the ID of its record only at the same address', () => {
	const { recentMessages } = cache;
	const key = writeKey('Halo');

	recentMessages.confirm(recentMessages.begin(cache.address, key, Date.now()), 'msg_1', Date.now());

	expect(recentMessages.findKey(otherKey.address, 'msg_1')).toBe(key);
	expect(recentMessages.findKey(otherAddress.address, 'msg_1')).toBeUndefined();
});
