import { addAutomationRule, AUTOMATION_BOT, isMessageToCustomer } from '../../sandbox/automation';
import type { Sender } from '../../sandbox/records';
import type { Workspace } from './workspace';

/** A bot that is not the sender of the API's messages. */
export const OTHER_BOT = AUTOMATION_BOT;

/** Adds an automation rule that resolves a conversation after each message to the customer. */
export function addResolveRule({ sandbox: { store } }: Workspace): void {
	addAutomationRule(store, {
		on: 'message.created',
		when: isMessageToCustomer,
		status: 'resolved',
	});
}

/**
 * Adds an automation rule that replies to each message that the API sends.
 *
 * @param sender the bot that replies; `sandbox.store.bot` is the sender of the API's messages
 */
export function addAutoReply(
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
