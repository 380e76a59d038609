import { timestamp } from './clock';
import type { Deviations } from './deviations';
import type { Agent, Conversation, Message, Sender } from './records';
import type { Store } from './store';

/** A bot of the workspace that is not the sender of messages through the API. */
export const AUTOMATION_BOT: Readonly<Sender> = {
	type: 'bot',
	id: 'usr_01HX0AUTO0REPLY',
	name: 'Balasan Otomatis',
};

/** An automation rule: what the workspace does by itself on an event. */
export interface Rule {
	on: 'conversation.created' | 'conversation.updated' | 'message.created';
	/** Chooses among these events. Without it, the rule acts on all of them. */
	when?: (event: { conversation: Conversation; message?: Message }) => boolean;
	/** The text of a message, which goes out before the conversation changes. */
	send?: string;
	/** The sender of that message. Default: {@link AUTOMATION_BOT}. */
	sender?: Readonly<Sender>;
	status?: Conversation['status'];
	assignee?: Agent;
	/** Added to the labels of the conversation. */
	label?: string;
}

/** Returns whether the event is a message that a customer gets. */
export function isToCustomer({ message }: { message?: Message }): boolean {
	return message?.type === 'outgoing' && !message.private;
}

/** The stores whose rules are acting: what a rule does starts no rule. */
const acting = new WeakSet<Store>();

function act(store: Store, conversation: Conversation, rule: Omit<Rule, 'on' | 'when'>): void {
	const { send, sender = AUTOMATION_BOT, status, assignee, label } = rule;
	if (send !== undefined) {
		store.addMessage(conversation.id, {
			type: 'outgoing',
			content: send,
			sender,
			attachments: [],
			created_at: timestamp(store.now()),
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

/** Has the workspace follow a rule from now on, as soon as it has stored what the rule is about. */
export function addRule(store: Store, { on, when = () => true, ...actions }: Rule): void {
	store.notices.on('event', (event) => {
		if (event.name !== on || !('conversation' in event) || acting.has(store)) return;
		if (!when(event)) return;
		acting.add(store);
		try {
			act(store, event.conversation, actions);
		} finally {
			acting.delete(store);
		}
	});
}

/**
 * Adds the rules of the deviations `auto-reply` and `rules`. Call it after the store was filled, and after
 * all that listens to the store: webhooks hear of an event before they hear of what a rule does.
 */
export function automate(store: Store, deviations: Deviations): void {
	if (deviations.has('auto-reply')) {
		addRule(store, {
			on: 'message.created',
			when: ({ message }) => message?.type === 'incoming',
			send: 'Terima kasih sudah menghubungi kami. Pesan Anda akan segera kami balas.',
		});
	}
	if (!deviations.has('rules')) return;
	const [assignee] = store.agents.values();
	addRule(store, {
		on: 'conversation.created',
		label: 'baru',
		...(assignee && { assignee }),
	});
	addRule(store, {
		on: 'message.created',
		when: isToCustomer,
		send: 'Balas pesan ini kalau ada pertanyaan.',
		status: 'resolved',
	});
	addRule(store, {
		on: 'conversation.updated',
		when: ({ conversation }) => conversation.status === 'resolved',
		label: 'selesai',
	});
}
