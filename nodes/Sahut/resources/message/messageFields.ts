import type { INodePropertyOptions } from 'n8n-workflow';

/** Of a message (API reference, "Messages"). */
export const messageTypeOptions: INodePropertyOptions[] = [
	{
		name: 'Activity',
		value: 'activity',
		description: 'What happened to the conversation, such as a new assignee',
	},
	{ name: 'Incoming', value: 'incoming', description: 'From the customer' },
	{ name: 'Outgoing', value: 'outgoing', description: 'From an agent or a bot' },
];

/** Who wrote a message (API reference, "Messages"). */
export const senderTypeOptions: INodePropertyOptions[] = [
	{ name: 'Agent', value: 'agent' },
	{ name: 'Bot', value: 'bot' },
	{ name: 'Contact', value: 'contact' },
];
