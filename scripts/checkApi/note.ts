import { randomBytes } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';

import { normalizeText } from '../../nodes/Sahut/api/messageContent';
import { createPageCount } from '../../nodes/Sahut/transport/pageCount';
import type { PageMeta } from '../../nodes/Sahut/transport/types';
import type { Context } from './api';
import { isSuccess, metaOf, PAGE_SIZE, recordOf, rowsOf, textOf, timeOf, type Row } from './values';

/** The nodes look for what they have written at once, and again after these waits. */
const LOOK_AFTER_MS = [0, 1_000, 2_000, 4_000];

/** With white space of several kinds, which may be changed on its way. */
const newText = () =>
	`  npm run check:api of n8n-nodes-sahut:  an internal note, nobody needs to act on it.\n(${randomBytes(4).toString('hex')})\n `;

/** What has just been made: any status of success will do. */
export function notePostStatus(status: number, { findings }: Context): void {
	findings.noteWhether('post-status', status === 201, `status ${status}`, ['copes']);
}

async function lastMessages(id: string, { api }: Context): Promise<Row[]> {
	const count = createPageCount(PAGE_SIZE);
	let last: Row[] = [];
	for (let page = 1; ; ) {
		const query = { page, per_page: PAGE_SIZE };
		const { body } = await api('listMessages', { ids: [id], query });
		const data = rowsOf(body);
		const meta = metaOf(body) as unknown as PageMeta;
		count.add(page, data.length, meta);
		if (data.length > 0) last = data;
		if (count.last() <= page) return last;
		page = count.last();
	}
}

/** The note as the list of messages shows it, and when it did. */
async function findNote(id: string, noteId: unknown, context: Context): Promise<Row | undefined> {
	const { findings } = context;
	const began = Date.now();
	for (const pause of LOOK_AFTER_MS) {
		await wait(pause);
		const found = (await lastMessages(id, context)).find((row) => row['id'] === noteId);
		if (!found) continue;
		const late = `after ${Math.ceil((Date.now() - began) / 1_000)} s at the latest`;
		findings.noteWhether('list-shows-at-once', pause === 0, 'it does', ['copes', late]);
		return found;
	}
	findings.note('list-shows-at-once', 'differs', 'not within the time in which the nodes look');
	return undefined;
}

/** Whether the text of the note is stored as it was sent. */
function noteStored(sent: string, stored: unknown, { findings }: Context): void {
	if (stored === sent) findings.note('text-unchanged', 'as assumed', 'it is');
	else if (normalizeText(stored) === normalizeText(sent)) {
		findings.note('text-unchanged', 'copes', 'with other white space');
	} else findings.note('text-unchanged', 'differs', 'with other words');
}

/** Whether a list tells a note from a message to the customer, as far as names of fields say so. */
function noteMark(note: Row, { findings }: Context): void {
	const mark = Object.keys(note).find((name) => /^(is_)?(private|internal|note)$/.test(name));
	const isUsed = mark === 'private' && note[mark] === true;
	const found = `by "${mark}", which the nodes ${isUsed ? 'use' : 'do not use'}`;
	findings.noteWhether('notes-unmarked', mark === undefined, 'they do not', ['copes', found]);
	const isOutgoing = note['type'] === 'outgoing';
	const other = 'it has another one';
	findings.noteWhether('note-is-outgoing', isOutgoing, 'it has', ['differs', other]);
}

/** Who the note is from, and whether the answer to the POST has said so. */
function noteSender(note: Row, answered: Row, { findings }: Context): void {
	const type = textOf(note, 'sender', 'type');
	const isKnown = textOf(answered, 'sender', 'id') === textOf(note, 'sender', 'id');
	if (type === 'bot') findings.note('sender-is-bot', 'as assumed', 'it is');
	else if (type === 'contact') findings.note('sender-is-bot', 'differs', 'from a contact');
	else if (type !== 'agent') findings.note('sender-is-bot', 'copes', 'from nobody that is known');
	else if (isKnown) findings.note('sender-is-bot', 'copes', 'from an agent, as the answer says');
	else findings.note('sender-is-bot', 'differs', 'from an agent, and the answer does not say it');
}

/** Whether the conversation shows that something has happened in it. */
async function noteActivity(id: string, note: Row, { api, findings }: Context): Promise<void> {
	const { body } = await api('getConversation', { ids: [id] });
	const hasMoved = timeOf(recordOf(body), 'updated_at') >= timeOf(note);
	const found = 'it does not with a note; with a message to a customer it may';
	if (hasMoved) findings.note('activity-moves-updated-at', 'as assumed', 'it does, with a note');
	else findings.note('activity-moves-updated-at', 'not tried', found);
}

/**
 * Writes an internal note, and looks for it.
 * @returns its ID and when it was made, if it was taken
 */
export async function checkNote(id: string, context: Context): Promise<Row | undefined> {
	const { api, findings } = context;
	const content = newText();
	const body = { content, private: true };
	const answer = await api('sendMessage', { ids: [id], body, expects: [422] });
	const refused = `status ${answer.status}`;
	findings.noteWhether('notes-any-time', isSuccess(answer), 'it was taken', ['differs', refused]);
	if (!isSuccess(answer)) return undefined;
	notePostStatus(answer.status, context);
	const answered = recordOf(answer.body);
	if (answered['id'] === undefined) {
		findings.note('records-in-data', 'differs', 'sendMessage: no message in the answer');
		return undefined;
	}
	const shown = (await findNote(id, answered['id'], context)) ?? answered;
	noteStored(content, shown['content'], context);
	noteMark(shown, context);
	noteSender(shown, answered, context);
	await noteActivity(id, shown, context);
	return answered;
}
