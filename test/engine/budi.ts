import type { IDataObject } from 'n8n-workflow';

import type { Deviation } from '../../sandbox';
import { letPass } from '../support/retryData';
import { openWorkspace, type Workspace } from '../support/workspace';

/** What there is in a workspace: of some records how many, of others what they hold. */
export type Left = Record<string, unknown>;

const PHONE = '+6281234567890';

/** Of {@link openWithBudi}. */
export const BEFORE: Left = {
	contacts: 1,
	conversations: 1,
	sent: 0,
	company: null,
	attributes: { poin: 5 },
	status: 'open',
	labels: [],
};

/** A customer with a conversation on WhatsApp, both a minute old, and a row for each operation. */
export async function openWithBudi(deviations: Deviation[], phone = PHONE) {
	const workspace = await openWorkspace({ deviations });
	const { store } = workspace.sandbox;
	const contact = store.addContact({ phone, custom_attributes: { poin: 5 } });
	const conversation = store.addConversation({ contact });
	store.addIncoming(conversation.id, 'Halo, apakah pesanan saya sudah dikirim?');
	letPass(workspace, 1);
	const row: IDataObject = {
		contact: contact.id,
		conversation: conversation.id,
		channel: store.channelOfType('email').id,
		agent: [...store.agents.keys()][0]!,
		phone: '0812-3456-7890',
		stranger: '0813-9876-5432',
		name: 'Budi Santoso',
	};
	/** Of Budi, and of everybody. */
	const left = (): Left => ({
		contacts: store.contacts.size,
		conversations: store.conversations.size,
		sent: [...store.conversations.keys()].flatMap((id) => workspace.sent(id)).length,
		company: contact.company,
		attributes: contact.custom_attributes,
		status: conversation.status,
		labels: conversation.labels,
	});
	return { ...workspace, row, left };
}

export type WithBudi = Awaited<ReturnType<typeof openWithBudi>>;

/** Nothing that a process knows of a workspace is known by its other address. */
export function goOnInAnotherProcess({ credentials, sandbox }: Workspace): void {
	credentials.sahutApi!.baseUrl = sandbox.url.replace('127.0.0.1', 'localhost');
}
