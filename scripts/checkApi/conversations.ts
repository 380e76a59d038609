import { randomBytes } from 'node:crypto';

import { lastDigits } from '../../nodes/Sahut/api/contactSearch';
import { hasWindow, WHATSAPP } from '../../nodes/Sahut/delivery/replyWindow';
import type { Context } from './client';
import { checkConversationOrder, checkMessageOrder, readFirstPage } from './lists';
import { valueAt, isSuccess, PAGE_SIZE, recordOf, rowsOf, textOf, type Row } from './values';

const UNASSIGNED = 'unassigned';

/** The number of conversations whose messages are read. */
const MAX_CONVERSATIONS = 5;

/** The number of contacts whose phones are compared. */
const MAX_CONTACTS = 5;

const TIMEOUT_MS = 30_000;

/** Returns an ID that does not exist. */
const unknownId = () => `conv_${randomBytes(7).toString('hex').toUpperCase()}`;

async function checkFilters(rows: Row[], { api, findings }: Context): Promise<void> {
	const filters: Array<[name: string, value: string | undefined, valueOf: (row: Row) => unknown]> =
		[
			['status', 'open', ({ status }) => status],
			['assignee_id', UNASSIGNED, (row) => valueAt(row, 'assignee', 'id') ?? UNASSIGNED],
			['channel_id', textOf(rows[0], 'channel', 'id'), (row) => valueAt(row, 'channel', 'id')],
		];
	for (const [name, value, valueOf] of filters) {
		if (value === undefined) continue;
		const query = { [name]: value, per_page: PAGE_SIZE };
		const response = await api('listConversations', { query });
		const found = rowsOf(response.body);
		if (isSuccess(response) && found.length === 0) continue;
		const passes = isSuccess(response) && found.every((row) => valueOf(row) === value);
		const difference = isSuccess(response)
			? `${name} also returns other conversations`
			: `${name}: status ${response.status}`;
		findings.recordCheck('conversation-filters', passes, 'as expected', ['differs', difference]);
	}
}

function checkChannelTypes(rows: Row[], { findings }: Context): void {
	const types = rows.map((row) => textOf(row, 'channel', 'type')?.toLowerCase() ?? '');
	if (types.some((type) => type.includes(WHATSAPP) && hasWindow(type))) {
		findings.record('whatsapp-by-type', 'as assumed', 'as expected');
	} else if (types.some((type) => /^(wa|waba)\b/.test(type))) {
		findings.record('whatsapp-by-type', 'differs', 'a type that starts with "wa"');
	}
}

async function checkUnknownId({ api, findings }: Context): Promise<void> {
	const expectedStatuses = [400, 403, 404, 422];
	const { status } = await api('getConversation', { ids: [unknownId()], expectedStatuses });
	findings.recordCheck('unknown-is-404', status === 404, `status ${status}`, ['differs']);
}

/**
 * Reads the first page of conversations, and checks it.
 * @throws {Error} when the API returns an error, since the other checks need the conversations.
 */
export async function readConversations(context: Context): Promise<Row[]> {
	const { status, body } = await readFirstPage('listConversations', context);
	if (status >= 300) throw new Error(`GET /conversations returned status ${status}.`);
	return rowsOf(body);
}

/**
 * Checks lists and single reads of conversations.
 * @param rows the rows of the first page
 */
export async function checkConversations(rows: Row[], context: Context): Promise<void> {
	const { api, findings } = context;
	await checkUnknownId(context);
	const id = textOf(rows[0], 'id');
	if (id === undefined) return;
	checkConversationOrder(rows, findings);
	checkChannelTypes(rows, context);
	await checkFilters(rows, context);
	const record = await api('getConversation', { ids: [id] });
	if (isSuccess(record) && recordOf(record.body)['id'] !== id) {
		findings.record('documented-behavior', 'differs', 'getConversation: another conversation');
	}
}

/** Checks whether an attachment can be downloaded without the key, as the node does. */
async function checkAttachment(url: string, { findings }: Context): Promise<void> {
	const status = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) }).then(
		async (response) => {
			await response.body?.cancel();
			return response.status;
		},
		() => 'none',
	);
	findings.recordCheck('attachments-without-key', status === 200, `status ${status}`, ['differs']);
}

function attachmentOf(messages: Row[]): string | undefined {
	return messages
		.flatMap(({ attachments }) => (Array.isArray(attachments) ? attachments : []))
		.map((attachment) => textOf(attachment, 'url'))
		.find((url) => url !== undefined && URL.canParse(url));
}

/** Checks the messages of up to five conversations. */
export async function checkMessages(conversations: Row[], context: Context): Promise<void> {
	const { api, findings } = context;
	const ids = conversations.flatMap((row) => textOf(row, 'id') ?? []).slice(0, MAX_CONVERSATIONS);
	let file: string | undefined;
	for (const id of ids) {
		const response = await api('listMessages', { ids: [id], query: { per_page: PAGE_SIZE } });
		if (!isSuccess(response)) continue;
		const messages = rowsOf(response.body);
		checkMessageOrder(messages, findings);
		file ??= attachmentOf(messages);
	}
	if (file !== undefined) await checkAttachment(file, context);
}

/** Checks whether the conversations of up to five contacts show the phones that the contacts have now. */
export async function checkContactPhones(rows: Row[], { api, findings }: Context): Promise<void> {
	const phones = new Map(
		rows.flatMap((row) => {
			const [id, phone] = [textOf(row, 'contact', 'id'), textOf(row, 'contact', 'phone')];
			return id !== undefined && phone !== undefined ? [[id, phone] as const] : [];
		}),
	);
	for (const [id, phone] of [...phones].slice(0, MAX_CONTACTS)) {
		const response = await api('getContact', { ids: [id], expectedStatuses: [404] });
		if (!isSuccess(response)) continue;
		const { phone: current } = recordOf(response.body);
		const isCurrent = lastDigits(String(current)) === lastDigits(phone);
		const found = 'another phone than that of the contact';
		findings.recordCheck('conversation-shows-phone', isCurrent, 'as expected', ['differs', found]);
	}
}
