import { NodeApiError, type INode } from 'n8n-workflow';
import fc from 'fast-check';

import { PagingError } from '../../../nodes/Sahut/transport/errors';
import { openPages, type ListRequest } from '../../../nodes/Sahut/transport/pages';
import { fetchList } from '../../../nodes/Sahut/transport/pagination';
import { fetchTimeline } from '../../../nodes/Sahut/transport/timeline';
import type { SahutClient } from '../../../nodes/Sahut/transport/types';
import { fromBothEnds } from '../../../nodes/Sahut/transport/walks';

const REQUEST: ListRequest = { path: ['contacts'], wording: { action: 'read contacts' } };
const START = Date.parse('2024-03-15T00:00:00Z');

type Row = { id: string; name: string; created_at: string };

/** How a server divides a list into pages. */
interface Server {
	/** Number of entries. */
	size: number;
	/** The maximum number of entries on a page, whatever number was requested. */
	cap: number;
	/** Returns pages of `cap` entries, even if fewer were requested. */
	ignoresPerPage: boolean;
	meta: keyof typeof METAS;
	afterTheEnd: 'empty' | 'lastPage' | 'firstPage' | 404;
	/** Returns page 1 for every page number. */
	ignoresPage: boolean;
	hasIds: boolean;
	/** The interval of entries that are null; 0 for none. */
	nullInterval: number;
}

/** Creates the `meta` of a page from the total, the page number and the numbers of records per page. */
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
	/** Contains the requested page size, not the actual one. */
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

/** Creates a client of a server. @returns also the names of its records, and the number of requests */
function serve(server: Server) {
	const { size, cap, ignoresPerPage, meta, afterTheEnd, ignoresPage, hasIds, nullInterval } =
		server;
	const entries = Array.from({ length: size }, (_, index): Row | null => {
		if (nullInterval > 0 && index % nullInterval === 0) return null;
		const created_at = new Date(START + index * 1_000).toISOString();
		const row = { id: `ct_${index}`, name: `Budi ${index}`, created_at };
		return hasIds ? row : ({ ...row, id: undefined } as unknown as Row);
	});
	let requests = 0;
	const sahut = {
		async request({ query }: { query: { page: number; per_page: number } }) {
			requests++;
			if (requests > 5_000) throw new Error('The list does not end.');
			await new Promise((resolve) => setImmediate(resolve));
			const perPage = ignoresPerPage ? cap : Math.min(cap, query.per_page);
			const pages = Math.ceil(size / perPage);
			let page = ignoresPage ? 1 : query.page;
			if (page > pages && page > 1) {
				if (afterTheEnd === 404) {
					throw new NodeApiError({} as INode, {}, { httpCode: '404', message: 'x' });
				}
				if (afterTheEnd !== 'empty') page = afterTheEnd === 'lastPage' ? Math.max(1, pages) : 1;
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
		afterTheEnd: fc.constantFrom<Array<Server['afterTheEnd']>>(
			'empty',
			'lastPage',
			'firstPage',
			404,
		),
		ignoresPage: fc.oneof({ weight: 4, arbitrary: fc.constant(false) }, fc.constant(true)),
		hasIds: fc.boolean(),
		nullInterval: fc.constantFrom(0, 0, 3, 40),
	})
	// A 404 for a page that meta contains is an error, as for any other page.
	.filter(({ afterTheEnd, meta }) => afterTheEnd !== 404 || ['absent', 'empty'].includes(meta));

/** Returns whether the page numbers work. If they do, an inaccurate `meta` must not cause an error. */
const hasWorkingPages = ({ ignoresPage, afterTheEnd }: Server) =>
	!ignoresPage && (afterTheEnd === 'empty' || afterTheEnd === 404);

/** Returns the names of the rows, or undefined if the pages are not as documented. */
async function namesUnlessPagingError(rowsRead: Promise<Row[]>): Promise<string[] | undefined> {
	const rows = await rowsRead.catch((error: unknown) => {
		if (error instanceof PagingError) return undefined;
		throw error;
	});
	return rows?.map(({ name }) => name);
}

const pageCountOf = ({ size, cap }: Server) => Math.ceil(size / Math.min(cap, 100));

const DOCUMENTED: Server = {
	size: 261,
	cap: 100,
	ignoresPerPage: false,
	meta: 'documented',
	afterTheEnd: 'empty',
	ignoresPage: false,
	hasIds: true,
	nullInterval: 0,
};

it('Return All returns each record once if page numbers work, and never a part of the list', async () => {
	await fc.assert(
		fc.asyncProperty(anyServer, async (server) => {
			const { sahut, names, requests } = serve(server);

			const found = await namesUnlessPagingError(fetchList<Row>(sahut, REQUEST));

			if (found || hasWorkingPages(server)) expect(found).toEqual(names);
			// A list whose total differs from its records is read five times.
			expect(requests()).toBeLessThanOrEqual(5 * (3 * pageCountOf(server) + 25));
		}),
		{
			numRuns: 1_000,
			// A page after the end that repeats page 1, with records that have no ID.
			examples: [
				[
					{
						...DOCUMENTED,
						size: 8,
						cap: 5,
						meta: 'totalTooLarge',
						afterTheEnd: 'firstPage',
						hasIds: false,
					},
				],
			],
		},
	);
});

it.each<[string, Partial<Server>]>([
	['one more page in each response', { meta: 'oneMore' }],
	['one more page in each response, without a total', { meta: 'oneMorePage' }],
	['a million pages', { meta: 'huge' }],
	['a total that grows', { meta: 'growing' }],
	['no meta', { meta: 'absent' }],
])('a list that repeats one page and claims %s fails after few requests', async (_, server) => {
	for (const afterTheEnd of ['empty', 'firstPage'] as const) {
		const ignoresPage = afterTheEnd === 'empty';
		const deviations = { afterTheEnd, ignoresPage, ...server };
		const { sahut, requests } = serve({ ...DOCUMENTED, size: 200, ...deviations });

		const fetching = fetchList<Row>(sahut, REQUEST);

		await expect(fetching).rejects.toThrow('Sahut returned the same records on several pages');
		// Up to 20 pages are requested ahead.
		expect(requests()).toBeLessThanOrEqual(2 + (server.meta === 'huge' ? 25 : 10));
	}
});

it('a list that ignores the page number fails, even if meta is accurate', async () => {
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
	['with entries that are null', { nullInterval: 3 }, 3],
])('a list %s is read only once', async (_, server, expected) => {
	const { sahut, names, requests } = serve({ ...DOCUMENTED, ...server });

	expect(await namesUnlessPagingError(fetchList<Row>(sahut, REQUEST))).toEqual(names);
	expect(requests()).toBe(expected);
});

it('a range of a timeline is complete if page numbers work, and never a part of the range', async () => {
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

			const found = await namesUnlessPagingError(fetchTimeline<Row>(sahut, REQUEST, wanted));

			const { limit, newestFirst, after = -Infinity, before = Infinity } = wanted;
			const inRange = names.filter((name) => {
				const at = START + Number(name.slice(5)) * 1_000;
				return at >= after && at < before;
			});
			const expected = (newestFirst ? inRange.reverse() : inRange).slice(0, limit);

			if (found || hasWorkingPages(server)) expect(found).toEqual(expected);
			expect(requests()).toBeLessThanOrEqual(2 * pageCountOf(server) + 60);
		}),
		{
			numRuns: 1_000,
			examples: [
				// A page after the end that repeats the last one, with records that have no ID.
				[
					{
						...DOCUMENTED,
						size: 294,
						cap: 25,
						meta: 'totalTooLarge',
						afterTheEnd: 'lastPage',
						hasIds: false,
					},
					{ limit: Infinity, newestFirst: true, after: undefined, before: undefined },
				],
				// A last page on which all entries are null.
				[
					{ ...DOCUMENTED, size: 211, cap: 2, nullInterval: 3 },
					{ limit: Infinity, newestFirst: false, after: START + 207_000, before: undefined },
				],
			],
		},
	);
});

/** Reads up to `maxPages` pages from both ends. @returns the names read, unless the pages are repeated */
async function readFromBothEnds({ sahut }: ReturnType<typeof serve>, maxPages: number) {
	const pages = openPages<Row>(sahut, REQUEST);
	const next = fromBothEnds(pages, maxPages);
	const read = async () => {
		const rows: Row[] = [];
		for (let page = next(); page !== undefined; page = next()) {
			rows.push(...(await pages.read(page)));
		}
		return rows;
	};
	const names = await namesUnlessPagingError(read());
	return { names, isComplete: names !== undefined && pages.isComplete() };
}

it.each([
	[1, false],
	[2, false],
	[3, true],
])('a read of %i of 3 pages from both ends is complete: %s', async (maxPages, expected) => {
	const server = serve(DOCUMENTED);

	const { isComplete } = await readFromBothEnds(server, maxPages);

	expect(isComplete).toBe(expected);
});

it('a read from both ends is only reported as complete if it contains all records', async () => {
	await fc.assert(
		fc.asyncProperty(anyServer, fc.integer({ min: 1, max: 6 }), async (server, maxPages) => {
			const served = serve(server);

			const { names, isComplete } = await readFromBothEnds(served, maxPages);

			expect(served.requests()).toBeLessThanOrEqual(3 * maxPages);
			fc.pre(isComplete);
			expect([...new Set(names)].sort()).toEqual(served.names.sort());
		}),
		{ numRuns: 150 },
	);
});

it('a list is complete even if a whole page of new records arrives during the read', async () => {
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
