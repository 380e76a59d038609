import type { Context } from './client';
import { checkInternalNote } from './internalNote';
import type { CheckOptions } from './options';
import { checkUpdate } from './update';
import { isSuccess, recordOf } from './values';
import {
	deleteWebhook,
	startListener,
	createWebhook,
	checkDelivery,
	type Listener,
	type CreatedWebhook,
} from './webhook';

/** The time to wait for a delivery. */
const DELIVERY_MS = 60_000;

type Print = (text: string) => void;

async function assertConversationExists(id: string, { api }: Context): Promise<void> {
	const response = await api('getConversation', { ids: [id], expectedStatuses: [404] });
	if (!isSuccess(response) || recordOf(response.body)['id'] !== id) {
		throw new Error(
			`Sahut has no conversation with the ID in --conversation (status ${response.status}). Check the ID.`,
		);
	}
}

/** Runs the checks that write to a conversation. @returns the ID of the note if one was written */
async function checkConversationWrites(id: string | undefined, context: Context): Promise<unknown> {
	if (id === undefined) return undefined;
	const note = await checkInternalNote(id, context);
	await checkUpdate(id, context);
	return note?.['id'];
}

async function awaitDelivery(
	listener: Listener,
	{ secret }: CreatedWebhook,
	noteId: unknown,
	context: Context,
	print: Print,
): Promise<void> {
	if (noteId === undefined) print('Write a message in Sahut now. Waiting for its delivery …');
	const delivery = await listener.waitFor(noteId, DELIVERY_MS, context.signal);
	if (delivery) return checkDelivery(delivery, secret, context);
	const found = `no delivery arrived within ${DELIVERY_MS / 1_000} s`;
	for (const name of ['delivery-envelope', 'delivery-signature'] as const) {
		context.findings.record(name, 'not tried', found);
	}
}

/** Runs the requested checks that write. Always deletes the webhook that it creates. */
export async function checkWrites(
	{ conversation, webhook: url, listen: port }: CheckOptions,
	context: Context,
	print: Print,
): Promise<void> {
	if (conversation !== undefined) await assertConversationExists(conversation, context);
	const listener = port === undefined ? undefined : await startListener(port);
	try {
		const webhook = url === undefined ? undefined : await createWebhook(url, context);
		try {
			const noteId = await checkConversationWrites(conversation, context);
			if (listener && webhook) await awaitDelivery(listener, webhook, noteId, context, print);
		} finally {
			if (webhook) await deleteWebhook(webhook, context);
		}
	} finally {
		await listener?.close();
	}
}
