import type { Context } from './api';
import { checkNote } from './note';
import type { CheckOptions } from './options';
import { checkUpdate } from './update';
import { isSuccess, recordOf } from './values';
import {
	deleteWebhook,
	listen,
	makeWebhook,
	noteDelivery,
	type Listener,
	type OwnWebhook,
} from './webhook';

/** How long a delivery is waited for. */
const DELIVERY_MS = 60_000;

type Print = (text: string) => void;

async function assertThere(id: string, { api }: Context): Promise<void> {
	const answer = await api('getConversation', { ids: [id], expects: [404] });
	if (!isSuccess(answer) || recordOf(answer.body)['id'] !== id) {
		throw new Error(`There is no conversation with the ID given (status ${answer.status}).`);
	}
}

/** @returns the ID of the note, where one was written */
async function writeInto(id: string | undefined, context: Context): Promise<unknown> {
	if (id === undefined) return undefined;
	const note = await checkNote(id, context);
	await checkUpdate(id, context);
	return note?.['id'];
}

async function awaitDelivery(
	listener: Listener,
	{ secret }: OwnWebhook,
	noteId: unknown,
	context: Context,
	print: Print,
): Promise<void> {
	if (noteId === undefined) print('Write a message in Sahut now: its delivery is waited for …');
	const delivery = await listener.await(noteId, DELIVERY_MS, context.signal);
	if (delivery) return noteDelivery(delivery, secret, context);
	const found = `none came within ${DELIVERY_MS / 1_000} s`;
	for (const name of ['delivery-envelope', 'delivery-signature'] as const) {
		context.findings.note(name, 'not tried', found);
	}
}

/** What must be written to be checked, as far as it is asked for; the webhook is deleted in any case. */
export async function checkWriting(
	{ conversation, webhook: url, listen: port }: CheckOptions,
	context: Context,
	print: Print,
): Promise<void> {
	if (conversation !== undefined) await assertThere(conversation, context);
	const listener = port === undefined ? undefined : await listen(port);
	try {
		const webhook = url === undefined ? undefined : await makeWebhook(url, context);
		try {
			const noteId = await writeInto(conversation, context);
			if (listener && webhook) await awaitDelivery(listener, webhook, noteId, context, print);
		} finally {
			if (webhook) await deleteWebhook(webhook, context);
		}
	} finally {
		await listener?.close();
	}
}
