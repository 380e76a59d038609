import type { IWebhookFunctions } from 'n8n-workflow';

/**
 * Resolves to whether n8n accepts a webhook request, with a status below 300. Intercepts `end`, because the response
 * emits no event if the client has closed the connection, although n8n still ends it.
 */
export async function isAccepted(context: IWebhookFunctions): Promise<boolean> {
	const response = context.getResponseObject();
	return await new Promise((resolve) => {
		const end = response.end.bind(response) as (...args: unknown[]) => typeof response;
		response.end = (...args: unknown[]) => {
			resolve(response.statusCode < 300);
			return end(...args);
		};
	});
}
