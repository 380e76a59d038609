import { addAutomationRule, AUTOMATION_BOT, isMessageToCustomer } from '../../sandbox/automation';
import type { Sender } from '../../sandbox/records';
import type { Workspace } from './workspace';

/** A bot that is not the sender of the API's messages. */
export const OTHER_BOT = AUTOMATION_BOT;

/** Adds an automation rule that resolves a conversation after each message to the customer. */
export function resolveOnEachMessage({ sandbox: { store } }: Workspace): void {
	addAutomationRule(store, {
		on: 'message.created',
		when: isMessageToCustomer,
		status: 'resolved',
	});
}

/**
 * Adds an automation rule that sends a message after each message of the API.
 *
 * @param sender the bot that sends it; `sandbox.store.bot` is the API's own sender
 */
export function replyAutomatically(
	{ sandbox: { store } }: Workspace,
	content: string,
	sender: Readonly<Sender> = OTHER_BOT,
): void {
	addAutomationRule(store, {
		on: 'message.created',
		when: (event) => isMessageToCustomer(event) && event.message?.sender.id === store.bot.id,
		send: content,
		sender,
	});
}
