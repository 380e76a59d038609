import { randomBytes } from 'node:crypto';

import { hasWindow, WHATSAPP } from '../../../nodes/Sahut/resources/message/channelKind';
import { inside, recordOf, rowsOf, textOf, type Row } from '../values';
import { isSuccess, type Context } from './context';
import { PAGE_SIZE, readFirstPage } from './lists';
import { noteConversationOrder } from './order';

const UNASSIGNED = 'unassigned';

/** An ID that nobody has. */
const unknownId = () => `conv_${randomBytes(7).toString('hex').toUpperCase()}`;

/** By the parameter: what a conversation has that passes. */
const VALUES: Record<string, (row: Row) => unknown> = {
	status: ({ status }) => status,
	assignee_id: ({ assignee }) => inside({ assignee }, 'assignee', 'id') ?? UNASSIGNED,
	channel_id: (row) => inside(row, 'channel', 'id'),
};

async function noteFilters(rows: Row[], { api, findings }: Context): Promise<void> {
	const channelId = textOf(rows[0] ?? {}, 'channel', 'id');
	const filters = [
		['status', 'open'],
		['assignee_id', UNASSIGNED],
		...(channelId === undefined ? [] : [['channel_id', channelId]]),
	] as Array<[string, string]>;
	for (const [name, value] of filters) {
		const answer = await api('listConversations', {
			query: { [name]: value, per_page: PAGE_SIZE },
		});
		const found = rowsOf(answer.body);
		const passes = found.every((row) => VALUES[name]!(row) === value);
		if (isSuccess(answer) && found.length > 0 && passes) {
			findings.note('conversation-filters', 'as assumed', 'they do');
		} else if (!isSuccess(answer) || found.length > 0) {
			findings.note('conversation-filters', 'differs', `not ${name}`);
		}
	}
}

function noteChannels(rows: Row[], { findings }: Context): void {
	const types = [...new Set(rows.map((row) => textOf(row, 'channel', 'type')?.toLowerCase()))];
	const known = types.filter((type) => type !== undefined);
	if (known.some((type) => type.includes(WHATSAPP) && hasWindow(type))) {
		findings.note('whatsapp-by-type', 'as assumed', 'it has');
	} else if (known.some((type) => /^(wa|waba)\b/.test(type))) {
		findings.note('whatsapp-by-type', 'differs', 'a type that begins with "wa"');
	}
}

async function noteUnknown({ api, findings }: Context): Promise<void> {
	const { status } = await api('getConversation', {
		ids: [unknownId()],
		expects: [400, 403, 404, 422],
	});
	if (status === 404) findings.note('unknown-is-404', 'as assumed', 'status 404');
	else findings.note('unknown-is-404', 'differs', `status ${status}`);
}

/**
 * Reads the first page of conversations.
 *
 * @throws Error when there is none to be had: then nothing can be checked
 */
export async function readConversations(context: Context): Promise<Row[]> {
	const { status, body } = await readFirstPage('listConversations', context);
	if (status >= 300) throw new Error(`GET /conversations has answered status ${status}.`);
	return rowsOf(body);
}

/**
 * Reads conversations in further ways.
 *
 * @param rows of the first page
 */
export async function checkConversations(rows: Row[], context: Context): Promise<void> {
	const { api, findings } = context;
	await noteUnknown(context);
	const id = textOf(rows[0] ?? {}, 'id');
	if (id === undefined) return;
	noteConversationOrder(rows, findings);
	noteChannels(rows, context);
	await noteFilters(rows, context);
	const record = await api('getConversation', { ids: [id] });
	if (isSuccess(record) && recordOf(record.body)['id'] !== id) {
		findings.note('answers-as-documented', 'differs', 'getConversation: another conversation');
	}
}
