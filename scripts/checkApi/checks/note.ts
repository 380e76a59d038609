import { randomBytes } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';

import { lastPageBy } from '../../../nodes/Sahut/transport/pages';
import type { PageMeta } from '../../../nodes/Sahut/transport/types';
import { metaOf, recordOf, rowsOf, type Row } from '../values';
import { isSuccess, type Context } from './context';
import { PAGE_SIZE } from './lists';
import { noteActivity, noteMark, notePostStatus, noteSender, noteStored } from './noteRecord';

/** The nodes look for what they have written at once, and again after these waits. */
const LOOK_AFTER_MS = [0, 1_000, 2_000, 4_000];

/** With white space of several kinds, which may be changed on its way. */
const newText = () =>
	`  npm run check:api of n8n-nodes-sahut:  an internal note, nobody needs to act on it.\n(${randomBytes(4).toString('hex')})\n `;

async function lastMessages(id: string, { api }: Context): Promise<Row[]> {
	for (let page = 1; ; ) {
		const query = { page, per_page: PAGE_SIZE };
		const { body } = await api('listMessages', { ids: [id], query });
		const data = rowsOf(body);
		const meta = metaOf(body) as unknown as PageMeta;
		const last = lastPageBy({ data, meta }, page);
		if (last <= page) return data;
		page = last;
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
		if (pause === 0) findings.note('list-shows-at-once', 'as assumed', 'it does');
		else {
			const seconds = Math.ceil((Date.now() - began) / 1_000);
			findings.note('list-shows-at-once', 'copes', `after ${seconds} s at the latest`);
		}
		return found;
	}
	findings.note('list-shows-at-once', 'differs', 'not within the time in which the nodes look');
	return undefined;
}

/**
 * Writes an internal note, and looks for it.
 *
 * @returns its ID and when it was made, if it was taken
 */
export async function checkNote(id: string, context: Context): Promise<Row | undefined> {
	const { api, findings } = context;
	const content = newText();
	const body = { content, private: true };
	const answer = await api('sendMessage', { ids: [id], body, expects: [422] });
	if (!isSuccess(answer)) {
		findings.note('notes-any-time', 'differs', `status ${answer.status}`);
		return undefined;
	}
	findings.note('notes-any-time', 'as assumed', 'it was taken');
	notePostStatus(answer.status, context);
	const answered = recordOf(answer.body);
	if (answered['id'] === undefined) {
		findings.note('records-in-data', 'differs', 'sendMessage: no message in the answer');
		return undefined;
	}
	const found = await findNote(id, answered['id'], context);
	const shown = found ?? answered;
	noteStored(content, shown['content'], context);
	noteMark(shown, context);
	noteSender(shown, answered, context);
	await noteActivity(id, shown, context);
	return answered;
}
