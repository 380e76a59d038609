import { getConversation } from '../../api/conversations';
import type { Operation } from '../../runtime/operation';
import { conversationLocator } from '../fields';

export const get: Operation<string> = {
	value: 'get',
	name: 'Get',
	action: 'Get a conversation',
	description:
		'Get a conversation by its ID. Returns its status, channel, contact, assignee and labels, without messages.',
	pastParticiple: 'read',
	readsOnly: true,
	fields: [conversationLocator],
	read: (params) => params.locator('conversationId'),
	run: async (conversationId, sahut) => [
		{ json: { ...(await getConversation(sahut, conversationId)) } },
	],
};
