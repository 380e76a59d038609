import { publishExample, type TriggerExample } from './triggerExample';

let example: TriggerExample;

beforeEach(async () => {
	example = await publishExample('opt-out');
});

it('records an opt-out once per change, and removes it only if the whole message is MULAI', async () => {
	const { contact, conversation, write, sent } = example;

	await write('Tolong berhenti kirim promo ya!!');
	expect(contact.tags).toEqual(['pelanggan', 'berhenti']);
	expect(conversation.labels).toEqual(['prioritas', 'berhenti']);
	expect(sent()).toEqual([expect.stringMatching(/^Baik Kak Siti Aminah, kami tidak akan/)]);

	await write('STOP');
	await write('jam berapa mulai?');
	expect(sent()).toHaveLength(1);
	expect(contact.tags).toContain('berhenti');

	await write(' Mulai. ');
	expect(contact.tags).toEqual(['pelanggan']);
	expect(conversation.labels).toEqual(['prioritas']);
	await write('MULAI');
	expect(sent()).toEqual([expect.any(String), expect.stringMatching(/^Siap Kak Siti Aminah,/)]);

	// Sahut shows the phone number of a customer without a name.
	contact.name = '+62 813-0000-1002';
	await write('unsubscribe');
	expect(contact.tags).toEqual(['pelanggan', 'berhenti']);
	expect(sent().slice(2)).toEqual([expect.stringMatching(/^Baik Kak, kami/)]);
});

it('ignores words that only contain a keyword, and the power outlet “stop kontak”', async () => {
	const { contact, write, sent } = example;

	expect(await write('Mobilnya distop polisi, pemberhentian berikutnya di mana?')).toEqual([]);
	for (const text of ['Ada stop kontak 4 lubang?', 'jam berapa mulai?']) await write(text);

	expect(contact.tags).toEqual(['pelanggan']);
	expect(sent()).toEqual([]);
});

it.each(['GET', 'PUT'])(
	'does not confirm if Sahut refuses the %s of the contact, and tells the team why',
	async (method) => {
		const { sandbox, contact, write, sent } = example;
		sandbox.faults.add({ method, path: /contacts/, kind: 'status', status: 403, message: 'No' });

		await write('STOP');

		expect(contact.tags).toEqual(['pelanggan']);
		expect(sent()).toEqual([
			expect.stringMatching(
				/^\(Permintaan "STOP" dari Siti Aminah belum selesai diproses: This API key/,
			),
		]);
	},
);
