import { addRule, AUTOMATION_BOT, isToCustomer } from '../../sandbox/automation';
import type { Sender } from '../../sandbox/records';
import type { Workspace } from './workspace';

/** A bot of the workspace that is not the sender of messages through the API. */
export const OTHER_BOT = AUTOMATION_BOT;

/** Adds an automation rule: each outgoing message resolves its conversation at once. */
export function resolveOnEachMessage({ sandbox: { store } }: Workspace): void {
	addRule(store, {
		on: 'message.created',
		when: isToCustomer,
		status: 'resolved',
	});
}

/**
 * Adds an auto-reply: another message of a bot follows each message that is sent through the API.
 *
 * @param sender the API's own sender if `sandbox.store.bot` is given; otherwise another bot
 */
export function replyAutomatically(
	{ sandbox: { store } }: Workspace,
	content: string,
	sender: Readonly<Sender> = OTHER_BOT,
): void {
	addRule(store, {
		on: 'message.created',
		when: (event) => isToCustomer(event) && event.message?.sender.id === store.bot.id,
		send: content,
		sender,
	});
}
