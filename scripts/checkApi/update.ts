import { isDeepStrictEqual } from 'node:util';

import type { Call, Context } from './client';
import { isSuccess, recordOf, textOf, type Row } from './values';

/** Setting this status again may trigger something, such as a survey. */
const STATUS_NOT_SET = 'resolved';

type CallKind = Pick<Call, 'isCleanup'>;

/** After a possible change, the check reads and reverts it even if it is interrupted. */
const CLEANUP: CallKind = { isCleanup: true };

async function read(id: string, { api }: Context, kind: CallKind = {}): Promise<Row> {
	return recordOf((await api('getConversation', { ids: [id], ...kind })).body);
}

const labelsOf = ({ labels }: Row) => (Array.isArray(labels) ? labels.map(String).sort() : []);

/** Updates a conversation by PUT, or by PATCH if PUT fails. @returns whether the update succeeded */
async function update(
	id: string,
	body: object,
	{ api, findings }: Context,
	kind: CallKind = {},
): Promise<boolean> {
	const call = { ids: [id], body, ...kind };
	const byPut = await api('updateConversation', { ...call, expectedStatuses: [405] });
	if (isSuccess(byPut)) {
		findings.record('update-by-put', 'as assumed', 'as expected');
		return true;
	}
	const patch = { ...call, method: 'PATCH', expectedStatuses: [404, 405] };
	const byPatch = await api('updateConversation', patch);
	const isHandled = isSuccess(byPatch) && byPut.status === 405;
	const found = `PUT: status ${byPut.status}, PATCH: status ${byPatch.status}`;
	findings.record('update-by-put', isHandled ? 'handled' : 'differs', found);
	return isSuccess(byPatch);
}

/** Returns the fields that can be set to their present values. Skips labels in an undocumented format. */
function currentValues({ status, labels }: Row): Row {
	const areTexts = Array.isArray(labels) && labels.every((label) => typeof label === 'string');
	return {
		...(areTexts && { labels }),
		...(typeof status === 'string' && status !== STATUS_NOT_SET && { status }),
	};
}

/** Sets the status and labels of a conversation to their present values, and checks the update. */
export async function checkUpdate(id: string, context: Context): Promise<void> {
	const { findings } = context;
	const before = await read(id, context);
	const body = currentValues(before);
	if (Object.keys(body).length === 0) {
		const found = 'the conversation has no field that can be set to its present value';
		return findings.record('update-by-put', 'not tried', found);
	}
	const updated = await update(id, body, context).catch((error: Error) => error);
	// A failed update may have changed something as well.
	const after = await read(id, context, CLEANUP);
	const agent = (row: Row) => textOf(row, 'assignee', 'id');
	const changed = [
		before['status'] !== after['status'] && 'the status',
		!isDeepStrictEqual(labelsOf(before), labelsOf(after)) && 'the labels',
		agent(before) !== agent(after) && 'the assignee',
	].filter((each) => each !== false);
	if (changed.length === 0) {
		if (updated instanceof Error) throw updated;
		if (updated) findings.record('update-keeps-other-fields', 'as assumed', 'as expected');
		return;
	}
	const found = `${changed.join(', ')} changed; the check tries to revert it`;
	findings.record('update-keeps-other-fields', 'differs', found);
	const { status } = before;
	const asBefore = { ...body, status, assignee_id: agent(before) ?? null };
	await update(id, asBefore, context, CLEANUP);
}
