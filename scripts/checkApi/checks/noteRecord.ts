import { toLine } from '../../../nodes/Sahut/resources/message/toLine';
import { isRecord, recordOf, textOf, timeOf, type Row } from '../values';
import type { Context } from './context';

/** What has just been made: any status of success will do. */
export function notePostStatus(status: number, { findings }: Context): void {
	findings.note('post-status', status === 201 ? 'as assumed' : 'copes', `status ${status}`);
}

/** Whether the text of the note is stored as it was sent. */
export function noteStored(sent: string, stored: unknown, { findings }: Context): void {
	if (stored === sent) findings.note('text-unchanged', 'as assumed', 'it is');
	else if (toLine(stored) === toLine(sent)) {
		findings.note('text-unchanged', 'copes', 'with other white space');
	} else findings.note('text-unchanged', 'differs', 'with other words');
}

/** Which field of a message says that it is a note, as far as its name tells. */
function markOf(note: Row): string | undefined {
	return Object.keys(note).find((name) => /^(is_)?(private|internal|note)$/.test(name));
}

/** Whether a list tells a note from a message to the customer. */
export function noteMark(note: Row, { findings }: Context): void {
	const mark = markOf(note);
	if (mark === undefined) findings.note('notes-unmarked', 'as assumed', 'they do not');
	else if (mark === 'private' && note[mark] === true) {
		findings.note('notes-unmarked', 'copes', 'by "private", which the nodes use');
	} else findings.note('notes-unmarked', 'copes', `by "${mark}", which the nodes do not use`);
	const { type } = note;
	if (type === 'outgoing') findings.note('note-is-outgoing', 'as assumed', 'it has');
	else findings.note('note-is-outgoing', 'differs', 'it has another one');
}

/** Who the note is from, and whether the answer to the POST has said so. */
export function noteSender(note: Row, answered: Row, { findings }: Context): void {
	const { sender } = note;
	const type = isRecord(sender) ? sender['type'] : undefined;
	if (type === 'bot') return findings.note('sender-is-bot', 'as assumed', 'it is');
	const isKnown = textOf(answered, 'sender', 'id') === textOf(note, 'sender', 'id');
	if (type === 'contact') findings.note('sender-is-bot', 'differs', 'from a contact');
	else if (type !== 'agent') findings.note('sender-is-bot', 'copes', 'from nobody that is known');
	else if (isKnown) findings.note('sender-is-bot', 'copes', 'from an agent, as the answer says');
	else findings.note('sender-is-bot', 'differs', 'from an agent, and the answer does not say it');
}

/** Whether the conversation shows that something has happened in it. */
export async function noteActivity(
	id: string,
	note: Row,
	{ api, findings }: Context,
): Promise<void> {
	const { body } = await api('getConversation', { ids: [id] });
	const hasMoved = timeOf(recordOf(body), 'updated_at') >= timeOf(note);
	if (hasMoved) findings.note('activity-moves-updated-at', 'as assumed', 'it does, with a note');
	else {
		const found = 'it does not with a note; with a message to a customer it may';
		findings.note('activity-moves-updated-at', 'not tried', found);
	}
}
