import { personalDataOf, textsShownIn } from './personalData';
import { runCheck, allOptions, verdictsOf, openWorkspace } from './runCheck';

test('a report contains no personal data, and the report file contains no address', async () => {
	const sandbox = await openWorkspace();
	const before = personalDataOf(sandbox);

	const result = await runCheck(sandbox, ...(await allOptions(sandbox)));

	expect(textsShownIn(result, [...before, ...personalDataOf(sandbox)])).toEqual([]);
	// The terminal output contains the address, but not the file, which users attach to an issue.
	expect(result.report).not.toContain(new URL(sandbox.url).host);
});

test('a report names undocumented fields, but does not contain their values', async () => {
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

	const result = await runCheck(sandbox);

	expect(verdictsOf(result, 'differs')).toContain('known-values: differs');
	expect(result.report).toContain('/data/#/nomor_ktp');
	expect(result.report).toContain('/data/#/(another name)');

	const secrets = ['32730101', 'siti aminah', 'panggilan', 'jago', 'rahasia', 'sore', 'rumah'];

	expect(textsShownIn(result, secrets)).toEqual([]);
});

test('the error about an address that contains the key does not contain the key', async () => {
	const sandbox = await openWorkspace();

	const url = `${sandbox.url}/${sandbox.apiKey}`;

	await expect(runCheck({ ...sandbox, url })).rejects.toThrow(
		expect.objectContaining({
			message: expect.not.stringContaining(sandbox.apiKey) as string,
		}),
	);
});
