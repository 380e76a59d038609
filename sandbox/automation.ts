import { toTimestamp } from './clock';
import type { Deviations } from './deviations';
import type { Agent, Conversation, Message, Sender } from './records';
import type { Store } from './store';

/** A bot of the workspace. The bot that sends messages of the API is another one. */
export const AUTOMATION_BOT: Readonly<Sender> = {
	type: 'bot',
	id: 'usr_01HX0AUTO0REPLY',
	name: 'Balasan Otomatis',
};

/** An automation rule of a workspace: the actions that an event triggers. */
export interface AutomationRule {
	on: 'conversation.created' | 'conversation.updated' | 'message.created';
	/** Filters the events. Default: all events. */
	when?: (event: { conversation: Conversation; message?: Message }) => boolean;
	/** The text of a message, which is sent before the conversation changes. */
	send?: string;
	/** The sender of that message. Default: {@link AUTOMATION_BOT}. */
	sender?: Readonly<Sender>;
	status?: Conversation['status'];
	assignee?: Agent;
	/** Added to the labels of the conversation. */
	label?: string;
}

/** Returns whether the event is a message to a customer. */
export function isMessageToCustomer({ message }: { message?: Message }): boolean {
	return message?.type === 'outgoing' && !message.private;
}

/** The stores whose rules are running. Actions of a rule trigger no other rule. */
const storesRunningRules = new WeakSet<Store>();

function applyRule(
	store: Store,
	conversation: Conversation,
	rule: Omit<AutomationRule, 'on' | 'when'>,
): void {
	const { send, sender = AUTOMATION_BOT, status, assignee, label } = rule;
	if (send !== undefined) {
		store.addMessage(conversation.id, {
			type: 'outgoing',
			content: send,
			sender,
			attachments: [],
			created_at: toTimestamp(store.now()),
		});
	}
	const labels = label === undefined ? [] : [...new Set([...conversation.labels, label])];
	const changes = {
		...(status && { status }),
		...(assignee && { assignee }),
		...(labels.length > 0 && { labels }),
	};
	if (Object.keys(changes).length > 0) store.updateConversation(conversation, changes);
}

/** Adds an automation rule. It runs after the record of the event is stored. */
export function addAutomationRule(
	store: Store,
	{ on, when = () => true, ...actions }: AutomationRule,
): void {
	store.emitter.on('event', (event) => {
		if (event.name !== on || !('conversation' in event) || storesRunningRules.has(store)) return;
		if (!when(event)) return;
		storesRunningRules.add(store);
		try {
			applyRule(store, event.conversation, actions);
		} finally {
			storesRunningRules.delete(store);
		}
	});
}

/**
 * Adds the rules of the deviations `auto-reply` and `rules`. Call it after the store was filled and after
 * all other listeners were added, so that webhooks get an event before the actions of a rule.
 */
export function addDeviationRules(store: Store, deviations: Deviations): void {
	if (deviations.has('auto-reply')) {
		addAutomationRule(store, {
			on: 'message.created',
			when: ({ message }) => message?.type === 'incoming',
			send: 'Terima kasih sudah menghubungi kami. Pesan Anda akan segera kami balas.',
		});
	}
	if (!deviations.has('rules')) return;
	const [assignee] = store.agents.values();
	addAutomationRule(store, {
		on: 'conversation.created',
		label: 'baru',
		...(assignee && { assignee }),
	});
	addAutomationRule(store, {
		on: 'message.created',
		when: isMessageToCustomer,
		send: 'Balas pesan ini kalau ada pertanyaan.',
		status: 'resolved',
	});
	addAutomationRule(store, {
		on: 'conversation.updated',
		when: ({ conversation }) => conversation.status === 'resolved',
		label: 'selesai',
	});
}
