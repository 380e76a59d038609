import type { IWebhookDescription } from 'n8n-workflow';

/** The webhooks of a waiting node, at the address of the link that n8n creates. */
export const approvalWebhooks = ['GET', 'POST'].map(
	(httpMethod): IWebhookDescription => ({
		name: 'default',
		httpMethod,
		path: '={{ $nodeId }}',
		isFullPath: true,
		// Active only while an execution waits; publishing the workflow does not register it.
		restartWebhook: true,
		responseMode: 'onReceived',
		// Without this, n8n would respond with the item.
		responseData: '',
	}),
);
