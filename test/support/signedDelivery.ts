import { createHmac } from 'node:crypto';

/** Posts a body to a webhook, signed with its secret as Sahut does. @returns the response */
export async function deliverSigned(
	url: string,
	secret: string,
	body: string,
): Promise<{ status: number; body: string }> {
	const signature = createHmac('sha256', secret).update(body).digest('hex');
	const headers = { 'content-type': 'application/json', 'x-sahut-signature': signature };
	const response = await fetch(url, { method: 'POST', headers, body });
	return { status: response.status, body: await response.text() };
}
