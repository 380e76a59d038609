import { NodeApiError, type INode } from 'n8n-workflow';
import fc from 'fast-check';

import { PagingError } from '../../../nodes/Sahut/transport/errors';
import { openPages, type ListRequest } from '../../../nodes/Sahut/transport/pages';
import { fetchList } from '../../../nodes/Sahut/transport/pagination';
import { fetchTimeline } from '../../../nodes/Sahut/transport/timeline';
import type { SahutClient } from '../../../nodes/Sahut/transport/types';
import { fromBothEnds } from '../../../nodes/Sahut/transport/walks';

const REQUEST: ListRequest = { path: ['contacts'], wording: { subject: 'list of contacts' } };
const START = Date.parse('2024-03-15T00:00:00Z');

type Row = { id: string; name: string; created_at: string };

interface Server {
	size: number;
	/** The most records on a page, whatever number was requested. */
	cap: number;
	/** Gives pages of `cap` records, even if fewer were requested. */
	ignoresPerPage: boolean;
	meta: keyof typeof METAS;
	behindTheEnd: 'empty' | 'lastPage' | 'firstPage' | 404;
	ignoresPage: boolean;
	hasIds: boolean;
	/** Every so many entries, one is null; 0 for none. */
	nulls: number;
}

const METAS = {
	documented: (total: number, page: number, per_page: number) => ({
		total,
		page,
		per_page,
		total_pages: Math.ceil(total / per_page),
	}),
	absent: () => undefined,
	empty: () => ({}),
	oneMore: (total: number, page: number) => ({ total, total_pages: page + 1 }),
	oneMorePage: (_: number, page: number) => ({ total_pages: page + 1 }),
	growing: (total: number, page: number) => ({ total: total + 100 * page, total_pages: page + 1 }),
	huge: (_: number, __: number, per_page: number) => ({
		total: 1e8,
		per_page,
		total_pages: 1e6,
	}),
	onlyTotal: (total: number) => ({ total }),
	onlyTotalPages: (total: number, _: number, per_page: number) => ({
		total_pages: Math.ceil(total / per_page),
	}),
	totalOfOne: (_: number, page: number, per_page: number) => ({
		total: 1,
		page,
		per_page,
		total_pages: 1,
	}),
	totalTooLarge: (total: number, page: number, per_page: number) => ({
		total: total + 7,
		page,
		per_page,
		total_pages: Math.ceil((total + 7) / per_page),
	}),
	/** As if the server had not capped the page. */
	asRequested: (total: number, page: number, _: number, requested: number) => ({
		total,
		page,
		per_page: requested,
		total_pages: Math.ceil(total / requested),
	}),
	texts: (total: number, page: number, per_page: number) => ({
		total: String(total),
		page: String(page),
		per_page: String(per_page),
		total_pages: String(Math.ceil(total / per_page)),
	}),
	zeros: () => ({ total: 0, page: 0, per_page: 0, total_pages: 0 }),
};

function serve(server: Server) {
	const { size, cap, ignoresPerPage, meta, behindTheEnd, ignoresPage, hasIds, nulls } = server;
	const entries = Array.from({ length: size }, (_, index): Row | null => {
		if (nulls > 0 && index % nulls === 0) return null;
		const created_at = new Date(START + index * 1_000).toISOString();
		const row = { id: `ct_${index}`, name: `Budi ${index}`, created_at };
		return hasIds ? row : ({ ...row, id: undefined } as unknown as Row);
	});
	let requests = 0;
	const sahut = {
		async request({ query }: { query: { page: number; per_page: number } }) {
			requests++;
			if (requests > 5_000) throw new Error('endless');
			await new Promise((resolve) => setImmediate(resolve));
			const perPage = ignoresPerPage ? cap : Math.min(cap, query.per_page);
			const pages = Math.ceil(size / perPage);
			let page = ignoresPage ? 1 : query.page;
			if (page > pages && page > 1) {
				if (behindTheEnd === 404) {
					throw new NodeApiError({} as INode, {}, { httpCode: '404', message: 'x' });
				}
				if (behindTheEnd !== 'empty') page = behindTheEnd === 'lastPage' ? Math.max(1, pages) : 1;
			}
			return {
				data: structuredClone(entries.slice((page - 1) * perPage, page * perPage)),
				meta: METAS[meta](size, query.page, perPage, query.per_page),
			};
		},
	} as unknown as SahutClient;
	const names = entries.flatMap((row) => (row === null ? [] : [row.name]));
	return { sahut, names, requests: () => requests };
}

const anyServer = fc
	.record<Server>({
		size: fc.integer({ min: 0, max: 300 }),
		cap: fc.oneof(fc.constantFrom(25, 50, 100), fc.integer({ min: 2, max: 120 })),
		ignoresPerPage: fc.boolean(),
		meta: fc.constantFrom(...(Object.keys(METAS) as Array<keyof typeof METAS>)),
		behindTheEnd: fc.constantFrom<Array<Server['behindTheEnd']>>(
			'empty',
			'lastPage',
			'firstPage',
			404,
		),
		ignoresPage: fc.oneof({ weight: 4, arbitrary: fc.constant(false) }, fc.constant(true)),
		hasIds: fc.boolean(),
		nulls: fc.constantFrom(0, 0, 3, 40),
	})
	// A 404 for a page that meta promises is an error, as for any other page.
	.filter(({ behindTheEnd, meta }) => behindTheEnd !== 404 || ['absent', 'empty'].includes(meta));

/** Whether the server only counts wrongly: then no error is needed. */
const hasPages = ({ ignoresPage, behindTheEnd }: Server) =>
	!ignoresPage && (behindTheEnd === 'empty' || behindTheEnd === 404);

async function namesOrError(reading: Promise<Row[]>): Promise<string[] | undefined> {
	const rows = await reading.catch((error: unknown) => {
		if (error instanceof PagingError) return undefined;
		throw error;
	});
	return rows?.map(({ name }) => name);
}

const pagesOf = ({ size, cap }: Server) => Math.ceil(size / Math.min(cap, 100));

const DOCUMENTED: Server = {
	size: 261,
	cap: 100,
	ignoresPerPage: false,
	meta: 'documented',
	behindTheEnd: 'empty',
	ignoresPage: false,
	hasIds: true,
	nulls: 0,
};

it('Return All returns all records once or fails, however the server counts its pages', async () => {
	await fc.assert(
		fc.asyncProperty(anyServer, async (server) => {
			const { sahut, names, requests } = serve(server);

			const found = await namesOrError(fetchList<Row>(sahut, REQUEST));

			if (found || hasPages(server)) expect(found).toEqual(names);
			// A list whose total differs from its records is read five times.
			expect(requests()).toBeLessThanOrEqual(5 * (3 * pagesOf(server) + 25));
		}),
		{
			numRuns: 1_000,
			// A page behind the end that repeats page 1, of records that nothing identifies.
			examples: [
				[
					{
						...DOCUMENTED,
						size: 8,
						cap: 5,
						meta: 'totalTooLarge',
						behindTheEnd: 'firstPage',
						hasIds: false,
					},
				],
			],
		},
	);
});

it.each<[string, Partial<Server>]>([
	['one more page each time', { meta: 'oneMore' }],
	['one more page each time, without a total', { meta: 'oneMorePage' }],
	['a million pages', { meta: 'huge' }],
	['a total that grows', { meta: 'growing' }],
	['no meta', { meta: 'absent' }],
])('a list that repeats one page and shows %s fails after few requests', async (_, server) => {
	for (const behindTheEnd of ['empty', 'firstPage'] as const) {
		const ignoresPage = behindTheEnd === 'empty';
		const deviations = { behindTheEnd, ignoresPage, ...server };
		const { sahut, requests } = serve({ ...DOCUMENTED, size: 200, ...deviations });

		const reading = fetchList<Row>(sahut, REQUEST);

		await expect(reading).rejects.toThrow('does not divide the list into pages as documented');
		// Up to 20 pages are requested at once.
		expect(requests()).toBeLessThanOrEqual(2 + (server.meta === 'huge' ? 25 : 10));
	}
});

it('a list that ignores the page fails, even if meta is accurate', async () => {
	const { sahut } = serve({ ...DOCUMENTED, size: 150, ignoresPage: true });

	await expect(fetchList<Row>(sahut, REQUEST)).rejects.toThrow(PagingError);
	await expect(fetchList<Row>(sahut, REQUEST, 120)).rejects.toThrow(PagingError);
});

it.each<[string, Partial<Server>, number]>([
	['as documented', {}, 3],
	['with a last page that is full', { size: 300 }, 3],
	['with pages of 25', { cap: 25 }, 11],
	['without meta', { meta: 'absent' }, 3],
	['without meta, with pages of 50', { meta: 'absent', cap: 50 }, 6],
	['without IDs', { hasIds: false }, 3],
	['with entries that are null', { nulls: 3 }, 3],
])('a list %s is read once', async (_, server, expected) => {
	const { sahut, names, requests } = serve({ ...DOCUMENTED, ...server });

	expect(await namesOrError(fetchList<Row>(sahut, REQUEST))).toEqual(names);
	expect(requests()).toBe(expected);
});

it('any part of a timeline is complete or fails, however the server counts its pages', async () => {
	const time = fc.option(
		fc.integer({ min: -10, max: 310 }).map((seconds) => START + seconds * 1_000),
		{ nil: undefined },
	);
	const selection = fc.record({
		limit: fc.oneof(fc.integer({ min: 1, max: 120 }), fc.constant(Infinity)),
		newestFirst: fc.boolean(),
		after: time,
		before: time,
	});
	await fc.assert(
		fc.asyncProperty(anyServer, selection, async (server, wanted) => {
			const { sahut, names, requests } = serve(server);

			const found = await namesOrError(fetchTimeline<Row>(sahut, REQUEST, wanted));

			const { limit, newestFirst, after = -Infinity, before = Infinity } = wanted;
			const inRange = names.filter((name) => {
				const at = START + Number(name.slice(5)) * 1_000;
				return at >= after && at < before;
			});
			const expected = (newestFirst ? inRange.reverse() : inRange).slice(0, limit);

			if (found || hasPages(server)) expect(found).toEqual(expected);
			expect(requests()).toBeLessThanOrEqual(2 * pagesOf(server) + 60);
		}),
		{
			numRuns: 1_000,
			examples: [
				// A page behind the end that repeats the last one, of records that nothing identifies.
				[
					{
						...DOCUMENTED,
						size: 294,
						cap: 25,
						meta: 'totalTooLarge',
						behindTheEnd: 'lastPage',
						hasIds: false,
					},
					{ limit: Infinity, newestFirst: true, after: undefined, before: undefined },
				],
				// A last page without records.
				[
					{ ...DOCUMENTED, size: 211, cap: 2, nulls: 3 },
					{ limit: Infinity, newestFirst: false, after: START + 207_000, before: undefined },
				],
			],
		},
	);
});

it('pages from both ends are not complete if one of them was not read', async () => {
	await fc.assert(
		fc.asyncProperty(anyServer, fc.integer({ min: 1, max: 6 }), async (server, most) => {
			const { sahut, names, requests } = serve(server);
			const pages = openPages<Row>(sahut, REQUEST);
			const next = fromBothEnds(pages, most);
			const found = new Set<string>();

			const reading = (async () => {
				for (let page = next(); page !== undefined; page = next()) {
					for (const { name } of await pages.read(page)) found.add(name);
				}
				return [];
			})();

			const isRead = (await namesOrError(reading)) !== undefined;

			if (isRead && pages.isComplete()) expect([...found].sort()).toEqual(names.sort());
			expect(requests()).toBeLessThanOrEqual(3 * most);
		}),
		{ numRuns: 500 },
	);
});

it('a list does not fail because a whole page of new records arrives while it is read', async () => {
	let records = Array.from({ length: 300 }, (_, index) => ({ id: `ct_${index}` }));
	let requests = 0;
	const sahut = {
		async request({ query }: { query: { page: number; per_page: number } }) {
			requests++;
			if (requests === 2) {
				records = [...Array.from({ length: 100 }, (_, i) => ({ id: `ct_new_${i}` })), ...records];
			}
			const { page, per_page } = query;
			const meta = METAS.documented(records.length, page, per_page);
			return { data: records.slice((page - 1) * per_page, page * per_page), meta };
		},
	} as unknown as SahutClient;

	const found = await fetchList(sahut, REQUEST);

	expect(new Set(found.map(({ id }) => id)).size).toBe(400);
	expect(found).toHaveLength(400);
});
