import { NodeOperationError, type IHookFunctions } from 'n8n-workflow';

import { createWebhook, createWebhookRequest, deleteWebhook } from '../api/webhooks';
import { connect } from '../transport/client';
import { undefinedIfNotFound } from '../transport/errors';
import type { TransportSettings } from '../transport/settings';
import type { SahutClient } from '../transport/types';
import { readOptions } from './options';
import { assertReachable } from './reachable';
import { assertMessagesCanPass, warnAboutMissingEvents } from './setupChecks';
import { clear, isStored, ownerOf, triggerData, triggerOf, webhookUrl } from './triggerData';
import { recordCreated, recordDeleted, type TriggerData } from './webhookState';

function readSelectedEvents(context: IHookFunctions): string[] {
	const { events } = readOptions(context).filters;
	if (events.length === 0) {
		throw new NodeOperationError(context.getNode(), 'Trigger On is empty', {
			description: 'Choose at least one event that starts the workflow.',
		});
	}
	return events.toSorted();
}

/** Deletes a webhook of this node in Sahut. A webhook that no longer exists counts as deleted. */
async function deleteIfExists(
	context: IHookFunctions,
	sahut: SahutClient,
	webhookId: string,
): Promise<void> {
	const existed = await deleteWebhook(sahut, webhookId).then(() => true, undefinedIfNotFound);
	if (!existed && !isOfCurrentCredential(triggerData(context), sahut)) {
		context.logger.warn(
			`The Sahut webhook ${webhookId} was created with another API key. If that key belongs to another workspace, delete the webhook there, in Sahut under Settings → Integrations → Webhooks. Until then, Sahut continues to deliver to this n8n, which rejects the deliveries.`,
		);
	}
	recordDeleted(webhookId);
}

/** Deletes the node's webhook in Sahut if this workflow created it, and clears the stored data. */
async function deleteOwnWebhook(context: IHookFunctions, sahut: SahutClient): Promise<void> {
	const data = triggerData(context);
	const { webhookId, madeBy } = data;
	if (webhookId !== undefined && madeBy === ownerOf(context)) {
		await deleteIfExists(context, sahut, webhookId);
	} else if (webhookId !== undefined) {
		context.logger.warn(
			`The Sahut webhook ${webhookId} was created by another n8n or for another workflow, so the Sahut Trigger does not delete it. If that n8n or workflow no longer exists, delete the webhook in Sahut, under Settings → Integrations → Webhooks.`,
		);
	}
	clear(data);
}

/** Whether the webhook was created with the credential that the node has now. */
function isOfCurrentCredential({ madeWith }: TriggerData, { workspaceId }: SahutClient): boolean {
	return madeWith === undefined || madeWith === workspaceId;
}

/**
 * Whether Sahut has a webhook of this node for its current events, address and credential. Only stored
 * data counts: another process may have deleted a webhook that only this process knows.
 */
export async function isRegistered(
	context: IHookFunctions,
	transport: TransportSettings,
): Promise<boolean> {
	if (!isStored(context)) return false;
	const data = triggerData(context);
	const { secret, url, events = [], madeBy } = data;
	return (
		Boolean(secret) &&
		madeBy === ownerOf(context) &&
		url === webhookUrl(context) &&
		[...events].sort().join() === readSelectedEvents(context).join() &&
		isOfCurrentCredential(data, await connect(context, transport))
	);
}

/**
 * Creates a webhook in Sahut, and stores its ID and secret. Deletes the node's previous webhook, which
 * has other events or another address. Does not change other webhooks: the API has no list of them.
 *
 * @throws NodeOperationError before any request if no event is selected, if the options exclude every
 * message or if Sahut cannot reach the address; also if Sahut returns no secret. NodeApiError if Sahut
 * refuses the webhook.
 */
export async function register(
	context: IHookFunctions,
	transport: TransportSettings,
): Promise<void> {
	const url = webhookUrl(context);
	const events = readSelectedEvents(context);
	const sahut = await connect(context, transport);
	assertMessagesCanPass(context);
	assertReachable(context, url, String(sahut.describe(createWebhookRequest(url, events)).url));
	await deleteOwnWebhook(context, sahut);
	const webhook = await createWebhook(sahut, url, events);
	const { id: webhookId, secret } = webhook;
	const madeWith = sahut.workspaceId;
	const created = { webhookId, secret, url, events, madeBy: ownerOf(context), madeWith };
	Object.assign(triggerData(context), created);
	if (webhookId) recordCreated(webhookId, triggerOf(context), created);
	if (webhookId && secret) return warnAboutMissingEvents(context, webhook, events);
	await deleteOwnWebhook(context, sahut);
	throw new NodeOperationError(
		context.getNode(),
		'Sahut returned no signing secret for the webhook',
		{
			description: 'Without it, the node cannot detect forged deliveries. Try again later.',
		},
	);
}

/** Deletes the webhook that `register` created, and its stored data. It may already be deleted in Sahut. */
export async function unregister(
	context: IHookFunctions,
	transport: TransportSettings,
): Promise<void> {
	if (triggerData(context).webhookId === undefined) return;
	await deleteOwnWebhook(context, await connect(context, transport));
}
