import type {
	INodeProperties,
	INodePropertyCollection,
	INodePropertyOptions,
	INodeType,
} from 'n8n-workflow';

import { loadPackage } from '../../support/engine';

type Nested = INodeProperties | INodePropertyOptions | INodePropertyCollection;

/** Returns the values of a field with fixed choices. */
const choices = (given: Nested[]) =>
	given.flatMap((each) => ('value' in each ? [String(each.value)] : []));

/** Describes stored fields, one per line: `name: type = default`. Nested fields follow, indented. */
function storedValues(properties: Nested[], indent = '  '): string[] {
	return properties.flatMap((property) => {
		if ('values' in property) {
			return [`${indent}${property.name}`, ...storedValues(property.values, `${indent}  `)];
		}
		if ('value' in property) return [];
		const {
			name,
			type,
			default: initial,
			options = [],
			modes = [],
			displayOptions,
		} = property as INodeProperties;
		const values = [...choices(options), ...modes.map((mode) => mode.name)].join(' | ');
		const when = Object.entries(displayOptions?.show ?? {})
			.filter(([field]) => !['resource', 'operation'].includes(field))
			.map(([field, shown]) => `, when ${field} is ${shown?.join(' or ')}`)
			.join('');
		return [
			`${indent}${name}: ${type} = ${JSON.stringify(initial)}${values && ` of ${values}`}${when}`,
			...storedValues(options as Nested[], `${indent}  `),
		];
	});
}

/** Describes the stored fields of the node, by resource and operation. */
function storedValuesByOperation(properties: INodeProperties[]): string {
	const operations = properties.filter(({ name }) => name === 'operation');
	return operations
		.flatMap(({ displayOptions, options, default: first }) => {
			const resource = displayOptions!.show!.resource![0] as string;
			return [
				`${resource} (first: ${String(first)})`,
				...(options as INodePropertyOptions[]).flatMap(({ value }) => [
					` ${resource}.${String(value)}`,
					...storedValues(
						properties.filter(
							({ displayOptions: shown }) =>
								shown?.show?.resource?.includes(resource) && shown.show.operation?.includes(value),
						),
					),
				]),
			];
		})
		.join('\n');
}

// Users' workflows contain these values. Additions are safe; a rename or a removal breaks workflows.
describe('The stored values', () => {
	it('of the Sahut Trigger do not change', async () => {
		const { type } = (await loadPackage()).getNode('sahutTrigger');
		const { properties, ...description } = (type as INodeType).description;

		expect(description).toMatchObject({
			name: 'sahutTrigger',
			version: 1,
			credentials: [{ name: 'sahutApi', required: true }],
		});
		expect(`\n${storedValues(properties).join('\n')}`).toMatchInlineSnapshot(`
		"
		  events: multiOptions = ["message.created"] of contact.created | contact.updated | conversation.created | conversation.resolved | conversation.updated | message.created
		  options: collection = {}
		    channelIds: multiOptions = []
		    conversationStatuses: multiOptions = [] of open | pending | resolved | snoozed
		    deduplicate: boolean = true
		    includeNotes: boolean = false
		    rawBody: boolean = false
		    messageTypes: multiOptions = ["incoming"] of activity | incoming | outgoing
		    senderTypes: multiOptions = [] of agent | bot | contact
		    textContains: string = ""
		  options: hidden = {}"
	`);
	});

	it('of the Sahut node do not change', async () => {
		const { type } = (await loadPackage()).getNode('sahut');
		const { properties, ...description } = (type as INodeType).description;

		expect(description).toMatchObject({
			name: 'sahut',
			version: 1,
			credentials: [{ name: 'sahutApi' }],
		});
		expect(storedValuesByOperation(properties)).toMatchInlineSnapshot(`
		"message (first: send)
		 message.list
		  conversationId: resourceLocator = {"mode":"list","value":""} of list | id
		  returnAll: boolean = false
		  limit: number = 50, when returnAll is false
		  filters: collection = {}
		    createdAfter: dateTime = ""
		    createdBefore: dateTime = ""
		    types: multiOptions = [] of activity | incoming | outgoing
		    senderTypes: multiOptions = [] of agent | bot | contact
		  options: collection = {}
		    concurrency: number = 10
		    downloadAttachments: boolean = false
		    order: options = "oldestFirst" of newestFirst | oldestFirst
		    output: options = "messages" of messages | transcript
		 message.send
		  conversationId: resourceLocator = {"mode":"list","value":""} of list | id
		  messageType: options = "text" of text | textOrTemplate | template
		  content: string = "", when messageType is text
		  content: string = "", when messageType is textOrTemplate
		  templateId: string = "", when messageType is template
		  templateId: string = "", when messageType is textOrTemplate
		  variablesInput: options = "fields" of fields | json, when messageType is template or textOrTemplate
		  templateVariables: fixedCollection = {}, when messageType is template or textOrTemplate, when variablesInput is fields
		    variable
		      name: string = ""
		      value: string = ""
		  templateVariablesJson: json = "{}", when messageType is template or textOrTemplate, when variablesInput is json
		  options: collection = {}
		    concurrency: number = 5
		    dryRun: boolean = false
		    private: boolean = false
		    requestsPerMinute: number = 60
		    skipContactTags: string = ""
		    skipIfAssigned: boolean = false
		    skipIfCustomerWroteWithin: number = 24
		    skipIfSentWithin: number = 24
		 message.sendAndWait
		  conversationId: resourceLocator = {"mode":"list","value":""} of list | id
		  message: string = ""
		  approval: collection = {}
		    approveLabel: string = "Approve"
		    declineLabel: string = "Decline"
		    type: options = "single" of single | double
		  options: collection = {}
		    limitWaitTime: fixedCollection = {"values":{"limitType":"afterTimeInterval","resumeAmount":45,"resumeUnit":"minutes"}}
		      values
		        limitType: options = "afterTimeInterval" of afterTimeInterval | atSpecifiedTime
		        resumeAmount: number = 1, when limitType is afterTimeInterval
		        resumeUnit: options = "hours" of minutes | hours | days, when limitType is afterTimeInterval
		        maxDateAndTime: dateTime = "", when limitType is atSpecifiedTime
		    sendTo: options = "note" of note | customer
		 message.sendToPhone
		  phone: string = ""
		  channelId: resourceLocator = {"mode":"list","value":""} of list | id
		  messageType: options = "text" of text | textOrTemplate | template
		  content: string = "", when messageType is text
		  content: string = "", when messageType is textOrTemplate
		  templateId: string = "", when messageType is template
		  templateId: string = "", when messageType is textOrTemplate
		  variablesInput: options = "fields" of fields | json, when messageType is template or textOrTemplate
		  templateVariables: fixedCollection = {}, when messageType is template or textOrTemplate, when variablesInput is fields
		    variable
		      name: string = ""
		      value: string = ""
		  templateVariablesJson: json = "{}", when messageType is template or textOrTemplate, when variablesInput is json
		  options: collection = {}
		    assigneeId: options = ""
		    concurrency: number = 5
		    contactName: string = ""
		    defaultCountryCode: string = "62"
		    dryRun: boolean = false
		    requestsPerMinute: number = 60
		    reuseResolvedWithin: number = 30
		    reuseOpenConversation: boolean = true
		    skipContactTags: string = ""
		    skipIfAssigned: boolean = false
		    skipIfCustomerWroteWithin: number = 24
		    skipIfSentWithin: number = 24
		    testPhone: string = ""
		conversation (first: list)
		 conversation.create
		  contactId: resourceLocator = {"mode":"list","value":""} of list | id | phone | email
		  channelId: resourceLocator = {"mode":"list","value":""} of list | id
		  additionalFields: collection = {}
		    assigneeId: options = ""
		    firstMessage: string = ""
		 conversation.get
		  conversationId: resourceLocator = {"mode":"list","value":""} of list | id
		 conversation.list
		  returnAll: boolean = false
		  limit: number = 50, when returnAll is false
		  filters: collection = {}
		    assigneeId: options = ""
		    channelId: options = ""
		    status: options = "open" of open | pending | resolved | snoozed
		  options: collection = {}
		    concurrency: number = 10
		 conversation.update
		  conversationId: resourceLocator = {"mode":"list","value":""} of list | id
		  updateFields: collection = {}
		    addLabels: string = ""
		    assigneeId: options = ""
		    removeLabels: string = ""
		    labels: string = ""
		    status: options = "open" of open | pending | resolved | snoozed
		    teamId: string = ""
		    unassign: boolean = false
		contact (first: list)
		 contact.create
		  name: string = ""
		  additionalFields: collection = {}
		    company: string = ""
		    customAttributes: fixedCollection = {}
		      attribute
		        name: string = ""
		        type: options = "asGiven" of asGiven | checkbox | date | number | text
		        value: string = ""
		    email: string = ""
		    phone: string = ""
		    tags: string = ""
		 contact.upsert
		  matchBy: options = "phone" of email | phone
		  phone: string = "", when matchBy is phone
		  email: string = "", when matchBy is email
		  name: string = ""
		  additionalFields: collection = {}
		    addTags: string = ""
		    company: string = ""
		    customAttributes: fixedCollection = {}
		      attribute
		        name: string = ""
		        type: options = "asGiven" of asGiven | checkbox | date | number | text
		        value: string = ""
		    email: string = "", when /matchBy is phone
		    phone: string = "", when /matchBy is email
		    removeTags: string = ""
		    tags: string = ""
		 contact.get
		  contactId: resourceLocator = {"mode":"list","value":""} of list | id | phone | email
		 contact.list
		  returnAll: boolean = false
		  limit: number = 50, when returnAll is false
		  filters: collection = {}
		    query: string = ""
		    tag: string = ""
		  options: collection = {}
		    concurrency: number = 10
		 contact.update
		  contactId: resourceLocator = {"mode":"list","value":""} of list | id | phone | email
		  updateFields: collection = {}
		    addTags: string = ""
		    company: string = ""
		    customAttributes: fixedCollection = {}
		      attribute
		        name: string = ""
		        type: options = "asGiven" of asGiven | checkbox | date | number | text
		        value: string = ""
		    email: string = ""
		    name: string = ""
		    phone: string = ""
		    removeTags: string = ""
		    tags: string = """
	`);
	});

	it('of the credential do not change', async () => {
		const { type } = (await loadPackage()).getCredential('sahutApi');

		expect(type.name).toBe('sahutApi');
		expect(storedValues(type.properties).join('\n')).toMatchInlineSnapshot(`
		"  apiKey: string = ""
		  baseUrl: string = "https://api.sahut.id/v1""
	`);
	});
});

it('Optional fields are in alphabetical order, as n8n requires', async () => {
	const { type } = (await loadPackage()).getNode('sahut');
	const { properties } = (type as INodeType).description;
	const collections = properties.filter((property) => property.type === 'collection');

	expect(collections.length).toBeGreaterThan(10);
	for (const { options } of collections) {
		const labels = (options as INodeProperties[]).map(({ displayName }) => displayName);
		expect(labels).toEqual([...labels].sort((a, b) => a.localeCompare(b)));
	}
});
