import { randomBytes } from 'node:crypto';

import { hasWindow, WHATSAPP } from '../../nodes/Sahut/delivery/replyWindow';
import type { Context } from './api';
import { noteConversationOrder, noteMessageOrder, readFirstPage } from './lists';
import { inside, isSuccess, PAGE_SIZE, recordOf, rowsOf, textOf, type Row } from './values';

const UNASSIGNED = 'unassigned';

/** How many conversations are looked into. */
const MAX_CONVERSATIONS = 5;

const TIMEOUT_MS = 30_000;

/** An ID that nobody has. */
const unknownId = () => `conv_${randomBytes(7).toString('hex').toUpperCase()}`;

async function noteFilters(rows: Row[], { api, findings }: Context): Promise<void> {
	const filters: Array<[name: string, value: string | undefined, of: (row: Row) => unknown]> = [
		['status', 'open', ({ status }) => status],
		['assignee_id', UNASSIGNED, (row) => inside(row, 'assignee', 'id') ?? UNASSIGNED],
		['channel_id', textOf(rows[0], 'channel', 'id'), (row) => inside(row, 'channel', 'id')],
	];
	for (const [name, value, of] of filters) {
		if (value === undefined) continue;
		const query = { [name]: value, per_page: PAGE_SIZE };
		const answer = await api('listConversations', { query });
		const found = rowsOf(answer.body);
		if (isSuccess(answer) && found.length === 0) continue;
		const passes = isSuccess(answer) && found.every((row) => of(row) === value);
		findings.noteWhether('conversation-filters', passes, 'they do', ['differs', `not ${name}`]);
	}
}

function noteChannels(rows: Row[], { findings }: Context): void {
	const types = rows.map((row) => textOf(row, 'channel', 'type')?.toLowerCase() ?? '');
	if (types.some((type) => type.includes(WHATSAPP) && hasWindow(type))) {
		findings.note('whatsapp-by-type', 'as assumed', 'it has');
	} else if (types.some((type) => /^(wa|waba)\b/.test(type))) {
		findings.note('whatsapp-by-type', 'differs', 'a type that begins with "wa"');
	}
}

async function noteUnknown({ api, findings }: Context): Promise<void> {
	const expects = [400, 403, 404, 422];
	const { status } = await api('getConversation', { ids: [unknownId()], expects });
	findings.noteWhether('unknown-is-404', status === 404, `status ${status}`, ['differs']);
}

/**
 * Reads the first page of conversations.
 * @throws Error when there is none to be had: then nothing can be checked
 */
export async function readConversations(context: Context): Promise<Row[]> {
	const { status, body } = await readFirstPage('listConversations', context);
	if (status >= 300) throw new Error(`GET /conversations has answered status ${status}.`);
	return rowsOf(body);
}

/**
 * Reads conversations in further ways.
 * @param rows of the first page
 */
export async function checkConversations(rows: Row[], context: Context): Promise<void> {
	const { api, findings } = context;
	await noteUnknown(context);
	const id = textOf(rows[0], 'id');
	if (id === undefined) return;
	noteConversationOrder(rows, findings);
	noteChannels(rows, context);
	await noteFilters(rows, context);
	const record = await api('getConversation', { ids: [id] });
	if (isSuccess(record) && recordOf(record.body)['id'] !== id) {
		findings.note('answers-as-documented', 'differs', 'getConversation: another conversation');
	}
}

/** Fetches the head of a file, as the node would: from elsewhere, without the key. */
async function noteAttachment(url: string, { findings }: Context): Promise<void> {
	const status = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) }).then(
		async (response) => {
			await response.body?.cancel();
			return response.status;
		},
		() => 'none',
	);
	findings.noteWhether('attachments-without-key', status === 200, `status ${status}`, ['differs']);
}

function attachmentOf(messages: Row[]): string | undefined {
	return messages
		.flatMap(({ attachments }) => (Array.isArray(attachments) ? attachments : []))
		.map((attachment) => textOf(attachment, 'url'))
		.find((url) => url !== undefined && URL.canParse(url));
}

/** Reads the messages of some conversations. */
export async function checkMessages(conversations: Row[], context: Context): Promise<void> {
	const { api, findings } = context;
	const ids = conversations.flatMap((row) => textOf(row, 'id') ?? []).slice(0, MAX_CONVERSATIONS);
	let file: string | undefined;
	for (const id of ids) {
		const answer = await api('listMessages', { ids: [id], query: { per_page: PAGE_SIZE } });
		if (!isSuccess(answer)) continue;
		const messages = rowsOf(answer.body);
		noteMessageOrder(messages, findings);
		file ??= attachmentOf(messages);
	}
	if (file !== undefined) await noteAttachment(file, context);
}
