import type { IDataObject } from 'n8n-workflow';

/** The form of a message: a text, or a WhatsApp template. */
export type MessageForm = 'text' | 'template';

/** The request bodies of a message (API reference, "Messages"): as a text, as a template, or both. */
export interface MessageContent {
	text?: IDataObject;
	template?: IDataObject;
}

/** A message to send, and its options. */
export interface OutgoingMessage {
	content: MessageContent;
	/** Skips the message if the customer has received it within this time, in milliseconds. */
	skipWithinMs?: number;
	/** Skips the message if the customer has written within this time, in milliseconds. */
	skipIfCustomerWroteWithinMs?: number;
	/** Skips the message if an unresolved conversation of the customer is assigned to an agent. */
	skipIfAssigned?: boolean;
	/** Describes the requests and sends nothing. */
	dryRun: boolean;
}

/** Returns the request bodies of a message, one for each of its forms. */
export function getBodies({ text, template }: MessageContent): IDataObject[] {
	return [text, template].filter((body) => body !== undefined);
}

/** Returns the form of a request body. */
export function getForm(body: IDataObject): MessageForm {
	return body.template_id === undefined ? 'text' : 'template';
}
