import type { IDataObject } from 'n8n-workflow';

import type { Deviation } from '../../../sandbox';
import { ageRecords } from '../../support/retryData';
import { openWorkspace, type Workspace } from '../../support/workspace';

/** The number of records of each type in a workspace, and the fields of its customer. */
export type State = Record<string, unknown>;

const PHONE = '+6281234567890';

/** The state of a workspace directly after {@link openWithCustomer}. */
export const INITIAL_STATE: State = {
	contacts: 1,
	conversations: 1,
	sent: 0,
	company: null,
	attributes: { poin: 5 },
	status: 'open',
	labels: [],
};

/**
 * Opens a workspace that has a customer with a WhatsApp conversation, both one minute old.
 *
 * @param phone the phone number of the customer as Sahut stores it
 * @returns the workspace, an item with the values that all operations need, and `state`, which reads
 * the current state
 */
export async function openWithCustomer(deviations: Deviation[], phone = PHONE) {
	const workspace = await openWorkspace({ deviations });
	const { store } = workspace.sandbox;
	store.attributeTypes.set('poin', 'number').set('kota', 'text');
	const contact = store.addContact({ phone, custom_attributes: { poin: 5 } });
	const conversation = store.addConversation({ contact });
	store.addIncoming(conversation.id, 'Halo, apakah pesanan saya sudah dikirim?');
	ageRecords(workspace, 1);
	const row: IDataObject = {
		contact: contact.id,
		conversation: conversation.id,
		channel: store.channelOfType('email').id,
		agent: [...store.agents.keys()][0]!,
		phone: '0812-3456-7890',
		newPhone: '0813-9876-5432',
		name: 'Budi Santoso',
	};
	const state = (): State => ({
		contacts: store.contacts.size,
		conversations: store.conversations.size,
		sent: [...store.conversations.keys()].flatMap((id) => workspace.sent(id)).length,
		company: contact.company,
		attributes: contact.custom_attributes,
		status: conversation.status,
		labels: conversation.labels,
	});
	return { ...workspace, row, state };
}

export type CustomerWorkspace = Awaited<ReturnType<typeof openWithCustomer>>;

/**
 * Makes later runs behave like runs of another process, which has cached nothing. It switches to the
 * other address of the sandbox, because the caches are keyed by address.
 */
export function continueInAnotherProcess({ credentials, sandbox }: Workspace): void {
	credentials.sahutApi!.baseUrl = sandbox.url.replace('127.0.0.1', 'localhost');
}
