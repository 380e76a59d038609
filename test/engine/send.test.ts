import type { INode } from 'n8n-workflow';

import { openWorkspace, sendText } from '../support/workspace';

const sendTemplate: INode['parameters'] = {
	...sendText,
	messageType: 'template',
	templateId: 'tmpl_invoice_due',
};

/** Template variables as the editor stores them. */
function variables(rows: Record<string, unknown>): INode['parameters'] {
	const variable = Object.entries(rows).map(([name, value]) => ({ name, value }));
	return { templateVariables: { variable } } as INode['parameters'];
}

const NAME_ORDER_TOTAL = { customer_name: 'Budi', order_id: 'ORD-12345', total: 'Rp 450.000' };

describe('a text', () => {
	it('arrives once, and the item is the stored message, paired with its input', async () => {
		const { sandbox, addConversations, run } = await openWorkspace();
		const [conversation] = addConversations(1);

		const { status, output } = await run(sendText, [{ conversation, text: 'Halo Budi' }]);

		expect(status).toBe('success');
		const stored = sandbox.store.messages(conversation!).at(-1)!;
		expect(stored).toMatchObject({ type: 'outgoing', content: 'Halo Budi' });
		expect(output('Sahut')).toEqual([
			{
				json: expect.objectContaining({ id: stored.id, type: 'outgoing', content: 'Halo Budi' }),
				pairedItem: { item: 0 },
			},
		]);
	});

	it('is sent as the body that the API documents, and nothing else', async () => {
		const { sandbox, addConversations, run } = await openWorkspace();
		const [conversation] = addConversations(1);

		await run(sendText, [{ conversation, text: '  Halo\n"Budi" 👋  ' }]);

		const { method, path, body, headers } = sandbox.journal.entries[0]!;
		expect({ method, path, body }).toEqual({
			method: 'POST',
			path: `/conversations/${conversation}/messages`,
			body: { content: '  Halo\n"Budi" 👋  ' },
		});
		expect(headers['content-type']).toBe('application/json');
	});

	it('that is an internal note is marked as private', async () => {
		const { sandbox, addConversations, run } = await openWorkspace();
		const [conversation] = addConversations(1);

		await run({ ...sendText, options: { private: true } }, [{ conversation, text: 'Cek stok' }]);

		expect(sandbox.journal.entries[0]!.body).toEqual({ content: 'Cek stok', private: true });
		expect(sandbox.store.messages(conversation!).at(-1)).toMatchObject({ private: true });
	});

	it('may be a number that an expression gave', async () => {
		const { addConversations, run, sent } = await openWorkspace();
		const [conversation] = addConversations(1);

		await run(sendText, [{ conversation, text: 42 }]);

		expect(sent(conversation!)).toEqual(['42']);
	});
});

describe('a template', () => {
	it('takes its variables from fields, with expressions for each item', async () => {
		const { sandbox, addConversations, run, sent } = await openWorkspace();
		const [budi, siti] = addConversations(2);

		await run(
			{
				...sendTemplate,
				...variables({
					customer_name: '={{ $json.name }}',
					order_id: '={{ $json.order }}',
					total: '={{ $json.total }}',
				}),
			},
			[
				{ conversation: budi, name: 'Budi', order: 'ORD-1', total: 'Rp 450.000' },
				{ conversation: siti, name: 'Siti', order: 2, total: 'Rp 75.000' },
			],
		);

		expect(sandbox.journal.entries.map(({ body }) => body)).toEqual([
			{
				template_id: 'tmpl_invoice_due',
				template_variables: { customer_name: 'Budi', order_id: 'ORD-1', total: 'Rp 450.000' },
			},
			{
				template_id: 'tmpl_invoice_due',
				template_variables: { customer_name: 'Siti', order_id: '2', total: 'Rp 75.000' },
			},
		]);
		expect(sent(siti!)[0]).toContain('Halo Kak Siti, tagihan untuk pesanan 2 sebesar Rp 75.000');
	});

	it.each([
		['JSON text', '{ "customer_name": "Budi", "order_id": 12345, "total": true }'],
		[
			'an expression inside JSON',
			'={ "customer_name": "{{ $json.name }}", "order_id": 12345, "total": true }',
		],
		[
			'an object from an expression',
			'={{ { customer_name: $json.name, order_id: 12345, total: true } }}',
		],
	])('takes its variables from %s, numbers and booleans as text', async (_, json) => {
		const { sandbox, addConversations, run } = await openWorkspace();
		const [conversation] = addConversations(1);

		const { status } = await run(
			{ ...sendTemplate, variablesInput: 'json', templateVariablesJson: json },
			[{ conversation, name: 'Budi' }],
		);

		expect(status).toBe('success');
		expect(sandbox.journal.entries[0]!.body).toEqual({
			template_id: 'tmpl_invoice_due',
			template_variables: { customer_name: 'Budi', order_id: '12345', total: 'true' },
		});
	});

	it.each(['fields', 'json'])(
		'may call a variable __proto__ or constructor (%s)',
		async (input) => {
			const { sandbox, addConversations, run, sent } = await openWorkspace();
			const [conversation] = addConversations(1);
			sandbox.store.addTemplate({ id: 'tmpl_odd', body: '{{__proto__}} {{constructor}}' });

			await run(
				{
					...sendTemplate,
					templateId: 'tmpl_odd',
					variablesInput: input,
					templateVariables: {
						variable: [
							{ name: '__proto__', value: 'Budi' },
							{ name: 'constructor', value: 'Siti' },
						],
					},
					templateVariablesJson: '{ "__proto__": "Budi", "constructor": "Siti" }',
				},
				[{ conversation }],
			);

			expect(sent(conversation!)).toEqual(['Budi Siti']);
		},
	);

	it('without variables carries none', async () => {
		const { sandbox, addConversations, run } = await openWorkspace();
		const [conversation] = addConversations(1);

		await run({ ...sendTemplate, templateId: ' tmpl_opening_hours ' }, [{ conversation }]);

		expect(sandbox.journal.entries[0]!.body).toEqual({ template_id: 'tmpl_opening_hours' });
	});

	it('is never an internal note, even if the option is left over from a text', async () => {
		const { sandbox, addConversations, run } = await openWorkspace();
		const [conversation] = addConversations(1);

		await run({ ...sendTemplate, ...variables(NAME_ORDER_TOTAL), options: { private: true } }, [
			{ conversation },
		]);

		expect(sandbox.journal.entries[0]!.body).toEqual({
			template_id: 'tmpl_invoice_due',
			template_variables: NAME_ORDER_TOTAL,
		});
	});
});

describe('the conversation', () => {
	it.each([
		['picked from the list', { __rl: true, mode: 'list', value: 'ID', cachedResultName: 'Budi' }],
		['entered with white space around it', { __rl: true, mode: 'id', value: '  ID\n' }],
		['as a plain text, as an AI agent fills it in', 'ID'],
	])('may be %s', async (_, locator) => {
		const { addConversations, run, sent } = await openWorkspace();
		const [conversation] = addConversations(1);
		const conversationId = JSON.parse(JSON.stringify(locator).replace('ID', conversation!));

		await run({ ...sendText, conversationId }, [{ text: 'Halo' }]);

		expect(sent(conversation!)).toEqual(['Halo']);
	});
});

describe('is refused before any request', () => {
	const json = { ...sendTemplate, variablesInput: 'json' };
	it.each<[string, INode['parameters'], Record<string, unknown>, string]>([
		['an empty text', sendText, { text: '' }, 'Text is empty'],
		['a blank text', sendText, { text: ' \n\t' }, 'Text is empty'],
		['a text from a field that is not there', sendText, {}, 'Text is empty'],
		['an object as the text', sendText, { text: { a: 1 } }, 'Text is an object, not a text'],
		['an empty conversation', sendText, { conversation: ' ', text: 'x' }, 'Conversation is empty'],
		[
			'a conversation that is no ID',
			sendText,
			{ conversation: 'conv_1/../../contacts', text: 'x' },
			'Conversation "conv_1/../../contacts" is not an ID',
		],
		[
			'a conversation of dots',
			sendText,
			{ conversation: '..', text: 'x' },
			'Conversation ".." is not an ID',
		],
		['an empty template ID', { ...sendTemplate, templateId: ' ' }, {}, 'Template ID is empty'],
		[
			'a variable without a name',
			{ ...sendTemplate, ...variables({ a: 'x', ' ': 'Budi' }) },
			{},
			'Template variable 2 has no name',
		],
		[
			'a variable named twice',
			{ ...sendTemplate, ...variables({ total: '1', ' total ': '2' }) },
			{},
			'Template variable "total" is there twice',
		],
		[
			'a variable from a field that is not there',
			{ ...sendTemplate, ...variables({ total: '={{ $json.amount }}' }) },
			{},
			'Template variable "total" has no value',
		],
		[
			'an object as a variable',
			{ ...sendTemplate, ...variables({ total: '={{ $json }}' }) },
			{},
			'Template Variables, row 1, value is an object, not a text',
		],
		[
			'text that is not JSON',
			{ ...json, templateVariablesJson: '{ total: 1 }' },
			{},
			'Template Variables (JSON) is not valid JSON',
		],
		[
			'a JSON list',
			{ ...json, templateVariablesJson: '["Budi"]' },
			{},
			'Template Variables (JSON) is not an object',
		],
		[
			'an object inside the JSON',
			{ ...json, templateVariablesJson: '{ "total": { "rp": 1 } }' },
			{},
			'Template variable "total" is an object, not a text',
		],
		[
			'a null inside the JSON',
			{ ...json, templateVariablesJson: '{ "total": null }' },
			{},
			'Template variable "total" is null, not a text',
		],
		[
			'a name twice in the JSON',
			{ ...json, templateVariablesJson: '{ "a": "b:", "total": "1", "t\\u006ftal" : "2" }' },
			{},
			'Template variable "total" is there twice',
		],
		[
			'an empty name in the JSON',
			{ ...json, templateVariablesJson: '{ "": "1" }' },
			{},
			'Template variable 1 has no name',
		],
	])('%s', async (_, parameters, row, message) => {
		const { addConversations, run, requests } = await openWorkspace();
		const [conversation] = addConversations(1);

		const { status, error } = await run(parameters, [{ conversation, ...row } as never]);

		expect(status).toBe('error');
		expect(error?.message).toContain(message);
		expect(error?.message).toContain('[item 0]');
		expect(error?.description).toContain('0 of 1 items were sent.');
		expect(requests()).toEqual([]);
	});
});
