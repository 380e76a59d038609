import type { PageMeta, SahutClient } from '../../../nodes/Sahut/transport/types';
import { fetchList } from '../../../nodes/Sahut/transport/pagination';
import { fetchTimeline } from '../../../nodes/Sahut/transport/timeline';

const START = Date.parse('2024-03-15T00:00:00Z');
const REQUEST = {
	path: ['conversations', 'conv_1', 'messages'],
	wording: { action: 'read messages' },
};

/** Up to 20 pages are requested ahead. */
const MAX_EXTRA_REQUESTS = 25;
const PAGES = 3;

const createMessages = (count: number) =>
	Array.from({ length: count }, (_, index) => ({
		id: `msg_${index}`,
		created_at: new Date(START + index * 1_000).toISOString(),
	}));

/**
 * Creates a client that serves a list of messages.
 *
 * @param count number of messages
 * @param metaOf converts the documented `meta` of a page to the one that is served
 */
function listOf(count: number, metaOf: (meta: PageMeta) => unknown): SahutClient {
	const records = createMessages(count);
	return {
		async request({ query }: { query: { page: number; per_page: number } }) {
			const { page, per_page } = query;
			const total_pages = Math.ceil(count / per_page);
			return {
				data: records.slice((page - 1) * per_page, page * per_page),
				meta: metaOf({ total: count, page, per_page, total_pages }),
			};
		},
	} as unknown as SahutClient;
}

const idsOf = (records: Array<{ id: string }>) => records.map(({ id }) => id);

describe.each<[string, (meta: PageMeta) => unknown]>([
	['with the documented meta', (meta) => meta],
	['without meta', () => undefined],
	['with null as meta', () => null],
	[
		'with null as each number',
		() => ({ total: null, page: null, per_page: null, total_pages: null }),
	],
	['with only a total', (meta) => ({ ...meta, per_page: null, total_pages: null })],
	[
		'with numbers as text',
		(meta) => ({ total: `${meta.total}`, total_pages: `${meta.total_pages}` }),
	],
	['with words as numbers', () => ({ total: 'many', total_pages: 'many' })],
	['with zeros', () => ({ total: 0, per_page: 0, total_pages: 0 })],
])('a list %s', (_, metaOf) => {
	it.each([0, 1, 100, 101, 450])('is read completely if it has %i records', async (count) => {
		const found = await fetchList(listOf(count, metaOf), REQUEST);

		expect(idsOf(found)).toEqual(idsOf(createMessages(count)));
	});

	it.each([100, 200, 250])('is read up to a limit of %i records', async (limit) => {
		const found = await fetchList(listOf(450, metaOf), REQUEST, limit);

		expect(idsOf(found)).toEqual(idsOf(createMessages(450).slice(0, limit)));
	});

	it.each([false, true])('is read between two times (newest first: %s)', async (newestFirst) => {
		const range = { after: START + 500_000, before: START + 900_000 };
		const selection = { limit: Infinity, newestFirst, ...range };
		const found = await fetchTimeline(listOf(1_450, metaOf), REQUEST, selection);

		const expected = idsOf(createMessages(1_450).slice(500, 900));

		expect(idsOf(found)).toEqual(newestFirst ? expected.reverse() : expected);
	});
});

it('a list that claims a billion pages is read up to its first empty page', async () => {
	const { request } = listOf(PAGES * 100 - 50, (meta) => ({ ...meta, total_pages: 1_000_000_000 }));
	let requests = 0;
	const sahut = {
		async request(...call: Parameters<typeof request>) {
			requests += 1;
			return await request(...call);
		},
	} as unknown as SahutClient;

	const found = await fetchList(sahut, REQUEST);

	expect(idsOf(found)).toEqual(idsOf(createMessages(PAGES * 100 - 50)));
	expect(requests).toBeLessThanOrEqual(PAGES + MAX_EXTRA_REQUESTS);
});

it.each([0, 99])(
	'a message without a time at position %i of each page hides no other message',
	async (position) => {
		const createWithGaps = (count: number) =>
			createMessages(count).map((each, at) =>
				at % 100 === position ? { ...each, created_at: null } : each,
			);
		const { request } = listOf(800, (meta) => meta);
		const all = createWithGaps(800);
		const sahut = {
			async request(...call: Parameters<typeof request>) {
				const { data, meta } = await request<Array<{ id: string }>>(...call);
				return { data: data.map(({ id }) => all.find((each) => each.id === id)), meta };
			},
		} as unknown as SahutClient;
		const range = { after: START + 150_000, before: START + 650_000 };

		const found = await fetchTimeline(sahut, REQUEST, { limit: Infinity, ...range });

		expect(idsOf(found)).toEqual(idsOf(all.slice(150, 650).filter((each) => each.created_at)));
	},
);
