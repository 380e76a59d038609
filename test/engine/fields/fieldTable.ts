import type { IDataObject, INode, INodeProperties } from 'n8n-workflow';

import { resources } from '../../../nodes/Sahut/resources';
import { byId, byMode } from '../../support/locator';
import { openWorkspace } from '../../support/workspace';

type Parameters = INode['parameters'];

/** A field of an operation, including the fields of collections and rows. */
export interface FieldUnderTest {
	/** `message.send`. */
	operation: string;
	/** For example `['options', 'dryRun']`. `0` is the first row of a fixed collection. */
	path: string[];
	field: INodeProperties;
	/** The mode of a locator. */
	mode?: string;
}

/** Expressions for the IDs that {@link openWithRecords} returns. */
const CONVERSATION = byId('={{ $json.conversation }}');
const CONTACT = byId('={{ $json.contact }}');
const CHANNEL = byId('={{ $json.channel }}');

/** Opens a workspace with a customer who has just written. Returns the IDs for an item. */
export async function openWithRecords() {
	const workspace = await openWorkspace();
	const { store } = workspace.sandbox;
	const customer = store.addContact({ phone: '+6281234567890', email: 'budi@example.com' });
	const conversation = store.addConversation({ contact: customer });
	store.addIncoming(conversation.id, 'Halo');
	const [agent] = store.agents.values();
	const ids = {
		conversation: conversation.id,
		contact: customer.id,
		channel: conversation.channel.id,
		agent: agent!.id,
	};
	return { ...workspace, ids };
}

/** Parameters with which each operation makes a request, and shows as many fields as possible. */
const VALID: Record<string, Parameters> = {
	'message.list': { conversationId: CONVERSATION, returnAll: false, limit: 10 },
	'message.send': {
		conversationId: CONVERSATION,
		messageType: 'textOrTemplate',
		content: 'Halo',
		templateId: 'tmpl_opening_hours',
		variablesInput: 'fields',
	},
	'message.sendAndWait': {
		conversationId: CONVERSATION,
		message: 'Kirim jawaban ini?',
		approval: { type: 'double' },
	},
	'message.sendToPhone': {
		phone: '0812-3456-7890',
		channelId: CHANNEL,
		messageType: 'textOrTemplate',
		content: 'Halo',
		templateId: 'tmpl_opening_hours',
		variablesInput: 'fields',
	},
	'conversation.list': { returnAll: false, limit: 10 },
	'conversation.get': { conversationId: CONVERSATION },
	'conversation.create': { contactId: CONTACT, channelId: CHANNEL },
	'conversation.update': { conversationId: CONVERSATION, updateFields: { status: 'open' } },
	'contact.list': { returnAll: false, limit: 10 },
	'contact.get': { contactId: CONTACT },
	'contact.create': { name: 'Budi' },
	'contact.update': { contactId: CONTACT, updateFields: { company: 'Toko Makmur' } },
	'contact.upsert': { matchBy: 'phone', phone: '0812-3456-7890', email: 'budi@example.com' },
};

/** Fields that are read only if another field has a value. */
const REQUIRES: Record<string, Parameters> = {
	templateVariablesJson: { variablesInput: 'json' },
	maxDateAndTime: { options: { limitWaitTime: { values: { limitType: 'atSpecifiedTime' } } } },
	'contact.upsert email': { matchBy: 'email' },
	'contact.upsert additionalFields phone': { matchBy: 'email' },
};

function fieldsOf(operation: string, fields: INodeProperties[], above: string[]): FieldUnderTest[] {
	return fields.flatMap((field): FieldUnderTest[] => {
		const path = [...above, field.name];
		if (field.type === 'collection') {
			return fieldsOf(operation, field.options as INodeProperties[], path);
		}
		if (field.type === 'fixedCollection') {
			const groups = field.options as Array<{ name: string; values: INodeProperties[] }>;
			const row = field.typeOptions?.multipleValues ? ['0'] : [];
			return groups.flatMap(({ name, values }) =>
				fieldsOf(operation, values, [...path, name, ...row]),
			);
		}
		// The mode `list` also stores an ID.
		const modes = (field.modes ?? []).filter(({ name }) => name !== 'list');
		if (modes.length > 0) {
			return modes.map(({ name: mode }) => ({ operation, path, field, mode }));
		}
		return [{ operation, path, field }];
	});
}

/** The names of all operations, such as `message.send`. */
export const OPERATIONS = resources.flatMap((resource) =>
	resource.operations.map(({ value }) => `${resource.value}.${value}`),
);

/** The path of a field, with the mode of a locator. */
export const titleOf = ({ path, mode }: FieldUnderTest) =>
	[path.join('.'), ...(mode ? [`(${mode})`] : [])].join(' ');

/** Every field of every operation, once, and in every mode. */
export const FIELDS: FieldUnderTest[] = resources.flatMap((resource) =>
	resource.operations.flatMap((operation) => {
		const name = `${resource.value}.${operation.value}`;
		const fields = fieldsOf(name, operation.fields, []);
		return [...new Map(fields.map((each) => [titleOf(each), each])).values()];
	}),
);

/** Sets a value at a path, and returns the object. */
function set(target: IDataObject, [key, ...rest]: string[], value: unknown): IDataObject {
	const isRow = rest[0] === '0';
	if (rest.length === 0) target[key!] = value as IDataObject;
	else if (isRow) target[key!] = [set({ name: 'kota', value: 'Bandung' }, rest.slice(1), value)];
	else target[key!] = set({ ...(target[key!] as IDataObject) }, rest, value);
	return target;
}

/** Returns parameters with which an operation makes a request. */
export function validParameters(operation: string): Parameters {
	const [resource, name] = operation.split('.') as [string, string];
	return { resource, operation: name, ...structuredClone(VALID[operation]) };
}

/** Returns valid parameters of an operation, except for the value of one field. */
export function parametersWith(
	{ operation, path, field, mode }: FieldUnderTest,
	value: unknown,
): Parameters {
	const required = [field.name, [operation, ...path].join(' ')].map((key) => REQUIRES[key]);
	const given = mode === undefined ? value : byMode(mode, value as string);
	const parameters = Object.assign(validParameters(operation), ...required) as IDataObject;
	return set(parameters, path, given) as Parameters;
}
