import { createCommonTexts } from '../../../nodes/Sahut/transport/commonTexts';
import { fetchList } from '../../../nodes/Sahut/transport/pagination';
import type { SahutClient, SahutRequest } from '../../../nodes/Sahut/transport/types';
import { retainedBytes } from '../../support/retainedBytes';

const messages = (count: number) =>
	Array.from({ length: count }, (_, index) => ({
		id: `msg_${index}`,
		content: 'Halo, apakah barangnya masih ada?',
		sender: { type: 'agent', id: 'usr_01DY4PQY8W9CR2', name: 'Dewi Lestari' },
		attachments: [],
	}));

/** Answers as Sahut does: each page is JSON of its own. */
function clientOf(pages: string[]): SahutClient {
	const request = async ({ query }: SahutRequest) => ({
		data: JSON.parse(pages[Number(query?.page) - 1]!) as unknown[],
		meta: { total_pages: pages.length },
	});
	return { request } as unknown as SahutClient;
}

describe('the texts that records have in common', () => {
	it('are kept once in a list: messages of one agent take less', async () => {
		const all = messages(40_000);
		const pages = Array.from({ length: 400 }, (_, page) =>
			JSON.stringify(all.slice(page * 100, (page + 1) * 100)),
		);
		const request = { path: ['messages'], wording: { subject: 'the messages' } };
		const parsed = await retainedBytes(() =>
			pages.flatMap((page) => JSON.parse(page) as unknown[]),
		);

		const listed = await retainedBytes(async () => await fetchList(clientOf(pages), request));

		// An ID and a name of 40 and 32 bytes; half of it, since Node.js itself takes and frees some meanwhile.
		expect((parsed - listed) / all.length).toBeGreaterThan(36);
	});

	it('leave the records as they were, whatever is in them', () => {
		const records = [
			...messages(3),
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

	it('are forgotten when they are too many, and nothing is mixed up', () => {
		const records = Array.from({ length: 5_000 }, (_, index) => ({
			contact: { id: `ct_${index}`, name: `Kontak ${index}` },
			assignee: { name: 'Dewi Lestari' },
		}));
		const before = JSON.stringify(records);

		createCommonTexts()(records);

		expect(JSON.stringify(records)).toBe(before);
	});

	it('are not held where they are long', async () => {
		const keepOnce = createCommonTexts();

		const held = await retainedBytes(() => {
			for (let index = 0; index < 500; index++) {
				const content = `${index} ${'Halo '.repeat(10_000)}`;
				keepOnce([JSON.parse(JSON.stringify({ id: 'conv_1', last_message: { content } }))]);
			}
			return keepOnce;
		});

		// As texts, they are 25 MB.
		expect(held).toBeLessThan(10_000_000);
	});
});
