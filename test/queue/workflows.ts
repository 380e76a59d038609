import type { INode } from 'n8n-workflow';

import type { WorkflowContent } from '../../scripts/n8n';
import {
	chain,
	sahutTrigger,
	sendTemplateToPhone,
	sendText,
	splitOut,
	webhook,
} from '../../scripts/n8n/workflowBuilder';

export const WEBHOOK = 'Webhook';
export const SEND = 'Send';

/** Options of the Sahut node. */
type Options = INode['parameters'];

/** Creates a workflow that replies to each customer message with the event's ID. @param path of its webhook */
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

/** Creates a workflow that sends the posted messages: `{ messages: [{ conversation, text }] }`. */
export function batch(credentialId: string, path: string, options: Options = {}): WorkflowContent {
	const split = splitOut('Split Out', 'body.messages');
	const [conversation, text] = ['={{ $json.conversation }}', '={{ $json.text }}'];
	const send = sendText(SEND, credentialId, conversation, text, options);
	return chain('Batch', webhook(WEBHOOK, path), split, send);
}

/** Creates a workflow that sends a template to the posted customer: `{ phone, name }`. */
export function followUp(
	credentialId: string,
	path: string,
	channelId: string,
	options: Options = {},
): WorkflowContent {
	const customer = { phone: '={{ $json.body.phone }}', customerName: '={{ $json.body.name }}' };
	const send = sendTemplateToPhone(SEND, credentialId, channelId, customer, options);
	return chain('Follow-up', webhook(WEBHOOK, path), send);
}
