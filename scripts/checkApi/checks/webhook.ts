import { recordOf, textOf, type Row } from '../values';
import { isSuccess, type Context } from './context';
import { notePostStatus } from './noteRecord';

/** What is made for the check: its ID, and the secret that signs what it delivers. */
export interface OwnWebhook {
	id: string;
	secret: string | undefined;
}

/** @returns undefined where Sahut makes none */
export async function makeWebhook(url: string, context: Context): Promise<OwnWebhook | undefined> {
	const { api, findings } = context;
	const body = { url, events: ['message.created'] };
	const answer = await api('createWebhook', { body });
	const record: Row = isSuccess(answer) ? recordOf(answer.body) : {};
	if (isSuccess(answer)) notePostStatus(answer.status, context);
	const secret = textOf(record, 'secret');
	const id = typeof record['id'] === 'number' ? String(record['id']) : textOf(record, 'id');
	if (id !== undefined && secret !== undefined) {
		findings.note('webhook-with-secret', 'as assumed', 'it does');
	} else {
		const found = isSuccess(answer) ? 'one of the two is missing' : `status ${answer.status}`;
		findings.note('webhook-with-secret', 'differs', found);
	}
	return id === undefined ? undefined : { id, secret };
}

/** Deletes it, and then once more. */
export async function deleteWebhook({ id }: OwnWebhook, context: Context): Promise<void> {
	const { api, findings } = context;
	const first = await api('deleteWebhook', { ids: [id], expects: [404], setsRight: true });
	if (!isSuccess(first)) {
		return findings.note('delete-status', 'differs', `status ${first.status}`);
	}
	const isEmpty = first.body === undefined;
	const found = `status ${first.status}, ${isEmpty ? 'without' : 'with'} a body`;
	findings.note('delete-status', first.status === 204 ? 'as assumed' : 'copes', found);
	const { status } = await api('deleteWebhook', { ids: [id], expects: [404, 410] });
	if (status === 404) findings.note('deleted-is-404', 'as assumed', 'status 404');
	else {
		const isTaken = status >= 200 && status < 300;
		findings.note('deleted-is-404', isTaken ? 'copes' : 'differs', `status ${status}`);
	}
}
