import type { INode } from 'n8n-workflow';

import { byId } from '../../test/support/locator';

/** Sends a template to a phone number, for rows with `phone` and `channel`. */
export const templateToPhone: INode['parameters'] = {
	resource: 'message',
	operation: 'sendToPhone',
	phone: '={{ $json.phone }}',
	channelId: byId('={{ $json.channel }}'),
	messageType: 'template',
	templateId: 'tmpl_follow_up',
	templateVariables: { variable: [{ name: 'customer_name', value: '={{ $json.phone }}' }] },
};
