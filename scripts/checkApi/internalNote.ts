import { randomBytes } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';

import { normalizeText } from '../../nodes/Sahut/api/messageContent';
import { createPageCount } from '../../nodes/Sahut/transport/pageCount';
import type { PageMeta } from '../../nodes/Sahut/transport/types';
import type { Context } from './client';
import { isSuccess, metaOf, PAGE_SIZE, recordOf, rowsOf, textOf, timeOf, type Row } from './values';

/** The nodes search for a lost write at once, and after these delays. */
const SEARCH_DELAYS_MS = [0, 1_000, 2_000, 4_000];

/** Returns a text with several kinds of whitespace, which the API may change. */
const newText = () =>
	`  npm run check:api of n8n-nodes-sahut:  this internal note is a test. No action is needed.\n(${randomBytes(4).toString('hex')})\n `;

/** Checks the status of a successful POST. */
export function checkPostStatus(status: number, { findings }: Context): void {
	findings.recordCheck('post-status', status === 201, `status ${status}`, ['handled']);
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

/** Searches for the note in the list of messages, and checks when it appears. */
async function findNote(id: string, noteId: unknown, context: Context): Promise<Row | undefined> {
	const { findings } = context;
	const began = Date.now();
	for (const pause of SEARCH_DELAYS_MS) {
		await wait(pause);
		const found = (await lastMessages(id, context)).find((row) => row['id'] === noteId);
		if (!found) continue;
		const late = `within ${Math.ceil((Date.now() - began) / 1_000)} s`;
		findings.recordCheck('lists-are-current', pause === 0, 'as expected', ['handled', late]);
		return found;
	}
	findings.record('lists-are-current', 'differs', 'not within the time in which the nodes search');
	return undefined;
}

/** Checks whether the text of the note is stored unchanged. */
function checkStoredText(sent: string, stored: unknown, { findings }: Context): void {
	if (stored === sent) findings.record('text-unchanged', 'as assumed', 'as expected');
	else if (normalizeText(stored) === normalizeText(sent)) {
		findings.record('text-unchanged', 'handled', 'with different whitespace');
	} else findings.record('text-unchanged', 'differs', 'with different words');
}

/** Checks whether a field of the list marks the message as a note. */
function checkNoteMark(note: Row, { findings }: Context): void {
	const mark = Object.keys(note).find((name) => /^(is_)?(private|internal|note)$/.test(name));
	const isUsed = mark === 'private' && note[mark] === true;
	const found = `"${mark}" marks notes; the nodes ${isUsed ? 'use' : 'do not use'} it`;
	findings.recordCheck('notes-unmarked', mark === undefined, 'as expected', ['handled', found]);
	const isOutgoing = note['type'] === 'outgoing';
	const difference = 'another type';
	findings.recordCheck('note-is-outgoing', isOutgoing, 'as expected', ['differs', difference]);
}

/** Checks the sender of the note, and whether the response to the POST shows the same sender. */
function checkNoteSender(note: Row, created: Row, { findings }: Context): void {
	const type = textOf(note, 'sender', 'type');
	const isKnown = textOf(created, 'sender', 'id') === textOf(note, 'sender', 'id');
	if (type === 'bot') findings.record('sender-is-bot', 'as assumed', 'as expected');
	else if (type === 'contact') findings.record('sender-is-bot', 'differs', 'a contact');
	else if (type !== 'agent') findings.record('sender-is-bot', 'handled', 'another type of sender');
	else if (isKnown)
		findings.record('sender-is-bot', 'handled', 'an agent, whom the response also shows');
	else findings.record('sender-is-bot', 'differs', 'an agent, whom the response does not show');
}

/** Checks whether the note changed `updated_at` of the conversation. */
async function checkActivity(id: string, note: Row, { api, findings }: Context): Promise<void> {
	const { body } = await api('getConversation', { ids: [id] });
	const hasChanged = timeOf(recordOf(body), 'updated_at') >= timeOf(note);
	const found = 'a note does not change it; a message to a customer may';
	if (hasChanged) findings.record('message-changes-updated-at', 'as assumed', 'a note changes it');
	else findings.record('message-changes-updated-at', 'not tried', found);
}

/**
 * Writes an internal note, and checks how the API stores it.
 * @param id the conversation
 * @returns the note as the POST returned it; undefined if the API refused it
 */
export async function checkInternalNote(id: string, context: Context): Promise<Row | undefined> {
	const { api, findings } = context;
	const content = newText();
	const body = { content, private: true };
	const response = await api('sendMessage', { ids: [id], body, expectedStatuses: [422] });
	const difference = `status ${response.status}`;
	findings.recordCheck('notes-always-accepted', isSuccess(response), 'accepted', [
		'differs',
		difference,
	]);
	if (!isSuccess(response)) return undefined;
	checkPostStatus(response.status, context);
	const created = recordOf(response.body);
	if (created['id'] === undefined) {
		findings.record('records-in-data', 'differs', 'sendMessage: no message in the response');
		return undefined;
	}
	const shown = (await findNote(id, created['id'], context)) ?? created;
	checkStoredText(content, shown['content'], context);
	checkNoteMark(shown, context);
	checkNoteSender(shown, created, context);
	await checkActivity(id, shown, context);
	return created;
}
