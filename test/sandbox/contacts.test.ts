import { openSandbox } from '../support/openSandbox';

test('finds contacts by name, phone and email, and by tag', async () => {
	const { request, store } = await openSandbox({ data: 'empty' });
	store.addContact({ name: 'Budi', phone: '+628111222333', tags: ['grosir'] });
	store.addContact({ name: 'Sari', email: 'sari@example.com' });

	async function names(query: string): Promise<string[]> {
		const { body } = await request('GET', `/contacts?${query}`);
		return body.data.map(({ name }: { name: string }) => name);
	}

	expect(await names('')).toEqual(['Sari', 'Budi']);
	expect(await names('q=BUD')).toEqual(['Budi']);
	expect(await names(`q=${encodeURIComponent('+628111')}`)).toEqual(['Budi']);
	expect(await names('q=sari@')).toEqual(['Sari']);
	expect(await names('tag=grosir')).toEqual(['Budi']);
	expect(await names('q=sari&tag=grosir')).toEqual([]);
});

test('creates a contact and then changes only what is given', async () => {
	const { request, store } = await openSandbox({ data: 'empty' });
	const created = await request('POST', '/contacts', {
		name: 'Budi',
		phone: '+628123456789',
		custom_attributes: { kota: 'Bandung', poin: 5 },
	});
	expect(created.status).toBe(201);
	expect(created.body.data).toMatchObject({ name: 'Budi', email: null, company: null, tags: [] });

	const { id } = created.body.data;
	const changed = await request('PUT', `/contacts/${id}`, { tags: ['grosir'] });

	expect(changed.body.data).toEqual({ ...created.body.data, tags: ['grosir'] });
	expect((await request('GET', `/contacts/${id}`)).body.data).toEqual(changed.body.data);
	expect(store.contacts.get(id)?.custom_attributes).toEqual({ kota: 'Bandung', poin: 5 });
});

test("shows a contact's new name in its conversations", async () => {
	const { request, store } = await openSandbox({ data: 'empty' });
	const { id, contact } = store.addConversation();
	await request('PUT', `/contacts/${contact.id}`, { name: 'Nama Baru' });
	expect((await request('GET', `/conversations/${id}`)).body.data.contact.name).toBe('Nama Baru');
});

test.each([
	['no name', {}, 400],
	['a phone that is not E.164', { name: 'Budi', phone: '0812-3456' }, 400],
	['an email that is none', { name: 'Budi', email: 'budi' }, 400],
	['a blank name', { name: ' ' }, 422],
])('refuses a contact with %s', async (_, contact, expected) => {
	const { request, store } = await openSandbox({ data: 'empty' });
	expect((await request('POST', '/contacts', contact)).status).toBe(expected);
	expect(store.contacts.size).toBe(0);
});
