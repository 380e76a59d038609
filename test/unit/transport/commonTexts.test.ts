import { createCommonTexts } from '../../../nodes/Sahut/transport/commonTexts';
import { fetchList } from '../../../nodes/Sahut/transport/pagination';
import type { SahutClient, SahutRequest } from '../../../nodes/Sahut/transport/types';
import { retainedBytes } from '../../support/retainedBytes';

const MESSAGES = 20_000;
const PAGE_SIZE = 100;
/** More than the number of texts that are remembered. */
const CONTACTS = 5_000;
const DISTINCT_TEXTS = 100_000;
const LONG_TEXTS = 500;

const createMessages = (count: number) =>
	Array.from({ length: count }, (_, index) => ({
		id: `msg_${index}`,
		content: 'Halo, apakah barangnya masih ada?',
		sender: { type: 'agent', id: 'usr_01DY4PQY8W9CR2', name: 'Dewi Lestari' },
		attachments: [],
	}));

/** Creates a client that parses each page from JSON, as for Sahut's responses. */
function clientOf(pages: string[]): SahutClient {
	const request = async ({ query }: SahutRequest) => ({
		data: JSON.parse(pages[Number(query?.page) - 1]!) as unknown[],
		meta: { total_pages: pages.length },
	});
	return { request } as unknown as SahutClient;
}

/** Measures three times, since the garbage of earlier tests may be freed during a measurement. */
async function medianRetainedBytes(create: () => unknown): Promise<number> {
	const measured: number[] = [];
	for (let round = 0; round < 3; round++) measured.push(await retainedBytes(create));
	return measured.sort((a, b) => a - b)[1]!;
}

describe('texts that several records contain', () => {
	it('are stored once per list, which saves memory', async () => {
		const all = createMessages(MESSAGES);
		const pages = Array.from({ length: MESSAGES / PAGE_SIZE }, (_, page) =>
			JSON.stringify(all.slice(page * PAGE_SIZE, (page + 1) * PAGE_SIZE)),
		);
		const request = { path: ['messages'], wording: { subject: 'the messages' } };
		const parse = () => pages.flatMap((page) => JSON.parse(page) as unknown[]);
		const list = async () => await fetchList(clientOf(pages), request);

		const parsedBytes = await medianRetainedBytes(parse);
		const listedBytes = await medianRetainedBytes(list);

		// The ID takes 40 bytes and the name 32. Half of it, since Node.js also allocates and frees memory.
		expect((parsedBytes - listedBytes) / all.length).toBeGreaterThan(36);
	});

	it('do not change the records, whatever these contain', () => {
		const records = [
			...createMessages(3),
			{ id: 1, contact: null, labels: ['vip', 'vip'], meta: { tags: ['a'], open: true, at: 7 } },
			JSON.parse('{ "id": "x", "sender": { "__proto__": "Budi", "name": "Budi" } }'),
			{},
			null,
			'text',
		];
		const before = JSON.stringify(records);

		createCommonTexts()(records);

		expect(JSON.stringify(records)).toBe(before);
	});

	it('are not confused if there are more of them than are remembered', () => {
		const records = Array.from({ length: CONTACTS }, (_, index) => ({
			contact: { id: `ct_${index}`, name: `Kontak ${index}` },
			assignee: { name: 'Dewi Lestari' },
		}));
		const before = JSON.stringify(records);

		createCommonTexts()(records);

		expect(JSON.stringify(records)).toBe(before);
	});

	it('are remembered only up to a limit', async () => {
		const shareTexts = createCommonTexts();

		const retained = await retainedBytes(() => {
			for (let index = 0; index < DISTINCT_TEXTS; index++) {
				shareTexts([
					JSON.parse(`{ "contact": { "id": "ct_${index}", "name": "Kontak ${index}" } }`),
				]);
			}
			return shareTexts;
		});

		// All texts together take more than 10 MB.
		expect(retained).toBeLessThan(2_000_000);
	});

	it('are not remembered if they are long', async () => {
		const shareTexts = createCommonTexts();

		const retained = await retainedBytes(() => {
			for (let index = 0; index < LONG_TEXTS; index++) {
				const content = `${index} ${'Halo '.repeat(10_000)}`;
				shareTexts([JSON.parse(JSON.stringify({ id: 'conv_1', last_message: { content } }))]);
			}
			return shareTexts;
		});

		// All long texts together take 25 MB.
		expect(retained).toBeLessThan(10_000_000);
	});
});
