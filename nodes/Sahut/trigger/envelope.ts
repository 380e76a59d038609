import type { IDataObject } from 'n8n-workflow';

const SUBJECTS = ['message', 'conversation', 'contact'] as const;

/** IDs of records (API reference, "Basics"): the same one comes with many events. */
const ID_OF_A_RECORD = /^(conv|msg|ct|ch|usr|wh|tmpl)_/;

/** A delivery whose event and object are known. */
export interface SahutEvent {
	/** e.g. `message.created`. */
	name: string;
	/** The event's own, the same each time that it is delivered. */
	id?: string;
	/** When it happened, as the envelope says it. */
	time?: string;
	/** What kind of record it is about, and the record as Sahut sent it. */
	subject: (typeof SUBJECTS)[number];
	object: IDataObject;
	/** The conversation and the contact of the object, as far as the delivery shows them. */
	conversation?: IDataObject;
	contact?: IDataObject;
}

function isRecord(value: unknown): value is IDataObject {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function firstRecord(...values: unknown[]): IDataObject | undefined {
	return values.find(isRecord);
}

/** The first text that is not empty; a number counts as one. */
export function firstText(...values: unknown[]): string | undefined {
	const texts = values.map((value) => (typeof value === 'number' ? String(value) : value));
	return texts.find((text): text is string => typeof text === 'string' && text !== '');
}

/** The body of a delivery: parsed JSON, or the text as it came where it is not JSON. */
export function parseBody(rawBody: Buffer): unknown {
	const text = rawBody.toString('utf8');
	try {
		return JSON.parse(text);
	} catch {
		return text;
	}
}

/** What an event is about, by its name. */
function subjectOf(name?: string): (typeof SUBJECTS)[number] | undefined {
	return SUBJECTS.find((subject) => name?.startsWith(`${subject}.`));
}

/**
 * Reads a delivery, whichever names its fields have, since they are not documented (API reference,
 * "Open points"): the event's name is in `event` or `type`, its object in `data` or `payload`; a
 * message, conversation or contact is that object itself or lies in it under its name.
 *
 * @returns undefined for a body in which no event can be found.
 */
export function readEvent(body: unknown): SahutEvent | undefined {
	if (!isRecord(body)) return undefined;
	const name = [body.event, body.type].map((value) => firstText(value)).find(subjectOf);
	const content = firstRecord(body.data, body.payload);
	const subject = subjectOf(name);
	if (name === undefined || content === undefined || subject === undefined) return undefined;

	const object = firstRecord(content[subject]) ?? content;
	const about = (other: 'conversation' | 'contact', ...more: unknown[]) =>
		subject === other ? object : firstRecord(content[other], object[other], ...more);
	const conversation = about('conversation');
	const id = firstText(body.id, body.event_id);
	return {
		name,
		id: id === undefined || id === firstText(object.id) || ID_OF_A_RECORD.test(id) ? undefined : id,
		time: firstText(body.created_at, body.timestamp, body.occurred_at),
		subject,
		object,
		conversation,
		contact: about('contact', conversation?.contact),
	};
}

/** What was looked for in a body in which no event was found, and what is there, for a person to read. */
export function explainUnread(body: unknown): string {
	if (!isRecord(body)) return 'A JSON object was looked for, and the body is none.';
	const show = (name: string) =>
		`"${name}" (${name in body ? `there: ${isRecord(body[name]) ? 'an object' : JSON.stringify(body[name])}` : 'not there'})`;
	return [
		`The event’s name was looked for in ${show('event')} and ${show('type')}: a text that begins with ${SUBJECTS.map((each) => `"${each}."`).join(', ')}.`,
		`What it is about was looked for in ${show('data')} and ${show('payload')}: an object.`,
		`The body has: ${Object.keys(body).join(', ') || 'nothing'}.`,
	].join(' ');
}

/** The conversation that an event belongs to; contacts belong to none. */
export function conversationIdOf({ object, conversation }: SahutEvent): string | undefined {
	return firstText(conversation?.id, object.conversation_id);
}

/** Who wrote a message: `contact`, `agent` or `bot`. */
export function senderTypeOf({ object }: SahutEvent): string | undefined {
	return isRecord(object.sender) ? firstText(object.sender.type) : undefined;
}

/** The contact of an event: the record where the delivery shows it, else the sender of a message. */
export function contactOf(event: SahutEvent): IDataObject | undefined {
	if (event.contact) return event.contact;
	const { sender } = event.object;
	if (!isRecord(sender) || senderTypeOf(event) !== 'contact') return undefined;
	return { id: sender.id, name: sender.name };
}

/** The channel of an event's conversation, as far as the delivery shows it. */
export function channelOf({ object, conversation }: SahutEvent): IDataObject | undefined {
	return firstRecord(conversation?.channel, object.channel);
}
