import type { INode } from 'n8n-workflow';

import { startSandbox, type Sandbox } from '../../../sandbox';
import { runWorkflow, sahutWorkflow } from '../../support/engine';
import { byId } from '../../support/locator';
import { sendText } from '../../support/workspace';

type Parameters = INode['parameters'];

const parametersOf = (resource: string, operation: string, parameters: Parameters): Parameters => ({
	resource,
	operation,
	...parameters,
});
const CONVERSATION = { conversationId: byId('conv_1') };
const CONTACT = { contactId: byId('ct_1') };

const text = (content: string) => ({ ...sendText, ...CONVERSATION, content });
const into = (conversation: string) => ({ ...text('Halo'), conversationId: byId(conversation) });
const template = (fields: Parameters) => ({
	...text(''),
	messageType: 'template',
	templateId: 'tmpl_1',
	...fields,
});
const variables = (...variable: Array<[name: string, value: string]>) =>
	template({
		templateVariables: { variable: variable.map(([name, value]) => ({ name, value })) },
	});
const json = (templateVariablesJson: string) =>
	template({ variablesInput: 'json', templateVariablesJson });
const toPhone = (phone: string) => ({
	...text('Halo'),
	operation: 'sendToPhone',
	phone,
	channelId: byId('ch_1'),
});
const list = (fields: Parameters) =>
	parametersOf('message', 'list', { ...CONVERSATION, ...fields });

const createContact = (additionalFields: Parameters, name = 'Budi') =>
	parametersOf('contact', 'create', { name, additionalFields });
const attributes = (...names: string[]) =>
	createContact({
		customAttributes: { attribute: names.map((name) => ({ name, value: 'Bandung' })) },
	});
const upsert = (match: Parameters) => parametersOf('contact', 'upsert', { ...match, name: 'Budi' });
const updateContact = (updateFields: Parameters) =>
	parametersOf('contact', 'update', { ...CONTACT, updateFields });

const createConversation = (contact: string, channel: string) =>
	parametersOf('conversation', 'create', { contactId: byId(contact), channelId: byId(channel) });
const updateConversation = (updateFields: Parameters) =>
	parametersOf('conversation', 'update', { ...CONVERSATION, updateFields });

/** An empty value that n8n itself accepts. */
const EMPTY = '={{ "" }}';

/** The parameters that cause each error. */
const INVALID_PARAMETERS: Record<string, Parameters[]> = {
	'Text is empty': [text(EMPTY), text(' \n\t'), text('={{ $json.text }}')],
	'Text is an object, not text': [text('={{ { a: 1 } }}')],
	'Conversation is empty': [into(' ')],
	'Conversation "conv_1/../../contacts" is not an ID': [into('conv_1/../../contacts')],
	'Conversation ".." is not an ID': [into('..')],
	'Template ID is empty': [template({ templateId: ' ' })],
	'Template variable 2 has no name': [variables(['a', 'x'], [' ', 'Budi'])],
	'Template variable "total" is defined twice': [
		variables(['total', '1'], [' total ', '2']),
		json('{ "a": "b:", "total": "1", "t\\u006ftal" : "2" }'),
	],
	'Template variable "total" has no value': [variables(['total', '={{ $json.amount }}'])],
	'Template Variables: the value in row 1 is an object, not text': [
		variables(['total', '={{ $json }}']),
	],
	'Template Variables (JSON) is not valid JSON': [json('{ total: 1 }')],
	'Template Variables (JSON) is not an object': [json('["Budi"]')],
	'Template variable "total" is an object, not text': [json('{ "total": { "rp": 1 } }')],
	'Template variable "total" is null, not text': [json('{ "total": null }')],
	'Template variable 1 has no name': [json('{ "": "1" }')],
	'The phone number is empty': [toPhone(EMPTY), upsert({ matchBy: 'phone', phone: EMPTY })],
	'"Budi" is not a phone number': [toPhone('Budi'), createContact({ phone: 'Budi' })],
	'Limit must be a whole number of 1 or more': [
		...['0', '-1', '1.5', '"ten"'].map((limit) => list({ limit: `={{ ${limit} }}` })),
		parametersOf('conversation', 'list', { limit: '={{ 0 }}' }),
	],
	'Created After is not a valid date or time': [list({ filters: { createdAfter: 'kemarin' } })],

	'Name is empty': [createContact({}, ' ')],
	'"budi.example.com" is not an email address': [createContact({ email: 'budi.example.com' })],
	'"a@b.id, c@d.id" is not an email address': [createContact({ email: 'a@b.id, c@d.id' })],
	'Custom attribute 1 has no name': [attributes(' ')],
	'Custom attribute "kota" is defined twice': [attributes('kota', ' kota ')],
	'Tags is an object, not text': [createContact({ tags: '={{ [{ a: 1 }] }}' })],
	'The email address is empty': [upsert({ matchBy: 'email', email: ' ' })],
	'Contact "Budi Santoso" is not an ID': [
		parametersOf('contact', 'get', { contactId: byId('Budi Santoso') }),
	],

	'Contact is empty': [createConversation(EMPTY, 'ch_1')],
	'Channel is empty': [createConversation('ct_1', EMPTY)],
	'Channel "WhatsApp Utama" is not an ID': [createConversation('ct_1', 'WhatsApp Utama')],
	'Assignee and Unassign are both set': [
		updateConversation({ assigneeId: 'usr_1', unassign: true }),
	],
	'There is nothing to update': [
		updateContact({}),
		updateContact({ name: '', tags: [''] }),
		updateConversation({}),
		updateConversation({ assigneeId: '', unassign: false }),
	],
};

let sandbox: Sandbox;
beforeAll(async () => {
	sandbox = await startSandbox({ data: 'empty' });
});
afterEach(() => sandbox.journal.clear());
afterAll(async () => await sandbox.close());

describe('The node rejects before any request', () => {
	it.each(Object.entries(INVALID_PARAMETERS))('with the error: %s', async (message, rejected) => {
		for (const parameters of rejected) {
			const { error } = await runWorkflow({
				...sahutWorkflow(parameters),
				credentials: { sahutApi: { apiKey: sandbox.apiKey, baseUrl: sandbox.url } },
			});

			expect(error?.message).toContain(message);
			expect(error?.message).toContain('[item 0]');
			expect(error?.description).toContain('0 of 1 items were');
			expect(sandbox.journal.entries).toEqual([]);
		}
	});
});
