import { createHash } from 'crypto';

import type { SahutEvent } from './envelope';
import { firstText } from './records';

/** Separates the source of an event from the state of its record. */
const STATE = '.';

function hash(...parts: unknown[]): string {
	// 128 bits, in characters that JSON leaves as they are.
	return createHash('sha256').update(JSON.stringify(parts)).digest('base64url').slice(0, 22);
}

/**
 * Returns the key of an event: equal for each delivery of the event, different for other events.
 *
 * - A new record: its ID. A record is created once, whatever ID or time each delivery has.
 * - An event with an ID: that ID.
 * - An event with a time: its name, the ID of the record and the time. An update also has the content of
 *   the record as its state, because a record can change twice within a second.
 * - An event with neither: its name and the ID of the record, with the whole body as its state.
 * - A delivery that cannot be read: its body.
 *
 * The creation time of a record is not used for an update, because it is the same for all updates.
 */
export function eventKey(event: SahutEvent | undefined, rawBody: Buffer): string {
	const body = rawBody.toString('base64');
	if (!event) return `${hash(body)}${STATE}`;
	const { name, id, object } = event;
	const objectId = firstText(object.id);
	if (objectId !== undefined && name.endsWith('.created')) return hash(name, objectId);
	if (id !== undefined) return hash(name, id, objectId);
	if (objectId === undefined) return `${hash(body)}${STATE}`;
	const time = firstText(event.time, object.updated_at);
	if (time === undefined) return `${hash(name, objectId)}${STATE}${hash(body)}`;
	const source = hash(name, objectId, time);
	return name.endsWith('.updated') ? `${source}${STATE}${hash(object)}` : source;
}

/** Returns the source of an event: the part of its key that is equal for all states of the record. */
export function sourceOf(key: string): string {
	const end = key.indexOf(STATE);
	return end === -1 ? key : key.slice(0, end);
}

/** Whether only the state of the record distinguishes the event from others of its source. */
export function hasState(key: string): boolean {
	return key.includes(STATE);
}
