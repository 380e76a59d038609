import type { INode } from 'n8n-workflow';

import { sendText, type Workspace } from '../../../support/workspace';

/** The text of `tmpl_follow_up` with the values of {@link textOrTemplateFields}. */
export const TEMPLATE_TEXT = /^Halo Kak Budi, terima kasih/;

/** The parameters of *Text, or Template After 24 Hours*. */
export const textOrTemplateFields: INode['parameters'] = {
	messageType: 'textOrTemplate',
	content: 'Pesanan sudah dikirim',
	templateId: 'tmpl_follow_up',
	templateVariables: { variable: [{ name: 'customer_name', value: 'Budi' }] },
};

/** Message: Send of {@link textOrTemplateFields} to the conversation of each item. */
export const sendTextOrTemplate: INode['parameters'] = { ...sendText, ...textOrTemplateFields };

/** Returns the time this many milliseconds ago, by the clock of the sandbox. */
export const timeAgo = ({ sandbox }: Workspace, ms: number) =>
	new Date(sandbox.store.now().getTime() - ms);

/**
 * Adds a conversation on a channel of this type.
 *
 * @param lastIncomingAgoMs the age of the customer's last message; without it, the customer has never written
 * @returns its ID
 */
export function addConversation(
	workspace: Workspace,
	lastIncomingAgoMs?: number,
	type = 'whatsapp',
): string {
	const { store } = workspace.sandbox;
	const { id } = store.addConversation({ channel: store.channelOfType(type) });
	if (lastIncomingAgoMs !== undefined) {
		store.addIncoming(id, 'Halo', timeAgo(workspace, lastIncomingAgoMs));
	}
	return id;
}
