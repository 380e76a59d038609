import { belongings, shown } from './belongings';
import { check, everything, namesOf, openWorkspace } from './check';

test('a report shows nothing that belongs to somebody', async () => {
	const sandbox = await openWorkspace();
	const held = belongings(sandbox);

	const outcome = await check(sandbox, ...(await everything(sandbox)));

	expect(shown(outcome, [...held, ...belongings(sandbox)])).toEqual([]);
	// The address is printed for who has given it, and left out of the file.
	expect(outcome.json).not.toContain(new URL(sandbox.url).host);
});

test('fields that are not documented are named, and their values are not', async () => {
	const sandbox = await openWorkspace();
	const [contact] = sandbox.store.contacts.values();
	const data = [
		{
			...contact!,
			nomor_ktp: '3273010101900001',
			'Siti Aminah': 'x',
			custom_attributes: { panggilan: 'Bang Jago' },
			status: { alasan: 'rahasia sekali' },
			created_at: 'kemarin sore',
			phone: 'telepon rumah Budi',
		},
	];
	const meta = { total: 1, page: 1, per_page: 100, total_pages: 1 };
	const fault = { kind: 'body', method: 'GET', path: '/contacts', times: Infinity } as const;
	sandbox.faults.add({ ...fault, body: { data, meta } });

	const [conversation] = sandbox.store.conversations.values();
	const conversations = { data: [{ ...conversation, status: 'Titip Siti Aminah' }], meta };
	sandbox.faults.add({ ...fault, path: '/conversations', body: conversations });

	const outcome = await check(sandbox);

	expect(namesOf(outcome, 'differs')).toContain('known-values: differs');
	expect(outcome.json).toContain('/data/#/nomor_ktp');
	expect(outcome.json).toContain('/data/#/(another name)');

	const secrets = ['32730101', 'siti aminah', 'panggilan', 'jago', 'rahasia', 'sore', 'rumah'];

	expect(shown(outcome, secrets)).toEqual([]);
});

test('an address that holds the key is refused without it', async () => {
	const sandbox = await openWorkspace();

	const url = `${sandbox.url}/${sandbox.apiKey}`;

	await expect(check({ ...sandbox, url })).rejects.toThrow(
		expect.objectContaining({
			message: expect.not.stringContaining(sandbox.apiKey) as string,
		}),
	);
});
