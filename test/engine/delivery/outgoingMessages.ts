import type { Message } from '../../../sandbox/records';
import type { Workspace } from '../../support/workspace';

export const AGENT = { type: 'agent', id: 'usr_dewi', name: 'Dewi Lestari' } as const;

/** Adds a message to a conversation that this node did not send, by default from an agent. */
export function addOutgoing(
	{ sandbox }: Workspace,
	conversation: string,
	content: string,
	{ sender = AGENT, at = new Date() }: { sender?: Message['sender']; at?: Date } = {},
): void {
	sandbox.store.addMessage(conversation, {
		type: 'outgoing',
		content,
		sender,
		attachments: [],
		created_at: at.toISOString(),
	});
}
