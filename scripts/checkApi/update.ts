import { isDeepStrictEqual } from 'node:util';

import type { Call, Context } from './api';
import { isSuccess, recordOf, textOf, type Row } from './values';

/** A status that is set once more may start something, such as a survey. */
const NOT_SET_AGAIN = 'resolved';

type Urgency = Pick<Call, 'setsRight'>;

/** Once something may have changed, it is looked at and put back, also where the check is interrupted. */
const SETS_RIGHT: Urgency = { setsRight: true };

async function read(id: string, { api }: Context, urgency: Urgency = {}): Promise<Row> {
	return recordOf((await api('getConversation', { ids: [id], ...urgency })).body);
}

const labelsOf = ({ labels }: Row) => (Array.isArray(labels) ? labels.map(String).sort() : []);

/** By PUT, or by PATCH if the API does not know that. @returns whether it was done */
async function update(
	id: string,
	body: object,
	{ api, findings }: Context,
	urgency: Urgency = {},
): Promise<boolean> {
	const call = { ids: [id], body, ...urgency };
	const byPut = await api('updateConversation', { ...call, expects: [405] });
	if (isSuccess(byPut)) {
		findings.note('update-by-put', 'as assumed', 'it is');
		return true;
	}
	const patch = { ...call, method: 'PATCH', expects: [404, 405] };
	const byPatch = await api('updateConversation', patch);
	const copes = isSuccess(byPatch) && byPut.status === 405;
	const found = `PUT: status ${byPut.status}, PATCH: status ${byPatch.status}`;
	findings.note('update-by-put', copes ? 'copes' : 'differs', found);
	return isSuccess(byPatch);
}

/** What can be set to what it is; labels of another form than the documented one are left alone. */
function sameAgain({ status, labels }: Row): Row {
	const areTexts = Array.isArray(labels) && labels.every((label) => typeof label === 'string');
	return {
		...(areTexts && { labels }),
		...(typeof status === 'string' && status !== NOT_SET_AGAIN && { status }),
	};
}

/** Sets status and labels of a conversation to what they are. */
export async function checkUpdate(id: string, context: Context): Promise<void> {
	const { findings } = context;
	const before = await read(id, context);
	const body = sameAgain(before);
	if (Object.keys(body).length === 0) {
		const found = 'the conversation has nothing that can be set to what it is';
		return findings.note('update-by-put', 'not tried', found);
	}
	const updated = await update(id, body, context).catch((error: Error) => error);
	// Also one that has not answered, or not well, may have changed something.
	const after = await read(id, context, SETS_RIGHT);
	const agent = (row: Row) => textOf(row, 'assignee', 'id');
	const changed = [
		before['status'] !== after['status'] && 'the status',
		!isDeepStrictEqual(labelsOf(before), labelsOf(after)) && 'the labels',
		agent(before) !== agent(after) && 'the assignee',
	].filter((each) => each !== false);
	if (changed.length === 0) {
		if (updated instanceof Error) throw updated;
		if (updated) findings.note('update-keeps-the-rest', 'as assumed', 'it does');
		return;
	}
	const found = `${changed.join(', ')} changed, and is put back as far as it can be`;
	findings.note('update-keeps-the-rest', 'differs', found);
	const { status } = before;
	const asBefore = { ...body, status, assignee_id: agent(before) ?? null };
	await update(id, asBefore, context, SETS_RIGHT);
}
