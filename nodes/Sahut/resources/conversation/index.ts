import type { Resource } from '../../runtime/operation';
import { create } from './create';
import { get } from './get';
import { list } from './list';
import { update } from './update';

export const conversation: Resource = {
	value: 'conversation',
	name: 'Conversation',
	operations: [create, get, list, update],
	defaultOperation: 'list',
};
