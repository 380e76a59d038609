import fc from 'fast-check';

import type { SahutClient } from '../../../nodes/Sahut/transport/types';
import { fetchList } from '../../../nodes/Sahut/transport/pagination';

const REQUEST = { path: ['conversations'], wording: { action: 'read conversations' } };

/** A change of a list before a response; positions are fractions of its length. */
type Change =
	| { kind: 'leaves'; at: number }
	| { kind: 'arrives'; at: number }
	| { kind: 'moves'; from: number; to: number };

const position = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const change = fc.oneof<fc.Arbitrary<Change>[]>(
	fc.record({ kind: fc.constant('leaves' as const), at: position }),
	fc.record({ kind: fc.constant('arrives' as const), at: position }),
	fc.record({ kind: fc.constant('moves' as const), from: position, to: position }),
);

/**
 * Creates a client that serves a changing list in documented pages.
 *
 * @param changes the change before each response; null for none
 * @returns also the IDs of the records that were never removed, and the number of requests
 */
function changingList(length: number, changes: Array<Change | null>) {
	const records = Array.from({ length }, (_, index) => ({ id: `conv_${index}` }));
	const remaining = new Set(records.map(({ id }) => id));
	let requests = 0;
	const indexAt = (fraction: number) => Math.floor(fraction * records.length);
	function apply(next: Change) {
		if (next.kind === 'arrives')
			records.splice(indexAt(next.at), 0, { id: `conv_new_${requests}` });
		else {
			const [removed] = records.splice(indexAt(next.kind === 'leaves' ? next.at : next.from), 1);
			if (!removed) return;
			if (next.kind === 'leaves') remaining.delete(removed.id);
			else records.splice(indexAt(next.to), 0, removed);
		}
	}
	const sahut = {
		async request({ query }: { query: { page: number; per_page: number } }) {
			const { page, per_page } = query;
			await new Promise((resolve) => setImmediate(resolve));
			const next = changes[requests++];
			if (next) apply(next);
			const total_pages = Math.ceil(records.length / per_page);
			return {
				data: records.slice((page - 1) * per_page, page * per_page),
				meta: { total: records.length, page, per_page, total_pages },
			};
		},
	} as unknown as SahutClient;
	return { sahut, remaining, requests: () => requests };
}

it('a complete read returns each remaining record once, while other records leave, arrive and move', async () => {
	await fc.assert(
		fc.asyncProperty(
			fc.integer({ min: 0, max: 900 }),
			fc.array(fc.option(change, { freq: 3 }), { maxLength: 12 }),
			async (length, changes) => {
				const list = changingList(length, changes);

				const ids = (await fetchList(list.sahut, REQUEST)).map(({ id }) => id);

				expect(new Set(ids).size).toBe(ids.length);
				expect([...list.remaining].filter((id) => !ids.includes(id))).toEqual([]);
			},
		),
		{ numRuns: 300 },
	);
});

it('a record that the last of several reads misses is returned from an earlier read', async () => {
	const leaves: Change = { kind: 'leaves', at: 0 };
	const list = changingList(200, [null, leaves, null, leaves, null, leaves]);

	const ids = (await fetchList(list.sahut, REQUEST)).map(({ id }) => id);

	expect(list.requests()).toBe(6);
	expect(ids).toEqual(expect.arrayContaining([...list.remaining]));
});

it('a list that does not change is read once', async () => {
	const list = changingList(350, []);

	expect(await fetchList(list.sahut, REQUEST)).toHaveLength(350);
	expect(list.requests()).toBe(4);
});

it('a list that always changes is read five times', async () => {
	const constantChanges = Array.from({ length: 500 }, (_, index): Change => {
		return index % 2 === 0 ? { kind: 'arrives', at: 0.5 } : { kind: 'leaves', at: 0.3 };
	});
	const list = changingList(250, constantChanges);

	await fetchList(list.sahut, REQUEST);

	expect(list.requests()).toBe(5 * 3);
});
