import { createHash } from 'crypto';
import { NodeOperationError, type IHookFunctions } from 'n8n-workflow';

import { asTexts } from '../runtime/values';
import { connect, type SahutClient } from '../transport/client';
import { isLoopback } from '../transport/connection';
import { isNotFound } from '../transport/errors';
import type { SahutRequest, Webhook } from '../transport/types';
import { forgetEvents, memoryOf, webhookOf, type StoredEvents } from './deduplication';

/**
 * What n8n keeps for the node from when its workflow is published until it is unpublished. A test
 * run in the editor begins with nothing, and n8n drops what it leaves.
 */
export interface TriggerData {
	/** The webhook that was made in Sahut for this node, and the secret that signs its deliveries. */
	webhookId?: string;
	secret?: string;
	/** What it was made for. */
	url?: string;
	events?: string[];
	/** The n8n and the workflow that made it: what a copy of them finds here is not its own. */
	madeBy?: string;
	/** Address and key that it was made with, as a hash. */
	madeWith?: string;
	/** The events that it has received. */
	seen?: StoredEvents;
}

/** The node's data, which n8n watches for changes. */
export function triggerData(context: Pick<IHookFunctions, 'getWorkflowStaticData'>): TriggerData {
	return context.getWorkflowStaticData('node');
}

function ownerOf(context: IHookFunctions): string {
	return `${context.getInstanceId()}/${context.getWorkflow().id}`;
}

/** The trigger, in a test run or published: where its webhook is until n8n has stored it. */
function triggerOf(context: IHookFunctions): string {
	return [ownerOf(context), context.getNode().id, webhookUrl(context)].join(' ');
}

/** Changes when the credential becomes one of another workspace; the key itself is not kept. */
async function hashCredential(context: IHookFunctions): Promise<string> {
	const { baseUrl, apiKey } = await context.getCredentials('sahutApi');
	return createHash('sha256')
		.update(JSON.stringify([baseUrl, apiKey]))
		.digest('base64url');
}

function webhookUrl(context: IHookFunctions): string {
	return context.getNodeWebhookUrl('default') ?? '';
}

function readEvents(context: IHookFunctions): string[] {
	const events = asTexts(context.getNodeParameter('events', []), 'Events');
	if (events.length === 0) {
		throw new NodeOperationError(context.getNode(), 'Events is empty', {
			description: 'Choose at least one event that starts the workflow.',
		});
	}
	return [...new Set(events)].sort();
}

const newWebhook = (url: string, events: string[]): SahutRequest => ({
	method: 'POST',
	path: ['webhooks'],
	body: { url, events },
	expects: 'record',
	subject: 'webhook of this workflow',
	note: 'If Sahut has made a webhook all the same, this n8n refuses what it delivers. It can be deleted in Sahut.',
});

/** Sahut delivers to HTTPS addresses on the internet only; a sandbox on this computer also to itself. */
function assertReachable(context: IHookFunctions, url: string, api: string): void {
	if (isLoopback(url) ? isLoopback(api) : url.startsWith('https:')) return;
	throw new NodeOperationError(context.getNode(), `Sahut cannot deliver to ${url}`, {
		description:
			'Sahut needs an HTTPS address that can be reached from the internet. Set the environment variable WEBHOOK_URL of your n8n to its public address, or use a tunnel while you try things out.',
	});
}

/**
 * The webhook of this trigger, if there is one. When another trigger of the workflow cannot be
 * published, n8n takes all of them back with data that ours is not in yet.
 */
function ownWebhookId(context: IHookFunctions): string | undefined {
	const { webhookId, madeBy } = triggerData(context);
	if (webhookId === undefined) return webhookOf(triggerOf(context));
	return madeBy === ownerOf(context) ? webhookId : undefined;
}

async function deleteOwn(context: IHookFunctions, sahut: SahutClient): Promise<void> {
	const data = triggerData(context);
	const webhookId = ownWebhookId(context);
	if (webhookId !== undefined) {
		const request: SahutRequest = {
			method: 'DELETE',
			path: ['webhooks', webhookId],
			expects: 'nothing',
			subject: `webhook "${webhookId}"`,
		};
		const error = await sahut.request(request).then(
			() => undefined,
			(refusal: unknown) => refusal,
		);
		// Gone already is as good.
		if (error !== undefined && !isNotFound(error)) throw error;
		if (error !== undefined && !(await isOfCredential(context))) {
			context.logger.warn(
				`The Sahut webhook ${webhookId} was made with another API key. If it belongs to another workspace, delete it there in Sahut: it goes on delivering to this n8n, which refuses it.`,
			);
		}
		forgetEvents(webhookId);
	}
	for (const name of Object.keys(data)) Reflect.deleteProperty(data, name);
}

/** Whether the webhook was made with the credential that the node has now. */
async function isOfCredential(context: IHookFunctions): Promise<boolean> {
	const { madeWith } = triggerData(context);
	return madeWith === undefined || madeWith === (await hashCredential(context));
}

/**
 * Whether Sahut has a webhook of this node for the events, the address and the credential that it has
 * now.
 */
export async function isRegistered(context: IHookFunctions): Promise<boolean> {
	const { webhookId, secret, url, events = [], madeBy } = triggerData(context);
	return (
		Boolean(webhookId && secret) &&
		madeBy === ownerOf(context) &&
		url === webhookUrl(context) &&
		[...events].sort().join() === readEvents(context).join() &&
		(await isOfCredential(context))
	);
}

/**
 * Makes a webhook in Sahut and keeps its ID and secret. One that was made earlier, for other events
 * or another address, is deleted first. Nothing else is touched: the API has no list of webhooks, so
 * whose the others are cannot be known.
 *
 * @throws NodeOperationError before any request when no event is chosen or the address cannot be
 * reached; NodeApiError when Sahut refuses.
 */
export async function register(context: IHookFunctions): Promise<void> {
	const url = webhookUrl(context);
	const events = readEvents(context);
	const sahut = await connect(context);
	const request = newWebhook(url, events);
	assertReachable(context, url, String(sahut.describe(request).url));
	await deleteOwn(context, sahut);
	const { data: webhook } = await sahut.request<Webhook>(request);
	const { id: webhookId, secret } = webhook;
	const data = triggerData(context);
	const madeWith = await hashCredential(context);
	Object.assign(data, { webhookId, secret, url, events, madeBy: ownerOf(context), madeWith });
	memoryOf(webhookId).owner = triggerOf(context);
	if (webhookId && secret) return;
	await deleteOwn(context, sahut);
	throw new NodeOperationError(context.getNode(), 'Sahut did not say the secret of the webhook', {
		description: 'Without it, deliveries cannot be told from forged ones. Try again later.',
	});
}

/** Deletes the webhook that `register` made, and forgets it; one that is gone already is fine. */
export async function unregister(context: IHookFunctions): Promise<void> {
	if (triggerData(context).webhookId === undefined && ownWebhookId(context) === undefined) return;
	await deleteOwn(context, await connect(context));
}
