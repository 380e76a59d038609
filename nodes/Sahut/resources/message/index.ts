import type { Resource } from '../../runtime/operation';
import { list } from './list';
import { send } from './send';

export const message: Resource = {
	value: 'message',
	name: 'Message',
	operations: [list, send],
	defaultOperation: 'send',
};
