import fc from 'fast-check';

import type { SahutClient } from '../../../nodes/Sahut/transport/types';
import {
	fetchTimeline,
	type Selection,
	type TimedRecord,
} from '../../../nodes/Sahut/transport/timeline';

const START = Date.parse('2024-03-15T00:00:00Z');
const REQUEST = {
	path: ['conversations', 'conv_1', 'messages'],
	wording: { action: 'read messages' },
};

interface TimelineMessage extends TimedRecord {
	type: string;
}

/**
 * Creates a client that serves the messages of a conversation in documented pages.
 *
 * @param gaps seconds before each message
 * @param arrivals number of messages that arrive before a response
 * @param delay duration of a response, in ticks of the event loop
 */
function conversationOf(
	gaps: number[],
	arrivals: () => number = () => 0,
	delay: () => number = () => 1,
) {
	let time = START;
	const records: TimelineMessage[] = [];
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
			for (let count = arrivals(); count > 0; count--) add(1);
			const total_pages = Math.ceil(records.length / per_page);
			return {
				data: records.slice((page - 1) * per_page, page * per_page),
				meta: { total: records.length, page, per_page, total_pages },
			};
		},
	} as unknown as SahutClient;
	return { sahut, records, initial, pages };
}

/** Selects records by the definition of a selection. @returns their IDs */
function selectIds(records: TimelineMessage[], selection: Selection<TimelineMessage>): string[] {
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
	keep: fc.constantFrom(undefined, ({ type }: TimelineMessage) => type === 'incoming'),
});

/** Seconds between messages; often several messages have the same time. */
const gaps = fc.array(fc.constantFrom(0, 0, 1, 5), { maxLength: 620, size: 'max' });

it('returns exactly the selected part of a conversation, for any selection', async () => {
	await fc.assert(
		fc.asyncProperty(gaps, selection, async (seconds, wanted) => {
			const { sahut, records } = conversationOf(seconds);

			const found = await fetchTimeline<TimelineMessage>(sahut, REQUEST, wanted);

			expect(found.map(({ id }) => id)).toEqual(selectIds([...records], wanted));
		}),
		{ numRuns: 150 },
	);
});

it('returns no duplicates and no gaps if messages arrive during the read', async () => {
	await fc.assert(
		fc.asyncProperty(
			fc.array(fc.constant(1), { minLength: 80, maxLength: 330, size: 'max' }),
			fc.array(fc.nat(60), { maxLength: 12 }),
			fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 8 }),
			fc.boolean(),
			fc.constantFrom(undefined, START, START + 90_000),
			async (seconds, counts, delays, newestFirst, after) => {
				let responses = 0;
				const { sahut, records, initial } = conversationOf(
					seconds,
					() => counts.shift() ?? 0,
					() => delays[responses++ % delays.length]!,
				);

				const found = await fetchTimeline<TimelineMessage>(sahut, REQUEST, {
					limit: Infinity,
					newestFirst,
					after,
				});

				const ids = found.map(({ id }) => id);
				if (newestFirst) ids.reverse();
				const all = selectIds(records, { limit: Infinity, after });
				const initialIds = selectIds(records.slice(0, initial), { limit: Infinity, after });
				expect(ids).toEqual(all.slice(0, ids.length));
				expect(ids.length).toBeGreaterThanOrEqual(initialIds.length);
			},
		),
		{ numRuns: 300 },
	);
});

describe('a read of 10,000 messages', () => {
	const gapsOfTenThousand = Array.from({ length: 10_000 }, () => 60);
	const timeOf = (index: number) => START + (index + 1) * 60_000;

	it.each<[string, number, Selection<TimelineMessage>]>([
		['the newest 50', 2, { limit: 50, newestFirst: true }],
		['the newest 250', 4, { limit: 250, newestFirst: true }],
		['the oldest 50', 1, { limit: 50 }],
		['the oldest 250', 3, { limit: 250 }],
		['the last 50 by time', 9, { limit: Infinity, after: timeOf(9_950) }],
		[
			'50 in the middle by time',
			15,
			{ limit: Infinity, after: timeOf(5_020), before: timeOf(5_070) },
		],
		['the last 50 before a time', 9, { limit: 50, newestFirst: true, before: timeOf(7_080) }],
		['a time after the end', 9, { limit: Infinity, after: timeOf(10_000) }],
		['a time before the start', 9, { limit: Infinity, before: timeOf(0) }],
	])('for %s requests at most %i pages, each once', async (_, maxPages, wanted) => {
		const { sahut, records, pages } = conversationOf(gapsOfTenThousand);

		const found = await fetchTimeline<TimelineMessage>(sahut, REQUEST, wanted);

		expect(found.map(({ id }) => id)).toEqual(selectIds([...records], wanted));
		expect(pages.length).toBeLessThanOrEqual(maxPages);
		expect(new Set(pages).size).toBe(pages.length);
	});

	it('for the newest 50 requests three pages if the last page contains one message', async () => {
		const { sahut, pages } = conversationOf([...gapsOfTenThousand, 60]);

		const found = await fetchTimeline<TimelineMessage>(sahut, REQUEST, {
			limit: 50,
			newestFirst: true,
		});

		expect(found).toHaveLength(50);
		expect(pages).toEqual([1, 101, 100]);
	});
});
