import type { IDataObject } from 'n8n-workflow';

import type { Operation } from '../../runtime/operation';
import { conversationLocator } from '../fields';
import { getConversationRequest } from './requests';

export const get: Operation<string> = {
	value: 'get',
	name: 'Get',
	action: 'Get a conversation',
	description:
		'Look up one conversation by its ID, without its messages; returns its status, channel, contact, assignee and labels',
	done: 'read',
	readsOnly: true,
	fields: [conversationLocator],
	read: (params) => params.locator('conversationId'),
	async run(conversationId, sahut) {
		const { data } = await sahut.request<IDataObject>(getConversationRequest(conversationId));
		return [{ json: data }];
	},
};
