import fc from 'fast-check';

import { RecentWrites, writeKey } from '../../../nodes/Sahut/processCache/recentWrites';

const SCOPE = 'address 1';
const START = Date.parse('2024-03-15T00:00:00Z');

/** Records a write that Sahut has accepted. @param at in milliseconds since the epoch */
function send(writes: RecentWrites, content: string, id: string, at: number, scope = SCOPE): void {
	writes.confirm(writes.begin(scope, writeKey(content), at), id, at);
}

const find = (writes: RecentWrites, content: string, since = -Infinity) =>
	writes.find(writeKey(content), since);

describe('the key of a write', () => {
	it('is the same safe integer for equal parts', () => {
		expect(writeKey('message', 'conv_1', 'Halo')).toBe(writeKey('message', 'conv_1', 'Halo'));
		expect(Number.isSafeInteger(writeKey('message'))).toBe(true);
	});

	it('depends on the boundaries between the parts', () => {
		expect(writeKey('ab', 'c')).not.toBe(writeKey('a', 'bc'));
		expect(writeKey('a","b')).not.toBe(writeKey('a', 'b'));
	});
});

describe('a search', () => {
	it('finds nothing in an empty store', () => {
		expect(find(new RecentWrites(3), 'Halo')).toEqual([]);
	});

	it('finds a write under each of its keys after a lost response', () => {
		const writes = new RecentWrites(3);
		const keys = [writeKey('contact', '+6281234567890'), writeKey('contact', 'a@example.com')];
		for (const key of keys) writes.begin(SCOPE, key, START);

		for (const key of keys) writes.recordFound(SCOPE, key, 'ct_1', START + 5);

		expect(keys.map((key) => writes.find(key, 0)[0]?.id)).toEqual(['ct_1', 'ct_1']);
	});

	it('finds a write without an ID until its response is recorded', () => {
		const writes = new RecentWrites(3);

		const write = writes.begin(SCOPE, writeKey('Halo'), START);

		expect(find(writes, 'Halo')).toEqual([{ id: undefined, at: START }]);

		writes.confirm(write, 'msg_1', START + 5);

		expect(find(writes, 'Halo')).toEqual([{ id: 'msg_1', at: START + 5 }]);
	});

	it('finds a write that was sent again by the time of its last request', () => {
		const writes = new RecentWrites(3);
		const write = writes.begin(SCOPE, writeKey('Halo'), START);

		writes.recordRepeat(write, START + 5);

		expect(find(writes, 'Halo', START + 5)).toEqual([{ id: undefined, at: START + 5 }]);
	});

	it('finds all writes with an equal key, latest first, and no other writes', () => {
		const writes = new RecentWrites(10);
		for (const number of [1, 2, 3]) {
			send(writes, 'Halo', `msg_${number}`, START + number);
			send(writes, 'Hai', `other_${number}`, START + number);
		}

		expect(find(writes, 'Halo').map(({ id }) => id)).toEqual(['msg_3', 'msg_2', 'msg_1']);
	});

	it('finds only writes since the given time', () => {
		const writes = new RecentWrites(10);
		for (const number of [1, 2, 3]) send(writes, 'Halo', `msg_${number}`, START + number);

		expect(find(writes, 'Halo', START + 2).map(({ id }) => id)).toEqual(['msg_3', 'msg_2']);
		expect(find(writes, 'Halo', START + 4)).toEqual([]);
	});

	it('does not find a dropped write, but finds equal writes before and after it', () => {
		const writes = new RecentWrites(10);

		send(writes, 'Halo', 'msg_1', START);
		writes.drop(writes.begin(SCOPE, writeKey('Halo'), START + 1));
		send(writes, 'Halo', 'msg_3', START + 2);

		expect(find(writes, 'Halo', START).map(({ id }) => id)).toEqual(['msg_3', 'msg_1']);
	});
});

describe('a write that was found in Sahut', () => {
	it('completes the lost write with the same key', () => {
		const writes = new RecentWrites(10);

		writes.begin(SCOPE, writeKey('Halo'), START);
		writes.recordFound(SCOPE, writeKey('Halo'), 'msg_1', START + 3);

		expect(find(writes, 'Halo')).toEqual([{ id: 'msg_1', at: START + 3 }]);
	});

	it('does not complete a lost write with another key', () => {
		const writes = new RecentWrites(10);

		writes.begin(SCOPE, writeKey('Hai'), START);
		writes.recordFound(SCOPE, writeKey('Halo'), 'msg_1', START + 3);

		expect(find(writes, 'Hai')).toEqual([{ id: undefined, at: START }]);
		expect(find(writes, 'Halo')).toEqual([{ id: 'msg_1', at: START + 3 }]);
	});

	it('is recorded even if this process has not written it', () => {
		const writes = new RecentWrites(10);

		writes.recordFound(SCOPE, writeKey('Halo'), 'msg_1', START);

		expect(find(writes, 'Halo')).toEqual([{ id: 'msg_1', at: START }]);
		expect(writes.findKey(SCOPE, 'msg_1')).toBe(writeKey('Halo'));
	});

	it('is not recorded again if it is already known', () => {
		const writes = new RecentWrites(10);

		send(writes, 'Halo', 'msg_1', START);
		writes.recordFound(SCOPE, writeKey('Halo'), 'msg_1', START + 9);

		expect(find(writes, 'Halo')).toEqual([{ id: 'msg_1', at: START }]);
	});
});

describe('scopes', () => {
	it('separate equal IDs of two addresses', () => {
		const writes = new RecentWrites(10);

		send(writes, 'Halo', 'msg_1', START, 'address 1');
		send(writes, 'Hai', 'msg_1', START, 'address 2');

		expect(writes.findKey('address 1', 'msg_1')).toBe(writeKey('Halo'));
		expect(writes.findKey('address 2', 'msg_1')).toBe(writeKey('Hai'));
		expect(writes.findKey('address 3', 'msg_1')).toBeUndefined();
	});

	it('evict equal IDs independently', () => {
		const writes = new RecentWrites(2);

		send(writes, 'Halo', 'msg_1', START, 'address 1');
		send(writes, 'Hai', 'msg_1', START, 'address 2');
		send(writes, 'Hei', 'msg_2', START, 'address 2');

		expect(writes.findKey('address 1', 'msg_1')).toBeUndefined();
		expect(writes.findKey('address 2', 'msg_1')).toBe(writeKey('Hai'));
	});
});

describe('eviction', () => {
	it('removes the oldest write when the store is full, and reports its time', () => {
		const writes = new RecentWrites(2);
		for (const number of [1, 2]) send(writes, `${number}`, `msg_${number}`, START + number);

		expect(writes.latestEvictedAt).toBe(-Infinity);

		send(writes, '3', 'msg_3', START + 3);

		expect(writes.latestEvictedAt).toBe(START + 1);
		expect(find(writes, '1')).toEqual([]);
		expect(writes.findKey(SCOPE, 'msg_1')).toBeUndefined();
		expect(find(writes, '2')).toHaveLength(1);
		expect(find(writes, '3')).toHaveLength(1);
	});

	it('does not report the time of a dropped write, which Sahut has not processed', () => {
		const writes = new RecentWrites(1);

		writes.drop(writes.begin(SCOPE, writeKey('1'), START));
		send(writes, '2', 'msg_2', START + 1);

		expect(writes.latestEvictedAt).toBe(-Infinity);
	});

	it('reports the time of a write whose response was lost', () => {
		const writes = new RecentWrites(1);

		writes.begin(SCOPE, writeKey('1'), START);
		send(writes, '2', 'msg_2', START + 1);

		expect(writes.latestEvictedAt).toBe(START);
	});

	it('removes the earliest of several equal writes', () => {
		const writes = new RecentWrites(2);
		for (const number of [1, 2, 3]) send(writes, 'Halo', `msg_${number}`, START + number);

		expect(find(writes, 'Halo').map(({ id }) => id)).toEqual(['msg_3', 'msg_2']);
	});

	it('removes the earlier of two changes to a record', () => {
		const writes = new RecentWrites(2);

		send(writes, 'name', 'ct_1', START);
		send(writes, 'email', 'ct_1', START + 1);
		send(writes, 'other', 'ct_2', START + 2);

		expect(writes.findKey(SCOPE, 'ct_1')).toBe(writeKey('email'));
	});

	it('ignores a late response to an evicted write, and its drop', () => {
		const writes = new RecentWrites(1);
		const evicted = writes.begin(SCOPE, writeKey('1'), START);

		send(writes, '2', 'msg_2', START + 1);
		writes.confirm(evicted, 'msg_1', START + 2);
		writes.drop(evicted);

		expect(writes.findKey(SCOPE, 'msg_1')).toBeUndefined();
		expect(find(writes, '2')).toEqual([{ id: 'msg_2', at: START + 1 }]);
	});
});

it('contains exactly the newest writes after any sequence of sent, lost, dropped and found writes', () => {
	// The lower bits are equal, so that the keys collide in the hash table.
	const KEYS = [7, 7 + 2 ** 40, 7 + 2 ** 41];
	const step = fc.record({
		kind: fc.constantFrom('sent', 'lost', 'dropped', 'found'),
		key: fc.constantFrom(...KEYS),
	});
	fc.assert(
		fc.property(fc.integer({ min: 1, max: 6 }), fc.array(step, { maxLength: 40 }), (max, steps) => {
			const writes = new RecentWrites(max);
			/** The same writes without an upper limit. */
			const all: Array<{ key: number; id?: string; at: number }> = [];
			for (const [index, { kind, key }] of steps.entries()) {
				const at = START + index;
				const id = `msg_${index}`;
				if (kind === 'found') {
					writes.recordFound(SCOPE, key, id, at);
					const lost = all.slice(-max).findLast((each) => each.key === key && !each.id);
					if (lost) Object.assign(lost, { id, at });
					else all.push({ key, id, at });
					continue;
				}
				const write = writes.begin(SCOPE, key, at);
				if (kind === 'sent') writes.confirm(write, id, at);
				if (kind === 'dropped') writes.drop(write);
				all.push({
					key,
					id: kind === 'sent' ? id : undefined,
					at: kind === 'dropped' ? -Infinity : at,
				});
			}
			const kept = all.slice(-max);
			for (const key of KEYS) {
				const expected = kept.filter((each) => each.key === key && each.at >= START).reverse();
				expect(writes.find(key, START)).toEqual(expected.map(({ id, at }) => ({ id, at })));
			}

			const keyOf = (id: string) => writes.findKey(SCOPE, id);

			for (const { id, key } of kept) if (id) expect(keyOf(id)).toBe(key);

			const evicted = all.slice(0, -max);

			for (const { id } of evicted) if (id) expect(keyOf(id)).toBeUndefined();
			expect(writes.latestEvictedAt).toBe(Math.max(...evicted.map(({ at }) => at)));
		}),
		{ numRuns: 500 },
	);
});
