import type { Sender } from '../../sandbox/records';
import { timestamp } from '../../sandbox/clock';
import type { WorkspaceEvent } from '../../sandbox/events';
import type { Workspace } from './workspace';

type MessageCreated = Extract<WorkspaceEvent, { name: 'message.created' }>;

/** A bot of the workspace that is not the sender of messages through the API. */
export const OTHER_BOT: Readonly<Sender> = {
	type: 'bot',
	id: 'usr_01HX0AUTO0REPLY',
	name: 'Balasan Otomatis',
};

/** Calls `act` for each message that a customer gets, as soon as the workspace has stored it. */
function onEachMessage({ sandbox }: Workspace, act: (event: MessageCreated) => void): void {
	sandbox.store.notices.on('event', (event) => {
		if (event.name !== 'message.created') return;
		if (event.message.type === 'outgoing' && !event.message.private) act(event);
	});
}

/** Adds an automation rule: each outgoing message resolves its conversation at once. */
export function resolveOnEachMessage(workspace: Workspace): void {
	const { store } = workspace.sandbox;
	onEachMessage(workspace, ({ conversation }) => {
		store.updateConversation(conversation, { status: 'resolved' });
	});
}

/**
 * Adds an auto-reply: another message of a bot follows each message that is sent through the API.
 *
 * @param sender the API's own sender if `sandbox.store.bot` is given; otherwise another bot
 */
export function replyAutomatically(
	workspace: Workspace,
	content: string,
	sender: Readonly<Sender> = OTHER_BOT,
): void {
	const { store } = workspace.sandbox;
	// The reply itself may come from the API's sender, and must not be replied to.
	let isReplying = false;
	onEachMessage(workspace, ({ conversation, message }) => {
		if (isReplying || message.sender.id !== store.bot.id) return;
		isReplying = true;
		try {
			store.addMessage(conversation.id, {
				type: 'outgoing',
				content,
				sender,
				attachments: [],
				created_at: timestamp(store.now()),
			});
		} finally {
			isReplying = false;
		}
	});
}
