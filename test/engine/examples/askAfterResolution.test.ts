import type { Sender } from '../../../sandbox/records';
import { publishExample, type TriggerExample } from './triggerExample';

const QUESTION = /^Halo Kak Siti Aminah, .* satu angka dari 1/;
const THANKS = /^Terima kasih atas penilaiannya, Kak Siti Aminah\./;

let example: TriggerExample;
let agent: Sender;

beforeEach(async () => {
	example = await publishExample('ask-after-resolution');
	const { sandbox, conversation, addSent } = example;
	agent = { type: 'agent', ...[...sandbox.store.agents.values()][0]! };
	sandbox.store.addIncoming(conversation.id, 'Pesanan saya sampai mana?');
	addSent('Sudah di kurir ya Kak.', 1, agent);
});

const resolve = async () =>
	await example.after(() =>
		example.sandbox.store.updateConversation(example.conversation, { status: 'resolved' }),
	);

it('asks once, stores the first number as the rating, and does not ask again', async () => {
	const { contact, conversation, write, sent } = example;
	contact.custom_attributes = { kota: 'Bandung' };

	await resolve();
	expect(sent()).toEqual([expect.stringMatching(QUESTION)]);

	for (const text of ['Sebentar ya, nilai 5 dari 5', ' 5 ', '2']) await write(text);
	expect(conversation.status).toBe('open');
	expect(contact.custom_attributes).toEqual({ kota: 'Bandung', rating: 5 });
	expect(conversation.labels).toEqual(['prioritas']);

	await resolve();
	expect(sent()).toEqual([expect.any(String), expect.stringMatching(THANKS)]);
});

it('labels a conversation with a low rating, adds a note, and apologizes', async () => {
	const { contact, conversation, write, sent } = example;
	await resolve();

	await write('2');

	expect(contact.custom_attributes).toEqual({ rating: 2 });
	expect(conversation.labels).toEqual(['prioritas', 'rating-rendah']);
	expect(sent().slice(1).sort()).toEqual([
		expect.stringMatching(/^\(Siti Aminah memberi nilai 2 dari 5\./),
		expect.stringMatching(/^Terima kasih sudah jujur, Kak Siti Aminah,/),
	]);
});

it.each<[string, () => unknown]>([
	['it is labeled as spam', () => (example.conversation.labels = ['Spam'])],
	['the contact has opted out', () => (example.contact.tags = ['berhenti'])],
	[
		'no agent has answered',
		() =>
			((
				example.sandbox.store.messages(example.conversation.id).at(-1) as { sender: Sender }
			).sender = example.sandbox.store.bot),
	],
])('does not ask after a resolution if %s', async (_, change) => {
	change();

	for (const run of await resolve()) expect(run.status).toBe('success');

	expect(example.sent()).toEqual([]);
});

it.each<[string, () => unknown]>([
	['nobody has asked', () => undefined],
	[
		'an agent has written since the question',
		() => {
			example.addSent('Balas dengan satu angka dari 1 sampai 5.', 0.5);
			example.addSent('Mau yang 1 kg atau 2 kg?', 0.2, agent);
		},
	],
])('stores no rating if %s', async (_, prepare) => {
	prepare();

	await example.write('2');

	expect(example.contact.custom_attributes).toEqual({});
	expect(example.sent()).toEqual([]);
});

it('tells the team if the rating cannot be stored, and does not thank the customer', async () => {
	await resolve();
	example.sandbox.faults.add({ method: 'PUT', path: /contacts/, kind: 'status', status: 422 });

	await example.write('4');

	expect(example.sent().slice(1)).toEqual([
		expect.stringMatching(/^\(Penilaian 4 dari Siti Aminah belum selesai diproses: Sahut refused/),
	]);
});
