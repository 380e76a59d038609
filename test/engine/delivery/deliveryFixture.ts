import type { IDataObject, INode } from 'n8n-workflow';

import type { SandboxOptions } from '../../../sandbox';
import { HOUR_MS } from '../../../sandbox/clock';
import type { Contact, Conversation, ConversationStatus } from '../../../sandbox/records';
import type { FinishedRun, WorkflowToRun } from '../../support/engine';
import { byId } from '../../support/locator';
import { openWorkspace, toPhone, type Workspace } from '../../support/workspace';

export const LONG_AGO = '2024-03-15T08:30:00Z';

/** The default customer of the delivery tests, as the JSON of an item. */
export const BUDI = {
	phone: '0812-777-0001',
	name: 'Budi',
	text: 'Pesanan ORD-12 sudah dikirim',
	order: 'ORD-12',
};
export const BUDI_E164 = '+628127770001';
export const SITI = { ...BUDI, phone: '0812-777-0002', name: 'Siti' };
export const SITI_E164 = '+628127770002';

/** Opens a workspace with Budi as a contact that all lists show. */
export async function openWithContact(options: SandboxOptions = {}) {
	const workspace = await openWorkspace(options);
	const contact = workspace.sandbox.store.addContact({
		name: 'Budi',
		phone: BUDI_E164,
		created_at: LONG_AGO,
	});
	return { ...workspace, workspace, contact };
}

/**
 * Adds a WhatsApp conversation with one message of the customer.
 *
 * @param hoursAgo the age of that message
 */
export function addConversation(
	{ sandbox: { store } }: Workspace,
	contact: Contact,
	{ status = 'open', hoursAgo }: { status?: ConversationStatus; hoursAgo: number },
): Conversation {
	const wroteAt = new Date(store.now().getTime() - hoursAgo * HOUR_MS);
	const conversation = store.addConversation({ contact, status, created_at: LONG_AGO });
	store.addIncoming(conversation.id, 'Halo, apakah pesanan saya sudah dikirim?', wroteAt);
	return conversation;
}

/** Returns the parameters of *Message: Send to Phone Number* for a template with an order number. */
export const templateToPhone = (
	workspace: Workspace,
	options: INode['parameters'] = {},
): INode['parameters'] => ({
	...toPhone(workspace, options),
	templateId: 'tmpl_order_shipped',
	templateVariables: {
		variable: [
			{ name: 'customer_name', value: '={{ $json.name }}' },
			{ name: 'order_id', value: '={{ $json.order }}' },
			{ name: 'tracking_number', value: 'JNE8001' },
		],
	},
});

/** Returns the parameters of *Message: Send to Phone Number* for a text. */
export const textToPhone = (
	workspace: Workspace,
	options: INode['parameters'] = {},
): INode['parameters'] => ({
	...toPhone(workspace, options),
	messageType: 'text',
	content: '={{ $json.text }}',
});

/** Returns the parameters of *Message: Send to Phone Number* for *Text, or Template After 24 Hours*. */
export const textOrTemplateToPhone = (
	workspace: Workspace,
	options: INode['parameters'] = {},
): INode['parameters'] => ({
	...templateToPhone(workspace, options),
	messageType: 'textOrTemplate',
	content: '={{ $json.text }}',
});

/** Returns the parameters of *Conversation: Create* with this contact. */
export const createConversation = (
	contact: Contact,
	channelId: string,
	additionalFields: INode['parameters'] = {},
): INode['parameters'] => ({
	resource: 'conversation',
	operation: 'create',
	contactId: byId(contact.id),
	channelId: byId(channelId),
	additionalFields,
});

/** The `error` of a failed item. */
export interface ItemError extends IDataObject {
	message: string;
	advice?: string;
	reason?: string;
	mayHaveArrived?: boolean;
}

/** Returns the JSON of all items on the first output. Failed items have an `error`. */
export const jsonsOf = (run: FinishedRun): IDataObject[] =>
	run.output('Sahut').map(({ json }) => json);

/** Runs the node with *Continue* for one item, and returns its JSON, which has an `error` if it failed. */
export async function runItem(
	workspace: Workspace,
	parameters: INode['parameters'],
	row: IDataObject = BUDI,
	overrides: Partial<WorkflowToRun> = {},
): Promise<IDataObject & { error?: ItemError }> {
	const run = await workspace.run(
		parameters,
		[row],
		{ onError: 'continueRegularOutput' },
		overrides,
	);
	return (jsonsOf(run)[0] ?? {}) as IDataObject & { error?: ItemError };
}

/** Makes all lists of conversations empty. A GET by ID still returns a conversation. */
export function hideConversations({ sandbox }: Workspace): void {
	const meta = { total: 0, page: 1, per_page: 100, total_pages: 0 };
	const body = { data: [], meta };
	const path = '/conversations';
	sandbox.faults.add({ kind: 'body', method: 'GET', path, times: Infinity, body });
}
