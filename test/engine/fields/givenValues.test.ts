import type { IDataObject, INode } from 'n8n-workflow';

import { sendText } from '../../support/workspace';
import { FIELDS, openWithRecords, parametersWith } from './fieldTable';

type Parameters = INode['parameters'];

/** The values of empty cells, failed lookups and copied whitespace. */
const EMPTY = ['', ' \n', '\u200b\u2800\u3164', null];

const sendTemplate: Parameters = { ...sendText, messageType: 'template', templateId: 'tmpl_1' };

/** Runs an operation with one item. @returns the bodies of its writes */
async function runWithRecords(parameters: Parameters, row: IDataObject = {}) {
	const { ids, run, sandbox } = await openWithRecords();
	const { status, output } = await run(parameters, [{ ...ids, ...row }]);
	const writes = sandbox.journal.entries.filter(({ method }) => method !== 'GET');
	return { status, output, bodies: writes.map(({ body }) => body as IDataObject) };
}

const field = (operation: string, path: string) =>
	FIELDS.find((each) => each.operation === operation && each.path.join('.') === path)!;

describe('A list of texts', () => {
	const tags = field('contact.create', 'additionalFields.tags');

	it.each<[given: unknown, tags: string[] | undefined]>([
		['vip', ['vip']],
		['vip, reseller; emas\nperak\r\n', ['vip', 'reseller', 'emas', 'perak']],
		['["vip", "reseller, emas"]', ['vip', 'reseller, emas']],
		[' [ "vip", 2024, " vip " ] ', ['vip', '2024']],
		[
			['vip', 'reseller, emas'],
			['vip', 'reseller, emas'],
		],
		[
			['["vip", "reseller"]', null, ''],
			['vip', 'reseller'],
		],
		[
			[['vip'], 'reseller'],
			['vip', 'reseller'],
		],
		[['[promo]'], ['[promo]']],
		[2024, ['2024']],
		['[]', []],
		[[], []],
		...EMPTY.map((value): [unknown, undefined] => [value, undefined]),
	])('that is entered as %j is sent as %j', async (given, expected) => {
		const { bodies } = await runWithRecords(parametersWith(tags, '={{ $json.value }}'), {
			value: given as string,
		});

		expect(bodies[0]!.tags).toEqual(expected);
	});
});

describe('Skip Contacts With Tags', () => {
	const skipTags = field('message.sendToPhone', 'options.skipContactTags');

	it.each<[given: unknown, ofContact: string]>([
		['berhenti;stop', 'stop'],
		['berhenti\nstop', 'stop'],
		['["berhenti", "jangan hubungi"]', 'jangan hubungi'],
		[['berhenti, stop'], 'stop'],
		[['berhenti, stop'], 'berhenti, stop'],
		[['["berhenti"]'], 'berhenti'],
		[['[null, "berhenti"]'], 'berhenti'],
		[['[["berhenti"], "stop"]'], 'berhenti'],
		[['[2024, 2025]'], '2025'],
		['"berhenti", "stop"', 'stop'],
		["'jangan hubungi'", 'jangan hubungi'],
		['BERHENTI', 'berhenti'],
		['ｂｅｒｈｅｎｔｉ', 'berhenti'],
		['jangan\u00a0  hubungi', 'Jangan hubungi'],
		['ber\u200bhenti', 'berhenti'],
		['berhenti', 'ber\u00adhen\ufe0fti\u3164'],
	])('entered as %j skips a contact with the tag %j', async (given, tag) => {
		const { ids, run, sandbox, requests } = await openWithRecords();
		sandbox.store.contacts.get(ids.contact)!.tags = [tag];
		const parameters = parametersWith(skipTags, '={{ $json.value }}');

		const { output } = await run(parameters, [{ ...ids, value: given as string }]);

		expect(output('Sahut')[0]!.json).toMatchObject({ skipped: true, skip_reason: 'contact_tag' });
		expect(requests().filter((request) => request.startsWith('POST'))).toEqual([]);
	});

	it.each([...EMPTY, [], [''], '[]', ',;'])('rejects an empty list: %j', async (value) => {
		const { ids, run, requests } = await openWithRecords();
		const parameters = parametersWith(skipTags, '={{ $json.value }}');

		const { error } = await run(parameters, [{ ...ids, value: value as string }]);

		expect(error?.message).toContain('Skip Contacts With Tags has no tag');
		expect(requests()).toEqual([]);
	});
});

describe('A text', () => {
	const send = (content: string, otherParameters: Parameters = {}): Parameters => ({
		...sendText,
		content,
		...otherParameters,
	});

	it.each([
		'Kode {{1}} dan {{nama}} untuk Rp 5.000',
		'Kata "undefined" dan `NaN` muncul di layar',
		'Pesan “undefined” artinya kosong',
		'undefinedly NaNa Nan nan UNDEFINED',
		'❤️ 👨‍👩‍👧 🏴󠁧󠁢󠁥󠁮󠁧󠁿',
	])('is sent unchanged: %s', async (content) => {
		const { bodies } = await runWithRecords(send('={{ $json.value }}'), { value: content });

		expect(bodies).toEqual([{ content }]);
	});

	it.each([
		'Halo {{ $json.nama }}',
		'Halo {{$json["nama"]}}',
		"Halo {{ $('CRM').item.json.nama ?? {} }}!",
		'Halo undefined,',
		'Total: NaN',
		'Lihat https://toko.example/order/undefined',
		'Jatuh tempo Invalid DateTime',
		'Jatuh tempo Invalid Date.',
		'Pesanan [object Object]',
		...EMPTY,
	])('is not sent if it is %j', async (content) => {
		const { ids, run, requests } = await openWithRecords();

		const { error } = await run(send('={{ $json.value }}'), [{ ...ids, value: content }]);

		expect(error?.message).toMatch(/^Text (contains|is empty)/);
		expect(error?.description).toMatch(/Expression|expression/);
		expect(requests()).toEqual([]);
	});

	it('may contain a code example in an internal note', async () => {
		const content = 'Kolom {{ $json.nama }} menghasilkan undefined';
		const parameters = send('={{ $json.value }}', { options: { private: true } });

		const { bodies } = await runWithRecords(parameters, { value: content });

		expect(bodies).toEqual([{ content, private: true }]);
	});

	it('is sent without half of an emoji', async () => {
		const { bodies } = await runWithRecords(send('={{ $json.value.slice(0, 6) }}'), {
			value: 'Halo 👋',
		});

		expect(bodies).toEqual([{ content: 'Halo ' }]);
	});
});

describe('An empty value', () => {
	const value = '={{ $json.value }}';

	it.each(EMPTY)('of Name does not change a contact: %j', async (blank) => {
		const parameters = parametersWith(field('contact.upsert', 'name'), value);

		const { bodies, status } = await runWithRecords(parameters, { value: blank });

		expect(status).toBe('success');
		expect(bodies).toEqual([]);
	});

	it.each(EMPTY)('of Contact Name is replaced by the phone number: %j', async (blank) => {
		const parameters = parametersWith(field('message.sendToPhone', 'options.contactName'), value);

		const { bodies } = await runWithRecords(
			{ ...parameters, phone: '0813 1111 2222' },
			{ value: blank },
		);

		expect(bodies[0]).toEqual({ name: '+6281311112222', phone: '+6281311112222' });
	});

	it.each(EMPTY)('of Default Country Code is replaced by 62: %j', async (blank) => {
		const code = field('message.sendToPhone', 'options.defaultCountryCode');

		const { output } = await runWithRecords(parametersWith(code, value), { value: blank });

		// The existing contact has a number with the country code 62.
		expect(output('Sahut')[0]!.json).toMatchObject({ contact_created: false });
	});
});

describe('Template variables', () => {
	const rows = (name: string, value: string): Parameters => ({
		...sendTemplate,
		variablesInput: 'fields',
		templateVariables: { variable: [{ name, value }] },
		options: { dryRun: true },
	});
	const json = (templateVariablesJson: string): Parameters => ({
		...rows('', ''),
		variablesInput: 'json',
		templateVariablesJson,
	});

	it.each([
		['{{customer_name}}', 'customer_name'],
		['{{ 1 }}', '1'],
		['customer_name\u200b', 'customer_name'],
	])('are sent without the braces and spaces of the name %j', async (given, name) => {
		for (const parameters of [rows(given, 'Budi'), json(JSON.stringify({ [given]: 'Budi' }))]) {
			const { output } = await runWithRecords(parameters);

			expect(output('Sahut')[0]!.json).toMatchObject({
				request: { body: { template_variables: { [name]: 'Budi' } } },
			});
		}
	});

	it.each([
		'Halo {{ $json.nama }}',
		'undefined',
		'Rp NaN',
		'Invalid DateTime',
		'[object Object]',
		'\u2800',
	])('are rejected if a value is %j', async (value) => {
		for (const parameters of [rows('nama', value), json(JSON.stringify({ nama: value }))]) {
			const { ids, run, requests } = await openWithRecords();

			const { error } = await run(parameters, [ids]);

			expect(error?.message).toMatch(/^Template (Variables|variable)/);
			expect(error?.message).toContain(value === '\u2800' ? 'has no value' : 'contains');
			expect(requests()).toEqual([]);
		}
	});

	it.each([
		['{\n "nama": "Budi "Gembul" S"\n}', 'line 2: "nama": "Budi "Gembul" S"'],
		['{\n "a": "1",\n "alamat": "Jl. Mawar\n Bandung"\n}', 'line 3: "alamat": "Jl. Mawar'],
		['{ "total": }', 'line 1: { "total": }'],
		['{\n "a": 1', 'line 2: "a": 1'],
		['{\n "a": 1,\n}', 'line 3: }'],
	])('that are invalid JSON fail with the line of the error: %j', async (text, line) => {
		const { ids, run } = await openWithRecords();

		const { error } = await run(json(text), [ids]);

		expect(error?.message).toContain(`Template Variables (JSON) is not valid JSON in ${line}`);
		expect(error?.description).toContain('Using Fields Below');
	});
});

it.each(['template', 'textOrTemplate'])(
	'Private is rejected with Message Type %s',
	async (messageType) => {
		const { ids, run, requests } = await openWithRecords();
		const parameters = {
			...sendTemplate,
			messageType,
			content: 'Halo',
			options: { private: true },
		};

		const { error } = await run(parameters, [ids]);

		expect(error?.message).toContain('Private requires Message Type "Text"');
		expect(requests()).toEqual([]);
	},
);

it.each([' \u200bID\u200b ', '\ufeffID\u2069', 'I\u00adD'])(
	'An ID with invisible characters is accepted: %j',
	async (given) => {
		const { ids, run, sandbox } = await openWithRecords();
		const value = given
			.replace('ID', ids.conversation)
			.replace('I\u00adD', ids.conversation.replace('_', '_\u00ad'));
		const get = field('conversation.get', 'conversationId');

		const { status } = await run(parametersWith(get, '={{ $json.value }}'), [{ value }]);

		expect(status).toBe('success');
		expect(sandbox.journal.entries.map(({ path }) => path)).toEqual([
			`/conversations/${ids.conversation}`,
		]);
	},
);
