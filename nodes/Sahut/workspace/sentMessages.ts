import type { IDataObject } from 'n8n-workflow';

/** How many are remembered of one conversation. */
const MAX_OF_A_CONVERSATION = 50;

/** A message that was sent from here. */
export interface SentMessage {
	/** What was sent. */
	body: IDataObject;
	/** When, by the server's clock, in milliseconds since the epoch. */
	at: number;
	/** The record that Sahut made of it; undefined until it has answered, and when its answer was lost. */
	message?: IDataObject;
}

/** What was sent from here as this record, if that is known. */
export function findById(sent: SentMessage[], id: string): SentMessage | undefined {
	return sent.find(({ message }) => message?.id === id);
}

/** One that was not sent after all. */
export function forget(sent: SentMessage[], message: SentMessage): void {
	const at = sent.indexOf(message);
	if (at >= 0) sent.splice(at, 1);
}

/** Puts it behind the others, and lets the first one go when they are too many. */
export function remember(sent: SentMessage[], message: SentMessage): void {
	sent.push(message);
	if (sent.length > MAX_OF_A_CONVERSATION) sent.shift();
}
