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

/** The names of the nodes in each workflow. */
export const WEBHOOK_NODE = 'Webhook';
export const SEND_NODE = 'Send';

/** Options of the Sahut node. */
type Options = INode['parameters'];

/** Creates a workflow that replies to each customer message with the event's ID. @param path of its webhook */
export function createAutoReplyWorkflow(credentialId: string, path: string): WorkflowContent {
	const trigger = sahutTrigger('Sahut Trigger', credentialId, path);
	const reply = sendText(
		SEND_NODE,
		credentialId,
		'={{ $json.conversation_id }}',
		'={{ $json.event_id }}',
	);
	return chain('Auto-reply', trigger, reply);
}

/** Creates a workflow that sends the posted messages: `{ messages: [{ conversation, text }] }`. */
export function createBatchWorkflow(
	credentialId: string,
	path: string,
	options: Options = {},
): WorkflowContent {
	const split = splitOut('Split Out', 'body.messages');
	const [conversation, text] = ['={{ $json.conversation }}', '={{ $json.text }}'];
	const send = sendText(SEND_NODE, credentialId, conversation, text, options);
	return chain('Batch', webhook(WEBHOOK_NODE, path), split, send);
}

/** Creates a workflow that sends a template to the posted customer: `{ phone, name }`. */
export function createFollowUpWorkflow(
	credentialId: string,
	path: string,
	channelId: string,
	options: Options = {},
): WorkflowContent {
	const customer = { phone: '={{ $json.body.phone }}', customerName: '={{ $json.body.name }}' };
	const send = sendTemplateToPhone(SEND_NODE, credentialId, channelId, customer, options);
	return chain('Follow-up', webhook(WEBHOOK_NODE, path), send);
}
