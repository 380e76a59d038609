import type { Sandbox, Webhook } from '../../sandbox';
import { until } from '../n8n';

const TIMEOUT_MS = 30_000;

/** Waits until n8n has made the webhook of a test run. */
export async function testWebhook({ store }: Sandbox): Promise<Webhook> {
	return await until('the test webhook', TIMEOUT_MS, () =>
		[...store.webhooks.values()].find(({ url }) => url.includes('/webhook-test/')),
	);
}
