import type { IWebhookDescription } from 'n8n-workflow';

/** The requests that a waiting node accepts, at the link that n8n creates. */
export const approvalWebhooks = ['GET', 'POST'].map(
	(httpMethod): IWebhookDescription => ({
		name: 'default',
		httpMethod,
		path: '={{ $nodeId }}',
		isFullPath: true,
		// Only for an execution that waits, not when the workflow is published.
		restartWebhook: true,
		responseMode: 'onReceived',
		// Otherwise, n8n would respond with the item.
		responseData: '',
	}),
);
