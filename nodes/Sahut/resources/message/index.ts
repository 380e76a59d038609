import type { Resource } from '../../runtime/operation';
import { list } from './list';
import { send } from './send';
import { sendAndWait } from './sendAndWait';
import { sendToPhone } from './sendToPhone';

export const message: Resource = {
	value: 'message',
	name: 'Message',
	operations: [list, send, sendAndWait, sendToPhone],
	defaultOperation: 'send',
};
