import { openSandbox } from '../support/openSandbox';

test('answers 50 messages per page unless asked otherwise, oldest first, with the totals', async () => {
	const { request, store } = await openSandbox({ data: 'empty' });
	const { id } = store.addConversation();
	store.addMessages(id, 120);

	const first = await request('GET', `/conversations/${id}/messages`);
	const last = await request('GET', `/conversations/${id}/messages?page=3`);

	expect(first.body.meta).toEqual({ total: 120, page: 1, per_page: 50, total_pages: 3 });
	expect(first.body.data).toHaveLength(50);
	expect(first.body.data[0].content).toMatch(/^Pesan 1:/);
	expect(last.body.data).toHaveLength(20);
	expect(last.body.data.at(-1).content).toMatch(/^Pesan 120:/);
});

test('answers an empty page past the last one, and no pages for no rows', async () => {
	const { request, store } = await openSandbox({ data: 'empty' });
	const { id } = store.addConversation();
	const { body } = await request('GET', `/conversations/${id}/messages?page=2&per_page=100`);
	expect(body).toEqual({ data: [], meta: { total: 0, page: 2, per_page: 100, total_pages: 0 } });
});

test.each(['/conversations', '/contacts'])(
	'answers 25 rows of %s unless asked otherwise',
	async (path) => {
		const { request, store } = await openSandbox({ data: 'empty' });
		for (let index = 0; index < 30; index++) store.addConversation();
		const { body } = await request('GET', path);
		expect(body.meta).toEqual({ total: 30, page: 1, per_page: 25, total_pages: 2 });
		expect(body.data).toHaveLength(25);
	},
);

test.each([
	'page=0',
	'per_page=101',
	'per_page=0',
	'page=first',
	'page=1.5',
	'page=',
	'page=1&page=2',
])('refuses ?%s with 400', async (query) => {
	const { request } = await openSandbox();
	const { status, body } = await request('GET', `/conversations?${query}`);
	expect(status).toBe(400);
	expect(body.error).toMatchObject({ code: 'bad_request', status: 400 });
});
