import type { Sandbox, Webhook } from '../../sandbox';
import { until } from '../n8n';

const TIMEOUT_MS = 30_000;

/** Waits until n8n registers the webhook of a test run. @returns the webhook */
export async function waitForTestWebhook({ store }: Sandbox): Promise<Webhook> {
	return await until('the test webhook', TIMEOUT_MS, () =>
		[...store.webhooks.values()].find(({ url }) => url.includes('/webhook-test/')),
	);
}
