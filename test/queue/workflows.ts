import type { INode } from 'n8n-workflow';

import type { WorkflowContent } from '../../scripts/n8n';
import { chain, sendText, webhook } from '../../scripts/n8n/parts';

export const SEND = 'Send';

/** Answers each message of a customer with the event's ID. @param path of its webhook */
export function autoReply(credentialId: string, path: string): WorkflowContent {
	const trigger: INode = {
		id: 'trigger',
		name: 'Sahut Trigger',
		type: 'n8n-nodes-sahut.sahutTrigger',
		typeVersion: 1,
		position: [0, 0],
		parameters: { events: ['message.created'] },
		webhookId: path,
		credentials: { sahutApi: { id: credentialId, name: 'Sahut sandbox' } },
	};
	const reply = sendText(
		SEND,
		credentialId,
		'={{ $json.conversation_id }}',
		'={{ $json.event_id }}',
	);
	return chain('Auto-reply', trigger, reply);
}

/** Sends what is posted to the webhook: `{ messages: [{ conversation, text }] }`. */
export function batch(credentialId: string, path: string): WorkflowContent {
	const split: INode = {
		id: 'split',
		name: 'Split Out',
		type: 'n8n-nodes-base.splitOut',
		typeVersion: 1,
		position: [0, 0],
		parameters: { fieldToSplitOut: 'body.messages', options: {} },
	};
	const send = sendText(SEND, credentialId, '={{ $json.conversation }}', '={{ $json.text }}');
	return chain('Batch', webhook('Webhook', path), split, send);
}
