import { openSandbox, type OpenSandbox } from '../support/openSandbox';

const NOW = new Date('2024-03-15T08:30:00Z');
const HOUR_MS = 60 * 60 * 1000;

/** A sandbox at a fixed time with one conversation, in which the customer wrote `hoursAgo`. */
async function withConversation({
	hoursAgo,
	channelType = 'whatsapp',
}: {
	hoursAgo?: number;
	channelType?: string;
}): Promise<OpenSandbox & { id: string; path: string }> {
	const sandbox = await openSandbox({ data: 'empty', now: () => NOW });
	const { store } = sandbox;
	const channel = [...store.channels.values()].find(({ type }) => type === channelType);
	const { id } = store.addConversation({ ...(channel && { channel }) });
	if (hoursAgo !== undefined) {
		store.addIncoming(id, 'Halo Kak', new Date(NOW.getTime() - hoursAgo * HOUR_MS));
	}
	return { ...sandbox, id, path: `/conversations/${id}/messages` };
}

test('stores a text and answers the message with 201', async () => {
	const { request, store, id, path } = await withConversation({ hoursAgo: 1 });
	const { status, body } = await request('POST', path, { content: 'Siap Kak' });

	expect(status).toBe(201);
	expect(body.data).toEqual({
		id: expect.stringMatching(/^msg_[0-9A-HJKMNP-TV-Z]{14}$/),
		type: 'outgoing',
		content: 'Siap Kak',
		sender: store.bot,
		attachments: [],
		created_at: '2024-03-15T08:30:00Z',
	});
	expect(store.messages(id).at(-1)).toMatchObject({ content: 'Siap Kak', private: false });
	expect((await request('GET', path)).body.data.at(-1)).toEqual(body.data);
});

test('delivers a repeated send twice', async () => {
	const { request, store, id, path } = await withConversation({ hoursAgo: 1 });
	await request('POST', path, { content: 'Siap Kak' });
	await request('POST', path, { content: 'Siap Kak' });
	expect(store.messages(id)).toHaveLength(3);
});

test('stores a template with its variables filled in', async () => {
	const { request, store, id, path } = await withConversation({});
	const variables = { customer_name: 'Budi', order_id: 'ORD-12345', total: 'Rp 450.000' };

	const { status, body } = await request('POST', path, {
		template_id: 'tmpl_invoice_due',
		template_variables: variables,
	});

	expect(status).toBe(201);
	expect(body.data.content).toBe(
		'Halo Kak Budi, tagihan untuk pesanan ORD-12345 sebesar Rp 450.000 jatuh tempo hari ini. Abaikan pesan ini bila sudah membayar ya.',
	);
	expect(store.messages(id)[0]).toMatchObject({
		template_id: 'tmpl_invoice_due',
		template_variables: variables,
	});
});

test('puts values into a template as they are, numbers and replacement patterns included', async () => {
	const { request, path } = await withConversation({});
	const { body } = await request('POST', path, {
		template_id: 'tmpl_order_shipped',
		template_variables: { customer_name: '$& {{order_id}}', order_id: 17, tracking_number: true },
	});
	expect(body.data.content).toBe(
		'Halo Kak $& {{order_id}}, pesanan 17 sudah dikirim dengan nomor resi true.',
	);
});

test('names the variables that a template lacks, and stores nothing', async () => {
	const { request, store, id, path } = await withConversation({});
	const { status, body } = await request('POST', path, {
		template_id: 'tmpl_invoice_due',
		template_variables: { customer_name: 'Budi' },
	});
	expect(status).toBe(422);
	expect(body.error.code).toBe('validation_error');
	expect(body.error.message).toMatch(/"order_id", "total"/);
	expect(store.messages(id)).toHaveLength(0);
});

test('takes __proto__ and constructor as names of variables like any other', async () => {
	const { request, store, journal, id, path } = await withConversation({});
	store.addTemplate({ id: 'tmpl_odd', body: 'Nilai: {{__proto__}}, {{constructor}}' });

	const lacking = await request('POST', path, { template_id: 'tmpl_odd', template_variables: {} });
	const sent = await request(
		'POST',
		path,
		'{"template_id": "tmpl_odd", "template_variables": {"__proto__": "satu", "constructor": "dua"}}',
	);

	expect(lacking.status).toBe(422);
	expect(lacking.body.error.message).toMatch(/"__proto__", "constructor"/);
	expect(sent.status).toBe(201);
	expect(sent.body.data.content).toBe('Nilai: satu, dua');
	const own = JSON.parse('{"__proto__": "satu", "constructor": "dua"}');
	expect(Object.entries(store.messages(id)[0]?.template_variables ?? {})).toEqual(
		Object.entries(own),
	);
	expect(JSON.stringify(journal.entries[1]?.body)).toContain('"__proto__":"satu"');
	expect(Object.keys(Object.prototype)).toEqual([]);
});

test.each([
	['an unknown template', { template_id: 'tmpl_nope' }, 'Template not found'],
	['an empty text', { content: '' }, 'blank'],
	['a blank text', { content: ' \n' }, 'blank'],
	['a blank note', { content: ' ', private: true }, 'blank'],
])('refuses %s with 422', async (_, message, reason) => {
	const { request, store, id, path } = await withConversation({ hoursAgo: 1 });
	const { status, body } = await request('POST', path, message);
	expect(status).toBe(422);
	expect(body.error).toMatchObject({
		code: 'validation_error',
		message: expect.stringContaining(reason),
		status: 422,
	});
	expect(store.messages(id)).toHaveLength(1);
});

describe('24 hours after the last message of the customer', () => {
	test.each([
		['just before', 24, 201],
		['just after', 24 + 1 / 3600, 422],
		['without any message of the customer', undefined, 422],
	])('%s, free text on WhatsApp gets %d -> %d', async (_, hoursAgo, expected) => {
		const { request, store, id, path } = await withConversation(
			hoursAgo === undefined ? {} : { hoursAgo },
		);
		const before = store.messages(id).length;
		const { status } = await request('POST', path, { content: 'Halo Kak' });
		expect(status).toBe(expected);
		expect(store.messages(id)).toHaveLength(expected === 201 ? before + 1 : before);
	});

	test('a template, an internal note and other channels still go through', async () => {
		const whatsapp = await withConversation({ hoursAgo: 48 });
		const email = await withConversation({ hoursAgo: 48, channelType: 'email' });
		const answers = await Promise.all([
			whatsapp.request('POST', whatsapp.path, { template_id: 'tmpl_opening_hours' }),
			whatsapp.request('POST', whatsapp.path, { content: 'Hubungi sore', private: true }),
			email.request('POST', email.path, { content: 'Halo Kak' }),
		]);
		expect(answers.map(({ status }) => status)).toEqual([201, 201, 201]);
	});

	test('a new message of the customer opens the conversation again', async () => {
		const { request, store, id, path } = await withConversation({ hoursAgo: 48 });
		store.addIncoming(id, 'Saya jadi pesan');
		expect((await request('POST', path, { content: 'Siap Kak' })).status).toBe(201);
	});

	test('an older message that is added later changes nothing', async () => {
		const { request, store, id, path } = await withConversation({ hoursAgo: 1 });
		store.addIncoming(id, 'Lama', new Date(NOW.getTime() - 100 * HOUR_MS));
		expect((await request('POST', path, { content: 'Siap Kak' })).status).toBe(201);
	});
});

test('stores an internal note as private and shows it like any message', async () => {
	const { request, store, id, path } = await withConversation({ hoursAgo: 1 });
	const { body } = await request('POST', path, { content: 'Pelanggan lama', private: true });
	expect(body.data).not.toHaveProperty('private');
	expect(body.data.type).toBe('outgoing');
	expect(store.messages(id).at(-1)?.private).toBe(true);
});

test('keeps messages ordered by time, however they were added', async () => {
	const { request, store, id, path } = await withConversation({ hoursAgo: 2 });
	store.addMessages(id, 3, { until: new Date(NOW.getTime() - HOUR_MS), spacingMs: HOUR_MS });
	store.addIncoming(id, 'Paling lama', new Date(NOW.getTime() - 9 * HOUR_MS));
	const { body } = await request('GET', path);
	const times = body.data.map(({ created_at }: { created_at: string }) => created_at);
	expect(times).toEqual([...times].sort());
	expect(times).toHaveLength(5);
	expect(body.data[0].content).toBe('Paling lama');
});

test('serves the attachments of its own data without a key', async () => {
	const { request, store, url, journal } = await openSandbox();
	const { id } = store.addConversation();
	const attachment = {
		url: '/files/bukti-transfer.png',
		content_type: 'image/png',
		file_name: 'bukti-transfer.png',
	};
	store.addIncoming(id, 'Ini buktinya', undefined, [attachment]);

	const { body } = await request('GET', `/conversations/${id}/messages`);
	const [shown] = body.data[0].attachments;
	const file = await fetch(shown.url);

	expect(shown).toEqual({ ...attachment, url: new URL(attachment.url, url).href });
	expect(file.headers.get('content-type')).toBe('image/png');
	expect(
		Buffer.from(await file.arrayBuffer())
			.subarray(1, 4)
			.toString(),
	).toBe('PNG');
	expect(journal.entries.at(-1)).toMatchObject({ path: '/files/bukti-transfer.png', status: 200 });
});
