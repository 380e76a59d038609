import type { Conversation } from '../../sandbox';
import { MINUTE_MS } from '../../sandbox/clock';
import { ensureTable } from '../../scripts/exampleTables';
import { createCredential, deleteDataTable, readDataTable } from '../../scripts/n8n';
import { startScriptedModel, type ScriptedModel } from '../../scripts/scriptedModel';
import { sentByApi, useExamples, writeAsAgent } from './exampleFixture';

/** A Monday in Jakarta, which is 7 hours ahead of UTC. */
const MONDAY_10_AM = new Date('2026-11-23T03:00:00Z');
const MONDAY_8_PM = new Date('2026-11-23T13:00:00Z');

/** The time of the sandbox. Default: the present. */
let time: Date | undefined;

const fixture = useExamples('customer-events', { now: () => time ?? new Date() });

let conversation: Conversation;

beforeEach(() => {
	time = undefined;
	const { store } = fixture.sandbox;
	const contact = store.addContact({ name: 'Siti Aminah', phone: '+6281300001002' });
	conversation = store.addConversation({ contact, labels: ['prioritas'] });
});

const write = (text: string) => fixture.sandbox.store.addIncoming(conversation.id, text);
const resolve = () =>
	fixture.sandbox.store.updateConversation(conversation, { status: 'resolved' });

it('opt-out.json tags the contact and confirms, and removes the tag after MULAI', async () => {
	const workflow = await fixture.addExample('opt-out');
	await fixture.publish(workflow);

	write('Mohon STOP kirim promo');
	await fixture.waitForExecutions(workflow, 1);
	expect(conversation.contact.tags).toEqual(['berhenti']);
	expect(conversation.labels).toEqual(['prioritas', 'berhenti']);

	write('Jam berapa mulai?');
	write('Terima kasih');
	await fixture.waitForExecutions(workflow, 2);
	expect(conversation.contact.tags).toEqual(['berhenti']);

	write('Mulai');
	await fixture.waitForExecutions(workflow, 3);
	expect(conversation.contact.tags).toEqual([]);
	expect(conversation.labels).toEqual(['prioritas']);
	expect(sentByApi(fixture, conversation)).toEqual([
		expect.stringMatching(/^Baik Kak Siti Aminah, kami tidak akan/),
		expect.stringMatching(/^Siap Kak Siti Aminah, Kakak akan menerima/),
	]);
});

it('ask-after-resolution.json asks once, and stores the answer as an attribute of the contact', async () => {
	const workflow = await fixture.addExample('ask-after-resolution');
	await fixture.publish(workflow);
	write('Pesanan saya sampai mana?');
	writeAsAgent(fixture, conversation, 'Sudah di kurir ya Kak.');

	resolve();
	await fixture.waitForExecutions(workflow, 1);
	write('2');
	await fixture.waitForExecutions(workflow, 2);
	resolve();
	await fixture.waitForExecutions(workflow, 3);

	expect(conversation.contact.custom_attributes).toEqual({ rating: 2 });
	expect(conversation.labels).toEqual(['prioritas', 'rating-rendah']);
	expect(sentByApi(fixture, conversation)).toEqual([
		expect.stringMatching(/satu angka dari 1/),
		expect.stringMatching(/^\(Siti Aminah memberi nilai 2 dari 5\./),
		expect.stringMatching(/^Terima kasih sudah jujur, Kak Siti Aminah,/),
	]);
});

describe('new-lead.json', () => {
	let table: string;

	beforeEach(async () => {
		table = (await ensureTable(fixture.session, 'leads')).id;
	});
	afterEach(async () => await deleteDataTable(fixture.session, table));

	it('stores each unknown customer once, and assigns them in turn during office hours', async () => {
		const { store } = fixture.sandbox;
		time = MONDAY_10_AM;
		const workflow = await fixture.addExample('new-lead', { tables: { leads: table } });
		await fixture.publish(workflow);
		const addCustomer = (name: string, created_at?: string) => {
			const contact = store.addContact({
				name,
				phone: '+6281200001001',
				...(created_at && { created_at }),
			});
			return store.addConversation({ contact });
		};

		const budi = addCustomer('Budi Santoso');
		for (const text of ['Halo', 'Masih ada?']) store.addIncoming(budi.id, text);
		const known = addCustomer('Ratna Sari', '2026-11-20T03:00:00Z');
		store.addIncoming(known.id, 'Halo, saya mau pesan lagi');
		await fixture.waitForExecutions(workflow, 3);
		const made = addCustomer('Made Wirawan');
		store.addIncoming(made.id, 'Permisi');
		await fixture.waitForExecutions(workflow, 4);
		time = MONDAY_8_PM;
		const late = addCustomer('Yusuf Hidayat');
		store.addIncoming(late.id, 'Malam');
		await fixture.waitForExecutions(workflow, 5);

		const rows = await readDataTable(fixture.session, table);
		expect(rows).toEqual([
			expect.objectContaining({
				contact_id: budi.contact.id,
				name: 'Budi Santoso',
				phone: '+6281200001001',
				channel: 'WhatsApp Utama',
				first_message: 'Halo',
				conversation_id: budi.id,
				agent_id: budi.assignee!.id,
			}),
			expect.objectContaining({ name: 'Made Wirawan', agent_id: made.assignee!.id }),
			expect.objectContaining({ name: 'Yusuf Hidayat', agent_id: '' }),
		]);
		expect(budi.assignee!.id).not.toBe(made.assignee!.id);
		expect([budi, made, late, known].map(({ labels }) => labels)).toEqual([
			['lead-baru'],
			['lead-baru'],
			[],
			[],
		]);
		expect([late, known].map(({ assignee }) => assignee)).toEqual([null, null]);
	});

	it('adds a note if the agent is unknown, and keeps the row', async () => {
		time = MONDAY_10_AM;
		const workflow = await fixture.addExample('new-lead', { tables: { leads: table } });
		fixture.sandbox.faults.add({ method: 'PUT', kind: 'status', status: 422, message: 'No' });
		await fixture.publish(workflow);
		const added = fixture.sandbox.store.addConversation();
		fixture.sandbox.store.addIncoming(added.id, 'Halo');
		await fixture.waitForExecutions(workflow, 1);

		expect(sentByApi(fixture, added)).toEqual([
			expect.stringMatching(
				/^\(Percakapan dengan pelanggan baru Budi Santoso belum ditugaskan ke agen: Sahut refused/,
			),
		]);
		expect(await readDataTable(fixture.session, table)).toHaveLength(1);
	});
});

describe('resolved-to-summary.json', () => {
	const SUMMARY = 'Pelanggan menanyakan pesanan. Pesanan sudah di kurir. Tidak ada tindak lanjut.';
	let model: ScriptedModel;
	let table: string;

	beforeEach(async () => {
		model = await startScriptedModel(() => `${SUMMARY}\n`);
		table = (await ensureTable(fixture.session, 'summaries')).id;
	});
	afterEach(async () => {
		await model.close();
		await deleteDataTable(fixture.session, table);
	});

	async function publish() {
		const openAiApi = await createCredential(fixture.session, model.credential);
		const records = { tables: { summaries: table }, openAiApi };
		const workflow = await fixture.addExample('resolved-to-summary', records);
		await fixture.publish(workflow);
		return workflow;
	}

	it('stores one summary per resolution with an answer, and adds it as a note', async () => {
		time = MONDAY_10_AM;
		const workflow = await publish();

		write('Halo, ini iklan.');
		resolve();
		await fixture.waitForExecutions(workflow, 1);
		expect(model.chats).toEqual([]);

		write('Pesanan saya sampai mana?');
		writeAsAgent(fixture, conversation, 'Sudah di kurir ya Kak.');
		time = new Date(MONDAY_10_AM.getTime() + MINUTE_MS);
		resolve();
		await fixture.waitForExecutions(workflow, 2);
		time = new Date(MONDAY_10_AM.getTime() + 2 * MINUTE_MS);
		write('Oke');
		resolve();
		await fixture.waitForExecutions(workflow, 3);

		expect(model.chats).toHaveLength(1);
		expect(model.chats[0]!.at(-1)!.content).toMatch(
			/Siti Aminah \(contact\): Pesanan saya sampai mana\?[^]*\(agent\): Sudah di kurir ya Kak\./,
		);
		expect(sentByApi(fixture, conversation)).toEqual([`(Ringkasan:\n${SUMMARY})`]);
		expect(await readDataTable(fixture.session, table)).toEqual([
			expect.objectContaining({
				conversation_id: conversation.id,
				contact_name: 'Siti Aminah',
				phone: '+6281300001002',
				channel: 'WhatsApp Utama',
				summary: SUMMARY,
				resolved_at: '2026-11-23T03:01:00Z',
			}),
		]);
	});

	it.each([
		['the model fails', () => Promise.reject(new Error('Kuota habis')), /belum diringkas: Bad req/],
		['the model returns nothing', () => ' ', /tidak memberi jawaban/],
	])('adds a note with the reason if %s', async (_, script, reason) => {
		model.script = script;
		const workflow = await publish();
		writeAsAgent(fixture, conversation, 'Sudah di kurir ya Kak.');
		resolve();
		await fixture.waitForExecutions(workflow, 1);

		expect(sentByApi(fixture, conversation)).toEqual([expect.stringMatching(reason)]);
		expect(await readDataTable(fixture.session, table)).toEqual([]);
	});
});
