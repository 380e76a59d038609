import { processCacheOf } from '../../../nodes/Sahut/processCache';
import { writeKey } from '../../../nodes/Sahut/processCache/recentWrites';

const one = processCacheOf({ id: 'key 1', address: 'address 1' });
const again = processCacheOf({ id: 'key 1', address: 'address 1' });
const otherKey = processCacheOf({ id: 'key 2', address: 'address 1' });
const otherAddress = processCacheOf({ id: 'key 3', address: 'address 2' });

it('is the same for all executions with one address and key', () => {
	expect(again.conversations('ch_1')).toBe(one.conversations('ch_1'));
	expect(again.observedApi).toBe(one.observedApi);
});

it('keeps conversations by contact and the behavior of the API apart for each key', () => {
	for (const other of [otherKey, otherAddress]) {
		expect(other.conversations('ch_1')).not.toBe(one.conversations('ch_1'));
		expect(other.observedApi).not.toBe(one.observedApi);
	}
	expect(one.conversations('ch_2')).not.toBe(one.conversations('ch_1'));
});

it('shares lanes and recent writes among all keys and addresses', () => {
	for (const other of [otherKey, otherAddress]) {
		expect(other.inLane).toBe(one.inLane);
		expect(other.recentMessages).toBe(one.recentMessages);
		expect(other.recentRecords).toBe(one.recentRecords);
	}
});

it('finds writes by the IDs of records only at the same address', () => {
	const { recentMessages } = one;
	const key = writeKey('Halo');

	recentMessages.confirm(recentMessages.begin(one.address, key, Date.now()), 'msg_1', Date.now());

	expect(recentMessages.keyOf(otherKey.address, 'msg_1')).toBe(key);
	expect(recentMessages.keyOf(otherAddress.address, 'msg_1')).toBeUndefined();
});
