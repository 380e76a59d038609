import type { Deviation, Sandbox } from '../../sandbox';
import { DEVIATIONS } from '../../sandbox/deviations';
import { check, everything, openWorkspace, type Outcome } from './check';

/** All that a workspace holds and that belongs to somebody. */
function belongings({ store, apiKey, url }: Sandbox): string[] {
	const contacts = [...store.contacts.values()];
	const conversations = [...store.conversations.values()];
	const messages = conversations.flatMap(({ id }) => store.messages(id));
	const people = [store.bot, ...store.agents.values(), ...store.channels.values()];
	const texts = [
		apiKey,
		new URL(url).host,
		...contacts.flatMap(({ id, name, email, phone, company, tags, custom_attributes }) => [
			...[id, name, email, phone, company, ...tags],
			...Object.entries(custom_attributes).flat(),
		]),
		...conversations.flatMap(({ id, labels }) => [id, ...labels]),
		...messages.flatMap(({ id, content, attachments }) => [
			...[id, content],
			...attachments.flatMap(({ url: file, file_name }) => [file, file_name]),
		]),
		...people.flatMap(({ id, name }) => [id, name]),
	];
	return [...new Set(texts.map((text) => String(text ?? '').trim()))].filter(Boolean);
}

/** Of these, what a report shows; words of a text by themselves do not count. */
function shown({ json, screen }: Outcome, texts: string[]): string[] {
	const report = `${json}\n${screen}`.toLowerCase();
	return texts.filter((text) => report.includes(text.toLowerCase()));
}

test.each([undefined, ...(Object.keys(DEVIATIONS) as Deviation[])])(
	'a report shows nothing that belongs to somebody (%s)',
	async (deviation) => {
		const sandbox = await openWorkspace({ deviations: deviation ? [deviation] : [] });
		sandbox.store.addContact({ name: 'Wahyu Nugroho', phone: '0812-7777-6666' });
		const held = belongings(sandbox);

		const outcome = await check(sandbox, ...(await everything(sandbox)));

		// The address is printed for who has given it, and left out of the file.
		const { host } = new URL(sandbox.url);
		expect(shown(outcome, [...held, ...belongings(sandbox)])).toEqual([host, host]);
		expect(outcome.json).not.toContain(host);
		expect(outcome.json).not.toContain('whsec_');
	},
);

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

	const outcome = await check(sandbox);

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
