import type { SahutClient, SahutRequest, Webhook } from '../transport/types';

/** The trigger has no option for the rate limit. */
const ADVICE = { 429: 'Sahut did not process this request. Try again in a minute.' };

/** Returns the request that creates a webhook: `POST /webhooks` (API reference, "Webhooks"). */
export function createWebhookRequest(url: string, events: string[]): SahutRequest {
	return { method: 'POST', path: ['webhooks'], body: { url, events }, expects: 'record' };
}

/** Creates a webhook. @throws NodeApiError */
export async function createWebhook(
	sahut: SahutClient,
	url: string,
	events: string[],
): Promise<Webhook> {
	const { data } = await sahut.request<Webhook>(createWebhookRequest(url, events), {
		action: 'create a webhook for this workflow',
		advice: ADVICE,
		note: 'If Sahut has created the webhook anyway, this n8n rejects its deliveries. You can delete it in Sahut, under Settings → Integrations → Webhooks.',
	});
	return data;
}

/** Deletes a webhook by `DELETE /webhooks/{id}` (API reference, "Webhooks"). @throws NodeApiError */
export async function deleteWebhook(sahut: SahutClient, webhookId: string): Promise<void> {
	const path = ['webhooks', webhookId];
	await sahut.request(
		{ method: 'DELETE', path, expects: 'nothing' },
		{
			action: `delete webhook "${webhookId}"`,
			target: `Webhook "${webhookId}"`,
			advice: ADVICE,
		},
	);
}
