import type { IDataObject } from 'n8n-workflow';

/** A text, or a WhatsApp template. */
export type MessageForm = 'text' | 'template';

/** The bodies of a message (API reference, "Messages", POST): as a text, as a template, or both. */
export interface MessageContent {
	text?: IDataObject;
	template?: IDataObject;
}

/** A message, and how to send it. */
export interface OutgoingMessage {
	content: MessageContent;
	/** Skip the message if it was delivered within this time, in milliseconds. */
	skipWithinMs?: number;
	dryRun: boolean;
}

/** The bodies of a message, one for each form that it has. */
export function getBodies({ text, template }: MessageContent): IDataObject[] {
	return [text, template].filter((body) => body !== undefined);
}

/** The form of a body. */
export function getForm(body: IDataObject): MessageForm {
	return body.template_id === undefined ? 'text' : 'template';
}
