import fc from 'fast-check';

import type { SahutClient } from '../../../nodes/Sahut/transport/types';
import { fetchTimeline, type Selection, type Timed } from '../../../nodes/Sahut/transport/timeline';

const START = Date.parse('2024-03-15T00:00:00Z');
const REQUEST = {
	path: ['conversations', 'conv_1', 'messages'],
	wording: { subject: 'conversation' },
};

interface Record extends Timed {
	type: string;
}

/**
 * A conversation behind the documented paging. Each answer takes `delay` ticks, and before it `grow`
 * messages arrive.
 */
function conversationOf(
	gaps: number[],
	grow: () => number = () => 0,
	delay: () => number = () => 1,
) {
	let time = START;
	const records: Record[] = [];
	const add = (gapSeconds: number) => {
		time += gapSeconds * 1_000;
		const index = records.length;
		records.push({
			id: `msg_${index}`,
			created_at: new Date(time).toISOString(),
			type: index % 3 === 0 ? 'incoming' : 'outgoing',
		});
	};
	gaps.forEach(add);
	const initial = records.length;
	const pages: number[] = [];
	const sahut = {
		async request({ query }: { query: { page: number; per_page: number } }) {
			const { page, per_page } = query;
			pages.push(page);
			for (let ticks = delay(); ticks > 0; ticks--) {
				await new Promise((resolve) => setImmediate(resolve));
			}
			for (let count = grow(); count > 0; count--) add(1);
			const total_pages = Math.ceil(records.length / per_page);
			return {
				data: records.slice((page - 1) * per_page, page * per_page),
				meta: { total: records.length, page, per_page, total_pages },
			};
		},
	} as unknown as SahutClient;
	return { sahut, records, initial, pages };
}

/** The plain meaning of a selection. */
function expected(records: Record[], selection: Selection<Record>): string[] {
	const { limit, newestFirst, after = -Infinity, before = Infinity, keep = () => true } = selection;
	const inRange = records.filter((record) => {
		const time = Date.parse(record.created_at);
		return time >= after && time < before && keep(record);
	});
	return (newestFirst ? inRange.reverse() : inRange).slice(0, limit).map(({ id }) => id);
}

const time = fc.option(
	fc.integer({ min: -10, max: 2_000 }).map((seconds) => START + seconds * 1_000),
	{ nil: undefined },
);

const selection = fc.record({
	limit: fc.oneof(fc.integer({ min: 1, max: 450 }), fc.constant(Infinity)),
	newestFirst: fc.boolean(),
	after: time,
	before: time,
	keep: fc.constantFrom(undefined, ({ type }: Record) => type === 'incoming'),
});

/** Seconds between messages; several in the same second are common. */
const gaps = fc.array(fc.constantFrom(0, 0, 1, 5), { maxLength: 620, size: 'max' });

it('whatever part of a conversation is wanted, it is that part', async () => {
	await fc.assert(
		fc.asyncProperty(gaps, selection, async (seconds, wanted) => {
			const { sahut, records } = conversationOf(seconds);

			const found = await fetchTimeline<Record>(sahut, REQUEST, wanted);

			expect(found.map(({ id }) => id)).toEqual(expected([...records], wanted));
		}),
		{ numRuns: 150 },
	);
});

it('messages that arrive while paging displace none, double none and leave no gap', async () => {
	await fc.assert(
		fc.asyncProperty(
			fc.array(fc.constant(1), { minLength: 80, maxLength: 330, size: 'max' }),
			fc.array(fc.nat(60), { maxLength: 12 }),
			fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 8 }),
			fc.boolean(),
			fc.constantFrom(undefined, START, START + 90_000),
			async (seconds, arrivals, delays, newestFirst, after) => {
				let answers = 0;
				const { sahut, records, initial } = conversationOf(
					seconds,
					() => arrivals.shift() ?? 0,
					() => delays[answers++ % delays.length]!,
				);
				const found = await fetchTimeline<Record>(sahut, REQUEST, {
					limit: Infinity,
					newestFirst,
					after,
				});
				const ids = found.map(({ id }) => id);
				if (newestFirst) ids.reverse();

				const all = expected(records, { limit: Infinity, after });

				expect(ids).toEqual(all.slice(0, ids.length));

				const known = expected(records.slice(0, initial), { limit: Infinity, after });

				expect(ids.length).toBeGreaterThanOrEqual(known.length);
			},
		),
		{ numRuns: 300 },
	);
});

describe('reads no more than it needs', () => {
	const tenThousand = Array.from({ length: 10_000 }, () => 60);
	const at = (index: number) => START + (index + 1) * 60_000;

	it.each<[string, Selection<Record>, number]>([
		['the newest 50', { limit: 50, newestFirst: true }, 2],
		['the newest 250', { limit: 250, newestFirst: true }, 4],
		['the oldest 50', { limit: 50 }, 1],
		['the oldest 250', { limit: 250 }, 3],
		['the last 50 by time', { limit: Infinity, after: at(9_950) }, 9],
		['50 in the middle by time', { limit: Infinity, after: at(5_020), before: at(5_070) }, 15],
		['the last 50 before a time', { limit: 50, newestFirst: true, before: at(7_080) }, 9],
		['a time after the end', { limit: Infinity, after: at(10_000) }, 9],
		['a time before the start', { limit: Infinity, before: at(0) }, 9],
	])('for %s of 10,000', async (_, wanted, most) => {
		const { sahut, records, pages } = conversationOf(tenThousand);

		const found = await fetchTimeline<Record>(sahut, REQUEST, wanted);

		expect(found.map(({ id }) => id)).toEqual(expected([...records], wanted));
		expect(pages.length).toBeLessThanOrEqual(most);
		expect(new Set(pages).size).toBe(pages.length);
	});

	it('for the newest 50 when the last page holds one message', async () => {
		const { sahut, pages } = conversationOf([...tenThousand, 60]);

		const found = await fetchTimeline<Record>(sahut, REQUEST, { limit: 50, newestFirst: true });

		expect(found).toHaveLength(50);
		expect(pages).toEqual([1, 101, 100]);
	});
});
