import type { WorkflowContent } from '../../scripts/n8n';
import { chain, sahutTrigger, sendText, splitOut, webhook } from '../../scripts/n8n/parts';

export const SEND = 'Send';

/** Answers each message of a customer with the event's ID. @param path of its webhook */
export function autoReply(credentialId: string, path: string): WorkflowContent {
	const trigger = sahutTrigger('Sahut Trigger', credentialId, path);
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
	const split = splitOut('Split Out', 'body.messages');
	const send = sendText(SEND, credentialId, '={{ $json.conversation }}', '={{ $json.text }}');
	return chain('Batch', webhook('Webhook', path), split, send);
}
