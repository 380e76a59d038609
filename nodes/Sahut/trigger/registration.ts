import { NodeOperationError, type IHookFunctions } from 'n8n-workflow';

import { createWebhook, createWebhookRequest, deleteWebhook } from '../api/webhooks';
import { connect } from '../transport/client';
import { undefinedIfNotFound } from '../transport/errors';
import type { SahutClient } from '../transport/types';
import { forget, remember, type TriggerData } from './memories';
import { assertPassable, warnOfObstacles } from './obstacles';
import { readOptions } from './options';
import { assertReachable } from './reachable';
import { clear, isStored, ownerOf, triggerData, triggerOf, webhookUrl } from './triggerData';

function readEvents(context: IHookFunctions): string[] {
	const { events } = readOptions(context).filters;
	if (events.length === 0) {
		throw new NodeOperationError(context.getNode(), 'Trigger On is empty', {
			description: 'Choose at least one event that starts the workflow.',
		});
	}
	return events.toSorted();
}

/** Deletes the webhook that this node has made; one that is gone already is as good. */
async function deleteUnlessGone(
	context: IHookFunctions,
	sahut: SahutClient,
	webhookId: string,
): Promise<void> {
	const wasThere = await deleteWebhook(sahut, webhookId).then(() => true, undefinedIfNotFound);
	if (!wasThere && !isOfCredential(triggerData(context), sahut)) {
		context.logger.warn(
			`The Sahut webhook ${webhookId} was made with another API key. If it belongs to another workspace, delete it there in Sahut: it goes on delivering to this n8n, which refuses it.`,
		);
	}
	forget(webhookId);
}

async function deleteOwn(context: IHookFunctions, sahut: SahutClient): Promise<void> {
	const data = triggerData(context);
	const { webhookId, madeBy } = data;
	if (webhookId !== undefined && madeBy === ownerOf(context)) {
		await deleteUnlessGone(context, sahut, webhookId);
	} else if (webhookId !== undefined) {
		context.logger.warn(
			`The Sahut webhook ${webhookId} was made by another n8n, or for another workflow, and is left alone. If that is no more, delete the webhook in Sahut.`,
		);
	}
	clear(data);
}

/** Whether the webhook was made with the credential that the node has now. */
function isOfCredential({ madeWith }: TriggerData, { workspaceId }: SahutClient): boolean {
	return madeWith === undefined || madeWith === workspaceId;
}

/**
 * Whether Sahut has a webhook of this node for the events, the address and the credential that it has
 * now. What this process alone knows of does not count: another one may have deleted it.
 */
export async function isRegistered(context: IHookFunctions): Promise<boolean> {
	if (!isStored(context)) return false;
	const data = triggerData(context);
	const { secret, url, events = [], madeBy } = data;
	return (
		Boolean(secret) &&
		madeBy === ownerOf(context) &&
		url === webhookUrl(context) &&
		[...events].sort().join() === readEvents(context).join() &&
		isOfCredential(data, await connect(context))
	);
}

/**
 * Makes a webhook in Sahut and keeps its ID and secret. One that was made earlier, for other events
 * or another address, is deleted first. Nothing else is touched: the API has no list of webhooks, so
 * whose the others are cannot be known.
 *
 * @throws NodeOperationError before any request when no event is chosen, the options keep all out or
 * the address cannot be reached; NodeApiError when Sahut refuses.
 */
export async function register(context: IHookFunctions): Promise<void> {
	const url = webhookUrl(context);
	const events = readEvents(context);
	const sahut = await connect(context);
	assertPassable(context);
	assertReachable(context, url, String(sahut.describe(createWebhookRequest(url, events)).url));
	await deleteOwn(context, sahut);
	const webhook = await createWebhook(sahut, url, events);
	const { id: webhookId, secret } = webhook;
	const madeWith = sahut.workspaceId;
	const made = { webhookId, secret, url, events, madeBy: ownerOf(context), madeWith };
	Object.assign(triggerData(context), made);
	if (webhookId) remember(webhookId, triggerOf(context), made);
	if (webhookId && secret) return await warnOfObstacles(context, webhook, events);
	await deleteOwn(context, sahut);
	throw new NodeOperationError(
		context.getNode(),
		'Sahut returned no signing secret for the webhook',
		{
			description: 'Without it, the node cannot detect forged deliveries. Try again later.',
		},
	);
}

/** Deletes the webhook that `register` made, and forgets it; one that is gone already is fine. */
export async function unregister(context: IHookFunctions): Promise<void> {
	if (triggerData(context).webhookId === undefined) return;
	await deleteOwn(context, await connect(context));
}
