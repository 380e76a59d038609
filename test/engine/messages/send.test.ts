import type { INode } from 'n8n-workflow';

import { byId } from '../../support/locator';
import { openConversation, openWorkspace, sendText } from '../../support/workspace';

const sendTemplate: INode['parameters'] = {
	...sendText,
	messageType: 'template',
	templateId: 'tmpl_invoice_due',
};

/** Returns template variables as the editor stores them. */
function variables(rows: Record<string, unknown>): INode['parameters'] {
	const variable = Object.entries(rows).map(([name, value]) => ({ name, value }));
	return { templateVariables: { variable } } as INode['parameters'];
}

describe('Message: Send', () => {
	it.each<[string, INode['parameters'], object]>([
		['a text', { content: '  Halo\n"Budi" 👋  ' }, { content: '  Halo\n"Budi" 👋  ' }],
		['a number from an expression', { content: '={{ 42 }}' }, { content: '42' }],
		[
			'an internal note',
			{ content: 'Cek stok', options: { private: true } },
			{ content: 'Cek stok', private: true },
		],
		[
			'a template without variables',
			{ ...sendTemplate, templateId: ' tmpl_opening_hours ' },
			{ template_id: 'tmpl_opening_hours' },
		],
	])('sends only the documented fields for %s', async (_, parameters, body) => {
		const { sandbox, addConversations, run } = await openWorkspace();
		const [conversation] = addConversations(1);

		await run({ ...sendText, ...parameters }, [{ conversation }]);

		const path = `/conversations/${conversation}/messages`;
		expect(sandbox.journal.entries).toMatchObject([{ method: 'POST', path, status: 201 }]);
		expect(sandbox.journal.entries[0]!.body).toEqual(body);
		expect(sandbox.journal.entries[0]!.headers['content-type']).toBe('application/json');
	});

	it.each([
		['from the list', { __rl: true, mode: 'list', value: 'ID', cachedResultName: 'Budi' }],
		['as an ID with surrounding whitespace', byId('  ID\n')],
		['as plain text, which an AI agent may enter', 'ID'],
	])('accepts a conversation %s', async (_, locator) => {
		const { addConversations, run, sent } = await openWorkspace();
		const [conversation] = addConversations(1);
		const conversationId = JSON.parse(JSON.stringify(locator).replace('ID', conversation!));

		await run({ ...sendText, conversationId }, [{ text: 'Halo' }]);

		expect(sent(conversation!)).toEqual(['Halo']);
	});
});

describe('Message: Send with a template', () => {
	it('reads variables from fields, with expressions for each item', async () => {
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
	])('reads variables from %s, and sends numbers and booleans as text', async (_, json) => {
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

	it.each([
		['fields', 'fields'],
		['JSON', 'json'],
	])('accepts variables that are called __proto__ and constructor, as %s', async (_, input) => {
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
	});

	it('rejects a value of zero-width characters', async () => {
		const { workspace, conversation } = await openConversation();
		const parameters = {
			...sendTemplate,
			templateId: 'tmpl_follow_up',
			...variables({ customer_name: '\u200b' }),
		};

		const { error } = await workspace.run(parameters, [{ conversation }]);

		expect(error?.message).toContain('has no value');
		expect(workspace.requests()).toEqual([]);
	});
});

describe('Message: Send with Dry Run', () => {
	it('outputs the request and sends nothing', async () => {
		const { workspace, conversation } = await openConversation();

		const { output } = await workspace.run(
			{ ...sendText, options: { dryRun: true, private: true } },
			[{ conversation, text: 'Halo' }],
		);

		expect(workspace.requests()).toEqual([]);
		expect(output('Sahut')).toEqual([
			{
				json: {
					dryRun: true,
					request: {
						method: 'POST',
						url: `${workspace.sandbox.url}/conversations/${conversation}/messages`,
						body: { content: 'Halo', private: true },
					},
				},
				pairedItem: { item: 0 },
			},
		]);
	});

	it('checks the parameters', async () => {
		const { workspace, conversation } = await openConversation();

		const { error } = await workspace.run({ ...sendText, options: { dryRun: true } }, [
			{ conversation, text: ' ' },
		]);

		expect(error?.message).toBe('Text is empty [item 0]');
	});
});
