import type { Message } from '../../../sandbox/records';
import type { Workspace } from '../../support/workspace';
import { now } from '../../support/testClock';

/** The agent who sends messages by default. */
export const AGENT = { type: 'agent', id: 'usr_dewi', name: 'Dewi Lestari' } as const;

/**
 * Adds an outgoing message that the node did not send.
 *
 * @param sender an agent by default
 * @param at the time of the message; now by default
 */
export function addOutgoing(
	{ sandbox }: Workspace,
	conversation: string,
	content: string,
	{ sender = AGENT, at = new Date(now()) }: { sender?: Message['sender']; at?: Date } = {},
): void {
	sandbox.store.addMessage(conversation, {
		type: 'outgoing',
		content,
		sender,
		attachments: [],
		created_at: at.toISOString(),
	});
}
