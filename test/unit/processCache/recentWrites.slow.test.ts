import { RecentWrites, writeKey } from '../../../nodes/Sahut/processCache/recentWrites';
import { measureRetainedBytes } from '../../support/retainedBytes';

/** 20 MB minus the buckets, which are a typed array outside of the heap. */
const MAX_HEAP_BYTES = 20_000_000 - 4 * 2 ** 17;

const SCOPE = 'address 1';
const START = Date.parse('2024-03-15T00:00:00Z');

describe('100,000 messages in as many conversations', () => {
	/** The number of messages that a process remembers. */
	const MAX_MESSAGES = 100_000;

	/** Returns an ID in its own string, as JSON.parse creates it from a response. */
	const idOf = (prefix: string, number: number) =>
		(
			JSON.parse(`{"id":"${prefix}${String(number).padStart(18 - prefix.length, '0')}"}`) as {
				id: string;
			}
		).id;

	function sendMany(count: number): RecentWrites {
		const writes = new RecentWrites(MAX_MESSAGES);
		for (let number = 0; number < count; number++) {
			const key = writeKey('message', SCOPE, idOf('conv_', number), 'Halo Budi');
			const write = writes.begin(SCOPE, key, START + number);
			writes.confirm(write, idOf('msg_', number), START + number + 0.5);
		}
		return writes;
	}

	it('are all found', () => {
		const writes = sendMany(MAX_MESSAGES);

		expect(writes.latestEvictedAt).toBe(-Infinity);

		for (const number of [0, 50_000, 99_999]) {
			const key = writeKey('message', SCOPE, idOf('conv_', number), 'Halo Budi');
			expect(writes.find(key, START)).toMatchObject([{ id: idOf('msg_', number) }]);
		}
	});

	it('take at most 20 MB', async () => {
		expect(await measureRetainedBytes(() => sendMany(MAX_MESSAGES))).toBeLessThan(MAX_HEAP_BYTES);
	});

	it('take at most 20 MB after 50,000 older messages were evicted', async () => {
		expect(await measureRetainedBytes(() => sendMany(150_000))).toBeLessThan(MAX_HEAP_BYTES);
	});
});
