import type { INode } from 'n8n-workflow';

import { byId } from '../../test/support/locator';

/** A template to a phone number, as a follow-up sends it; for rows with `phone` and `channel`. */
export const toPhone: INode['parameters'] = {
	resource: 'message',
	operation: 'sendToPhone',
	phone: '={{ $json.phone }}',
	channelId: byId('={{ $json.channel }}'),
	messageType: 'template',
	templateId: 'tmpl_follow_up',
	templateVariables: { variable: [{ name: 'customer_name', value: '={{ $json.phone }}' }] },
};
