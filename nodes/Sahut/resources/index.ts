import type { Resource } from '../runtime/operation';
import { contact } from './contact';
import { conversation } from './conversation';
import { message } from './message';

/** The resources of the node, in the order of the Resource picker. */
export const resources: Resource[] = [message, conversation, contact];
