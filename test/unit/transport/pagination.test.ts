import fc from 'fast-check';

import type { SahutClient } from '../../../nodes/Sahut/transport/types';
import { fetchList } from '../../../nodes/Sahut/transport/pagination';

const REQUEST = { path: ['conversations'], wording: { subject: 'list of conversations' } };

/** What happens to a list before an answer; positions are shares of its length. */
type Change =
	| { kind: 'leaves'; at: number }
	| { kind: 'arrives'; at: number }
	| { kind: 'moves'; from: number; to: number };

const share = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const change = fc.oneof<fc.Arbitrary<Change>[]>(
	fc.record({ kind: fc.constant('leaves' as const), at: share }),
	fc.record({ kind: fc.constant('arrives' as const), at: share }),
	fc.record({ kind: fc.constant('moves' as const), from: share, to: share }),
);

/** A list behind the documented paging, to which something happens before each answer for a while. */
function changingList(length: number, changes: Array<Change | null>) {
	const records = Array.from({ length }, (_, index) => ({ id: `conv_${index}` }));
	const stayed = new Set(records.map(({ id }) => id));
	let requests = 0;
	const at = (position: number) => Math.floor(position * records.length);
	function apply(next: Change) {
		if (next.kind === 'arrives') records.splice(at(next.at), 0, { id: `conv_new_${requests}` });
		else {
			const [taken] = records.splice(at(next.kind === 'leaves' ? next.at : next.from), 1);
			if (!taken) return;
			if (next.kind === 'leaves') stayed.delete(taken.id);
			else records.splice(at(next.to), 0, taken);
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
	return { sahut, stayed, requests: () => requests };
}

it('a whole list has each record that stays in it, once, while others leave, arrive and move', async () => {
	await fc.assert(
		fc.asyncProperty(
			fc.integer({ min: 0, max: 900 }),
			fc.array(fc.option(change, { freq: 3 }), { maxLength: 12 }),
			async (length, changes) => {
				const list = changingList(length, changes);

				const ids = (await fetchList(list.sahut, REQUEST)).map(({ id }) => id);

				expect(new Set(ids).size).toBe(ids.length);
				expect([...list.stayed].filter((id) => !ids.includes(id))).toEqual([]);
			},
		),
		{ numRuns: 300 },
	);
});

it('what slips in the last of several readings is there by an earlier one', async () => {
	const leaves: Change = { kind: 'leaves', at: 0 };
	const list = changingList(200, [null, leaves, null, leaves, null, leaves]);

	const ids = (await fetchList(list.sahut, REQUEST)).map(({ id }) => id);

	expect(list.requests()).toBe(6);
	expect(ids).toEqual(expect.arrayContaining([...list.stayed]));
});

it('a list that nothing happens to is read once', async () => {
	const list = changingList(350, []);

	expect(await fetchList(list.sahut, REQUEST)).toHaveLength(350);
	expect(list.requests()).toBe(4);
});

it('one that never stands still is read five times at most', async () => {
	const restless = Array.from({ length: 500 }, (_, index): Change => {
		return index % 2 === 0 ? { kind: 'arrives', at: 0.5 } : { kind: 'leaves', at: 0.3 };
	});
	const list = changingList(250, restless);

	await fetchList(list.sahut, REQUEST);

	expect(list.requests()).toBeLessThanOrEqual(5 * 4);
});
