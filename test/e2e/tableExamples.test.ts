import { HOUR_MS, toTimestamp } from '../../sandbox/clock';
import { ensureTable } from '../../scripts/exampleTables';
import { startGoogleSheets, type GoogleSheets } from '../../scripts/googleSheets';
import {
	createCredential,
	createDataTable,
	deleteDataTable,
	insertRows,
	readDataTable,
	type TableRow,
} from '../../scripts/n8n';
import { sentByApi, useExamples } from './exampleFixture';

const env: Record<string, string> = {};
let google: GoogleSheets;

beforeAll(async () => {
	google = await startGoogleSheets();
	Object.assign(env, google.env);
});
afterAll(async () => await google?.close());

const fixture = useExamples('table-examples', { env });

describe('google-sheets-follow-up.json', () => {
	const sendMessages = { options: { skipIfSentWithin: 168, skipContactTags: ['berhenti'] } };

	beforeEach(() => google.reset());

	async function addExample() {
		const googleSheetsOAuth2Api = await createCredential(fixture.session, google.credential);
		return await fixture.addExample(
			'google-sheets-follow-up',
			{ googleSheetsOAuth2Api },
			{ 'Send message': sendMessages },
		);
	}

	const resultOf = (order: string) => google.rows().find(({ order_id }) => order_id === order)!;

	it('sends each row once, and writes the result into the row', async () => {
		const { store } = fixture.sandbox;
		store.addContact({ phone: '+6285600001003', tags: ['Berhenti'] });
		google.cells[4]![google.cells[0]!.indexOf('total')] = '320.000';
		const workflow = await addExample();

		await fixture.run(workflow, 'In working hours');
		await fixture.run(workflow, 'In working hours');

		const messages = [...store.conversations.values()].flatMap(({ id }) => store.messages(id));
		expect(messages.map(({ content }) => /ORD-\d+/.exec(content)?.[0]).sort()).toEqual([
			'ORD-3041',
			'ORD-3043',
			'ORD-3052',
			'ORD-3058',
		]);
		for (const { content, created_at } of messages) {
			expect(resultOf(/ORD-\d+/.exec(content)![0])).toMatchObject({
				sent_at: created_at,
				sent_as: 'template',
				conversation_id: expect.stringMatching(/^conv_/),
				skip_reason: '',
				error_reason: '',
				not_sent_because: '',
			});
		}
		expect(['ORD-3044', 'ORD-3047', 'ORD-3055'].map(resultOf)).toEqual([
			expect.objectContaining({ sent_at: '', skip_reason: 'contact_tag' }),
			expect.objectContaining({ sent_at: '', error_reason: 'invalid_input' }),
			expect.objectContaining({
				sent_at: '',
				error_reason: 'invalid_input',
				not_sent_because: expect.stringContaining('"belum ada" is not a phone number'),
			}),
		]);
	});
});

describe('campaign-report.json', () => {
	/** Noon in Jakarta, two days ago. */
	const noon = new Date(Date.now() - 2 * 24 * HOUR_MS);
	noon.setUTCHours(5, 0, 0, 0);
	const day = toTimestamp(noon).slice(0, 10);
	const at = (hours: number) => toTimestamp(new Date(noon.getTime() + hours * HOUR_MS));
	let followUp: string;
	let reports: string;

	beforeEach(async () => {
		const columns = ['order_id', 'sent_at', 'sent_as', 'conversation_id'] as const;
		const reasons = ['skip_reason', 'error_reason'] as const;
		const strings = [...columns, ...reasons].map((name) => [name, 'string'] as const);
		const table = await createDataTable(
			fixture.session,
			'Follow-up',
			Object.fromEntries(strings),
			[],
		);
		followUp = table.id;
		reports = (await ensureTable(fixture.session, 'reports')).id;
	});
	afterEach(async () => {
		for (const id of [followUp, reports]) await deleteDataTable(fixture.session, id);
	});

	/** Returns the rows of the day, without the sample row. */
	const readReports = async () =>
		(await readDataTable(fixture.session, reports)).filter((row) => row.day === day);

	/** Runs the example, and returns the rows of the report, and the texts for the team. */
	async function report(rows: TableRow[]) {
		if (rows.length > 0) await insertRows(fixture.session, followUp, rows);
		const team = fixture.sandbox.store.addConversation();
		const workflow = await fixture.addExample('campaign-report', { tables: { followUp, reports } });
		const execution = await fixture.run(workflow, 'Every morning');
		const stored = await readReports();
		return { workflow, execution, stored, texts: sentByApi(fixture, team) };
	}

	/** Adds a conversation with an answer, some hours after noon. @returns its ID */
	function addConversation(answeredAfter?: number): string {
		const { id } = fixture.sandbox.store.addConversation();
		if (answeredAfter !== undefined) {
			fixture.sandbox.store.addIncoming(id, 'Baik Kak', new Date(at(answeredAfter)));
		}
		return id;
	}

	it('counts the messages and answers of the day before yesterday, and the rows without a message', async () => {
		const row = (order_id: string, values: TableRow = {}): TableRow => ({
			order_id,
			sent_at: null,
			sent_as: null,
			conversation_id: null,
			skip_reason: null,
			error_reason: null,
			...values,
		});
		const sent = (order: string, sent_as: string, conversation_id: string, sent_at = at(0)) =>
			row(order, { sent_at, sent_as, conversation_id, skip_reason: '', error_reason: '' });
		const rows = [
			sent('1', 'text', addConversation(2)),
			sent('2', 'template', addConversation(25)),
			sent('3', 'template', addConversation(-1)),
			sent('4', 'template', 'conv_deleted'),
			sent('5', 'template', addConversation(3), at(-13)),
			row('6', { skip_reason: 'contact_tag' }),
			row('7', { error_reason: 'invalid_input' }),
			row('8', { error_reason: 'invalid_input' }),
			row('9', { error_reason: 'refused' }),
			row('10'),
		];

		const { workflow, stored, texts } = await report(rows);
		await fixture.run(workflow, 'Every morning');

		expect(stored).toEqual([
			expect.objectContaining({
				day,
				sent: 4,
				as_text: 1,
				as_template: 3,
				answered: 1,
				skipped: 1,
				skipped_because: 'contact_tag 1',
				failed: 3,
				failed_because: 'invalid_input 2, refused 1',
			}),
		]);
		expect(await readReports()).toHaveLength(1);
		expect(texts[0]!.split('\n')).toEqual([
			expect.stringMatching(/^\(Laporan follow-up \w+, \d+ \w+ \d{4}$/),
			'- Terkirim: 4 (1 teks, 3 template yang ditagih Meta)',
			'- Dijawab dalam 24 jam: 1 (1 percakapan tidak dapat dibaca)',
			'- Dilewati, per pagi ini: 1 (contact_tag 1)',
			'- Gagal, per pagi ini: 3 (invalid_input 2, refused 1))',
		]);
	});

	it('reports a day without messages', async () => {
		const { stored, texts } = await report([]);

		expect(stored).toEqual([expect.objectContaining({ day, sent: 0, answered: 0, failed: 0 })]);
		expect(texts).toHaveLength(1);
	});
});
