import type { Sandbox, Webhook } from '../../sandbox';
import { until } from '../n8n';

/** What the URLs that n8n gives to Sahut have in them: for a published workflow, and for a test run. */
export const PRODUCTION_WEBHOOK = '/webhook/';
export const TEST_WEBHOOK = '/webhook-test/';

const TIMEOUT_MS = 30_000;

/** Waits until n8n has made a webhook whose URL has this in it. */
export async function webhookAt({ store }: Sandbox, part: string): Promise<Webhook> {
	return await until(`a webhook at ${part}`, TIMEOUT_MS, () =>
		[...store.webhooks.values()].find(({ url }) => url.includes(part)),
	);
}
