import type { Resource } from '../../runtime/operation';
import { create } from './create';
import { get } from './get';
import { list } from './list';
import { update } from './update';
import { upsert } from './upsert';

export const contact: Resource = {
	value: 'contact',
	name: 'Contact',
	operations: [create, upsert, get, list, update],
	defaultOperation: 'list',
};
